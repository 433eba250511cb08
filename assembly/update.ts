/** Update rules on theta [W23 Algorithm 1, line 7]; the gradient is of a loss, hence the minus. */
import { axpy } from "./math/dense";
import { DOUBLE_SHIFT } from "./math/doubles";
import { at } from "./arena";
import { Region } from "./regions";
import { parameterSize } from "./policy/layers";
import { uniform } from "./math/random";
import { layerCount, width } from "./policy/layers";
import * as trace from "./trace";

/** Glorot-uniform weights, zero biases, zero last layer: training starts exactly at the nominal controller. */
export function initialise(): void {
  const random = at(Region.random, 0);
  let theta = trace.parameters;
  const layers = layerCount();
  for (let layer: i32 = 0; layer < layers; layer++) {
    const inputs = width(layer);
    const outputs = width(layer + 1);
    const bias = theta + (usize(inputs * outputs) << DOUBLE_SHIFT);
    const bound = Math.sqrt(6.0 / f64(inputs + outputs));
    for (; theta < bias; theta += 8) {
      store<f64>(theta, layer + 1 < layers ? bound * (2.0 * uniform(random) - 1.0) : 0.0);
    }
    memory.fill(bias, 0, usize(outputs) << DOUBLE_SHIFT);
    theta += usize(outputs) << DOUBLE_SHIFT;
  }
}

/** theta -= rate * gradient. */
export function descend(rate: f64): void {
  axpy(-rate, trace.gradient, trace.parameters, parameterSize());
}

/**
 * Adam (Kingma and Ba, 2015). `correction1`, `correction2`: 1 - beta^k of the k-th update, kept by the caller.
 *   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2
 *   theta -= rate (m / correction1) / (sqrt(v / correction2) + epsilon)
 */
export function adapt(rate: f64, beta1: f64, beta2: f64, epsilon: f64, correction1: f64, correction2: f64): void {
  const first = at(Region.firstMoment, 0);
  const second = at(Region.secondMoment, 0);
  for (let i: usize = 0, end = trace.parametersEnd - trace.parameters; i < end; i += 8) {
    const g = load<f64>(trace.gradient + i);
    const mean = beta1 * load<f64>(first + i) + (1.0 - beta1) * g;
    const square = beta2 * load<f64>(second + i) + (1.0 - beta2) * g * g;
    store<f64>(first + i, mean);
    store<f64>(second + i, square);
    const step = (rate * (mean / correction1)) / (Math.sqrt(square / correction2) + epsilon);
    store<f64>(trace.parameters + i, load<f64>(trace.parameters + i) - step);
  }
}

/** Euclidean norm of the gradient; NaN or infinite if any part is. */
export function gradientNorm(): f64 {
  let sum: f64 = 0.0;
  for (let p = trace.gradient, end = p + (trace.parametersEnd - trace.parameters); p < end; p += 8) {
    const g = load<f64>(p);
    sum += g * g;
  }
  return Math.sqrt(sum);
}
