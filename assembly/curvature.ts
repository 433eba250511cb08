/**
 * Second derivatives: H v, the Hessian of the loss times v = `direction`, by the co-state method [W23 A.3]. The tangent
 * pass gives dx of every step; the integrand of the co-state pass is then evaluated at recorded points displaced by +-e
 * (dx, du, v), each by itself, and the two gradients are subtracted. Nothing is rolled out, so the differences stay
 * local in time and do not grow over the horizon.
 */
import { controller, model, reference, reward, task } from "./components";
import { clearAdjoints, clearGradient, collect, seededCostate } from "./costate";
import { axpy } from "./math/dense";
import { DOUBLE_SHIFT } from "./math/doubles";
import { at } from "./arena";
import { Region } from "./regions";
import { meanOverBatch, stateFeedback, truncate, windowCount, windowEnd, windowVaries } from "./options";
import { parameterSize } from "./policy/layers";
import { forward } from "./policy/mlp";
import { toOutputs } from "./policy/outputs";
import { recallNetwork } from "./policy/policy";
import { tangent } from "./tangent";
import * as trace from "./trace";

/**
 * Displacement relative to 1 + |value|, 2^-17: near the cube root of the rounding unit, where truncation and rounding
 * balance.
 */
const DISPLACEMENT: f64 = 0.00000762939453125;

/**
 * gradient = H direction, summed over all windows of `rollouts` rollouts from `first` on and averaged like the
 * gradient. For every window, with everything before it constant,
 *   H v = (g(e) - g(-e)) / 2e,   g(e): the co-state gradient along the displaced points.
 * Everything recorded is as before afterwards; `outputGradient` is 0.
 */
export function hessianProduct(first: i32, rollouts: i32): void {
  clearGradient();
  const theta = trace.parameters;
  const displaced = at(Region.linearResidual, 0);
  const weight: f64 = meanOverBatch ? 1.0 / f64(rollouts) : 1.0;
  for (let rollout = first; rollout < first + rollouts; rollout++) {
    trace.select(rollout);
    const segments = trace.segmentCount();
    for (let window: i32 = 0, windows = windowCount(segments); window < windows; window++) {
      const begin = windowVaries(window);
      const end = windowEnd(window, segments);
      tangent(begin, end);
      const size = displacementSize(begin, end);
      if (!(size > 0.0)) continue;
      const e = DISPLACEMENT / size;
      for (let sign: f64 = 1.0; sign >= -1.0; sign -= 2.0) {
        displace(begin, end, sign * e, displaced);
        trace.useParameters(displaced);
        seededCostate(window, trace.residuals, 0, (sign * weight) / e);
        collect();
        clearAdjoints();
        trace.useParameters(theta);
      }
      displace(begin, end, 0.0, displaced);
    }
  }
}

/** Largest |direction|, |dx|, |du| of segments [begin, end), each relative to 1 + |the value that it displaces|. */
function displacementSize(begin: i32, end: i32): f64 {
  const first = trace.segmentStart(begin);
  const steps = usize(trace.segmentStart(end) - first);
  const overParameters = largestRatio(trace.direction, trace.parameters, usize(parameterSize()) << DOUBLE_SHIFT);
  const overStates = largestRatio(trace.stateTangentAt(first), trace.stateAt(first), steps * trace.stateRow);
  const overInputs = largestRatio(trace.inputWorkAt(first), trace.inputAt(first), steps * trace.inputRow);
  return Math.max(overParameters, Math.max(overStates, overInputs));
}

function largestRatio(changes: usize, values: usize, bytes: usize): f64 {
  let largest: f64 = 0.0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const ratio = Math.abs(load<f64>(changes + i)) / (1.0 + Math.abs(load<f64>(values + i)));
    if (ratio > largest) largest = ratio;
  }
  return largest;
}

/**
 * Evaluates everything that the co-state pass reads in segments [begin, end) at x_t + e dx_t and theta + e v: features,
 * activations, gains, the tapes and the residuals. Reference, gains and input are the recorded ones plus the change of
 * what the policy does there, so that e = 0 gives back what was recorded, also where another policy drove. `displaced`
 * receives theta + e v.
 */
function displace(begin: i32, end: i32, e: f64, displaced: usize): void {
  memory.copy(displaced, trace.parameters, usize(parameterSize()) << DOUBLE_SHIFT);
  axpy(e, trace.direction, displaced, parameterSize());
  const dPrevious = trace.setpointWork;
  const dSetpoint = trace.setpointWork2;
  memory.fill(dSetpoint, 0, trace.setpointRow);
  const firstOfWindow = trace.segmentStart(begin);
  for (let j = begin; j < end; j++) {
    const first = trace.segmentStart(j);
    const last = trace.segmentStart(j + 1);
    if (first == last) continue; // a network call that no step followed costs nothing
    const reached = truncate ? first : firstOfWindow; // earlier inputs are constants
    memory.copy(dPrevious, dSetpoint, trace.setpointRow);
    displaceNetwork(j, stateFeedback ? e : 0.0, displaced);
    memory.copy(dSetpoint, trace.outputWork, trace.setpointRow);
    reference.begin(dPrevious, dSetpoint, trace.coefficientWork);
    // the transposes read the gains, so they are displaced in place, from what they were made of
    const gains = trace.gainsAt(j);
    const outputs = trace.outputsAt(j);
    sum(trace.nominalGains, 1.0, outputs + trace.setpointRow, gains, trace.gainRow);
    sum(gains, 1.0, trace.outputWork + trace.setpointRow, gains, trace.gainRow);
    for (let t = first; t < last; t++) displaceStep(t, e, gains, reached);
  }
}

/** Segment j's activations at the displaced state and parameters; outputWork = the change of its scaled outputs. */
function displaceNetwork(j: i32, e: f64, displaced: usize): void {
  const row = trace.activationsAt(j);
  const last = row + trace.outputOffset;
  const dx = trace.stateTangentAt(trace.segmentStart(j));
  recallNetwork(j);
  memory.copy(trace.outputWork, last, trace.outputRow);
  sum(trace.segmentStateAt(j), e, dx, trace.stateWork, trace.stateRow);
  const time = load<f64>(trace.segmentTimeAt(j));
  task.observe(trace.taskParameters, trace.stateWork, time, row, trace.taskTapeAt(j));
  forward(displaced, row);
  for (let i: usize = 0; i < trace.outputRow; i += 8) {
    store<f64>(trace.outputWork + i, load<f64>(last + i) - load<f64>(trace.outputWork + i));
  }
  toOutputs(j, trace.outputWork, trace.outputWork);
}

/** Tapes and residuals of step t at its displaced state, reference, gains and input. */
function displaceStep(t: i32, e: f64, gains: usize, reached: i32): void {
  const x = trace.stateWork;
  const change = trace.inputWorkAt(t); // of the input: displaced command - recorded command
  const input = trace.inputWorkRow;
  sum(trace.stateAt(t), e, trace.stateTangentAt(t), x, trace.stateRow);
  reference.evaluate(trace.coefficientWork, load<f64>(trace.localTimeAt(t)), trace.referenceWork);
  sum(trace.referenceAt(t), 1.0, trace.referenceWork, trace.referenceWork, trace.referenceRow);
  controller.act(trace.controllerParameters, x, trace.referenceWork, gains, change, trace.controllerTapeAt(t));
  sum(change, -1.0, trace.commandAt(t), change, trace.inputRow);
  sum(trace.inputAt(t), 1.0, change, input, trace.inputRow);
  const time = trace.taskTime(t);
  reward.residuals(trace.rewardParameters, x, input, time, trace.residualsAt(t), trace.rewardTapeAt(t));
  const acting = trace.actingInputs(t);
  for (let i: i32 = 0; i < trace.inputSize; i++) {
    const source = t - trace.inputDelay(i);
    const column = usize(i) << DOUBLE_SHIFT;
    const moved: f64 = source >= reached ? load<f64>(trace.inputWorkAt(source) + column) : 0.0;
    store<f64>(input + column, load<f64>(acting + column) + moved);
  }
  const dt = load<f64>(trace.periodAt(t));
  model.linearise(trace.modelParameters, x, input, dt, trace.modelTapeAt(t));
}

/** out = a + factor b, for `bytes` bytes of doubles; `out` may be `a` or `b`. */
function sum(a: usize, factor: f64, b: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(out + i, load<f64>(a + i) + factor * load<f64>(b + i));
}
