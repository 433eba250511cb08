/**
 * One damped Gauss-Newton step (not in paper): the cost is a sum of squared residuals r(theta), J = dr/dtheta through
 * the model, and
 *   (J^T W J + mu I) d = -J^T W r
 * is solved by conjugate gradients, or, with the damping held to an anchor a, the same with -J^T W r - mu (theta - a)
 * on the right. J is never formed: J v is the tangent pass, J^T w the co-state pass. W down-weights residuals beyond a
 * threshold (Huber), so that a few far-off steps do not decide the direction.
 */
import { clearGradient, collect, seededCostate } from "./costate";
import { axpy, dotProduct } from "./math/dense";
import { DOUBLE_SHIFT } from "./math/doubles";
import { at } from "./arena";
import { Region, Solution } from "./regions";
import { windowBegin, windowCount, windowEnd, windowVaries } from "./options";
import { tangent } from "./tangent";
import * as trace from "./trace";

/**
 * Solves for d, in the region `step`, over all windows of `rollouts` rollouts from `first` on. Stops after
 * `iterations`, or when the linear system's residual has fallen to `tolerance` of its right-hand side. `anchored`: mu
 * holds to the region `anchor`, not to the present parameters.
 */
export function solve(
  first: i32,
  rollouts: i32,
  mu: f64,
  threshold: f64,
  iterations: i32,
  tolerance: f64,
  anchored: bool,
): void {
  const p = i32((trace.parametersEnd - trace.parameters) >> DOUBLE_SHIFT);
  const step = at(Region.step, 0);
  const rest = at(Region.linearResidual, 0);
  const solution = at(Region.solution, 0);
  const direction = trace.direction;
  const product = trace.gradient;
  const cost = weightResiduals(first, rollouts, threshold);
  // right-hand side b = -J^T W r, and the anchor's pull
  clearGradient();
  for (let rollout = first; rollout < first + rollouts; rollout++) seedResiduals(rollout);
  memory.fill(step, 0, usize(p) << DOUBLE_SHIFT);
  memory.fill(rest, 0, usize(p) << DOUBLE_SHIFT);
  axpy(-1.0, product, rest, p);
  if (anchored) {
    axpy(mu, at(Region.anchor, 0), rest, p);
    axpy(-mu, trace.parameters, rest, p);
  }
  memory.copy(direction, rest, usize(p) << DOUBLE_SHIFT);
  const right = dotProduct(rest, rest, p);
  let square = right;
  let slope: f64 = 0.0;
  let done: i32 = 0;
  while (done < iterations && square > tolerance * tolerance * right) {
    applyNormal(first, rollouts);
    axpy(mu, direction, product, p);
    const curvature = dotProduct(direction, product, p);
    if (!(curvature > 0.0)) break;
    const alpha = square / curvature;
    slope += alpha * square;
    axpy(alpha, direction, step, p);
    axpy(-alpha, product, rest, p);
    const next = dotProduct(rest, rest, p);
    scaleAdd(next / square, rest, direction, p);
    square = next;
    done++;
  }
  // for the prediction: of conjugate directions b^T d = sum of alpha rest^T rest = d^T (J^T W J + mu I) d
  const norm2 = dotProduct(step, step, p);
  store<f64>(solution + 8 * Solution.cost, cost);
  store<f64>(solution + 8 * Solution.slope, slope);
  store<f64>(solution + 8 * Solution.curvature, slope - mu * norm2);
  store<f64>(solution + 8 * Solution.norm, Math.sqrt(norm2));
  store<f64>(solution + 8 * Solution.iterations, f64(done));
  store<f64>(solution + 8 * Solution.remainder, right > 0.0 ? Math.sqrt(square / right) : 0.0);
}

/** theta += factor * step. */
export function takeStep(factor: f64): void {
  axpy(factor, at(Region.step, 0), trace.parameters, i32((trace.parametersEnd - trace.parameters) >> DOUBLE_SHIFT));
}

/** Huber weights min(1, threshold / |r|) of all residuals; returns the weighted cost of all windows. */
function weightResiduals(first: i32, rollouts: i32, threshold: f64): f64 {
  let cost: f64 = 0.0;
  for (let rollout = first; rollout < first + rollouts; rollout++) {
    trace.select(rollout);
    const weights = at(Region.residualWeights, rollout);
    for (let i: usize = 0, end = usize(trace.stepCount()) * trace.residualRow; i < end; i += 8) {
      const size = Math.abs(load<f64>(trace.residuals + i));
      store<f64>(weights + i, size > threshold ? threshold / size : 1.0);
    }
    const segments = trace.segmentCount();
    for (let window: i32 = 0, windows = windowCount(segments); window < windows; window++) {
      const last = usize(trace.segmentStart(windowEnd(window, segments))) * trace.residualRow;
      for (let i = usize(trace.segmentStart(windowBegin(window))) * trace.residualRow; i < last; i += 8) {
        const r = load<f64>(trace.residuals + i);
        cost += load<f64>(weights + i) * r * r;
      }
    }
  }
  return cost;
}

/** gradient += J^T W r of one rollout. */
function seedResiduals(rollout: i32): void {
  trace.select(rollout);
  const weights = at(Region.residualWeights, rollout);
  for (let window: i32 = 0, windows = windowCount(trace.segmentCount()); window < windows; window++) {
    seededCostate(window, trace.residuals, weights, 1.0);
  }
  collect();
}

/** gradient = J^T W J direction, over all windows. */
function applyNormal(first: i32, rollouts: i32): void {
  clearGradient();
  for (let rollout = first; rollout < first + rollouts; rollout++) {
    trace.select(rollout);
    const weights = at(Region.residualWeights, rollout);
    const segments = trace.segmentCount();
    for (let window: i32 = 0, windows = windowCount(segments); window < windows; window++) {
      tangent(windowVaries(window), windowEnd(window, segments));
      seededCostate(window, trace.residualTangents, weights, 1.0);
    }
    collect();
  }
}

/** y = x + a y. */
function scaleAdd(a: f64, x: usize, y: usize, count: i32): void {
  for (let i: usize = 0, end = usize(count) << DOUBLE_SHIFT; i < end; i += 8) {
    store<f64>(y + i, load<f64>(x + i) + a * load<f64>(y + i));
  }
}
