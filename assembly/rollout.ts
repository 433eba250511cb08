/** Driving: Algorithm 1, line 5 [W23], on the simulated plant; and going through a recorded drive again. */
import { innerState, isDirect, jittered, resetPlant } from "./actuation";
import { controller, model, plant, reward, reference, task } from "./components";
import { clock, driveSegment, setClock, steps, Surroundings } from "./drive-loop";
import { uniform } from "./math/random";
import { at, copyRow, dimension, EARLIER, isPerSegment, rowBytes } from "./memory";
import { Dimension, Region, Status } from "./regions";
import { controlPeriod, splineLead, stepsPerSegment } from "./options";
import { act, beginReference, callNetwork, evaluateReference, evaluateStep, openReference, placeSetpoint, recallNetwork } from "./policy/policy";
import * as trace from "./trace";

/** Start of a training rollout: task time uniform on a period, the task's state there plus a uniform offset. */
export function sampleStart(rollout: i32): void {
  trace.select(rollout);
  const random = at(Region.random, 0);
  const spread = at(Region.startSpread, 0);
  const t = uniform(random) * task.period(trace.taskParameters);
  store<f64>(trace.counts, t, 16);
  task.stateAt(trace.taskParameters, t, trace.states);
  for (let i: usize = 0; i < trace.stateRow; i += 8) {
    const offset = load<f64>(spread + i) * (2.0 * uniform(random) - 1.0);
    store<f64>(trace.states + i, load<f64>(trace.states + i) + offset);
  }
}

/**
 * Rolls the plant out for `segments` segments: from rest at the rollout's first state and start time or, if `previous` is another
 * rollout (not -1), driving on where that one ended, of which the last `overlap` segments are kept in front.
 */
export function rollOut(rollout: i32, segments: i32, previous: i32, overlap: i32): Status {
  let t: i32 = 0;
  if (previous >= 0) t = driveOn(rollout, previous, overlap);
  else startFromRest(rollout);
  trace.select(rollout);
  // what is kept in front was driven with earlier parameters; derivatives are taken at the present ones
  for (let j: i32 = 0; j < overlap && previous >= 0; j++) recallNetwork(j);
  const start = trace.startTime();
  const dt = controlPeriod;
  const jitter = at(Region.jitter, 0);
  const networkJitter = load<f64>(jitter, 8);
  around.controlJitter = load<f64>(jitter);
  around.direct = isDirect();
  around.undivided = around.direct && 1.5 * dt <= plant.longestStep(); // jitter lengthens a period by half at most
  around.truth = at(Region.plantState, 0);
  around.inner = innerState();
  const capacity = dimension(Dimension.steps);
  const begin = previous >= 0 ? overlap : 0;
  setClock(t, t > 0 ? endTime(t) : 0.0);
  let j = begin;
  for (; j < begin + segments && steps < capacity; j++) {
    store<f64>(trace.segmentStarts + (usize(j) << 3), f64(steps));
    store<f64>(trace.segmentTimes + (usize(j) << 3), start + clock);
    copyRow(trace.segmentStates + usize(j) * trace.stateRow, trace.states + usize(steps) * trace.stateRow, trace.stateRow);
    callNetwork(j);
    placeSetpoint(j);
    if (j == 0 && previous < 0) openReference();
    beginReference(j);
    const count = networkJitter == 0.0 ? stepsPerSegment : stepsWithin(jittered(f64(stepsPerSegment) * dt, networkJitter), dt);
    if (!driveSegment(j, count, around)) return finish(steps, j + 1, Status.outOfBounds);
  }
  return finish(steps, j, Status.ok);
}

/** What lies between policy and plant in the rollout that is being driven. */
const around = new Surroundings();

/** Control steps that fit into a network period, at least one. */
function stepsWithin(period: f64, dt: f64): i32 {
  const steps = i32(Math.floor(period / dt + 0.5));
  return steps > 1 ? steps : 1;
}

/** The plant at rest in the rollout's first state, and nothing applied before. */
function startFromRest(rollout: i32): void {
  trace.select(rollout);
  resetPlant();
  memory.copy(at(Region.plantState, 0), trace.states, trace.stateRow);
  memory.fill(trace.earlierInputs, 0, usize(EARLIER) * trace.inputRow);
}

/**
 * Takes the last `overlap` segments of another rollout over as the first ones of this, and what led to them: the setpoint and the
 * inputs before. Returns the number of steps taken over.
 */
export function driveOn(rollout: i32, previous: i32, overlap: i32): i32 {
  trace.select(previous);
  const steps = trace.stepCount();
  const segments = trace.segmentCount();
  const from = segments - overlap;
  const first = trace.segmentStart(from);
  const kept = steps - first;
  const begin = first < steps ? load<f64>(trace.times + (usize(first) << 3)) : endTime(steps);
  const start = trace.startTime() + begin;
  const opening = from > 0 ? trace.setpoints + usize(from - 1) * trace.setpointRow : trace.openingSetpoint;
  const inputs = trace.inputs;
  const earlier = trace.earlierInputs;
  for (let region: i32 = Region.times; region < Region.count; region++) {
    const row = rowBytes(region);
    const bySegment = isPerSegment(region);
    const count = bySegment ? overlap : kept + (region == Region.states ? 1 : 0);
    memory.copy(at(region, rollout), at(region, previous) + usize(bySegment ? from : first) * row, usize(count) * row);
  }
  trace.select(rollout);
  store<f64>(trace.counts, start, 16);
  for (let i: i32 = 0; i < kept; i++) shift(trace.times, i, begin);
  for (let i: i32 = 0; i < overlap; i++) shift(trace.segmentStarts, i, f64(first));
  memory.copy(trace.openingSetpoint, opening, trace.setpointRow);
  for (let i: i32 = 0; i < EARLIER; i++) {
    const source = first - EARLIER + i;
    const row = source >= 0 ? inputs + usize(source) * trace.inputRow : earlier + usize(EARLIER + source) * trace.inputRow;
    memory.copy(trace.earlierInputs + usize(i) * trace.inputRow, row, trace.inputRow);
  }
  return kept;
}

/** Time after the last of `steps` steps of the selected rollout. */
function endTime(steps: i32): f64 {
  const last = usize(steps - 1) << 3;
  return load<f64>(trace.times + last) + load<f64>(trace.periods + last);
}

function shift(row: usize, index: i32, by: f64): void {
  const p = row + (usize(index) << 3);
  store<f64>(p, load<f64>(p) - by);
}

function finish(steps: i32, segments: i32, status: Status): Status {
  if (isDirect()) memory.copy(at(Region.plantState, 0), trace.states + usize(steps) * trace.stateRow, trace.stateRow);
  store<f64>(trace.counts, f64(steps));
  store<f64>(trace.counts, f64(segments), 8);
  return status;
}

/** Where a replay takes the network's outputs from. */
export enum Network {
  /** the recording; no derivative with respect to theta can be taken */
  recorded,
  /** the present parameters */
  called,
  /** the recording, which other parameters drove; derivatives are taken at the present ones */
  recalled,
}

/**
 * Goes through a recorded drive: states, inputs, times, segments (with their states and times) are given, everything that the
 * derivatives need is evaluated along them, and `commands` receives what the controller would have done. `useReference`: references
 * are computed from the setpoints, otherwise those recorded are kept. `keepOpening`: the setpoint before the first is as it stands in
 * the core (a drive that went on from another), otherwise it is the task's or the state's.
 */
export function replay(rollout: i32, network: Network, useReference: bool, keepOpening: bool): Status {
  trace.select(rollout);
  const recorded = trace.stepCount();
  const segments = trace.segmentCount();
  const start = trace.startTime();
  let j: i32 = -1;
  for (let t: i32 = 0; t < recorded; t++) {
    while (j + 1 < segments && trace.segmentStart(j + 1) <= t) {
      j++;
      applyNetwork(network, j);
      placeSetpoint(j);
      if (j == 0 && !keepOpening) openReference();
      beginReference(j);
    }
    const time = start + load<f64>(trace.times + (usize(t) << 3));
    const called = j >= 0 ? load<f64>(trace.segmentTimes + (usize(j) << 3)) : time;
    store<f64>(trace.localTimes + (usize(t) << 3), time - called + splineLead);
    const segment = j >= 0 ? j : 0;
    if (useReference && j >= 0) evaluateReference(reference, j, t);
    act(controller, segment, t);
    evaluateStep(reward, model, t);
  }
  // network calls that no control step followed
  for (j++; j < segments; j++) {
    applyNetwork(network, j);
    placeSetpoint(j);
    beginReference(j);
  }
  return Status.ok;
}

function applyNetwork(network: Network, j: i32): void {
  if (network == Network.called) callNetwork(j);
  else if (network == Network.recalled) recallNetwork(j);
}
