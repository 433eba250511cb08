/**
 * The sampled-data policy [W23 sec. 6, fig. 1]: a network call per segment sets setpoint and gains, the controller acts
 * at every step.
 */
import { reference, task } from "../components";
import { Controller } from "../controllers/controller";
import { copyRow } from "../arena";
import { Model } from "../models/model";
import { lookahead, startFromState } from "../options";
import * as trace from "../trace";
import { Reward } from "../rewards/reward";
import { addOffsets, addTrims, isAdjusted } from "./adjustment";
import { forward } from "./mlp";
import { placeTurn, toOutputs } from "./outputs";
import { Reference } from "./reference";

/** Network input at the segment's state and time. */
function observe(j: i32): void {
  const row = trace.activationsAt(j);
  const x = trace.segmentStateAt(j);
  task.observe(trace.taskParameters, x, segmentTime(j), row, trace.taskTapeAt(j));
  placeTurn(j);
}

function segmentTime(j: i32): f64 {
  return load<f64>(trace.segmentTimeAt(j));
}

/** The network's activations at segment j with the present parameters; its recorded outputs stay. */
export function recallNetwork(j: i32): void {
  observe(j);
  forward(trace.parameters, trace.activationsAt(j));
}

/** outputs_j = what the last layer says + what the adjustment adds. */
function setOutputs(j: i32): void {
  const out = trace.outputsAt(j);
  toOutputs(j, trace.activationsAt(j) + trace.outputOffset, out);
  if (isAdjusted()) addOffsets(trace.adjustment, j, out);
}

/** setpoint_j = task(t_j + pace lookahead) + offsets, gains_j = nominal + offsets, offsets the outputs. */
function placeSetpoint(j: i32): void {
  const out = trace.outputsAt(j);
  const setpoint = trace.setpointAt(j);
  const pace = trace.segmentPace(j);
  task.setpointAt(trace.taskParameters, segmentTime(j) + pace * lookahead, pace, setpoint);
  for (let i: usize = 0; i < trace.setpointRow; i += 8) {
    store<f64>(setpoint + i, load<f64>(setpoint + i) + load<f64>(out + i));
  }
  const gains = trace.gainsAt(j);
  for (let i: usize = 0; i < trace.gainRow; i += 8) {
    store<f64>(gains + i, load<f64>(trace.nominalGains + i) + load<f64>(out + trace.setpointRow + i));
  }
}

/** The setpoint before the first one: where the task, or the state, is at the first network call. */
function placeOpening(): void {
  if (startFromState) task.setpointOf(trace.taskParameters, trace.segmentStates, trace.openingSetpoint);
  else task.setpointAt(trace.taskParameters, segmentTime(0), trace.segmentPace(0), trace.openingSetpoint);
}

/** Where the outputs of a network call come from. */
export enum Network {
  /** the recording; no derivative with respect to theta can be taken */
  recorded,
  /** the present parameters */
  called,
  /** the recording, which other parameters drove; derivatives are taken at the present ones */
  recalled,
  count,
}

/**
 * Opens segment j, whose time, state and pace are known: the network call, setpoint and gains that follow from it, and
 * the reference that leads there from the setpoint before. `begins`: the setpoint before the first segment is the
 * task's or the state's, otherwise it is the one that stands in `openingSetpoint`.
 */
export function openSegment(j: i32, network: Network, begins: bool): void {
  if (network != Network.recorded) recallNetwork(j);
  if (network == Network.called) setOutputs(j);
  placeSetpoint(j);
  if (j == 0 && begins) placeOpening();
  const previous = j == 0 ? trace.openingSetpoint : trace.setpointAt(j - 1);
  reference.begin(previous, trace.setpointAt(j), trace.coefficientsAt(j));
}

/**
 * Opens the segment at task time `time` [s] of a drive whose last step and last two setpoints alone are kept, in the
 * first rows: the state stands there. `begins`: no segment was opened before.
 */
export function openInPlace(time: f64, begins: bool): void {
  copyRow(trace.openingSetpoint, trace.setpoints, trace.setpointRow);
  copyRow(trace.segmentStates, trace.states, trace.stateRow);
  store<f64>(trace.segmentTimes, time);
  openSegment(0, Network.called, begins);
}

/** Reference at step t of segment j. */
// @ts-ignore: decorator
@inline
export function evaluateReference<F extends Reference>(reference: F, j: i32, t: i32): void {
  const s = load<f64>(trace.localTimeAt(t));
  reference.evaluate(trace.coefficientsAt(j), s, trace.referenceAt(t));
}

/** Command of step t of segment j, from the recorded state and reference. */
// @ts-ignore: decorator
@inline
export function act<C extends Controller>(controller: C, j: i32, t: i32): void {
  controller.act(
    trace.controllerParameters,
    trace.stateAt(t),
    trace.referenceAt(t),
    trace.gainsAt(j),
    trace.commandAt(t),
    trace.controllerTapeAt(t),
  );
  if (isAdjusted()) addTrims(trace.commandAt(t));
}

/** Stage cost of step t, and the model's derivatives there; the applied inputs are recorded by now. */
// @ts-ignore: decorator
@inline
export function evaluateStep<R extends Reward, M extends Model>(reward: R, model: M, t: i32): void {
  evaluateCost<R>(reward, t);
  lineariseModel<M>(model, t);
}

/** Residuals and stage cost of step t. */
// @ts-ignore: decorator
@inline
export function evaluateCost<R extends Reward>(reward: R, t: i32): void {
  const x = trace.stateAt(t);
  const r = trace.residualsAt(t);
  const time = trace.taskTime(t);
  const rewardTape = trace.rewardTapeAt(t);
  reward.residuals(trace.rewardParameters, x, trace.inputAt(t), time, r, rewardTape);
  let cost: f64 = 0.0;
  for (let i: usize = 0; i < trace.residualRow; i += 8) cost += load<f64>(r + i) * load<f64>(r + i);
  store<f64>(trace.stageCostAt(t), cost);
}

/** The model's derivatives at step t. */
// @ts-ignore: decorator
@inline
export function lineariseModel<M extends Model>(model: M, t: i32): void {
  const x = trace.stateAt(t);
  const dt = load<f64>(trace.periodAt(t));
  model.linearise(trace.modelParameters, x, trace.actingInputs(t), dt, trace.modelTapeAt(t));
}
