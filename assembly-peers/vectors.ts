/** Sums, scalings and steps over arrays of floats. */
import { floats, QUAD, quads } from "./floats";

/** y += a x. */
export function addScaled(y: usize, a: f32, x: usize, count: i32): void {
  const scale = f32x4.splat(a);
  const last = y + quads(count);
  const end = y + floats(count);
  for (; y < last; y += QUAD) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(scale, v128.load(x))));
    x += QUAD;
  }
  for (; y < end; y += 4) {
    store<f32>(y, load<f32>(y) + a * load<f32>(x));
    x += 4;
  }
}

/** y += a (x - y): a target network follows. */
export function follow(y: usize, a: f32, x: usize, count: i32): void {
  const scale = f32x4.splat(a);
  const last = y + quads(count);
  const end = y + floats(count);
  for (; y < last; y += QUAD) {
    const yi = v128.load(y);
    v128.store(y, f32x4.add(yi, f32x4.mul(scale, f32x4.sub(v128.load(x), yi))));
    x += QUAD;
  }
  for (; y < end; y += 4) {
    const yi = load<f32>(y);
    store<f32>(y, yi + a * (load<f32>(x) - yi));
    x += 4;
  }
}

/** y *= x. */
export function multiply(y: usize, x: usize, count: i32): void {
  const last = y + quads(count);
  const end = y + floats(count);
  for (; y < last; y += QUAD) {
    v128.store(y, f32x4.mul(v128.load(y), v128.load(x)));
    x += QUAD;
  }
  for (; y < end; y += 4) {
    store<f32>(y, load<f32>(y) * load<f32>(x));
    x += 4;
  }
}

/** y *= a. */
export function scale(y: usize, a: f32, count: i32): void {
  for (const end = y + floats(count); y < end; y += 4) store<f32>(y, a * load<f32>(y));
}

/** sums [columns] = over the rows of x [rows][columns]: a bias's gradient. */
export function columnSums(x: usize, rows: i32, columns: i32, sums: usize): void {
  memory.fill(sums, 0, floats(columns));
  for (let i: i32 = 0; i < rows; i++) addScaled(sums, 1.0, x + floats(i * columns), columns);
}

/** Sum of squares, in float64. */
export function squaredNorm(x: usize, count: i32): f64 {
  let sum: f64 = 0.0;
  for (const end = x + floats(count); x < end; x += 4) {
    const xi = f64(load<f32>(x));
    sum += xi * xi;
  }
  return sum;
}

/**
 * A step of Adam (Kingma and Ba 2015, algorithm 1), with the gradient of decay/2 |p|^2 added:
 *   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  p -= rate m c1 / (sqrt(v c2) + epsilon)
 * c1, c2: 1 / (1 - b1^t), 1 / (1 - b2^t).
 */
export function adam(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  correction1: f32,
  correction2: f32,
  decay: f32,
): void {
  const step = f32x4.splat(rate * correction1);
  const c2 = f32x4.splat(correction2);
  const small = f32x4.splat(epsilon);
  const keep1 = f32x4.splat(beta1);
  const keep2 = f32x4.splat(beta2);
  const take1 = f32x4.splat(<f32>1 - beta1);
  const take2 = f32x4.splat(<f32>1 - beta2);
  const pull = f32x4.splat(decay);
  // arrays of parameters are a multiple of four long (the host sees to it)
  for (const end = parameters + floats(count); parameters < end; parameters += QUAD) {
    const p = v128.load(parameters);
    const g = f32x4.add(v128.load(gradient), f32x4.mul(pull, p));
    const m = f32x4.add(f32x4.mul(keep1, v128.load(first)), f32x4.mul(take1, g));
    const v = f32x4.add(f32x4.mul(keep2, v128.load(second)), f32x4.mul(take2, f32x4.mul(g, g)));
    v128.store(first, m);
    v128.store(second, v);
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(v, c2)), small);
    v128.store(parameters, f32x4.sub(p, f32x4.div(f32x4.mul(step, m), size)));
    gradient += QUAD;
    first += QUAD;
    second += QUAD;
  }
}
