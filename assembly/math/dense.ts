import { DOUBLE, DOUBLE_SHIFT } from "./doubles";
import { multiplyAdd, PAIR, sumLanes } from "./simd";

/** d[i] *= 1 - y[i]^2: through y = tanh. */
export function tanhTranspose(y: usize, d: usize, count: i32): void {
  const end = d + (usize(count) << DOUBLE_SHIFT);
  let p = d;
  let q = y;
  if (ASC_FEATURE_SIMD) {
    const one = f64x2.splat(1.0);
    for (const last = d + ((usize(count) & ~1) << DOUBLE_SHIFT); p < last; p += PAIR) {
      const yi = v128.load(q);
      v128.store(p, f64x2.mul(v128.load(p), f64x2.sub(one, f64x2.mul(yi, yi))));
      q += PAIR;
    }
  }
  for (; p < end; p += 8) {
    const yi = load<f64>(q);
    store<f64>(p, load<f64>(p) * (1.0 - yi * yi));
    q += 8;
  }
}

/** y += a x for `count` doubles. */
export function axpy(a: f64, x: usize, y: usize, count: i32): void {
  const end = y + (usize(count) << DOUBLE_SHIFT);
  let p = y;
  let q = x;
  if (ASC_FEATURE_SIMD) {
    const scale = f64x2.splat(a);
    for (const last = y + ((usize(count) & ~1) << DOUBLE_SHIFT); p < last; p += PAIR) {
      v128.store(p, multiplyAdd(scale, v128.load(q), v128.load(p)));
      q += PAIR;
    }
  }
  for (; p < end; p += 8) {
    store<f64>(p, load<f64>(p) + a * load<f64>(q));
    q += 8;
  }
}

/** x^T y of `count` doubles, in two partial sums. */
export function dotProduct(x: usize, y: usize, count: i32): f64 {
  const end = x + (usize(count) << DOUBLE_SHIFT);
  let p = x;
  let q = y;
  let sum: f64 = 0.0;
  if (ASC_FEATURE_SIMD) {
    let lanes = f64x2.splat(0.0);
    for (const last = x + ((usize(count) & ~1) << DOUBLE_SHIFT); p < last; p += PAIR) {
      lanes = multiplyAdd(v128.load(p), v128.load(q), lanes);
      q += PAIR;
    }
    sum = sumLanes(lanes);
  } else {
    let uneven: f64 = 0.0;
    for (const last = x + ((usize(count) & ~1) << DOUBLE_SHIFT); p < last; p += PAIR) {
      sum += load<f64>(p) * load<f64>(q);
      uneven += load<f64>(p, DOUBLE) * load<f64>(q, DOUBLE);
      q += PAIR;
    }
    sum += uneven;
  }
  if (p < end) sum += load<f64>(p) * load<f64>(q);
  return sum;
}
