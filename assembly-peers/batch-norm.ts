/** Batch norm (Ioffe and Szegedy 2015): every column of a batch brought to mean 0 and variance 1, then scaled. */
import { floats } from "./floats";
import { scalingGradients } from "./layer-norm";

const EPSILON: f32 = 1e-3;

/**
 * Means and variances of the columns of x [rows][columns] into `mean` and `inverse` (1 / sqrt(variance + 1e-3)), and,
 * by the part 1 - momentum, into their running averages.
 */
export function batchStatistics(
  x: usize,
  rows: i32,
  columns: i32,
  mean: usize,
  inverse: usize,
  runningMean: usize,
  runningVariance: usize,
  momentum: f32,
): void {
  memory.fill(mean, 0, floats(columns));
  memory.fill(inverse, 0, floats(columns));
  for (let i: i32 = 0; i < rows; i++)
    for (let j: i32 = 0; j < columns; j++) {
      const at = floats(j);
      store<f32>(mean + at, load<f32>(mean + at) + load<f32>(x + floats(i * columns) + at) / f32(rows));
    }
  for (let i: i32 = 0; i < rows; i++)
    for (let j: i32 = 0; j < columns; j++) {
      const at = floats(j);
      const difference = load<f32>(x + floats(i * columns) + at) - load<f32>(mean + at);
      store<f32>(inverse + at, load<f32>(inverse + at) + (difference * difference) / f32(rows));
    }
  for (let j: i32 = 0; j < columns; j++) {
    const at = floats(j);
    const variance = load<f32>(inverse + at);
    blend(runningMean + at, load<f32>(mean + at), momentum);
    blend(runningVariance + at, variance, momentum);
    store<f32>(inverse + at, <f32>1 / sqrt<f32>(variance + EPSILON));
  }
}

// @ts-ignore: decorator
@inline
function blend(average: usize, value: f32, momentum: f32): void {
  store<f32>(average, momentum * load<f32>(average) + (<f32>1 - momentum) * value);
}

/** What {@link batchStatistics} makes of a batch, from the running averages. */
export function runningStatistics(
  runningMean: usize,
  runningVariance: usize,
  columns: i32,
  mean: usize,
  inverse: usize,
): void {
  memory.copy(mean, runningMean, floats(columns));
  for (let j: i32 = 0; j < columns; j++)
    store<f32>(inverse + floats(j), <f32>1 / sqrt<f32>(load<f32>(runningVariance + floats(j)) + EPSILON));
}

/** y = gain n + bias, n = (x - mean) inverse; x, y, n: [rows][columns], y may be x. */
export function batchNorm(
  x: usize,
  gain: usize,
  bias: usize,
  mean: usize,
  inverse: usize,
  y: usize,
  n: usize,
  rows: i32,
  columns: i32,
): void {
  for (let i: i32 = 0; i < rows; i++) {
    const row = floats(i * columns);
    for (let j: i32 = 0; j < columns; j++) {
      const at = floats(j);
      const normal = (load<f32>(x + row + at) - load<f32>(mean + at)) * load<f32>(inverse + at);
      store<f32>(n + row + at, normal);
      store<f32>(y + row + at, load<f32>(gain + at) * normal + load<f32>(bias + at));
    }
  }
}

/**
 * d [rows][columns]: of y in, of x out. With statistics of the batch itself, g = gain d: inverse (g - mean(g) -
 * n mean(g n)) over each column; with running ones (`fixed`): inverse g. gainGradient, biasGradient [columns]: sums of
 * d n and d, always written.
 */
export function batchNormTranspose(
  d: usize,
  gain: usize,
  n: usize,
  inverse: usize,
  gainGradient: usize,
  biasGradient: usize,
  rows: i32,
  columns: i32,
  fixed: bool,
): void {
  scalingGradients(d, n, gainGradient, biasGradient, rows, columns);
  const share: f32 = fixed ? 0.0 : <f32>1 / f32(rows);
  for (let i: i32 = 0; i < rows; i++)
    for (let j: i32 = 0; j < columns; j++) {
      const at = floats(j);
      const here = floats(i * columns) + at;
      const mean = load<f32>(biasGradient + at) * share;
      const slope = load<f32>(gainGradient + at) * share;
      const left = load<f32>(d + here) - mean - load<f32>(n + here) * slope;
      store<f32>(d + here, load<f32>(gain + at) * load<f32>(inverse + at) * left);
    }
}
