/** Networks in float64, straight from their formulas, for comparison; and central differences. */
import type { Scaling } from "../../src/peers/batch/layer.js";
import type { Network } from "../../src/peers/batch/network.js";

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Outputs of `network` for [rows][inputs], with other parameters; norms by the batch's own statistics. */
export function referenceOutputs(
  network: Network,
  parameters: Float64Array,
  input: Float64Array,
  rows: number,
): Float64Array {
  const { sizes, activation, batchNorm } = network.shape;
  const at = (place: number, i: number) => parameters[place / BYTES + i];
  const scaled = (values: Float64Array, width: number, { gain, bias }: Scaling) =>
    values.map((value, k) => at(gain, k % width) * value + at(bias, k % width));
  // the norm of the inputs stands in front of the first layer's numbers
  let values = batchNorm
    ? scaled(normalised(input, rows, sizes[0], "columns", 1e-3), sizes[0], firstScaling(sizes[0]))
    : input;
  for (const [l, { weights, bias, layerNorm, batchNorm: scaling }] of network.places.entries()) {
    const [inputs, width] = [sizes[l], sizes[l + 1]];
    let sums = new Float64Array(rows * width);
    for (let row = 0; row < rows; row++)
      for (let j = 0; j < width; j++) {
        let sum = at(bias, j);
        for (let k = 0; k < inputs; k++) sum += values[row * inputs + k] * at(weights, k * width + j);
        sums[row * width + j] = sum;
      }
    if (layerNorm) sums = scaled(normalised(sums, rows, width, "rows", 1e-5), width, layerNorm);
    if (l < network.places.length - 1) sums = sums.map(ACTIVATIONS[activation]);
    if (scaling) sums = scaled(normalised(sums, rows, width, "columns", 1e-3), width, scaling);
    values = sums;
  }
  return values;
}

function firstScaling(width: number): Scaling {
  return { gain: 0, bias: Math.ceil(width / 4) * 4 * BYTES };
}

const ACTIVATIONS = {
  none: (z: number) => z,
  relu: (z: number) => Math.max(z, 0),
  tanh: Math.tanh,
  silu: (z: number) => z / (1 + Math.exp(-z)),
};

function normalised(
  values: Float64Array,
  rows: number,
  width: number,
  by: "rows" | "columns",
  epsilon: number,
): Float64Array {
  const [groups, members] = by === "rows" ? [rows, width] : [width, rows];
  const place = (g: number, m: number) => (by === "rows" ? g * width + m : m * width + g);
  const result = new Float64Array(values.length);
  for (let g = 0; g < groups; g++) {
    let [mean, variance] = [0, 0];
    for (let m = 0; m < members; m++) mean += values[place(g, m)] / members;
    for (let m = 0; m < members; m++) variance += (values[place(g, m)] - mean) ** 2 / members;
    for (let m = 0; m < members; m++)
      result[place(g, m)] = (values[place(g, m)] - mean) / Math.sqrt(variance + epsilon);
  }
  return result;
}

/** Derivatives of `loss` by every number of `at`. */
export function centralDifferences(loss: (at: Float64Array) => number, at: ArrayLike<number>, h = 1e-6): Float64Array {
  const moved = Float64Array.from(at);
  return moved.map((value, i) => {
    moved[i] = value + h;
    const above = loss(moved);
    moved[i] = value - h;
    const below = loss(moved);
    moved[i] = value;
    return (above - below) / (2 * h);
  });
}

/** The largest difference, by the largest value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, largest] = [0, 1e-30];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return difference / largest;
}
