/**
 * The core's only exports. Order of use: {@link setDimension} for every dimension, {@link configure}, then fill the
 * parameter regions through views of the memory at {@link regionAddress}, {@link prepare}, and from then on anything
 * else. Nothing is allocated after `configure`; nothing here throws: functions answer with a {@link Status}.
 */
import * as arena from "./arena";
import { controller, model, reference, reward, task } from "./components";
import * as configuration from "./configure";
import * as costates from "./costate";
import * as curvatures from "./curvature";
import * as gaussNewton from "./gauss-newton";
import * as laws from "./laws";
import { seedRandom } from "./math/random";
import { Dimension, Region, Status, VERSION } from "./regions";
import * as options from "./options";
import { parameterSize } from "./policy/layers";
import { act, evaluateReference, lineariseModel, Network, openSegment } from "./policy/policy";
import * as pilot from "./pilot";
import * as modelRollouts from "./model-rollout";
import { ModelStart } from "./model-rollout";
import * as rollouts from "./rollout";
import { sensitivity } from "./sensitivity";
import { tangent, tangentFrom } from "./tangent";
import * as trace from "./trace";
import * as updates from "./update";

export { LawPart } from "./laws";
export * from "./names.generated";
export { Option } from "./options";
export { Dimension, Region, RowsPer, Solution, Status } from "./regions";
export { ModelStart } from "./model-rollout";
export { Network } from "./policy/policy";

export function version(): i32 {
  return VERSION;
}

export function setDimension(which: i32, value: i32): i32 {
  if (arena.configured) return Status.wrongOrder;
  if (which < 0 || which >= Dimension.count) return Status.badDimension;
  arena.setDimension(which, value);
  return Status.ok;
}

/** Chooses the parts and lays out the memory, once per instance. */
export function configure(): i32 {
  return configuration.configure();
}

/** After the parameter regions were filled, and after every change of the reference's parameters. */
export function prepare(): i32 {
  if (!arena.configured) return Status.wrongOrder;
  reference.prepare(trace.referenceParameters);
  reward.prepare(trace.rewardParameters);
  return Status.ok;
}

/** Address of a region's doubles, of one rollout where it exists once per rollout. */
export function regionAddress(region: i32, rollout: i32): usize {
  return arena.at(region, rollout);
}

/** Doubles in a row of a region. */
export function regionColumns(region: i32): i32 {
  return arena.columnsOf(region);
}

/** Rows of a region (of one rollout). */
export function regionRows(region: i32): i32 {
  return arena.rowsOf(region);
}

/** What the rows of a region are for, see {@link RowsPer}. */
export function regionRowsPer(region: i32): i32 {
  return arena.rowsPer(region);
}

export function setOption(option: i32, value: f64): i32 {
  return options.setOption(option, value) ? Status.ok : Status.outOfRange;
}

export function parameterCount(): i32 {
  return parameterSize();
}

/** Starts the random numbers from a 64-bit seed. */
export function seed(low: i32, high: i32): void {
  seedRandom(trace.random, low, high);
}

/** Draws the network's initial weights. */
export function initialise(): void {
  updates.initialise();
}

export function sampleStart(rollout: i32): i32 {
  if (!trace.exists(rollout)) return Status.outOfRange;
  rollouts.sampleStart(rollout);
  return Status.ok;
}

/** The task's nominal setpoint at task time `time` [s], into the first places of the region `probe`. */
export function nominalSetpoint(time: f64): void {
  task.setpointAt(trace.taskParameters, time, trace.probe);
}

/**
 * Drives the plant from rest at the rollout's first state and start time, or on from the end of the rollout `previous`
 * (-1: none), keeping the last `overlap` segments of that in front; ends early with `outOfBounds`.
 */
export function rollOut(rollout: i32, segments: i32, previous: i32, overlap: i32): i32 {
  const total = segments + (previous >= 0 ? overlap : 0);
  const steps = total * options.stepsPerSegment;
  if (!trace.exists(rollout) || segments < 1 || total > arena.dimension(Dimension.segments)) return Status.outOfRange;
  if (steps > arena.dimension(Dimension.steps)) return Status.outOfRange;
  if (
    previous >= 0 &&
    (!trace.exists(previous) || previous == rollout || overlap < 0 || overlap > trace.segmentsOf(previous))
  )
    return Status.outOfRange;
  return rollouts.rollOut(rollout, segments, previous, overlap);
}

/** Begins a drive of a real robot, step by step; see assembly/pilot.ts. */
export function beginDrive(): void {
  pilot.beginDrive();
}

/** Whether the control step at task time `time` [s] would call the network. */
export function networkDue(time: f64): bool {
  return pilot.networkDue(time);
}

/** One control step at task time `time` [s] in the measured state, region `plantState`; see assembly/pilot.ts. */
export function tick(time: f64): i32 {
  return pilot.tick(time);
}

/** The simulated plant at rest in the state of the region `plantState`. */
export function restPlant(): void {
  pilot.restPlant();
}

/** The simulated plant `dt` seconds later, under the first row of `inputs`. */
export function drivePlant(dt: f64): void {
  pilot.drivePlant(dt);
}

/**
 * Takes the last `overlap` segments of the rollout `previous` over as the first of another; see assembly/rollout.ts.
 */
export function driveOn(rollout: i32, previous: i32, overlap: i32): i32 {
  if (!trace.exists(rollout) || !trace.exists(previous) || previous == rollout) return Status.outOfRange;
  if (overlap < 0 || overlap > trace.segmentsOf(previous)) return Status.outOfRange;
  rollouts.driveOn(rollout, previous, overlap);
  return Status.ok;
}

/** Evaluates costs, commands and derivatives along a recorded drive; see assembly/rollout.ts. */
export function replay(rollout: i32, network: i32, useReference: bool, keepOpening: bool): i32 {
  if (!trace.exists(rollout)) return Status.outOfRange;
  rollouts.replay(rollout, network, useReference, keepOpening);
  return Status.ok;
}

/**
 * Network, setpoint, reference and controller for step t, the first of segment j: what one tick on the robot costs at
 * most.
 */
export function controlStep(rollout: i32, j: i32, t: i32): void {
  trace.select(rollout);
  openSegment(j, Network.called, false);
  evaluateReference(reference, j, t);
  act(controller, j, t);
}

/** Number of windows of a rollout. */
export function windowCount(rollout: i32): i32 {
  if (!trace.exists(rollout)) return 0;
  trace.select(rollout);
  return options.windowCount(trace.segmentCount());
}

/** Sum of stage costs over a window. */
export function windowCost(rollout: i32, window: i32): f64 {
  trace.select(rollout);
  return costates.costOf(options.windowBegin(window), options.windowEnd(window, trace.segmentCount()));
}

/** Loss of `count` rollouts from `first` on; their gradient is in the region `gradient`. */
export function gradient(first: i32, count: i32): f64 {
  return costates.gradientOf(first, count);
}

/**
 * Hessian of that loss times `direction`, into the region `gradient`; `linearResidual` and the input work are
 * overwritten.
 */
export function hessianProduct(first: i32, count: i32): i32 {
  if (count < 1 || !trace.exists(first) || !trace.exists(first + count - 1)) return Status.outOfRange;
  curvatures.hessianProduct(first, count);
  return Status.ok;
}

export function clearGradient(): void {
  costates.clearGradient();
}

/** J^T w of one window with w = `seeds`, collected into `gradient` by {@link collectGradient}. */
export function costate(rollout: i32, window: i32): void {
  trace.select(rollout);
  costates.costate(options.windowBegin(window), options.windowEnd(window, trace.segmentCount()));
}

export function collectGradient(rollout: i32): void {
  trace.select(rollout);
  costates.collect();
}

/** J v of one window with v = `direction`, into `residualTangents`. */
export function tangentPass(rollout: i32, window: i32): void {
  trace.select(rollout);
  tangent(options.windowBegin(window), options.windowEnd(window, trace.segmentCount()));
}

/**
 * Tangents of all states of a rollout along `direction`, from that of the first state, which stands in `stateTangents`.
 */
export function statePass(rollout: i32): i32 {
  if (!trace.exists(rollout)) return Status.outOfRange;
  trace.select(rollout);
  tangentFrom(0, trace.segmentCount());
  return Status.ok;
}

/** Gradient of one window by forward sensitivity, added to `sensitivityGradient`. */
export function sensitivityPass(rollout: i32, window: i32): i32 {
  if (arena.dimension(Dimension.sensitivity) == 0) return Status.wrongOrder;
  trace.select(rollout);
  sensitivity(options.windowBegin(window), options.windowEnd(window, trace.segmentCount()));
  return Status.ok;
}

/** theta -= rate * gradient. */
export function descend(rate: f64): void {
  updates.descend(rate);
}

export function adapt(rate: f64, beta1: f64, beta2: f64, epsilon: f64, correction1: f64, correction2: f64): void {
  updates.adapt(rate, beta1, beta2, epsilon, correction1, correction2);
}

/** The model's derivatives along a rollout again, after its parameters or delays changed. */
export function linearise(rollout: i32): i32 {
  if (!trace.exists(rollout)) return Status.outOfRange;
  trace.select(rollout);
  for (let t: i32 = 0, steps = trace.stepCount(); t < steps; t++) lineariseModel(model, t);
  return Status.ok;
}

/** Solves for a Gauss-Newton step over `rollouts` rollouts from `first` on; see assembly/gauss-newton.ts. */
export function solveStep(first: i32, rollouts: i32, mu: f64, threshold: f64, iterations: i32, tolerance: f64): void {
  gaussNewton.solve(first, rollouts, mu, threshold, iterations, tolerance, false);
}

/** The same with the damping held to the parameters in the region `anchor`: one of several steps of one update. */
export function solveAnchored(
  first: i32,
  rollouts: i32,
  mu: f64,
  threshold: f64,
  iterations: i32,
  tolerance: f64,
): void {
  gaussNewton.solve(first, rollouts, mu, threshold, iterations, tolerance, true);
}

/** What the model does not explain of a recorded rollout, for {@link rollOutModel}. */
export function recordModelError(rollout: i32): i32 {
  if (!trace.exists(rollout)) return Status.outOfRange;
  modelRollouts.recordModelError(rollout);
  return Status.ok;
}

/**
 * Drives the model instead of the plant, from the recorded rollout `source`; see assembly/model-rollout.ts. Room is
 * needed as for any rollout.
 */
export function rollOutModel(rollout: i32, source: i32, start: i32, segments: i32, shift: f64): i32 {
  if (!trace.exists(rollout) || !trace.exists(source) || rollout == source || start < 0 || start >= ModelStart.count)
    return Status.outOfRange;
  if (start != ModelStart.replay && (segments < 1 || segments > arena.dimension(Dimension.segments)))
    return Status.outOfRange;
  if (start != ModelStart.replay && segments * options.stepsPerSegment > arena.dimension(Dimension.steps))
    return Status.outOfRange;
  return modelRollouts.rollOutModel(rollout, source, start, segments, shift);
}

/** theta += factor * step. */
export function takeStep(factor: f64): void {
  gaussNewton.takeStep(factor);
}

export function gradientNorm(): f64 {
  return updates.gradientNorm();
}

export function domainSize(part: i32): i32 {
  return laws.domainSize(part);
}

export function rangeSize(part: i32): i32 {
  return laws.rangeSize(part);
}

export function evaluatePart(part: i32, time: f64): void {
  laws.evaluatePart(part, time);
}

export function tangentOfPart(part: i32, time: f64): void {
  laws.tangentOfPart(part, time);
}

export function transposeOfPart(part: i32, time: f64): void {
  laws.transposeOfPart(part, time);
}
