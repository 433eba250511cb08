/** First weights of a network's layers, as the libraries of the peers draw them. */
import { dot } from "../../statistics.js";
import type { Kernels } from "./kernels.js";
import type { Network } from "./network.js";

/** PyTorch's default: weights and biases uniform within 1 / sqrt(inputs). */
export function drawUniform(kernels: Kernels, network: Network): void {
  for (const [i] of network.places.entries()) {
    const { weights, bias } = network.layer(i);
    const bound = 1 / Math.sqrt(network.shape.sizes[i]);
    for (const values of [weights, bias])
      for (let k = 0; k < values.length; k++) values[k] = bound * (2 * kernels.call.uniform() - 1);
  }
}

/** Normal weights cut off at two standard deviations of `scale` / sqrt(inputs), biases zero. */
export function drawTruncatedNormal(kernels: Kernels, network: Network, scale: number): void {
  for (const [i] of network.places.entries()) {
    const { weights, bias } = network.layer(i);
    const deviation = scale / Math.sqrt(network.shape.sizes[i]);
    for (let k = 0; k < weights.length; k++) {
      let draw = kernels.call.normal();
      while (Math.abs(draw) > 2) draw = kernels.call.normal();
      weights[k] = deviation * draw;
    }
    bias.fill(0);
  }
}

/**
 * Orthogonal weights times `gains[layer]`, biases zero (Saxe et al. 2013): rows of a random matrix made orthonormal.
 */
export function drawOrthogonal(kernels: Kernels, network: Network, gains: readonly number[]): void {
  for (const [i] of network.places.entries()) {
    const { weights, bias } = network.layer(i);
    const [inputs, width] = [network.shape.sizes[i], network.shape.sizes[i + 1]];
    // the shorter side's vectors are made orthonormal; vector r stands at r * across + k * along
    const [vectors, length] = inputs < width ? [inputs, width] : [width, inputs];
    const [across, along] = inputs < width ? [width, 1] : [1, width];
    const rows = Array.from({ length: vectors }, () => Float64Array.from({ length }, () => kernels.call.normal()));
    for (const [r, row] of rows.entries()) {
      for (const earlier of rows.slice(0, r)) {
        const overlap = dot(row, earlier);
        for (let k = 0; k < length; k++) row[k] -= overlap * earlier[k];
      }
      const size = Math.sqrt(dot(row, row));
      for (let k = 0; k < length; k++) {
        row[k] /= size;
        weights[r * across + k * along] = gains[i] * row[k];
      }
    }
    bias.fill(0);
  }
}
