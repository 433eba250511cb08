/**
 * The arena: every array the core works on is a named region of doubles, laid out once by `configure` and then fixed, so that
 * the host makes its views once.
 */
import { PLANT_MEMORY } from "./actuation";
import { controller, model, plant, reference, reward, task } from "./components";
import { activationSize, deltaSize, parameterSize, setLayers } from "./policy/layers";
import { Dimension, Region, Status } from "./regions";

const dimensions: usize = heap.alloc(4 * Dimension.count);
const bases: usize = heap.alloc(4 * Region.count);
const strides: usize = heap.alloc(4 * Region.count);
const lengths: usize = heap.alloc(4 * Region.count);
memory.fill(dimensions, 0, 4 * Dimension.count);
memory.fill(bases, 0, 4 * Region.count);
memory.fill(strides, 0, 4 * Region.count);
memory.fill(lengths, 0, 4 * Region.count);

/** Inputs kept from before a rollout's first step. */
export const EARLIER: i32 = 64;
/** Room of the law probes for each of z and y. */
export const PROBE_ROW: i32 = 64;
const MEMORY_LIMIT: f64 = 1073741824.0;
export let configured: bool = false;

export function setDimension(which: i32, value: i32): void {
  store<i32>(dimensions + (usize(which) << 2), value);
}

export function dimension(which: i32): i32 {
  return load<i32>(dimensions + (usize(which) << 2));
}

/** Address of a region, for one rollout where there is one of it each. */
export function at(region: i32, rollout: i32): usize {
  return usize(load<i32>(bases + (usize(region) << 2))) + usize(rollout) * usize(load<i32>(strides + (usize(region) << 2)));
}

/** Doubles in a region (of one rollout). */
export function lengthOf(region: i32): i32 {
  return load<i32>(lengths + (usize(region) << 2));
}

/** Bytes of a row of a region that has one per control step, or one per segment; 0 for any other. */
export function rowBytes(region: i32): usize {
  if (isPerSegment(region)) return usize(lengthOf(region) / dimension(Dimension.segments)) << 3;
  if (region < Region.times) return 0;
  return usize(lengthOf(region) / (dimension(Dimension.steps) + (region == Region.states ? 1 : 0))) << 3;
}

/** Whether row j of the region belongs to segment j. */
export function isPerSegment(region: i32): bool {
  return region >= Region.segmentStarts;
}

/** Sets the length of every region from the chosen parts and sizes. */
export function planRegions(): Status {
  const steps = dimension(Dimension.steps);
  const segments = dimension(Dimension.segments);
  const hidden = dimension(Dimension.hiddenLayers);
  if (dimension(Dimension.rollouts) < 1 || steps < 1 || steps > 1 << 24 || segments < 1 || segments > 1 << 24 || hidden < 0 || hidden > 4) return Status.badDimension;
  const n = model.stateSize();
  const m = model.inputSize();
  const setpoint = task.setpointSize();
  const gain = controller.gainSize();
  const residual = reward.residualSize();
  if (
    controller.stateSize() != n || reward.stateSize() != n || task.stateSize() != n || controller.inputSize() != m ||
    reference.setpointSize() != setpoint || reference.referenceSize() != controller.referenceSize()
  ) {
    return Status.mismatch;
  }
  const outputs = setpoint + gain;
  if (!setLayers(task.featureSize(), hidden, dimensions + (Dimension.hiddenWidth0 << 2), outputs)) return Status.badDimension;
  const p = parameterSize();
  const coefficient = reference.coefficientSize();
  const feature = task.featureSize();
  fits = true;
  plan(Region.parameters, p, 1);
  plan(Region.gradient, p, 1);
  plan(Region.firstMoment, p, 1);
  plan(Region.secondMoment, p, 1);
  plan(Region.direction, p, 1);
  plan(Region.anchor, p, 1);
  plan(Region.step, p, 1);
  plan(Region.linearResidual, p, 1);
  plan(Region.solution, 6, 1);
  plan(Region.modelParameters, model.parameterCount(), 1);
  plan(Region.plantParameters, plant.parameterCount(model), 1);
  plan(Region.controllerParameters, controller.parameterCount(), 1);
  plan(Region.rewardParameters, reward.parameterCount(), 1);
  plan(Region.referenceParameters, reference.parameterCount(), 1);
  plan(Region.taskParameters, task.parameterCount(), 1);
  plan(Region.outputScale, outputs, 1);
  plan(Region.nominalGains, gain, 1);
  plan(Region.stateLow, n, 1);
  plan(Region.stateHigh, n, 1);
  plan(Region.startSpread, n, 1);
  plan(Region.inputDelays, m, 1);
  plan(Region.plantDelays, m, 1);
  plan(Region.plantLags, m, 1);
  plan(Region.plantNoise, n, 1);
  plan(Region.jitter, 2, 1);
  plan(Region.plantState, n, 1);
  plan(Region.plantMemory, PLANT_MEMORY, 1);
  plan(Region.random, 2, 1);
  plan(Region.probe, PROBE_ROW, 7);
  plan(Region.scratch, 2 * n + m + controller.referenceSize() + 2 * outputs + 2 * setpoint + coefficient + activationSize() + feature, 1);
  if (dimension(Dimension.sensitivity) != 0) {
    plan(Region.stateSensitivity, p, n);
    plan(Region.sensitivityGradient, p, 1);
    // the history of the inputs' sensitivities, so that any delay can be looked up, and what assembly/sensitivity.ts lays behind it
    plan(Region.sensitivityInputs, p * m, steps);
    plan(Region.sensitivityWork, p, n + 2 * setpoint + outputs + coefficient + feature);
  }
  plan(Region.counts, 3, 1);
  plan(Region.times, 1, steps);
  plan(Region.periods, 1, steps);
  plan(Region.localTimes, 1, steps);
  plan(Region.openingSetpoint, setpoint, 1);
  plan(Region.earlierInputs, m, EARLIER);
  plan(Region.states, n, steps + 1);
  plan(Region.inputs, m, steps);
  plan(Region.commands, m, steps);
  plan(Region.references, controller.referenceSize(), steps);
  plan(Region.residuals, residual, steps);
  plan(Region.stageCosts, 1, steps);
  plan(Region.modelTape, model.tapeSize(), steps);
  plan(Region.controllerTape, controller.tapeSize(), steps);
  plan(Region.rewardTape, reward.tapeSize(), steps);
  plan(Region.segmentStarts, 1, segments);
  plan(Region.segmentTimes, 1, segments);
  plan(Region.segmentStates, n, segments);
  plan(Region.activations, activationSize(), segments);
  plan(Region.outputs, outputs, segments);
  plan(Region.setpoints, setpoint, segments);
  plan(Region.gains, gain, segments);
  plan(Region.coefficients, coefficient, segments);
  plan(Region.taskTape, task.tapeSize(), segments);
  plan(Region.seeds, residual, steps);
  plan(Region.residualWeights, residual, steps);
  plan(Region.residualTangents, residual, steps);
  plan(Region.stateTangents, n, steps);
  plan(Region.inputWork, m, steps);
  plan(Region.disturbances, n, steps);
  plan(Region.outputGradient, outputs, segments);
  plan(Region.deltas, deltaSize(), segments);
  return fits ? Status.ok : Status.outOfMemory;
}

/** False once a planned region is larger than all memory that there may be. */
let fits: bool = true;

function plan(region: i32, columns: i32, rows: i32): void {
  if (f64(columns) * f64(rows) * 8.0 > MEMORY_LIMIT) {
    fits = false;
    return;
  }
  store<i32>(lengths + (usize(region) << 2), columns * rows);
}

/** Bytes of one region, rounded up so that each starts on a cache line. */
function paddedBytes(region: i32): i32 {
  return (lengthOf(region) * 8 + 63) & ~63;
}

/** Reserves all planned regions in one block of zeros. */
export function reserveRegions(): Status {
  const rollouts = dimension(Dimension.rollouts);
  let total: f64 = 64.0;
  for (let region: i32 = 0; region < Region.count; region++) {
    total += f64(paddedBytes(region)) * f64(region >= Region.counts ? rollouts : 1);
  }
  if (total > MEMORY_LIMIT) return Status.outOfMemory;
  const block = heap.alloc(usize(total));
  memory.fill(block, 0, usize(total));
  let next = (block + 63) & ~63;
  for (let region: i32 = 0; region < Region.count; region++) {
    store<i32>(bases + (usize(region) << 2), i32(next));
    const bytes = usize(paddedBytes(region));
    const repeats = region >= Region.counts ? rollouts : 1;
    store<i32>(strides + (usize(region) << 2), repeats > 1 ? i32(bytes) : 0);
    next += bytes * usize(repeats);
  }
  configured = true;
  return Status.ok;
}

/** For a few doubles: memory.copy is a call out of WebAssembly. */
// @ts-ignore: decorator
@inline
export function copyRow(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(to + i, load<f64>(from + i));
}
