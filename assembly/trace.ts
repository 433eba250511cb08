/**
 * Where everything of one rollout lies: {@link select} points the addresses of the regions (assembly/regions.mjs) at a
 * rollout, and the passes (rollout, tangent, co-state, sensitivity) read them. `stateAt(t)` is the row of control step
 * t, `setpointAt(j)` that of segment j.
 */
import { at, dimension } from "./arena";
import { DOUBLE_SHIFT } from "./math/doubles";
import { usagePace } from "./options";
import { Counts, Dimension, EARLIER, Pace, Region } from "./regions";
import {
  activationRow,
  counts,
  earlierInputs,
  inputAt,
  inputDelays,
  inputRow,
  inputSize,
  inputWorkRow,
  outputRow,
  pace,
  paceAt,
  periodAt,
  prepareAddresses,
  segmentStartAt,
  selectRollout,
  taskShiftAt,
  thetaRow,
  timeAt,
} from "./trace.generated";

export * from "./trace.generated";

/** theta, as the passes read it */
export let parameters: usize = 0;
export let parametersEnd: usize = 0;
/** offset of the network outputs within a row of activations */
export let outputOffset: usize = 0;
/** true if any input of the model is delayed */
export let delayed: bool = false;

/** Once, after the regions are laid out. */
export function prepareTrace(): void {
  prepareAddresses();
  outputOffset = activationRow - outputRow;
  parameters = at(Region.parameters, 0);
  parametersEnd = parameters + thetaRow;
}

/** Lets the passes read theta from another place of the same size. */
export function useParameters(address: usize): void {
  parametersEnd = address + (parametersEnd - parameters);
  parameters = address;
}

/** False if there is no such rollout. */
export function exists(rollout: i32): bool {
  return rollout >= 0 && rollout < dimension(Dimension.rollouts);
}

/**
 * Whether what the region `counts` and the segments' first steps say of a rollout is possible: at most as many steps
 * and segments as there is room for, and segments that follow each other.
 */
export function isRecorded(rollout: i32): bool {
  const row = at(Region.counts, rollout);
  const steps = load<f64>(row, 8 * Counts.steps);
  const segments = load<f64>(row, 8 * Counts.segments);
  if (!(steps >= 0.0 && steps <= f64(dimension(Dimension.steps)))) return false;
  if (!(segments >= 0.0 && segments <= f64(dimension(Dimension.segments)))) return false;
  let from: f64 = 0.0;
  const starts = at(Region.segmentStarts, rollout);
  for (let j: i32 = 0; j < i32(segments); j++) {
    const start = load<f64>(starts + (usize(j) << DOUBLE_SHIFT));
    if (!(start >= from && start <= steps)) return false;
    from = start;
  }
  return true;
}

/** Points the addresses at a rollout. */
export function select(rollout: i32): void {
  selectRollout(rollout);
  delayed = false;
  for (let i: i32 = 0; i < inputSize; i++) if (inputDelay(i) != 0) delayed = true;
}

/** Recorded control steps of any rollout. */
export function stepsOf(rollout: i32): i32 {
  return i32(load<f64>(at(Region.counts, rollout), 8 * Counts.steps));
}

/** Recorded segments of any rollout. */
export function segmentsOf(rollout: i32): i32 {
  return i32(load<f64>(at(Region.counts, rollout), 8 * Counts.segments));
}

/** Recorded control steps of the selected rollout. */
export function stepCount(): i32 {
  return i32(load<f64>(counts, 8 * Counts.steps));
}

/** Recorded segments of the selected rollout. */
export function segmentCount(): i32 {
  return i32(load<f64>(counts, 8 * Counts.segments));
}

/** Sets both for the selected rollout. */
export function setLength(steps: i32, segments: i32): void {
  store<f64>(counts, f64(steps), 8 * Counts.steps);
  store<f64>(counts, f64(segments), 8 * Counts.segments);
}

/** Task time at the start of the selected rollout [s]. */
export function startTime(): f64 {
  return load<f64>(counts, 8 * Counts.startTime);
}

/** Task time at step t of the selected rollout [s]. */
// @ts-ignore: decorator
@inline
export function taskTime(t: i32): f64 {
  return startTime() + load<f64>(timeAt(t)) + load<f64>(taskShiftAt(t));
}

/** Task time per time at the pace that is driven, and at the usage: that of steps to come. */
export function drivenPace(): f64 {
  return usagePace * load<f64>(pace, 8 * Pace.driven);
}

/** Task time per time in segment j, whose first step is known. */
export function segmentPace(j: i32): f64 {
  return load<f64>(paceAt(i32(load<f64>(segmentStartAt(j)))));
}

/** Keeps the pace of step t, and what it makes of task time until the step after. */
// @ts-ignore: decorator
@inline
export function keepPace(t: i32, pace: f64): void {
  const shift = load<f64>(taskShiftAt(t));
  store<f64>(paceAt(t), pace);
  store<f64>(taskShiftAt(t + 1), shift + (pace - 1.0) * load<f64>(periodAt(t)));
}

/** First step of segment j; one past the last step for j = number of segments. */
export function segmentStart(j: i32): i32 {
  return j < segmentCount() ? i32(load<f64>(segmentStartAt(j))) : stepCount();
}

/** Transport delay of input i in the model [control steps]. */
export function inputDelay(i: i32): i32 {
  return i32(load<f64>(inputDelays + (usize(i) << DOUBLE_SHIFT)));
}

/** The inputs that act on the model at step t: input i from inputDelay(i) steps before. Address of m doubles. */
// @ts-ignore: decorator
@inline
export function actingInputs(t: i32): usize {
  return delayed ? gatherActingInputs(t) : inputAt(t);
}

function gatherActingInputs(t: i32): usize {
  for (let i: i32 = 0; i < inputSize; i++) {
    const column = usize(i) << DOUBLE_SHIFT;
    const row = appliedAt(t - inputDelay(i));
    store<f64>(inputWorkRow + column, load<f64>(row + column));
  }
  return inputWorkRow;
}

/** What was applied at step t, which may lie before the rollout's first. */
export function appliedAt(t: i32): usize {
  return t >= 0 ? inputAt(t) : earlierInputs + usize(EARLIER + t) * inputRow;
}
