import { affine, wide } from "../math/affine";
import { affineTranspose, affineTransposeTurned, canTurn, turn } from "../math/affine-transpose";
import { axpy, tanhTranspose } from "../math/dense";
import { accumulateOuter } from "../math/outer";
import { DOUBLE_SHIFT } from "../math/doubles";
import { tanhInPlace } from "../math/tanh";
import { activationSize, deltaSize, layerCount, width } from "./layers";

/*
 * Fully connected tanh network, tanh on the output too: a_{l+1} = tanh(W_l^T a_l + b_l). A row of activations is
 * (features, hidden ..., outputs); a row of deltas is (hidden ..., outputs), adjoints before the activation.
 */

/** Fills the row of activations from its features. */
export function forward(parameters: usize, row: usize): void {
  let theta = parameters;
  let a = row;
  for (let layer: i32 = 0, layers = layerCount(); layer < layers; layer++) {
    const inputs = width(layer);
    const outputs = width(layer + 1);
    const bias = theta + (usize(inputs * outputs) << DOUBLE_SHIFT);
    const next = a + (usize(inputs) << DOUBLE_SHIFT);
    affine(theta, bias, a, inputs, outputs, next);
    tanhInPlace(next, outputs);
    theta = bias + (usize(outputs) << DOUBLE_SHIFT);
    a = next;
  }
}

/**
 * Tangent of {@link forward}: da_{l+1} = (1 - a_{l+1}^2) (W^T da_l + dW^T a_l + db). `dRow` starts with the tangent of
 * the features.
 */
export function tangent(parameters: usize, direction: usize, row: usize, dRow: usize): void {
  let theta = parameters;
  let dTheta = direction;
  let a = row;
  let da = dRow;
  for (let layer: i32 = 0, layers = layerCount(); layer < layers; layer++) {
    const inputs = width(layer);
    const outputs = width(layer + 1);
    const weights = usize(inputs * outputs) << DOUBLE_SHIFT;
    const next = a + (usize(inputs) << DOUBLE_SHIFT);
    const dNext = da + (usize(inputs) << DOUBLE_SHIFT);
    affine(dTheta, dTheta + weights, a, inputs, outputs, dNext);
    affine(theta, 0, da, inputs, outputs, dNext);
    tanhTranspose(next, dNext, outputs); // a diagonal matrix is its own transpose
    theta += weights + (usize(outputs) << DOUBLE_SHIFT);
    dTheta += weights + (usize(outputs) << DOUBLE_SHIFT);
    a = next;
    da = dNext;
  }
}

/**
 * Transpose of {@link tangent}, without the weight gradient: from the adjoint of the outputs, in the last places of
 * `work`, to the adjoint of the features; the deltas of all layers are added to the row `deltas`, for
 * {@link accumulateGradient}. `turnedEnd`: the end of what {@link turnWeights} made of these parameters, or 0;
 * `turnWork`: a row of activations for it.
 */
export function transpose(
  parametersEnd: usize,
  row: usize,
  work: usize,
  deltas: usize,
  pFeatures: usize,
  turnedEnd: usize = 0,
  turnWork: usize = 0,
): void {
  const layers = layerCount();
  let theta = parametersEnd;
  let a = row + (usize(activationSize() - width(layers)) << DOUBLE_SHIFT);
  let d = work + (usize(deltaSize() - width(layers)) << DOUBLE_SHIFT);
  for (let layer = layers - 1; layer >= 0; layer--) {
    const inputs = width(layer);
    const outputs = width(layer + 1);
    tanhTranspose(a, d, outputs);
    theta -= usize((inputs + 1) * outputs) << DOUBLE_SHIFT;
    const previous = layer > 0 ? d - (usize(inputs) << DOUBLE_SHIFT) : pFeatures;
    if (ASC_FEATURE_SIMD && turnedEnd != 0 && canTurn(inputs, outputs))
      affineTransposeTurned(turnedEnd - (parametersEnd - theta), d, inputs, outputs, previous, turnWork);
    else affineTranspose(theta, d, inputs, outputs, previous);
    a -= usize(inputs) << DOUBLE_SHIFT;
    d = previous;
  }
  axpy(1.0, work, deltas, deltaSize());
}

/** Turns the weights for {@link transpose} where wide vectors are computed in; answers with the end, or 0 if not. */
export function turnWeights(parameters: usize, turned: usize): usize {
  if (!ASC_FEATURE_SIMD || !wide) return 0;
  let theta = parameters;
  let target = turned;
  for (let layer: i32 = 0, layers = layerCount(); layer < layers; layer++) {
    const inputs = width(layer);
    const outputs = width(layer + 1);
    if (canTurn(inputs, outputs)) turn(theta, inputs, outputs, target);
    theta += usize((inputs + 1) * outputs) << DOUBLE_SHIFT;
    target += usize((inputs + 1) * outputs) << DOUBLE_SHIFT;
  }
  return target;
}

/** Rows that are gone through at once: those of a layer stay near the processor while its columns pass by. */
// @ts-ignore: decorator
@inline
const ROWS: i32 = 64;

/**
 * gradient += sum over `samples` rows of the weight gradients: a few products per layer for a whole rollout, in the
 * order of the rows.
 */
export function accumulateGradient(rows: usize, deltas: usize, samples: i32, gradient: usize): void {
  const rowBytes = usize(activationSize()) << DOUBLE_SHIFT;
  const deltaBytes = usize(deltaSize()) << DOUBLE_SHIFT;
  for (let first: i32 = 0; first < samples; first += ROWS) {
    const count = samples - first < ROWS ? samples - first : ROWS;
    let a = rows + usize(first) * rowBytes;
    let d = deltas + usize(first) * deltaBytes;
    let g = gradient;
    for (let layer: i32 = 0, layers = layerCount(); layer < layers; layer++) {
      const inputs = width(layer);
      const outputs = width(layer + 1);
      const bias = g + (usize(inputs * outputs) << DOUBLE_SHIFT);
      accumulateOuter(a, rowBytes, d, deltaBytes, count, inputs, outputs, g, bias);
      a += usize(inputs) << DOUBLE_SHIFT;
      d += usize(outputs) << DOUBLE_SHIFT;
      g = bias + (usize(outputs) << DOUBLE_SHIFT);
    }
  }
}
