/**
 * Driving in the model instead of the plant (not in paper): what a policy would have done, or would do, before it is driven. What the
 * model did not explain of a recorded drive is added at the same place of the task, so that the model only has to know what changes.
 */
import { controller, model, reference, reward, task } from "./components";
import { withinBounds } from "./drive-loop";
import { at, copyRow, EARLIER } from "./memory";
import { Region, Status } from "./regions";
import { controlPeriod, splineLead, stepsPerSegment } from "./options";
import { act, beginReference, callNetwork, evaluateReference, evaluateStep, openReference, placeSetpoint } from "./policy/policy";
import { driveOn } from "./rollout";
import * as trace from "./trace";

/** Where a rehearsal starts. */
export enum Start {
  /** where the recorded drive did: its own segments, driven again */
  again,
  /** where it ended, with what was applied until then */
  on,
  /** on the task itself, some time after it ended, with nothing applied before: a new start */
  anew,
}

/** disturbances_t = x_{t+1} - F̂(x_t, acting inputs): what the model does not explain of each step of a recorded drive. */
export function explain(rollout: i32): void {
  trace.select(rollout);
  const disturbances = at(Region.disturbances, rollout);
  for (let t: i32 = 0, steps = trace.stepCount(); t < steps; t++) {
    const x = trace.states + usize(t) * trace.stateRow;
    const rest = disturbances + usize(t) * trace.stateRow;
    model.step(trace.modelParameters, x, trace.actingInputs(t), load<f64>(trace.periods + (usize(t) << 3)), rest);
    for (let i: usize = 0; i < trace.stateRow; i += 8) store<f64>(rest + i, load<f64>(x + trace.stateRow + i) - load<f64>(rest + i));
  }
}

/**
 * Drives the model with the present parameters, from a recorded drive that {@link explain} has seen, and fills everything that the
 * derivatives need. `segments` count for the starts `on` and `anew`; `shift`: part of a period of the task from the end of the
 * recorded drive to the start `anew`. Ends early with `outOfBounds`.
 */
export function rehearse(rollout: i32, source: i32, start: i32, segments: i32, shift: f64): Status {
  const period = i32(Math.max(1.0, Math.floor(task.period(trace.taskParameters) / controlPeriod + 0.5)));
  trace.select(source);
  const recorded = trace.stepCount();
  const overlap = start == Start.again ? trace.segmentCount() : 0;
  const state = trace.states + (start == Start.again ? 0 : usize(recorded) * trace.stateRow);
  const disturbances = at(Region.disturbances, source);
  driveOn(rollout, source, overlap);
  memory.copy(trace.states, state, trace.stateRow);
  let first = start == Start.again ? 0 : recorded; // the recorded step that the rehearsal's first one corresponds to
  if (start == Start.again) {
    copyLength(rollout, source);
  } else {
    if (start == Start.anew) first += startAnew(i32(Math.floor(shift * f64(period))));
    layOut(segments);
  }
  for (let j: i32 = 0, count = trace.segmentCount(); j < count; j++) {
    let t = trace.segmentStart(j);
    copyRow(trace.segmentStates + usize(j) * trace.stateRow, trace.states + usize(t) * trace.stateRow, trace.stateRow);
    callNetwork(j);
    placeSetpoint(j);
    if (j == 0 && start == Start.anew) openReference();
    beginReference(j);
    for (const last = trace.segmentStart(j + 1); t < last; t++) {
      evaluateReference(reference, j, t);
      act(controller, j, t);
      copyRow(trace.inputs + usize(t) * trace.inputRow, trace.commands + usize(t) * trace.inputRow, trace.inputRow);
      const x = trace.states + usize(t) * trace.stateRow;
      const next = x + trace.stateRow;
      model.step(trace.modelParameters, x, trace.actingInputs(t), load<f64>(trace.periods + (usize(t) << 3)), next);
      let like = first + t;
      while (like >= recorded) like -= period; // the same place of the task, the last time it was driven
      if (like >= 0) {
        const rest = disturbances + usize(like) * trace.stateRow;
        for (let i: usize = 0; i < trace.stateRow; i += 8) store<f64>(next + i, load<f64>(next + i) + load<f64>(rest + i));
      }
      evaluateStep(reward, model, t);
      if (!withinBounds(next)) return Status.outOfBounds;
    }
  }
  return Status.ok;
}

/** Steps and segments of the rollout as those of another. */
function copyLength(rollout: i32, source: i32): void {
  memory.copy(at(Region.counts, rollout), at(Region.counts, source), 16);
}

/** Puts the selected rollout's start on the task, `steps` control steps later; returns these. */
function startAnew(steps: i32): i32 {
  store<f64>(trace.counts, trace.startTime() + f64(steps) * controlPeriod, 16);
  task.stateAt(trace.taskParameters, trace.startTime(), trace.states);
  memory.fill(trace.earlierInputs, 0, usize(EARLIER) * trace.inputRow);
  return steps;
}

/** Times of `segments` segments of the selected rollout, without jitter. */
function layOut(segments: i32): void {
  const start = trace.startTime();
  let t: i32 = 0;
  for (let j: i32 = 0; j < segments; j++) {
    store<f64>(trace.segmentStarts + (usize(j) << 3), f64(t));
    store<f64>(trace.segmentTimes + (usize(j) << 3), start + f64(t) * controlPeriod);
    for (let i: i32 = 0; i < stepsPerSegment; i++, t++) {
      store<f64>(trace.times + (usize(t) << 3), f64(t) * controlPeriod);
      store<f64>(trace.periods + (usize(t) << 3), controlPeriod);
      store<f64>(trace.localTimes + (usize(t) << 3), f64(i) * controlPeriod + splineLead);
    }
  }
  store<f64>(trace.counts, f64(t));
  store<f64>(trace.counts, f64(segments), 8);
}
