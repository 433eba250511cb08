/** Backward in time: J^T w, the co-state pass [W23 eq. 13, 14, 26], and with w = 2 r the gradient of the loss. */
import { controller, model, reference, reward, task } from "./components";
import { Backstepping } from "./controllers/backstepping";
import { Controller } from "./controllers/controller";
import { usesDefaultParts } from "./default-parts";
import { DOUBLE_SHIFT } from "./math/doubles";
import { dimension } from "./arena";
import { Car } from "./models/car";
import { Model } from "./models/model";
import { Dimension } from "./regions";
import { meanOverBatch, stateFeedback, truncate, windowBegin, windowCount, windowEnd, windowVaries } from "./options";
import { isAdjusted, trimTranspose } from "./policy/adjustment";
import { accumulateGradient, transpose, turnWeights } from "./policy/mlp";
import { fromOutputs } from "./policy/outputs";
import { Reference } from "./policy/reference";
import { Spline } from "./policy/spline";
import { Figure8Reward } from "./rewards/figure8";
import { Reward } from "./rewards/reward";
import * as trace from "./trace";

/** Forgets what earlier passes added up: gradient, and of every rollout the deltas and output gradients. */
export function clearGradient(): void {
  memory.fill(trace.gradient, 0, trace.parametersEnd - trace.parameters);
  for (let rollout: i32 = 0; rollout < dimension(Dimension.rollouts); rollout++) {
    trace.select(rollout);
    clearAdjoints();
  }
}

/** Deltas and output gradients of the selected rollout. */
export function clearAdjoints(): void {
  memory.fill(trace.deltas, 0, usize(trace.segmentCount()) * trace.deltaRow);
  memory.fill(trace.outputGradient, 0, usize(trace.segmentCount()) * trace.outputRow);
}

/**
 * One window of the selected rollout, segments [begin, end): from p = 0 after the last counted step, for every step
 * backwards
 *   (px, pu_acting) = (Â^T p, B̂^T p)        pu_acting joins pu of the step whose input acted (transport delay)
 *   px, pu        += (dr/dx)^T w, (dr/du)^T w
 *   p              = px + K^T pu,           and (du/dreference)^T pu, (du/dgains)^T pu are collected for the segment,
 * then at the segment's start through spline and network: the adjoint of its output, the deltas for the weight
 * gradient, and the features' adjoint, which joins p. Everything before the window is constant.
 */
export function costate(begin: i32, end: i32): void {
  turnedEnd = turnWeights(trace.parameters, trace.turned);
  if (usesDefaultParts()) {
    passBack<Car, Backstepping, Figure8Reward, Spline>(
      model as Car,
      controller as Backstepping,
      reward as Figure8Reward,
      reference as Spline,
      begin,
      end,
    );
  } else {
    passBack<Model, Controller, Reward, Reference>(model, controller, reward, reference, begin, end);
  }
}

function passBack<M extends Model, C extends Controller, R extends Reward, F extends Reference>(
  model: M,
  controller: C,
  reward: R,
  reference: F,
  begin: i32,
  end: i32,
): void {
  let p = trace.stateWork;
  let px = trace.stateWork2;
  const pCoefficients = trace.coefficientWork;
  const pPrevious = trace.setpointWork; // what segment j's spline hands to the setpoint of j - 1
  const pSetpoint = trace.setpointWork2;
  const pGains = trace.gainWork;
  const pReference = trace.referenceWork;
  const delayed = trace.delayed;
  const adjusted = isAdjusted();
  const firstOfWindow = trace.segmentStart(begin);
  const last = trace.segmentStart(end);
  memory.fill(p, 0, trace.stateRow);
  memory.fill(pPrevious, 0, trace.setpointRow);
  memory.fill(trace.inputWorkAt(firstOfWindow), 0, usize(last - firstOfWindow) * trace.inputRow);
  let t = last;
  for (let j = end - 1; j >= begin; j--) {
    const first = trace.segmentStart(j);
    const reached = truncate ? first : firstOfWindow; // earlier inputs are constants
    const gains = trace.gainsAt(j);
    memory.fill(pCoefficients, 0, trace.coefficientRow);
    memory.fill(pGains, 0, trace.gainRow);
    for (t--; t >= first; t--) {
      const pu = trace.inputWorkAt(t);
      if (delayed) {
        model.transpose(trace.modelTapeAt(t), p, px, trace.inputWorkRow);
        scatterInputs(trace.inputWorkRow, t, reached);
      } else {
        model.transpose(trace.modelTapeAt(t), p, px, pu);
      }
      reward.transpose(trace.rewardTapeAt(t), trace.seedsAt(t), px, pu);
      if (adjusted) trimTranspose(t, pu);
      controller.transpose(trace.controllerTapeAt(t), gains, pu, px, pReference, pGains);
      reference.evaluateTranspose(pReference, load<f64>(trace.localTimeAt(t)), pCoefficients);
      const before = p;
      p = px;
      px = before;
    }
    t = first;
    // the setpoint's total adjoint: from its own spline, and from the next segment's, which starts at it
    const out = trace.outputWork;
    for (let i: usize = 0; i < trace.setpointRow; i += 8) store<f64>(out + i, load<f64>(pPrevious + i));
    reference.beginTranspose(pCoefficients, pPrevious, pSetpoint);
    for (let i: usize = 0; i < trace.setpointRow; i += 8) {
      store<f64>(out + i, load<f64>(out + i) + load<f64>(pSetpoint + i));
    }
    for (let i: usize = 0; i < trace.gainRow; i += 8) store<f64>(out + trace.setpointRow + i, load<f64>(pGains + i));
    throughNetwork(j, out);
    if (truncate) {
      memory.fill(p, 0, trace.stateRow);
    } else if (stateFeedback) {
      task.transpose(trace.taskTapeAt(j), trace.featureWork, p);
    }
  }
}

/** End of the turned weights of the pass that is made, or 0. */
let turnedEnd: usize = 0;

/** Adds B̂^T p of step t to the adjoints of the steps whose inputs acted at t. */
function scatterInputs(acting: usize, t: i32, reached: i32): void {
  for (let i: i32 = 0; i < trace.inputSize; i++) {
    const source = t - trace.inputDelay(i);
    if (source < reached) continue;
    const target = trace.inputWorkAt(source) + (usize(i) << DOUBLE_SHIFT);
    store<f64>(target, load<f64>(target) + load<f64>(acting + (usize(i) << DOUBLE_SHIFT)));
  }
}

/** From the adjoint of segment j's scaled outputs to its deltas and, in featureWork, the adjoint of the features. */
function throughNetwork(j: i32, pOutputs: usize): void {
  const total = trace.outputGradientAt(j);
  const work = trace.activationWork;
  const tail = work + trace.deltaRow - trace.outputRow;
  for (let i: usize = 0; i < trace.outputRow; i += 8) {
    store<f64>(total + i, load<f64>(total + i) + load<f64>(pOutputs + i));
  }
  fromOutputs(j, pOutputs, tail);
  const row = trace.activationsAt(j);
  transpose(trace.parametersEnd, row, work, trace.deltasAt(j), trace.featureWork, turnedEnd, trace.turnWork);
}

/** gradient += the weight gradient from the deltas of the selected rollout. */
export function collect(): void {
  accumulateGradient(trace.activations, trace.deltas, trace.segmentCount(), trace.gradient);
}

/**
 * The co-state pass of one window of the selected rollout with seeds factor * W * values; steps of the window's burn-in
 * have none. `values`: a row of residual size per step; `weights`: W in the same layout, or 0 for 1.
 */
export function seededCostate(window: i32, values: usize, weights: usize, factor: f64): void {
  const end = windowEnd(window, trace.segmentCount());
  const varies = windowVaries(window);
  const first = usize(trace.segmentStart(varies)) * trace.residualRow;
  const counted = usize(trace.segmentStart(windowBegin(window))) * trace.residualRow;
  const last = usize(trace.segmentStart(end)) * trace.residualRow;
  memory.fill(trace.seeds + first, 0, counted - first);
  for (let i = counted; i < last; i += 8) {
    const weight: f64 = weights != 0 ? load<f64>(weights + i) : 1.0;
    store<f64>(trace.seeds + i, factor * weight * load<f64>(values + i));
  }
  costate(varies, end);
}

/**
 * Loss and gradient of `rollouts` rollouts from `first` on [W23 eq. 8]: stage costs of every window's steps, summed
 * over windows, and averaged (or summed) over rollouts. Returns the loss.
 */
export function gradientOf(first: i32, rollouts: i32): f64 {
  clearGradient();
  const weight: f64 = meanOverBatch ? 1.0 / f64(rollouts) : 1.0;
  let loss: f64 = 0.0;
  for (let rollout = first; rollout < first + rollouts; rollout++) {
    trace.select(rollout);
    const segments = trace.segmentCount();
    for (let window: i32 = 0, windows = windowCount(segments); window < windows; window++) {
      loss += weight * costOf(windowBegin(window), windowEnd(window, segments));
      seededCostate(window, trace.residuals, 0, 2.0 * weight);
    }
    collect();
  }
  return loss;
}

/** Sum of the stage costs of segments [begin, end) of the selected rollout. */
export function costOf(begin: i32, end: i32): f64 {
  let cost: f64 = 0.0;
  for (let t = trace.segmentStart(begin), last = trace.segmentStart(end); t < last; t++) {
    cost += load<f64>(trace.stageCostAt(t));
  }
  return cost;
}
