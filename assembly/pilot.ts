/**
 * Driving a real robot: one control step per call, at the time and in the state that were measured. What {@link
 * rollOut} does in one call for a simulated plant. Only the last step and the last two setpoints are kept, in the first
 * rows of rollout 0: a drive may last as long as it likes. Whoever learns from it writes the steps down and goes
 * through them with `replay`.
 */
import { driveStep } from "./actuation";
import { controller, reference, reward } from "./components";
import { withinBounds } from "./drive-loop";
import { at, copyRow } from "./arena";
import { controlPeriod, lookahead } from "./options";
import { act, evaluateCost, evaluateReference, openInPlace } from "./policy/policy";
import { add, begin as beginReflex, judge, watches } from "./reflex";
import { Counts, EARLIER, Region, Status } from "./regions";
import * as trace from "./trace";

/** A drive was begun. */
export let begun: bool = false;
/** The network was not called yet. */
let fresh: bool = true;

/** Begins a drive: its first reference starts from the state measured at the first step. */
export function beginDrive(): void {
  trace.select(0);
  begun = true;
  fresh = true;
  trace.setLength(1, 1);
  store<f64>(trace.counts, 0.0, 8 * Counts.startTime); // so `times` count from where task time does
  store<f64>(trace.segmentStarts, 0.0);
  store<f64>(trace.taskShifts, 0.0);
  memory.fill(trace.earlierInputs, 0, usize(EARLIER) * trace.inputRow);
  beginReflex();
}

/** The last step's input becomes one before the step to come. */
function keepInput(): void {
  memory.copy(trace.earlierInputs, trace.earlierInputs + trace.inputRow, usize(EARLIER - 1) * trace.inputRow);
  copyRow(trace.appliedAt(-1), trace.inputs, trace.inputRow);
}

/** Task time less `time`, a time after the last step [s]. */
function shiftAt(time: f64): f64 {
  if (fresh) return 0.0;
  return load<f64>(trace.taskShifts) + (load<f64>(trace.paces) - 1.0) * (time - load<f64>(trace.times));
}

/** Seconds from the last network call to the step at hand. */
function sinceCall(taskTime: f64): f64 {
  return (taskTime - load<f64>(trace.segmentTimes)) / load<f64>(trace.paces);
}

/**
 * Whether the network is due at `time` [s]: at the first step, and a network period after the last call, to the nearest
 * step.
 */
export function networkDue(time: f64): bool {
  return fresh || sinceCall(time + shiftAt(time)) >= lookahead - 0.5 * controlPeriod;
}

/**
 * The control step at `time` [s], which is task time as long as the pace is 1, in the measured state, which stands in
 * `plantState`; its command is the first row of `inputs` afterwards. `outOfBounds`: the state left its bounds, or the
 * command is not a number: it must not be sent.
 */
export function tick(time: f64): Status {
  trace.select(0);
  const watching = !fresh && watches();
  if (!fresh) keepInput();
  if (watching) {
    const acting = trace.delayed ? trace.actingInputs(-1) : trace.appliedAt(-1);
    add(trace.states, acting, time - load<f64>(trace.times), trace.plantState);
  }
  copyRow(trace.states, trace.plantState, trace.stateRow);
  if (!withinBounds(trace.states)) return Status.outOfBounds;
  const calls = networkDue(time);
  store<f64>(trace.taskShifts, shiftAt(time));
  store<f64>(trace.times, time);
  if (calls) {
    if (watching) judge(load<f64>(trace.segmentTimes));
    store<f64>(trace.paces, trace.drivenPace());
    openInPlace(trace.taskTime(0), fresh);
    fresh = false;
  }
  store<f64>(trace.localTimes, sinceCall(trace.taskTime(0)));
  evaluateReference(reference, 0, 0);
  act(controller, 0, 0);
  for (let k: usize = 0; k < trace.inputRow; k += 8) {
    const value = load<f64>(trace.commands + k);
    if (!isFinite(value)) return Status.outOfBounds;
    store<f64>(trace.inputs + k, value);
  }
  evaluateCost(reward, 0);
  return Status.ok;
}

/** Drives the plant from the state in `plantState` for `dt` seconds under the first row of `inputs`. */
export function drivePlant(dt: f64): void {
  driveStep(trace.plantState, at(Region.inputs, 0), dt, trace.plantState);
}
