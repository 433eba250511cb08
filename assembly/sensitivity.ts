/**
 * Forward sensitivity [W23 eq. 5, 7]: the matrix X_t = dx_t/dtheta rolled forward through the closed loop,
 *   X_{t+1} = Â X_t + B̂ U_t,   U_t = K X_t + (du/dreference) E C_j + (du/dgains) G_j,
 * p times dearer than the co-state pass. It is the reference that pass is checked against, written with dense matrices
 * (taken column by column from the parts' tangents) and the network's Jacobian row by row, so that the two share as
 * little as possible.
 */
import { controller, model, reference, reward, task } from "./components";
import { DOUBLE_SHIFT } from "./math/doubles";
import { at } from "./arena";
import { Region } from "./regions";
import { stateFeedback, truncate } from "./options";
import { parameterSize } from "./policy/layers";
import { accumulateGradient, transpose } from "./policy/mlp";
import { fromOutputs } from "./policy/outputs";
import * as trace from "./trace";

/** A dense Jacobian, at most 24 x 24, and the unit vectors that its columns are taken with. */
const SIDE: i32 = 24;
const jacobian: usize = heap.alloc(8 * 24 * 24);
const unit: usize = heap.alloc(8 * 24);
const column: usize = heap.alloc(8 * 24);
const zero: usize = heap.alloc(8 * 24);

/**
 * Gradient of the loss of segments [begin, end) of the selected rollout, added to `sensitivityGradient`;
 * `stateSensitivity` is X after the last step.
 */
export function sensitivity(begin: i32, end: i32): void {
  const p = parameterSize();
  const row = usize(p) << DOUBLE_SHIFT;
  const n = trace.stateSize;
  const setpoint = trace.setpointSize;
  const outputs = trace.outputSize;
  const gain = outputs - setpoint;
  const coefficient = reference.coefficientSize;
  const X = at(Region.stateSensitivity, 0);
  const inputs = at(Region.sensitivityInputs, 0); // U_t of every step: steps x m x p
  const nextX = at(Region.sensitivityWork, 0);
  // of the previous segment, then of this one: the reference's (previous, next)
  const setpoints = nextX + usize(n) * row;
  const offsets = setpoints + usize(2 * setpoint) * row;
  const coefficients = offsets + usize(outputs) * row;
  const features = coefficients + usize(coefficient) * row;
  const gains = offsets + usize(setpoint) * row;
  const gradient = at(Region.sensitivityGradient, 0);
  memory.fill(zero, 0, 8 * SIDE);
  memory.fill(X, 0, usize(n) * row);
  memory.fill(setpoints, 0, usize(2 * setpoint) * row);
  let t = trace.segmentStart(begin);
  const firstOfWindow = t;
  for (let j = begin; j < end; j++) {
    if (truncate) memory.fill(X, 0, usize(n) * row);
    networkJacobian(j, p, features, X, offsets);
    memory.copy(setpoints, setpoints + usize(setpoint) * row, usize(setpoint) * row);
    memory.copy(setpoints + usize(setpoint) * row, offsets, usize(setpoint) * row);
    for (let c: i32 = 0; c < 2 * setpoint; c++) {
      setUnit(c);
      reference.begin(unit, unit + (usize(setpoint) << DOUBLE_SHIFT), column);
      keepColumn(c, coefficient);
    }
    multiply(coefficient, 2 * setpoint, setpoints, coefficients, p, false);
    const reached = truncate ? t : firstOfWindow;
    for (const last = trace.segmentStart(j + 1); t < last; t++) {
      const U = inputs + usize(t * trace.inputSize) * row;
      inputJacobian(j, t, X, coefficients, gains, U, gain, coefficient, p);
      // gradient += 2 r^T (dr/dx X + dr/du U)
      const tape = trace.rewardTapeAt(t);
      for (let c: i32 = 0; c < n + trace.inputSize; c++) {
        setUnit(c);
        reward.tangent(tape, unit, unit + trace.stateRow, column);
        let slope: f64 = 0.0;
        for (let i: usize = 0; i < trace.residualRow; i += 8) {
          slope += 2.0 * load<f64>(trace.residualsAt(t) + i) * load<f64>(column + i);
        }
        addRow(slope, c < n ? X + usize(c) * row : U + usize(c - n) * row, gradient, p);
      }
      // X <- Â X + B̂ U_acting
      const modelTape = trace.modelTapeAt(t);
      for (let c: i32 = 0; c < n; c++) {
        setUnit(c);
        model.tangent(modelTape, unit, zero, column);
        keepColumn(c, n);
      }
      multiply(n, n, X, nextX, p, false);
      for (let c: i32 = 0; c < trace.inputSize; c++) {
        setUnit(c);
        model.tangent(modelTape, zero, unit, column);
        const source = t - trace.inputDelay(c);
        if (source < reached) continue;
        for (let i: i32 = 0; i < n; i++) {
          addRow(
            load<f64>(column + (usize(i) << DOUBLE_SHIFT)),
            inputs + usize(source * trace.inputSize + c) * row,
            nextX + usize(i) * row,
            p,
          );
        }
      }
      memory.copy(X, nextX, usize(n) * row);
    }
  }
}

/** offsets = scale (dMLP/dtheta + dMLP/dfeatures dfeatures/dx X) of segment j, outputs x p. */
function networkJacobian(j: i32, p: i32, features: usize, X: usize, offsets: usize): void {
  const row = usize(p) << DOUBLE_SHIFT;
  const featureSize = task.featureSize;
  memory.fill(features, 0, usize(featureSize) * row);
  if (stateFeedback) {
    for (let c: i32 = 0; c < trace.stateSize; c++) {
      setUnit(c);
      task.tangent(trace.taskTapeAt(j), unit, column);
      keepColumn(c, featureSize);
    }
    multiply(featureSize, trace.stateSize, X, features, p, false);
  }
  const activations = trace.activationsAt(j);
  const work = trace.activationWork;
  for (let o: i32 = 0; o < trace.outputSize; o++) {
    const target = offsets + usize(o) * row;
    memory.fill(work, 0, trace.activationRow);
    memory.fill(trace.outputWork, 0, trace.outputRow);
    store<f64>(trace.outputWork + (usize(o) << DOUBLE_SHIFT), 1.0);
    fromOutputs(j, trace.outputWork, work + trace.deltaRow - trace.outputRow);
    // the first segment's row of deltas is borrowed for one row: the caller clears it before any co-state pass
    memory.fill(trace.deltas, 0, trace.deltaRow);
    transpose(trace.parametersEnd, activations, work, trace.deltas, trace.featureWork);
    memory.fill(target, 0, row);
    accumulateGradient(activations, trace.deltas, 1, target);
    for (let f: i32 = 0; f < featureSize; f++) {
      addRow(load<f64>(trace.featureWork + (usize(f) << DOUBLE_SHIFT)), features + usize(f) * row, target, p);
    }
  }
}

/** U = K X + (du/dreference) E C + (du/dgains) G of step t in segment j. */
function inputJacobian(
  j: i32,
  t: i32,
  X: usize,
  coefficients: usize,
  gains: usize,
  U: usize,
  gain: i32,
  coefficient: i32,
  p: i32,
): void {
  const tape = trace.controllerTapeAt(t);
  const row = trace.gainsAt(j);
  for (let c: i32 = 0; c < trace.stateSize; c++) {
    setUnit(c);
    controller.tangent(tape, row, unit, zero, zero, column);
    keepColumn(c, trace.inputSize);
  }
  multiply(trace.inputSize, trace.stateSize, X, U, p, false);
  for (let c: i32 = 0; c < coefficient; c++) {
    setUnit(c);
    reference.evaluate(unit, load<f64>(trace.localTimeAt(t)), trace.referenceWork);
    controller.tangent(tape, row, zero, trace.referenceWork, zero, column);
    keepColumn(c, trace.inputSize);
  }
  multiply(trace.inputSize, coefficient, coefficients, U, p, true);
  for (let c: i32 = 0; c < gain; c++) {
    setUnit(c);
    controller.tangent(tape, row, zero, zero, unit, column);
    keepColumn(c, trace.inputSize);
  }
  multiply(trace.inputSize, gain, gains, U, p, true);
}

/** unit = e_c. */
function setUnit(c: i32): void {
  memory.fill(unit, 0, 8 * SIDE);
  store<f64>(unit + (usize(c) << DOUBLE_SHIFT), 1.0);
}

/** jacobian[., c] = column. */
function keepColumn(c: i32, rows: i32): void {
  for (let i: i32 = 0; i < rows; i++) {
    store<f64>(jacobian + (usize(i * SIDE + c) << DOUBLE_SHIFT), load<f64>(column + (usize(i) << DOUBLE_SHIFT)));
  }
}

/** out = jacobian M, or out += jacobian M. jacobian: rows x inner, M: inner x p. */
function multiply(rows: i32, inner: i32, M: usize, out: usize, p: i32, add: bool): void {
  const row = usize(p) << DOUBLE_SHIFT;
  for (let i: i32 = 0; i < rows; i++) {
    const target = out + usize(i) * row;
    if (!add) memory.fill(target, 0, row);
    for (let k: i32 = 0; k < inner; k++) {
      addRow(load<f64>(jacobian + (usize(i * SIDE + k) << DOUBLE_SHIFT)), M + usize(k) * row, target, p);
    }
  }
}

function addRow(factor: f64, source: usize, target: usize, count: i32): void {
  if (factor == 0.0) return;
  for (let i: usize = 0, end = usize(count) << DOUBLE_SHIFT; i < end; i += 8) {
    store<f64>(target + i, load<f64>(target + i) + factor * load<f64>(source + i));
  }
}
