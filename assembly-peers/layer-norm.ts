/** Layer norm (Ba et al. 2016): every row of a layer's sums brought to mean 0 and variance 1, then scaled. */
import { FLOAT, floats } from "./floats";

const EPSILON: f64 = 1e-5;

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
  for (let i: i32 = 0; i < rows; i++) {
    const row = floats(i * columns);
    let sum: f64 = 0.0;
    let squares: f64 = 0.0;
    for (let j: i32 = 0; j < columns; j++) sum += f64(load<f32>(x + row + floats(j)));
    const mean = sum / f64(columns);
    for (let j: i32 = 0; j < columns; j++) {
      const difference = f64(load<f32>(x + row + floats(j))) - mean;
      squares += difference * difference;
    }
    const factor = 1.0 / Math.sqrt(squares / f64(columns) + EPSILON);
    store<f32>(inverse + usize(i) * FLOAT, f32(factor));
    for (let j: i32 = 0; j < columns; j++) {
      const at = floats(j);
      const normal = f32((f64(load<f32>(x + row + at)) - mean) * factor);
      store<f32>(n + row + at, normal);
      store<f32>(y + row + at, load<f32>(gain + at) * normal + load<f32>(bias + at));
    }
  }
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
  if (gainGradient) {
    memory.fill(gainGradient, 0, floats(columns));
    memory.fill(biasGradient, 0, floats(columns));
  }
  for (let i: i32 = 0; i < rows; i++) {
    const row = floats(i * columns);
    let sum: f32 = 0.0;
    let along: f32 = 0.0;
    for (let j: i32 = 0; j < columns; j++) {
      const at = floats(j);
      const di = load<f32>(d + row + at);
      const ni = load<f32>(n + row + at);
      const g = di * load<f32>(gain + at);
      sum += g;
      along += g * ni;
      if (gainGradient) {
        store<f32>(gainGradient + at, load<f32>(gainGradient + at) + di * ni);
        store<f32>(biasGradient + at, load<f32>(biasGradient + at) + di);
      }
    }
    const mean = sum / f32(columns);
    const slope = along / f32(columns);
    const factor = load<f32>(inverse + usize(i) * FLOAT);
    for (let j: i32 = 0; j < columns; j++) {
      const at = floats(j);
      const g = load<f32>(d + row + at) * load<f32>(gain + at);
      store<f32>(d + row + at, factor * (g - mean - load<f32>(n + row + at) * slope));
    }
  }
}
