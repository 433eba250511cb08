/** Driving: Algorithm 1, line 5 [W23], on the simulated plant; and going through a recorded drive again. */
import { innerState, isDirect, jittered, resetPlant } from "./actuation";
import { controller, model, plant, reward, reference, task } from "./components";
import { clock, driveSegment, setClock, steps, PlantIo } from "./drive-loop";
import { DOUBLE_SHIFT } from "./math/doubles";
import { uniform } from "./math/random";
import { at, columnsOf, copyRow, dimension, rowsOf, rowsPer } from "./arena";
import { Counts, Dimension, EARLIER, Jitter, Region, RowsPer, Status } from "./regions";
import { controlPeriod, splineLead, stepsPerSegment } from "./options";
import { act, evaluateReference, evaluateStep, Network, openSegment, recallNetwork } from "./policy/policy";
import { add, begin as beginReflex, judge, watches } from "./reflex";
import * as trace from "./trace";

/** Start of a training rollout: task time uniform on a period, the task's state there plus a uniform offset. */
export function sampleStart(rollout: i32): void {
  trace.select(rollout);
  const t = uniform(trace.random) * task.period(trace.taskParameters);
  store<f64>(trace.counts, t, 8 * Counts.startTime);
  task.stateAt(trace.taskParameters, t, trace.drivenPace(), trace.states);
  for (let i: usize = 0; i < trace.stateRow; i += 8) {
    const offset = load<f64>(trace.startSpread + i) * (2.0 * uniform(trace.random) - 1.0);
    store<f64>(trace.states + i, load<f64>(trace.states + i) + offset);
  }
}

/**
 * Rolls the plant out for `segments` segments: from rest at the rollout's first state and start time or, if `previous`
 * is another rollout (not -1), driving on where that one ended, of which the last `overlap` segments are kept in front.
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
  const networkJitter = load<f64>(trace.jitter, 8 * Jitter.network);
  io.controlJitter = load<f64>(trace.jitter, 8 * Jitter.control);
  io.direct = isDirect();
  io.undivided = io.direct && 1.5 * dt <= plant.longestStep(); // jitter lengthens a period by half at most
  io.truth = trace.plantState;
  io.inner = innerState();
  const capacity = dimension(Dimension.steps);
  const watching = watches();
  if (previous < 0) beginReflex();
  const begin = previous >= 0 ? overlap : 0;
  setClock(t, t > 0 ? endTime(t) : 0.0);
  let j = begin;
  for (; j < begin + segments && steps < capacity; j++) {
    store<f64>(trace.segmentStartAt(j), f64(steps));
    store<f64>(trace.paceAt(steps), trace.drivenPace());
    store<f64>(trace.segmentTimeAt(j), start + clock + load<f64>(trace.taskShiftAt(steps)));
    copyRow(trace.segmentStateAt(j), trace.stateAt(steps), trace.stateRow);
    openSegment(j, Network.called, previous < 0);
    const count =
      networkJitter == 0.0 ? stepsPerSegment : stepsWithin(jittered(f64(stepsPerSegment) * dt, networkJitter), dt);
    const first = steps;
    if (!driveSegment(j, count, io)) return finish(j + 1, Status.outOfBounds);
    if (watching) watch(first, load<f64>(trace.segmentTimeAt(j)));
  }
  return finish(j, Status.ok);
}

const io = new PlantIo();

/** Shows the reflex the segment that was driven from step `first` and task time `taskTime` [s] on. */
function watch(first: i32, taskTime: f64): void {
  for (let t = first; t < steps; t++) {
    add(trace.stateAt(t), trace.actingInputs(t), load<f64>(trace.periodAt(t)), trace.stateAt(t + 1));
  }
  judge(taskTime);
}

/** Control steps that fit into a network period, at least one. */
function stepsWithin(period: f64, dt: f64): i32 {
  const count = i32(Math.floor(period / dt + 0.5));
  return count > 1 ? count : 1;
}

/** The plant at rest in the rollout's first state, and nothing applied before. */
function startFromRest(rollout: i32): void {
  trace.select(rollout);
  resetPlant();
  memory.copy(trace.plantState, trace.states, trace.stateRow);
  memory.fill(trace.earlierInputs, 0, usize(EARLIER) * trace.inputRow);
  store<f64>(trace.taskShifts, 0.0);
}

/**
 * Takes the last `overlap` segments of another rollout over as the first ones of this, and what led to them: the
 * setpoint and the inputs before. Returns the number of steps taken over.
 */
export function driveOn(rollout: i32, previous: i32, overlap: i32): i32 {
  trace.select(previous);
  const driven = trace.stepCount();
  const from = trace.segmentCount() - overlap;
  const first = trace.segmentStart(from);
  const kept = driven - first;
  const begin = first < driven ? load<f64>(trace.timeAt(first)) : endTime(driven);
  const gone = load<f64>(trace.taskShiftAt(first));
  const start = trace.startTime() + begin + gone;
  memory.copy(
    at(Region.openingSetpoint, rollout),
    from > 0 ? trace.setpointAt(from - 1) : trace.openingSetpoint,
    trace.setpointRow,
  );
  const earlier = at(Region.earlierInputs, rollout);
  for (let i: i32 = 0; i < EARLIER; i++) {
    memory.copy(earlier + usize(i) * trace.inputRow, trace.appliedAt(first - EARLIER + i), trace.inputRow);
  }
  for (let region: i32 = 0; region < Region.count; region++) {
    const per = rowsPer(region);
    if (per == RowsPer.step)
      copyRows(region, previous, first, rollout, kept + rowsOf(region) - dimension(Dimension.steps));
    else if (per == RowsPer.segment) copyRows(region, previous, from, rollout, overlap);
  }
  trace.select(rollout);
  store<f64>(trace.counts, start, 8 * Counts.startTime);
  for (let t: i32 = 0; t < kept; t++) shift(-begin, trace.timeAt(t));
  for (let t: i32 = 0; t <= kept; t++) shift(-gone, trace.taskShiftAt(t));
  for (let j: i32 = 0; j < overlap; j++) shift(-f64(first), trace.segmentStartAt(j));
  trace.setLength(kept, overlap);
  return kept;
}

/** Time after the first `count` steps of the selected rollout. */
function endTime(count: i32): f64 {
  return load<f64>(trace.timeAt(count - 1)) + load<f64>(trace.periodAt(count - 1));
}

/** The first `count` rows of a rollout's region from those of another, from row `first` on. */
function copyRows(region: i32, source: i32, first: i32, rollout: i32, count: i32): void {
  const row = usize(columnsOf(region)) << DOUBLE_SHIFT;
  memory.copy(at(region, rollout), at(region, source) + usize(first) * row, usize(count) * row);
}

function shift(value: f64, p: usize): void {
  store<f64>(p, load<f64>(p) + value);
}

function finish(segments: i32, status: Status): Status {
  if (isDirect()) memory.copy(trace.plantState, trace.stateAt(steps), trace.stateRow);
  store<f64>(trace.paceAt(steps), trace.drivenPace());
  trace.setLength(steps, segments);
  return status;
}

/**
 * Goes through a recorded drive: states, inputs, times, paces, segments (with their states and times) are given,
 * everything that the derivatives need is evaluated along them, and `commands` receives what the controller would have
 * done. `useReference`: references are computed from the setpoints, otherwise those recorded are kept. `keepOpening`:
 * the setpoint before the first is as it stands in the core (a drive that went on from another), otherwise it is the
 * task's or the state's.
 */
export function replay(rollout: i32, network: Network, useReference: bool, keepOpening: bool): void {
  trace.select(rollout);
  const segments = trace.segmentCount();
  store<f64>(trace.taskShifts, 0.0);
  for (let t: i32 = 0, steps = trace.stepCount(); t < steps; t++) trace.keepPace(t, load<f64>(trace.paceAt(t)));
  // before the first network call: what the gains are is part of the recording, and so is the reference
  const first = trace.segmentStart(0);
  for (let t: i32 = 0; t < first; t++) replayStep(0, t, trace.taskTime(t), false);
  for (let j: i32 = 0; j < segments; j++) {
    openSegment(j, network, !keepOpening);
    const called = load<f64>(trace.segmentTimeAt(j));
    const last = trace.segmentStart(j + 1);
    for (let t = trace.segmentStart(j); t < last; t++) replayStep(j, t, called, useReference);
  }
}

/** Step t of segment j, whose network was called at task time `called` [s]. */
function replayStep(j: i32, t: i32, called: f64, useReference: bool): void {
  store<f64>(trace.localTimeAt(t), (trace.taskTime(t) - called) / load<f64>(trace.paceAt(t)) + splineLead);
  if (useReference) evaluateReference(reference, j, t);
  act(controller, j, t);
  evaluateStep(reward, model, t);
}
