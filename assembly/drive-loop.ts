/**
 * The control steps of one segment on the simulated plant: the innermost loop of a rollout, with a copy for the default
 * parts (default-parts.ts).
 */
import { driveDirectly, driveStep, jittered, measure } from "./actuation";
import { controller, model, plant, reference, reward } from "./components";
import { Backstepping } from "./controllers/backstepping";
import { Controller } from "./controllers/controller";
import { usesDefaultParts } from "./default-parts";
import { DOUBLE_SHIFT } from "./math/doubles";
import { PAIR } from "./math/simd";
import { copyRow, dimension } from "./arena";
import { Car } from "./models/car";
import { Model } from "./models/model";
import { controlPeriod, splineLead } from "./options";
import { Nominal } from "./plants/nominal";
import { Plant } from "./plants/plant";
import { act, evaluateReference, evaluateStep } from "./policy/policy";
import { Reference } from "./policy/reference";
import { Spline } from "./policy/spline";
import { Dimension } from "./regions";
import { Figure8Reward } from "./rewards/figure8";
import { Reward } from "./rewards/reward";
import * as trace from "./trace";

/** Steps driven so far in the rollout, and the time since its start [s]: where the loop goes on. */
export let steps: i32 = 0;
export let clock: f64 = 0.0;

/** What lies between the policy and the plant in the rollout that is being driven. */
export class PlantIo {
  /** nothing: no delay, lag or noise */
  direct: bool = true;
  /** a control period is one integration step */
  undivided: bool = true;
  /** standard deviation of the control period [s] */
  controlJitter: f64 = 0.0;
  /** the plant's true state, and its inner state */
  truth: usize = 0;
  inner: usize = 0;
}

/** Begins a rollout at step `atStep` and `time` seconds after its start. */
export function setClock(atStep: i32, time: f64): void {
  steps = atStep;
  clock = time;
}

/** Drives `count` control steps of segment j, or as far as there is room; false if the state left its bounds. */
export function driveSegment(j: i32, count: i32, io: PlantIo): bool {
  if (plant instanceof Nominal && usesDefaultParts()) {
    return driveSteps<Car, Nominal, Backstepping, Figure8Reward, Spline>(
      model as Car,
      plant as Nominal,
      controller as Backstepping,
      reward as Figure8Reward,
      reference as Spline,
      j,
      count,
      io,
    );
  }
  return driveSteps<Model, Plant, Controller, Reward, Reference>(
    model,
    plant,
    controller,
    reward,
    reference,
    j,
    count,
    io,
  );
}

function driveSteps<M extends Model, P extends Plant, C extends Controller, R extends Reward, F extends Reference>(
  model: M,
  plant: P,
  controller: C,
  reward: R,
  reference: F,
  j: i32,
  count: i32,
  io: PlantIo,
): bool {
  const dt = controlPeriod;
  const steady = io.controlJitter == 0.0;
  const undivided = io.undivided;
  const ofModel = plant.isModel();
  const inner = io.inner;
  const capacity = dimension(Dimension.steps);
  const called = clock;
  const pace = trace.segmentPace(j);
  let t = steps;
  let time = clock;
  let within = true;
  for (let i: i32 = 0; i < count && t < capacity && within; i++) {
    const period = steady ? dt : jittered(dt, io.controlJitter);
    store<f64>(trace.timeAt(t), time);
    store<f64>(trace.periodAt(t), period);
    trace.keepPace(t, pace);
    store<f64>(trace.localTimeAt(t), (steady ? f64(i) * dt : time - called) + splineLead);
    evaluateReference<F>(reference, j, t);
    act<C>(controller, j, t);
    const x = trace.stateAt(t);
    const next = x + trace.stateRow;
    const command = trace.commandAt(t);
    copyRow(trace.inputAt(t), command, trace.inputRow);
    if (undivided) {
      if (ofModel) model.step(trace.plantParameters, x, command, period, next);
      else plant.step(model, trace.plantParameters, inner, x, command, period, next);
    } else if (io.direct) {
      driveDirectly(x, command, period, next);
    } else {
      driveStep(io.truth, command, period, io.truth);
      measure(io.truth, next);
    }
    copyRow(trace.bodyAt(t), trace.externalMemory, trace.bodyRow);
    evaluateStep<R, M>(reward, model, t);
    t++;
    time = steady ? f64(t) * dt : time + period;
    within = withinBounds(next);
  }
  steps = t;
  clock = time;
  return within;
}

/** Every component within its bounds; NaN is not. */
// @ts-ignore: decorator
@inline
export function withinBounds(x: usize): bool {
  const low = trace.stateLow;
  const high = trace.stateHigh;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    let within = i64x2.splat(-1);
    for (; i + PAIR <= trace.stateRow; i += PAIR) {
      const pair = v128.load(x + i);
      within = v128.and(within, v128.and(f64x2.ge(pair, v128.load(low + i)), f64x2.le(pair, v128.load(high + i))));
    }
    if (i64x2.bitmask(within) != 3) return false;
  }
  for (; i < trace.stateRow; i += 8) {
    const value = load<f64>(x + i);
    if (!(value >= load<f64>(low + i) && value <= load<f64>(high + i))) return false;
  }
  return true;
}
