/**
 * Every differentiable part seen as one map y = f(z), so that a single law suite can check all of them: its tangent
 * against central differences of f, its transpose against its tangent. Rows of the region `probe`: z, dz, y, dy, pz,
 * py, tape.
 */
import { at } from "./arena";
import { DOUBLE_SHIFT } from "./math/doubles";
import { controller, model, reference, reward, task } from "./components";
import { controlPeriod } from "./options";
import { accumulateGradient, forward, tangent, transpose } from "./policy/mlp";
import { PROBE_ROW, Region } from "./regions";
import * as trace from "./trace";

/** What is asked of a part. */
export enum Law {
  /** nothing but the lengths of z and y */
  sizes,
  value,
  tangent,
  transpose,
  count,
}

export enum LawPart {
  /** z = (x, u), y = F̂(x, u) */
  model,
  /** z = (x, reference, gains), y = u */
  controller,
  /** z = (x, u), y = residuals */
  reward,
  /** z = (previous setpoint, setpoint), y = reference */
  reference,
  /** z = x, y = features */
  task,
  /** z = features, y = outputs before scaling; tangents also along `direction`, transposes also into `gradient` */
  network,
  count,
}

/** Length of z. */
export function domainSize(part: i32): i32 {
  if (part == LawPart.model || part == LawPart.reward) return trace.stateSize + trace.inputSize;
  if (part == LawPart.controller) return trace.stateSize + controller.referenceSize + controller.gainSize;
  if (part == LawPart.reference) return 2 * trace.setpointSize;
  if (part == LawPart.task) return trace.stateSize;
  return task.featureSize;
}

/** Length of y. */
export function rangeSize(part: i32): i32 {
  if (part == LawPart.model) return trace.stateSize;
  if (part == LawPart.controller) return trace.inputSize;
  if (part == LawPart.reward) return trace.residualSize;
  if (part == LawPart.reference) return reference.referenceSize;
  if (part == LawPart.task) return task.featureSize;
  return trace.outputSize;
}

function row(index: i32): usize {
  return trace.probe + (usize(index * PROBE_ROW) << DOUBLE_SHIFT);
}

/** y = f(z) at task time `time` (local time, for the reference), filling the tape. */
export function evaluatePart(part: i32, time: f64): void {
  const z = row(0);
  const y = row(2);
  const tape = row(6);
  if (part == LawPart.model) {
    const u = z + trace.stateRow;
    model.linearise(trace.modelParameters, z, u, controlPeriod, tape);
    model.step(trace.modelParameters, z, u, controlPeriod, y);
  } else if (part == LawPart.controller) {
    const reference = z + trace.stateRow;
    controller.act(trace.controllerParameters, z, reference, reference + trace.referenceRow, y, tape);
  } else if (part == LawPart.reward) {
    reward.residuals(trace.rewardParameters, z, z + trace.stateRow, time, y, tape);
  } else if (part == LawPart.reference) {
    reference.begin(z, z + trace.setpointRow, trace.coefficientWork);
    reference.evaluate(trace.coefficientWork, time, y);
  } else if (part == LawPart.task) {
    task.observe(trace.taskParameters, z, time, y, tape);
  } else {
    const activations = at(Region.activations, 0);
    memory.copy(activations, z, activationOffset());
    forward(trace.parameters, activations);
    memory.copy(y, activations + trace.outputOffset, trace.outputRow);
  }
}

/** dy = df/dz dz, at the z of the last {@link evaluatePart}. */
export function tangentOfPart(part: i32, time: f64): void {
  const z = row(0);
  const dz = row(1);
  const dy = row(3);
  const tape = row(6);
  if (part == LawPart.model) {
    model.tangent(tape, dz, dz + trace.stateRow, dy);
  } else if (part == LawPart.controller) {
    const gains = z + trace.stateRow + trace.referenceRow;
    const dReference = dz + trace.stateRow;
    controller.tangent(tape, gains, dz, dReference, dReference + trace.referenceRow, dy);
  } else if (part == LawPart.reward) {
    reward.tangent(tape, dz, dz + trace.stateRow, dy);
  } else if (part == LawPart.reference) {
    reference.begin(dz, dz + trace.setpointRow, trace.coefficientWork);
    reference.evaluate(trace.coefficientWork, time, dy);
  } else if (part == LawPart.task) {
    task.tangent(tape, dz, dy);
  } else {
    memory.copy(trace.activationWork, dz, activationOffset());
    tangent(trace.parameters, trace.direction, at(Region.activations, 0), trace.activationWork);
    memory.copy(dy, trace.activationWork + trace.outputOffset, trace.outputRow);
  }
}

/** pz = (df/dz)^T py, at the z of the last {@link evaluatePart}. */
export function transposeOfPart(part: i32, time: f64): void {
  const z = row(0);
  const pz = row(4);
  const py = row(5);
  const tape = row(6);
  memory.fill(pz, 0, usize(PROBE_ROW) << DOUBLE_SHIFT);
  if (part == LawPart.model) {
    model.transpose(tape, py, pz, pz + trace.stateRow);
  } else if (part == LawPart.controller) {
    const pReference = pz + trace.stateRow;
    const gains = z + trace.stateRow + trace.referenceRow;
    controller.transpose(tape, gains, py, pz, pReference, pReference + trace.referenceRow);
  } else if (part == LawPart.reward) {
    reward.transpose(tape, py, pz, pz + trace.stateRow);
  } else if (part == LawPart.reference) {
    memory.fill(trace.coefficientWork, 0, trace.coefficientRow);
    reference.evaluateTranspose(py, time, trace.coefficientWork);
    reference.beginTranspose(trace.coefficientWork, pz, pz + trace.setpointRow);
  } else if (part == LawPart.task) {
    task.transpose(tape, py, pz);
  } else {
    const deltas = at(Region.deltas, 0);
    memory.fill(deltas, 0, trace.deltaRow);
    memory.copy(trace.activationWork + trace.deltaRow - trace.outputRow, py, trace.outputRow);
    transpose(trace.parametersEnd, at(Region.activations, 0), trace.activationWork, deltas, pz);
    accumulateGradient(at(Region.activations, 0), deltas, 1, trace.gradient);
  }
}

function activationOffset(): usize {
  return usize(task.featureSize) << DOUBLE_SHIFT;
}
