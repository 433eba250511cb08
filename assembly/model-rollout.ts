/**
 * The model driven instead of the plant (not in paper): what a policy would have done, or would do, before it is
 * driven. What the model did not explain of a recorded drive is added at the same place of the task, so that the model
 * only has to know what changes.
 */
import { controller, model, reference, reward, task } from "./components";
import { withinBounds } from "./drive-loop";
import { copyRow } from "./arena";
import { controlPeriod, splineLead, stepsPerSegment } from "./options";
import { act, evaluateReference, evaluateStep, Network, openSegment } from "./policy/policy";
import { Counts, EARLIER, Status } from "./regions";
import { driveOn } from "./rollout";
import * as trace from "./trace";

/** Where a model rollout starts. */
export enum ModelStart {
  /** where the recorded rollout did: its own segments, driven again */
  replay,
  /** where it ended, with what was applied until then */
  continuation,
  /** on the task itself, some time after it ended, with nothing applied before */
  restart,
  count,
}

/**
 * disturbance_t = x_{t+1} - F̂(x_t, acting inputs): what the model does not explain of each step of a recorded rollout.
 */
export function recordModelError(rollout: i32): void {
  trace.select(rollout);
  for (let t: i32 = 0, steps = trace.stepCount(); t < steps; t++) {
    const next = trace.stateAt(t + 1);
    const rest = trace.disturbanceAt(t);
    model.step(trace.modelParameters, trace.stateAt(t), trace.actingInputs(t), load<f64>(trace.periodAt(t)), rest);
    for (let i: usize = 0; i < trace.stateRow; i += 8) store<f64>(rest + i, load<f64>(next + i) - load<f64>(rest + i));
  }
}

/**
 * Drives the model with the present parameters, from a recorded rollout that {@link recordModelError} has seen, and
 * fills everything that the derivatives need. `segments` count unless it is a `replay`; `shift`: part of a period of
 * the task from the end of the recorded rollout to a `restart`. Ends early with `outOfBounds`.
 */
export function rollOutModel(rollout: i32, source: i32, start: ModelStart, segments: i32, shift: f64): Status {
  const period = i32(Math.max(1.0, Math.floor(task.period(trace.taskParameters) / controlPeriod + 0.5)));
  const replays = start == ModelStart.replay;
  trace.select(source);
  const recorded = trace.stepCount();
  const overlap = replays ? trace.segmentCount() : 0;
  const state = trace.stateAt(replays ? 0 : recorded);
  const disturbances = trace.disturbances;
  driveOn(rollout, source, overlap);
  memory.copy(trace.states, state, trace.stateRow);
  let first = replays ? 0 : recorded; // the recorded step that the model rollout's first one corresponds to
  if (replays) {
    trace.setLength(recorded, overlap);
  } else {
    if (start == ModelStart.restart) first += restart(i32(Math.floor(shift * f64(period))));
    layOut(segments);
  }
  for (let j: i32 = 0, count = trace.segmentCount(); j < count; j++) {
    let t = trace.segmentStart(j);
    copyRow(trace.segmentStateAt(j), trace.stateAt(t), trace.stateRow);
    openSegment(j, Network.called, start == ModelStart.restart);
    for (const last = trace.segmentStart(j + 1); t < last; t++) {
      evaluateReference(reference, j, t);
      act(controller, j, t);
      copyRow(trace.inputAt(t), trace.commandAt(t), trace.inputRow);
      const next = trace.stateAt(t + 1);
      model.step(trace.modelParameters, trace.stateAt(t), trace.actingInputs(t), load<f64>(trace.periodAt(t)), next);
      let like = first + t;
      while (like >= recorded) like -= period; // the same place of the task, the last time it was driven
      if (like >= 0) {
        const rest = disturbances + usize(like) * trace.stateRow;
        for (let i: usize = 0; i < trace.stateRow; i += 8)
          store<f64>(next + i, load<f64>(next + i) + load<f64>(rest + i));
      }
      evaluateStep(reward, model, t);
      if (!withinBounds(next)) return Status.outOfBounds;
    }
  }
  return Status.ok;
}

/** Puts the selected rollout's start on the task, `steps` control steps later; returns these. */
function restart(steps: i32): i32 {
  store<f64>(trace.counts, trace.startTime() + f64(steps) * controlPeriod, 8 * Counts.startTime);
  task.stateAt(trace.taskParameters, trace.startTime(), trace.states);
  memory.fill(trace.earlierInputs, 0, usize(EARLIER) * trace.inputRow);
  return steps;
}

/** Times of `segments` segments of the selected rollout, without jitter. */
function layOut(segments: i32): void {
  const start = trace.startTime();
  let t: i32 = 0;
  for (let j: i32 = 0; j < segments; j++) {
    store<f64>(trace.segmentStartAt(j), f64(t));
    store<f64>(trace.segmentTimeAt(j), start + f64(t) * controlPeriod);
    for (let i: i32 = 0; i < stepsPerSegment; i++, t++) {
      store<f64>(trace.timeAt(t), f64(t) * controlPeriod);
      store<f64>(trace.periodAt(t), controlPeriod);
      store<f64>(trace.localTimeAt(t), f64(i) * controlPeriod + splineLead);
    }
  }
  trace.setLength(t, segments);
}
