/**
 * Layer norm (Ba et al. 2016): every row of a layer's sums brought to mean 0 and variance 1, then scaled. Columns are a
 * multiple of four or not: the last ones are worked on one by one.
 */
import { FLOAT, floats, QUAD, quads, sumLanes } from "./floats";

const EPSILON: f32 = 1e-5;

/**
 * y = gain * n + bias, n = (x - mean) / sqrt(variance + 1e-5) over each row. x, y, n: [rows][columns], y may be x;
 * inverse [rows]: what n was scaled by.
 */
export function layerNorm(
  x: usize,
  gain: usize,
  bias: usize,
  y: usize,
  n: usize,
  inverse: usize,
  rows: i32,
  columns: i32,
): void {
  const vectors = quads(columns);
  const end = floats(columns);
  for (let i: i32 = 0; i < rows; i++) {
    const row = floats(i * columns);
    const mean = rowSum(x + row, columns) / f32(columns);
    const factor = <f32>1 / sqrt<f32>(rowSquares(x + row, mean, columns) / f32(columns) + EPSILON);
    store<f32>(inverse + usize(i) * FLOAT, factor);
    const middle = f32x4.splat(mean);
    const scale = f32x4.splat(factor);
    let at: usize = 0;
    for (; at < vectors; at += QUAD) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + row + at), middle), scale);
      v128.store(n + row + at, normal);
      v128.store(y + row + at, f32x4.add(f32x4.mul(v128.load(gain + at), normal), v128.load(bias + at)));
    }
    for (; at < end; at += FLOAT) {
      const normal = (load<f32>(x + row + at) - mean) * factor;
      store<f32>(n + row + at, normal);
      store<f32>(y + row + at, load<f32>(gain + at) * normal + load<f32>(bias + at));
    }
  }
}

function rowSum(x: usize, columns: i32): f32 {
  const last = x + quads(columns);
  const end = x + floats(columns);
  let lanes = f32x4.splat(0.0);
  for (; x < last; x += QUAD) lanes = f32x4.add(lanes, v128.load(x));
  let sum = sumLanes(lanes);
  for (; x < end; x += FLOAT) sum += load<f32>(x);
  return sum;
}

/** Sum of (x - mean)^2. */
function rowSquares(x: usize, mean: f32, columns: i32): f32 {
  const last = x + quads(columns);
  const end = x + floats(columns);
  const middle = f32x4.splat(mean);
  let lanes = f32x4.splat(0.0);
  for (; x < last; x += QUAD) {
    const difference = f32x4.sub(v128.load(x), middle);
    lanes = f32x4.add(lanes, f32x4.mul(difference, difference));
  }
  let sum = sumLanes(lanes);
  for (; x < end; x += FLOAT) {
    const difference = load<f32>(x) - mean;
    sum += difference * difference;
  }
  return sum;
}

/**
 * d [rows][columns]: of y in, of x out: with g = gain d, dx = inverse (g - mean(g) - n mean(g n)) over each row.
 * gainGradient, biasGradient [columns]: sums of d n and d; 0: not wanted.
 */
export function layerNormTranspose(
  d: usize,
  gain: usize,
  n: usize,
  inverse: usize,
  gainGradient: usize,
  biasGradient: usize,
  rows: i32,
  columns: i32,
): void {
  const vectors = quads(columns);
  const end = floats(columns);
  if (gainGradient) scalingGradients(d, n, gainGradient, biasGradient, rows, columns);
  for (let i: i32 = 0; i < rows; i++) {
    const row = floats(i * columns);
    let sums = f32x4.splat(0.0);
    let alongs = f32x4.splat(0.0);
    let at: usize = 0;
    for (; at < vectors; at += QUAD) {
      const g = f32x4.mul(v128.load(d + row + at), v128.load(gain + at));
      sums = f32x4.add(sums, g);
      alongs = f32x4.add(alongs, f32x4.mul(g, v128.load(n + row + at)));
    }
    let sum = sumLanes(sums);
    let along = sumLanes(alongs);
    for (; at < end; at += FLOAT) {
      const g = load<f32>(d + row + at) * load<f32>(gain + at);
      sum += g;
      along += g * load<f32>(n + row + at);
    }
    const mean = sum / f32(columns);
    const slope = along / f32(columns);
    const factor = load<f32>(inverse + usize(i) * FLOAT);
    const means = f32x4.splat(mean);
    const slopes = f32x4.splat(slope);
    const factors = f32x4.splat(factor);
    for (at = 0; at < vectors; at += QUAD) {
      const g = f32x4.mul(v128.load(d + row + at), v128.load(gain + at));
      const left = f32x4.sub(f32x4.sub(g, means), f32x4.mul(v128.load(n + row + at), slopes));
      v128.store(d + row + at, f32x4.mul(factors, left));
    }
    for (; at < end; at += FLOAT) {
      const g = load<f32>(d + row + at) * load<f32>(gain + at);
      store<f32>(d + row + at, factor * (g - mean - load<f32>(n + row + at) * slope));
    }
  }
}

/** Sums over the rows of d n and of d, [columns] each: gradients by gain and bias of any norm. */
export function scalingGradients(
  d: usize,
  n: usize,
  gainGradient: usize,
  biasGradient: usize,
  rows: i32,
  columns: i32,
): void {
  const vectors = quads(columns);
  const end = floats(columns);
  memory.fill(gainGradient, 0, end);
  memory.fill(biasGradient, 0, end);
  for (let i: i32 = 0; i < rows; i++) {
    let at: usize = 0;
    for (; at < vectors; at += QUAD) {
      const di = v128.load(d + at);
      v128.store(gainGradient + at, f32x4.add(v128.load(gainGradient + at), f32x4.mul(di, v128.load(n + at))));
      v128.store(biasGradient + at, f32x4.add(v128.load(biasGradient + at), di));
    }
    for (; at < end; at += FLOAT) {
      const di = load<f32>(d + at);
      store<f32>(gainGradient + at, load<f32>(gainGradient + at) + di * load<f32>(n + at));
      store<f32>(biasGradient + at, load<f32>(biasGradient + at) + di);
    }
    d += end;
    n += end;
  }
}
