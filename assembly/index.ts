/**
 * The core's only exports. Order of use: {@link setDimension} for every dimension, {@link configure}, then fill the
 * parameter regions through views of the memory where {@link describeRegion} says, {@link prepare}, and from then on
 * anything else. Nothing is allocated after `configure`, and nothing here throws: every function answers with a
 * {@link Status} and, unless that is `ok` or `outOfBounds`, has written nothing. Numbers that a function computes
 * stand at {@link results} afterwards.
 */
import { resetPlant } from "./actuation";
import * as arena from "./arena";
import { controller, model, reference, reward, task } from "./components";
import { configure as chooseAndLayOut } from "./configure";
import * as costates from "./costate";
import * as curvatures from "./curvature";
import * as gaussNewton from "./gauss-newton";
import * as laws from "./laws";
import { seedRandom } from "./math/random";
import * as modelRollouts from "./model-rollout";
import { ModelStart } from "./model-rollout";
import * as options from "./options";
import * as pilot from "./pilot";
import { changesFit } from "./plant-changes";
import { act, evaluateReference, lineariseModel, Network, openSegment } from "./policy/policy";
import { Dimension, LEAST_PACE, MOST_PACE, Pass, Region, Result, Status, VERSION } from "./regions";
import * as reflexes from "./reflex";
import * as rollouts from "./rollout";
import { sensitivity } from "./sensitivity";
import { tangent, tangentFrom } from "./tangent";
import * as trace from "./trace";
import * as updates from "./update";

export { Law, LawPart } from "./laws";
export { ModelStart } from "./model-rollout";
export * from "./names.generated";
export { Option } from "./options";
export { Change, ChangeKind, PlantMemory } from "./plant-memory";
export { Network } from "./policy/policy";
export { Adjustment, Counts, Dimension, Firing, Pace, Pass, PathNode, Reflex, Region } from "./regions";
export { Result, RowsPer, Solution, Status } from "./regions";

const answers: usize = heap.alloc(8 * Result.count);
/** Whether the parts have seen their parameters. */
let prepared: bool = false;

function answer(result: Result, value: f64): void {
  store<f64>(answers + 8 * result, value);
}

/** What a call is answered that comes in its time or not, with arguments that are in range or not. */
function statusOf(inTime: bool, inRange: bool): Status {
  if (!inTime) return Status.wrongOrder;
  return inRange ? Status.ok : Status.outOfRange;
}

/**
 * Whether `count` rollouts from `first` on exist, and the core can work on them; `inRange`: whether the other arguments
 * of the call are.
 */
function ofRollouts(first: i32, count: i32, inRange: bool = true): Status {
  const rollouts = arena.dimension(Dimension.rollouts);
  return statusOf(prepared, inRange && first >= 0 && count >= 1 && count <= rollouts && first <= rollouts - count);
}

/** Whether, besides, what stands in those rollouts can be gone through. */
function ofRecorded(first: i32, count: i32, inRange: bool = true): Status {
  let status = ofRollouts(first, count, inRange);
  for (let rollout = first; status == Status.ok && rollout < first + count; rollout++) {
    if (!trace.isRecorded(rollout)) status = Status.outOfRange;
  }
  return status;
}

/** Whether a rollout can be driven for so many segments, which take so many steps. */
function hasRoom(segments: i32, kept: i32): bool {
  const most = arena.dimension(Dimension.segments);
  if (segments < 1 || segments > most || kept < 0 || kept > most - segments) return false;
  return f64(segments + kept) * f64(options.stepsPerSegment) <= f64(arena.dimension(Dimension.steps));
}

/** Whether a drive can go on from the end of the rollout `previous`, with its last `overlap` segments kept in front. */
function goesOn(rollout: i32, previous: i32, overlap: i32): Status {
  const status = ofRecorded(previous, 1, rollout != previous && overlap >= 0);
  if (status != Status.ok) return status;
  return statusOf(true, overlap <= trace.segmentsOf(previous) && trace.stepsOf(previous) > 0);
}

/** The core's version: it is of use only to a host that knows it. */
export function version(): i32 {
  return VERSION;
}

/** Address of the numbers that the last call answered, in the order of {@link Result}. */
export function results(): usize {
  return answers;
}

export function setDimension(which: i32, value: i32): i32 {
  if (arena.configured) return Status.wrongOrder;
  if (which < 0 || which >= Dimension.count) return Status.badDimension;
  arena.setDimension(which, value);
  return Status.ok;
}

/** Chooses the parts and lays out the memory, once per instance. */
export function configure(): i32 {
  return chooseAndLayOut();
}

/** After the parameter regions were filled, and after every change of the reference's or the reward's parameters. */
export function prepare(): i32 {
  const status = statusOf(arena.configured, arena.configured && changesFit());
  if (status != Status.ok) return status;
  reference.prepare(trace.referenceParameters);
  reward.prepare(trace.rewardParameters);
  prepared = true;
  return Status.ok;
}

/** Answers with `address` (of one rollout's, where it exists once per rollout), `columns`, `rows` and `rowsPer`. */
export function describeRegion(region: i32, rollout: i32): i32 {
  const status = statusOf(arena.configured, region >= 0 && region < Region.count && trace.exists(rollout));
  if (status != Status.ok) return status;
  answer(Result.address, f64(arena.at(region, rollout)));
  answer(Result.columns, f64(arena.columnsOf(region)));
  answer(Result.rows, f64(arena.rowsOf(region)));
  answer(Result.rowsPer, f64(arena.rowsPer(region)));
  return Status.ok;
}

export function setOption(option: i32, value: f64): i32 {
  return statusOf(true, options.setOption(option, value));
}

/** The pace at which the task is driven from the next network call on, [{@link LEAST_PACE}, {@link MOST_PACE}]. */
export function setPace(pace: f64): i32 {
  const status = statusOf(arena.configured, isPace(pace));
  if (status == Status.ok) reflexes.setPace(pace);
  return status;
}

/** The same, of a pace that is hardly another: the reflex goes on as it was. */
export function easePace(pace: f64): i32 {
  const status = statusOf(arena.configured, isPace(pace));
  if (status == Status.ok) reflexes.easePace(pace);
  return status;
}

/** What the reflex fired for was nothing: the pace that was asked for is driven again; see assembly/reflex.ts. */
export function dismissFiring(): i32 {
  if (!arena.configured) return Status.wrongOrder;
  reflexes.dismiss();
  return Status.ok;
}

function isPace(pace: f64): bool {
  return pace >= LEAST_PACE && pace <= MOST_PACE;
}

/** Starts the random numbers from a 64-bit seed. */
export function seed(low: i32, high: i32): i32 {
  if (!arena.configured) return Status.wrongOrder;
  seedRandom(trace.random, low, high);
  return Status.ok;
}

/** Draws the network's initial weights. */
export function initialise(): i32 {
  if (!arena.configured) return Status.wrongOrder;
  updates.initialise();
  return Status.ok;
}

export function sampleStart(rollout: i32): i32 {
  const status = ofRollouts(rollout, 1);
  if (status == Status.ok) rollouts.sampleStart(rollout);
  return status;
}

/** The task's nominal setpoint at task time `time` [s] and pace 1, into the first places of the region `probe`. */
export function nominalSetpoint(time: f64): i32 {
  const status = statusOf(prepared, isFinite(time));
  if (status == Status.ok) task.setpointAt(trace.taskParameters, time, 1.0, trace.probe);
  return status;
}

/**
 * Drives the plant from rest at the rollout's first state and start time, or on from the end of the rollout `previous`
 * (-1: none), keeping the last `overlap` segments of that in front; ends early with `outOfBounds`.
 */
export function rollOut(rollout: i32, segments: i32, previous: i32, overlap: i32): i32 {
  let status = ofRollouts(rollout, 1);
  if (status == Status.ok && previous != -1) status = goesOn(rollout, previous, overlap);
  if (status != Status.ok) return status;
  if (!hasRoom(segments, previous == -1 ? 0 : overlap)) return Status.outOfRange;
  return rollouts.rollOut(rollout, segments, previous, overlap);
}

/**
 * Takes the last `overlap` segments of the rollout `previous` over as the first of another; see assembly/rollout.ts.
 */
export function driveOn(rollout: i32, previous: i32, overlap: i32): i32 {
  let status = ofRollouts(rollout, 1);
  if (status == Status.ok) status = goesOn(rollout, previous, overlap);
  if (status == Status.ok) rollouts.driveOn(rollout, previous, overlap);
  return status;
}

/** Evaluates costs, commands and derivatives along a recorded drive; see assembly/rollout.ts. */
export function replay(rollout: i32, network: i32, useReference: bool, keepOpening: bool): i32 {
  const status = ofRecorded(rollout, 1, network >= 0 && network < Network.count);
  if (status == Status.ok) rollouts.replay(rollout, network, useReference, keepOpening);
  return status;
}

/** What the model does not explain of a recorded rollout, for {@link rollOutModel}. */
export function recordModelError(rollout: i32): i32 {
  const status = ofRecorded(rollout, 1);
  if (status == Status.ok) modelRollouts.recordModelError(rollout);
  return status;
}

/**
 * Drives the model instead of the plant, from the recorded rollout `source`; see assembly/model-rollout.ts. Room is
 * needed as for any rollout.
 */
export function rollOutModel(rollout: i32, source: i32, start: i32, segments: i32, shift: f64, pace: f64): i32 {
  const isStart = start >= 0 && start < ModelStart.count;
  let status = ofRollouts(rollout, 1, isStart && shift >= 0.0 && shift <= 1.0 && isPace(pace));
  if (status == Status.ok) status = goesOn(rollout, source, 0);
  if (status != Status.ok) return status;
  if (start != ModelStart.replay && !hasRoom(segments, 0)) return Status.outOfRange;
  return modelRollouts.rollOutModel(rollout, source, start, segments, shift, pace);
}

/**
 * Drives a recorded rollout on in the model, for as long as new parameters will be late; see assembly/model-rollout.ts.
 */
export function foresee(rollout: i32, segments: i32): i32 {
  const status = ofRecorded(rollout, 1);
  if (status != Status.ok) return status;
  trace.select(rollout);
  const steps = f64(trace.stepCount()) + f64(segments) * f64(options.stepsPerSegment);
  const most = arena.dimension(Dimension.segments) - trace.segmentCount();
  if (segments < 0 || segments > most || steps > f64(arena.dimension(Dimension.steps))) return Status.outOfRange;
  return modelRollouts.foresee(rollout, segments);
}

/** Takes the last segments of a rollout away, which were foreseen. */
export function forget(rollout: i32, segments: i32): i32 {
  const status = ofRecorded(rollout, 1, segments >= 0);
  if (status != Status.ok) return status;
  trace.select(rollout);
  if (segments > trace.segmentCount()) return Status.outOfRange;
  modelRollouts.forget(rollout, segments);
  return Status.ok;
}

/** The model's derivatives along a rollout again, after its parameters or delays changed. */
export function linearise(rollout: i32): i32 {
  const status = ofRecorded(rollout, 1);
  if (status != Status.ok) return status;
  trace.select(rollout);
  for (let t: i32 = 0, steps = trace.stepCount(); t < steps; t++) lineariseModel(model, t);
  return Status.ok;
}

/** Begins a drive of a real robot, step by step; see assembly/pilot.ts. */
export function beginDrive(): i32 {
  if (!prepared) return Status.wrongOrder;
  pilot.beginDrive();
  return Status.ok;
}

/** Answers with 1 if the control step at `time` [s] would call the network, otherwise with 0. */
export function networkDue(time: f64): i32 {
  if (!pilot.begun) return Status.wrongOrder;
  answer(Result.value, pilot.networkDue(time) ? 1.0 : 0.0);
  return Status.ok;
}

/** One control step at `time` [s] in the measured state, region `plantState`; see assembly/pilot.ts. */
export function tick(time: f64): i32 {
  const status = statusOf(pilot.begun, isFinite(time));
  return status == Status.ok ? pilot.tick(time) : status;
}

/** Network, setpoint, reference and controller for step t, the first of segment j: what one tick costs at most. */
export function controlStep(rollout: i32, j: i32, t: i32): i32 {
  const isStep = t >= 0 && t < arena.dimension(Dimension.steps);
  const status = ofRollouts(rollout, 1, isStep && j >= 0 && j < arena.dimension(Dimension.segments));
  if (status != Status.ok) return status;
  trace.select(rollout);
  openSegment(j, Network.called, false);
  evaluateReference(reference, j, t);
  act(controller, j, t);
  return Status.ok;
}

/** The simulated plant at rest in the state of the region `plantState`. */
export function restPlant(): i32 {
  if (!prepared) return Status.wrongOrder;
  resetPlant();
  return Status.ok;
}

/** The simulated plant `dt` seconds later, under the first row of `inputs`. */
export function drivePlant(dt: f64): i32 {
  const status = statusOf(prepared, dt >= 0.0 && isFinite(dt));
  if (status == Status.ok) pilot.drivePlant(dt);
  return status;
}

/** Answers with the sum of stage costs over all windows of a rollout, and with their number. */
export function windowCost(rollout: i32): i32 {
  const status = ofRecorded(rollout, 1);
  if (status != Status.ok) return status;
  trace.select(rollout);
  const segments = trace.segmentCount();
  const windows = options.windowCount(segments);
  let cost: f64 = 0.0;
  for (let window: i32 = 0; window < windows; window++) {
    cost += costates.costOf(options.windowBegin(window), options.windowEnd(window, segments));
  }
  answer(Result.value, cost);
  answer(Result.windows, f64(windows));
  return Status.ok;
}

/** Answers with the loss of `count` rollouts from `first` on; their gradient is in the region `gradient`. */
export function gradient(first: i32, count: i32): i32 {
  const status = ofRecorded(first, count);
  if (status == Status.ok) answer(Result.value, costates.gradientOf(first, count));
  return status;
}

/** Answers with the Euclidean norm of the region `gradient`. */
export function gradientNorm(): i32 {
  if (!arena.configured) return Status.wrongOrder;
  answer(Result.value, updates.gradientNorm());
  return Status.ok;
}

/**
 * Hessian of the loss times `direction`, into the region `gradient`; `linearResidual` and the input work are
 * overwritten.
 */
export function hessianProduct(first: i32, count: i32): i32 {
  const status = ofRecorded(first, count);
  if (status == Status.ok) curvatures.hessianProduct(first, count);
  return status;
}

/**
 * One pass over one window of a rollout: J^T w with w = `seeds` into `gradient`, J v with v = `direction` into
 * `residualTangents`, or the gradient by forward sensitivity, added to `sensitivityGradient`.
 */
export function windowPass(pass: i32, rollout: i32, window: i32): i32 {
  const status = ofRecorded(rollout, 1, pass >= 0 && pass < Pass.count);
  if (status != Status.ok) return status;
  if (pass == Pass.sensitivity && arena.dimension(Dimension.sensitivity) == 0) return Status.wrongOrder;
  const segments = trace.segmentsOf(rollout);
  if (window < 0 || window >= options.windowCount(segments)) return Status.outOfRange;
  const begin = options.windowBegin(window);
  const end = options.windowEnd(window, segments);
  if (pass == Pass.costate) costates.clearGradient(); // which selects all rollouts in turn
  trace.select(rollout);
  if (pass == Pass.costate) {
    costates.costate(begin, end);
    costates.collect();
  } else if (pass == Pass.tangent) {
    tangent(begin, end);
  } else {
    sensitivity(begin, end);
  }
  return Status.ok;
}

/** Tangents of all states of a rollout along `direction`, from that of the first state, in `stateTangents`. */
export function statePass(rollout: i32): i32 {
  const status = ofRecorded(rollout, 1);
  if (status != Status.ok) return status;
  trace.select(rollout);
  tangentFrom(0, trace.segmentCount());
  return Status.ok;
}

/** theta -= rate * gradient. */
export function descend(rate: f64): i32 {
  const status = statusOf(arena.configured, isFinite(rate));
  if (status == Status.ok) updates.descend(rate);
  return status;
}

/** Adam; see assembly/update.ts. */
export function adapt(rate: f64, beta1: f64, beta2: f64, epsilon: f64, correction1: f64, correction2: f64): i32 {
  const areFinite = isFinite(rate + beta1 + beta2 + epsilon + correction1 + correction2);
  const status = statusOf(arena.configured, areFinite);
  if (status == Status.ok) updates.adapt(rate, beta1, beta2, epsilon, correction1, correction2);
  return status;
}

/**
 * A Gauss-Newton step over `count` rollouts from `first` on, into the region `step`; see assembly/gauss-newton.ts.
 * `anchored`: the damping holds to the parameters in the region `anchor`, not to the present ones.
 */
export function solveStep(
  first: i32,
  count: i32,
  mu: f64,
  threshold: f64,
  iterations: i32,
  tolerance: f64,
  anchored: bool,
): i32 {
  const inRange = mu >= 0.0 && isFinite(mu) && threshold > 0.0 && tolerance >= 0.0 && iterations >= 0;
  const status = ofRecorded(first, count, inRange);
  if (status == Status.ok) gaussNewton.solve(first, count, mu, threshold, iterations, tolerance, anchored);
  return status;
}

/** theta += factor * step. */
export function takeStep(factor: f64): i32 {
  const status = statusOf(arena.configured, isFinite(factor));
  if (status == Status.ok) gaussNewton.takeStep(factor);
  return status;
}

/**
 * A differentiable part as one map y = f(z) in the rows of the region `probe`; see assembly/laws.ts. Answers with the
 * lengths of z and y, `domain` and `range`.
 */
export function law(which: i32, part: i32, time: f64): i32 {
  const isAsked = which >= 0 && which < laws.Law.count;
  const status = statusOf(prepared, isAsked && part >= 0 && part < laws.LawPart.count && isFinite(time));
  if (status != Status.ok) return status;
  if (which == laws.Law.value) laws.evaluatePart(part, time);
  else if (which == laws.Law.tangent) laws.tangentOfPart(part, time);
  else if (which == laws.Law.transpose) laws.transposeOfPart(part, time);
  answer(Result.domain, f64(laws.domainSize(part)));
  answer(Result.range, f64(laws.rangeSize(part)));
  return Status.ok;
}
