/**
 * The model driven instead of the plant (not in paper): what a policy would have done, or would do, before it is
 * driven. What the model did not explain of a recorded drive is added at the same place of the task, so that the model
 * only has to know what changes.
 */
import { controller, model, reference, reward, task } from "./components";
import { Backstepping } from "./controllers/backstepping";
import { Controller } from "./controllers/controller";
import { usesDefaultParts } from "./default-parts";
import { withinBounds } from "./drive-loop";
import { copyRow } from "./arena";
import { DOUBLE_SHIFT } from "./math/doubles";
import { Car } from "./models/car";
import { Model } from "./models/model";
import { controlPeriod, splineLead, stepsPerSegment, usagePace } from "./options";
import { act, evaluateReference, evaluateStep, Network, openSegment } from "./policy/policy";
import { Reference } from "./policy/reference";
import { Spline } from "./policy/spline";
import { Counts, EARLIER, Status } from "./regions";
import { Figure8Reward } from "./rewards/figure8";
import { Reward } from "./rewards/reward";
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
  for (let t: i32 = 0, steps = trace.stepCount(); t < steps; t++) recordErrorOf(t);
}

/** Of step t of the selected rollout. */
function recordErrorOf(t: i32): void {
  const next = trace.stateAt(t + 1);
  const rest = trace.disturbanceAt(t);
  model.step(trace.modelParameters, trace.stateAt(t), trace.actingInputs(t), load<f64>(trace.periodAt(t)), rest);
  for (let i: usize = 0; i < trace.stateRow; i += 8) store<f64>(rest + i, load<f64>(next + i) - load<f64>(rest + i));
}

/**
 * Drives the model with the present parameters, from a recorded rollout that {@link recordModelError} has seen, and
 * fills everything that the derivatives need. `segments` and `pace` count unless it is a `replay`, which keeps those
 * that were driven; `shift`: part of a period of the task from the end of the recorded rollout to a `restart`. Ends
 * early with `outOfBounds`.
 */
export function rollOutModel(
  rollout: i32,
  source: i32,
  start: ModelStart,
  segments: i32,
  shift: f64,
  pace: f64,
): Status {
  const replays = start == ModelStart.replay;
  trace.select(source);
  const recorded = trace.stepCount();
  const overlap = replays ? trace.segmentCount() : 0;
  const state = trace.stateAt(replays ? 0 : recorded);
  known.take(recorded);
  driveOn(rollout, source, overlap);
  memory.copy(trace.states, state, trace.stateRow);
  let first = replays ? 0.0 : known.end; // place of the model rollout's first step
  if (replays) {
    trace.setLength(recorded, overlap);
  } else {
    if (start == ModelStart.restart) first += restart(Math.floor(shift * known.period), usagePace * pace);
    trace.setLength(0, 0);
    store<f64>(trace.taskShifts, 0.0);
    layOut(segments, usagePace * pace);
  }
  return driveModel(0, first, start == ModelStart.restart);
}

/**
 * Drives a recorded rollout on in the model, by the policy and at the pace that are in force, for as many segments as
 * new parameters will be late: what is planned from there is planned from where they will act. What is known of the
 * model's errors grows with it. {@link recordModelError} must have seen the rollout; `forget` takes the segments away
 * again.
 */
export function foresee(rollout: i32, segments: i32): Status {
  trace.select(rollout);
  const recorded = trace.stepCount();
  const driven = trace.segmentCount();
  known.take(recorded);
  layOut(segments, trace.drivenPace());
  const status = driveModel(driven, 0.0, false);
  for (let t = recorded, steps = trace.stepCount(); t < steps && status == Status.ok; t++) recordErrorOf(t);
  return status;
}

/** The rollout's length without what was foreseen. */
export function forget(rollout: i32, segments: i32): void {
  trace.select(rollout);
  const left = trace.segmentCount() - segments;
  trace.setLength(trace.segmentStart(left), left);
}

/** What is known of a recorded rollout's errors, and where in the task. */
class KnownErrors {
  disturbances: usize = 0;
  taskShifts: usize = 0;
  recorded: i32 = 0;
  /** a period of the task, and the place where the rollout ended [control steps at pace 1] */
  period: f64 = 0.0;
  end: f64 = 0.0;

  /** Those of the selected rollout's first steps. */
  take(steps: i32): void {
    this.disturbances = trace.disturbances;
    this.taskShifts = trace.taskShifts;
    this.recorded = steps;
    this.period = Math.max(1.0, Math.floor(task.period(trace.taskParameters) / controlPeriod + 0.5));
    this.end = placeOf(steps, this.taskShifts, 1.0 / controlPeriod);
  }
}

const known = new KnownErrors();

/**
 * Drives the model through the segments of the selected rollout from segment `from` on. `first`: place of the rollout's
 * first step, on the axis of what is known; `opens`: the first setpoint is the task's.
 */
function driveModel(from: i32, first: f64, opens: bool): Status {
  if (usesDefaultParts()) {
    return driveParts<Car, Backstepping, Figure8Reward, Spline>(
      model as Car,
      controller as Backstepping,
      reward as Figure8Reward,
      reference as Spline,
      from,
      first,
      opens,
    );
  }
  return driveParts<Model, Controller, Reward, Reference>(model, controller, reward, reference, from, first, opens);
}

function driveParts<M extends Model, C extends Controller, R extends Reward, F extends Reference>(
  model: M,
  controller: C,
  reward: R,
  reference: F,
  from: i32,
  first: f64,
  opens: bool,
): Status {
  const perPeriod = 1.0 / controlPeriod;
  const recorded = known.recorded;
  let like: i32 = -1; // the recorded step at the same place
  for (let j = from, count = trace.segmentCount(); j < count; j++) {
    let t = trace.segmentStart(j);
    copyRow(trace.segmentStateAt(j), trace.stateAt(t), trace.stateRow);
    openSegment(j, Network.called, opens);
    for (const last = trace.segmentStart(j + 1); t < last; t++) {
      evaluateReference<F>(reference, j, t);
      act<C>(controller, j, t);
      copyRow(trace.inputAt(t), trace.commandAt(t), trace.inputRow);
      const next = trace.stateAt(t + 1);
      model.step(trace.modelParameters, trace.stateAt(t), trace.actingInputs(t), load<f64>(trace.periodAt(t)), next);
      let place = first + placeOf(t, trace.taskShifts, perPeriod);
      while (place >= known.end) place -= known.period; // the last time that it was driven
      if (place >= 0.0) {
        like = nearestStep(place, like + 1 < recorded ? like + 1 : 0, recorded, known.taskShifts, perPeriod);
        const rest = known.disturbances + usize(like) * trace.stateRow;
        for (let i: usize = 0; i < trace.stateRow; i += 8)
          store<f64>(next + i, load<f64>(next + i) + load<f64>(rest + i));
      }
      evaluateStep<R, M>(reward, model, t);
      if (!withinBounds(next)) return Status.outOfBounds;
    }
  }
  return Status.ok;
}

/**
 * How far step t has got in the task since the start of its rollout, in control steps at pace 1. `taskShifts`: of that
 * rollout; `perPeriod`: 1 / dt.
 */
// @ts-ignore: decorator
@inline
function placeOf(t: i32, taskShifts: usize, perPeriod: f64): f64 {
  return f64(t) + load<f64>(taskShifts + (usize(t) << DOUBLE_SHIFT)) * perPeriod;
}

/** Of `recorded` steps the one nearest to a place; `guess` is where the search begins. */
function nearestStep(place: f64, guess: i32, recorded: i32, taskShifts: usize, perPeriod: f64): i32 {
  let t = guess;
  let here = placeOf(t, taskShifts, perPeriod);
  while (t > 0 && here > place) here = placeOf(--t, taskShifts, perPeriod);
  while (t + 1 < recorded) {
    const next = placeOf(t + 1, taskShifts, perPeriod);
    if (next - place >= place - here) break;
    here = next;
    t++;
  }
  return t;
}

/** Puts the selected rollout's start on the task, `steps` control steps at pace 1 later; returns these. */
function restart(steps: f64, pace: f64): f64 {
  store<f64>(trace.counts, trace.startTime() + steps * controlPeriod, 8 * Counts.startTime);
  task.stateAt(trace.taskParameters, trace.startTime(), pace, trace.states);
  memory.fill(trace.earlierInputs, 0, usize(EARLIER) * trace.inputRow);
  return steps;
}

/** Times of `segments` more segments of the selected rollout, without jitter, at one pace. */
function layOut(segments: i32, pace: f64): void {
  let t = trace.stepCount();
  const driven = trace.segmentCount();
  const begin = t > 0 ? load<f64>(trace.timeAt(t - 1)) + load<f64>(trace.periodAt(t - 1)) : 0.0;
  const before = t;
  for (let j = driven; j < driven + segments; j++) {
    const time = begin + f64(t - before) * controlPeriod;
    store<f64>(trace.segmentStartAt(j), f64(t));
    store<f64>(trace.segmentTimeAt(j), trace.startTime() + time + load<f64>(trace.taskShiftAt(t)));
    for (let i: i32 = 0; i < stepsPerSegment; i++, t++) {
      store<f64>(trace.timeAt(t), begin + f64(t - before) * controlPeriod);
      store<f64>(trace.periodAt(t), controlPeriod);
      trace.keepPace(t, pace);
      store<f64>(trace.localTimeAt(t), f64(i) * controlPeriod + splineLead);
    }
  }
  trace.setLength(t, driven + segments);
}
