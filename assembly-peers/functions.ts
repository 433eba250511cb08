/**
 * Functions of float32 vectors, by one exponential: e^x = 2^k e^f, k = round(x / ln 2), |f| <= ln 2 / 2, e^f by its
 * series up to f^7. And those of single float64 numbers that the host needs: with these, the same bits on every
 * machine.
 */
import { floats, QUAD, quads } from "./floats";

const LOG2E: f32 = 1.4426950408889634;
/** ln 2 in two parts: k times the first is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440054690583e-4;
/** Beyond, e^x is nearly infinite, or nearly 0. */
const LIMIT: f32 = 87.0;

/** e^x of four lanes. */
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, f32x4.splat(LIMIT)), f32x4.splat(-LIMIT));
  const k = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(LOG2E)));
  const high = f32x4.sub(bounded, f32x4.mul(k, f32x4.splat(LN2_HIGH)));
  const f = f32x4.sub(high, f32x4.mul(k, f32x4.splat(LN2_LOW)));
  let sum = f32x4.splat(1.0 / 5040.0);
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(1.0 / 720.0));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(1.0 / 120.0));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(1.0 / 24.0));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(1.0 / 6.0));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(0.5));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(1.0));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(1.0));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  return f32x4.mul(sum, power);
}

/** 1 / (1 + e^-x) of four lanes. */
// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** tanh x = 2 / (1 + e^-2x) - 1 of four lanes; absolute error below 2e-7. */
// @ts-ignore: decorator
@inline
function tanh4(x: v128): v128 {
  const twice = sigmoid4(f32x4.add(x, x));
  return f32x4.sub(f32x4.add(twice, twice), f32x4.splat(1.0));
}

/** Fewer than four floats as lanes, zeros behind them, and back. */
function loadTail(x: usize, count: i32): v128 {
  let lanes = f32x4.splat(0.0);
  if (count > 0) lanes = f32x4.replace_lane(lanes, 0, load<f32>(x));
  if (count > 1) lanes = f32x4.replace_lane(lanes, 1, load<f32>(x, 4));
  if (count > 2) lanes = f32x4.replace_lane(lanes, 2, load<f32>(x, 8));
  return lanes;
}

function storeTail(x: usize, lanes: v128, count: i32): void {
  if (count > 0) store<f32>(x, f32x4.extract_lane(lanes, 0));
  if (count > 1) store<f32>(x, f32x4.extract_lane(lanes, 1), 4);
  if (count > 2) store<f32>(x, f32x4.extract_lane(lanes, 2), 8);
}

/** x <- tanh x for `count` floats. */
export function tanhInPlace(x: usize, count: i32): void {
  const last = x + quads(count);
  for (; x < last; x += QUAD) v128.store(x, tanh4(v128.load(x)));
  if (count & 3) storeTail(x, tanh4(loadTail(x, count & 3)), count & 3);
}

/** y = z sigmoid(z), for `count` floats. */
export function silu(z: usize, y: usize, count: i32): void {
  const last = z + quads(count);
  for (; z < last; z += QUAD) {
    const zi = v128.load(z);
    v128.store(y, f32x4.mul(zi, sigmoid4(zi)));
    y += QUAD;
  }
  if (count & 3) {
    const zi = loadTail(z, count & 3);
    storeTail(y, f32x4.mul(zi, sigmoid4(zi)), count & 3);
  }
}

/** d *= s (1 + z (1 - s)), s = sigmoid(z): through y = z sigmoid(z). */
export function siluTranspose(z: usize, d: usize, count: i32): void {
  const last = z + quads(count);
  for (; z < last; z += QUAD) {
    v128.store(d, f32x4.mul(v128.load(d), siluSlope(v128.load(z))));
    d += QUAD;
  }
  if (count & 3) storeTail(d, f32x4.mul(loadTail(d, count & 3), siluSlope(loadTail(z, count & 3))), count & 3);
}

// @ts-ignore: decorator
@inline
function siluSlope(z: v128): v128 {
  const one = f32x4.splat(1.0);
  const s = sigmoid4(z);
  return f32x4.mul(s, f32x4.add(one, f32x4.mul(z, f32x4.sub(one, s))));
}

/** d *= 1 - y^2: through y = tanh. */
export function tanhTranspose(y: usize, d: usize, count: i32): void {
  const one = f32x4.splat(1.0);
  const last = y + quads(count);
  const end = y + floats(count);
  for (; y < last; y += QUAD) {
    const yi = v128.load(y);
    v128.store(d, f32x4.mul(v128.load(d), f32x4.sub(one, f32x4.mul(yi, yi))));
    d += QUAD;
  }
  for (; y < end; y += 4) {
    const yi = load<f32>(y);
    store<f32>(d, load<f32>(d) * (<f32>1 - yi * yi));
    d += 4;
  }
}

/** x <- max(x, 0). */
export function reluInPlace(x: usize, count: i32): void {
  const zero = f32x4.splat(0.0);
  const last = x + quads(count);
  const end = x + floats(count);
  for (; x < last; x += QUAD) v128.store(x, f32x4.max(v128.load(x), zero));
  for (; x < end; x += 4) store<f32>(x, max<f32>(load<f32>(x), 0.0));
}

/** d <- 0 where y = 0: through y = max(z, 0). */
export function reluTranspose(y: usize, d: usize, count: i32): void {
  const zero = f32x4.splat(0.0);
  const last = y + quads(count);
  const end = y + floats(count);
  for (; y < last; y += QUAD) {
    v128.store(d, v128.and(v128.load(d), f32x4.gt(v128.load(y), zero)));
    d += QUAD;
  }
  for (; y < end; y += 4) {
    if (!(load<f32>(y) > 0.0)) store<f32>(d, 0.0);
    d += 4;
  }
}

export function exp(x: f64): f64 {
  return NativeMath.exp(x);
}

export function log(x: f64): f64 {
  return NativeMath.log(x);
}

export function log1p(x: f64): f64 {
  return NativeMath.log1p(x);
}

export function tanh(x: f64): f64 {
  return NativeMath.tanh(x);
}

export function sin(x: f64): f64 {
  return NativeMath.sin(x);
}

export function cos(x: f64): f64 {
  return NativeMath.cos(x);
}
