/** Batch norm (Ioffe and Szegedy 2015): every column of a batch brought to mean 0 and variance 1, then scaled. */
import { FLOAT, floats, QUAD, quads } from "./floats";
import { scalingGradients } from "./layer-norm";
import { columnSums, scale } from "./vectors";

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
  columnSums(x, rows, columns, mean);
  scale(mean, <f32>1 / f32(rows), columns);
  columnSquares(x, mean, rows, columns, inverse);
  for (let j: i32 = 0; j < columns; j++) {
    const at = floats(j);
    const variance = load<f32>(inverse + at) / f32(rows);
    blend(runningMean + at, load<f32>(mean + at), momentum);
    blend(runningVariance + at, variance, momentum);
    store<f32>(inverse + at, <f32>1 / sqrt<f32>(variance + EPSILON));
  }
}

/** sums [columns] = over the rows of (x - mean)^2. */
function columnSquares(x: usize, mean: usize, rows: i32, columns: i32, sums: usize): void {
  const vectors = quads(columns);
  const end = floats(columns);
  memory.fill(sums, 0, end);
  for (let i: i32 = 0; i < rows; i++) {
    let at: usize = 0;
    for (; at < vectors; at += QUAD) {
      const difference = f32x4.sub(v128.load(x + at), v128.load(mean + at));
      v128.store(sums + at, f32x4.add(v128.load(sums + at), f32x4.mul(difference, difference)));
    }
    for (; at < end; at += FLOAT) {
      const difference = load<f32>(x + at) - load<f32>(mean + at);
      store<f32>(sums + at, load<f32>(sums + at) + difference * difference);
    }
    x += end;
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
  const vectors = quads(columns);
  const end = floats(columns);
  for (let i: i32 = 0; i < rows; i++) {
    let at: usize = 0;
    for (; at < vectors; at += QUAD) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + at), v128.load(mean + at)), v128.load(inverse + at));
      v128.store(n + at, normal);
      v128.store(y + at, f32x4.add(f32x4.mul(v128.load(gain + at), normal), v128.load(bias + at)));
    }
    for (; at < end; at += FLOAT) {
      const normal = (load<f32>(x + at) - load<f32>(mean + at)) * load<f32>(inverse + at);
      store<f32>(n + at, normal);
      store<f32>(y + at, load<f32>(gain + at) * normal + load<f32>(bias + at));
    }
    x += end;
    y += end;
    n += end;
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
  const shares = f32x4.splat(share);
  const vectors = quads(columns);
  const end = floats(columns);
  for (let i: i32 = 0; i < rows; i++) {
    let at: usize = 0;
    for (; at < vectors; at += QUAD) {
      const mean = f32x4.mul(v128.load(biasGradient + at), shares);
      const slope = f32x4.mul(v128.load(gainGradient + at), shares);
      const left = f32x4.sub(f32x4.sub(v128.load(d + at), mean), f32x4.mul(v128.load(n + at), slope));
      v128.store(d + at, f32x4.mul(f32x4.mul(v128.load(gain + at), v128.load(inverse + at)), left));
    }
    for (; at < end; at += FLOAT) {
      const mean = load<f32>(biasGradient + at) * share;
      const slope = load<f32>(gainGradient + at) * share;
      const left = load<f32>(d + at) - mean - load<f32>(n + at) * slope;
      store<f32>(d + at, load<f32>(gain + at) * load<f32>(inverse + at) * left);
    }
    d += end;
    n += end;
  }
}
