import { multiplyAdd } from "./simd";

/*
 * tanh x = ((s - 1) R + (s + 1) r) / ((s + 1) R + (s - 1) r), with k = round(2 x / ln 2), s = 2^k, r = x - k ln2/2 and
 * R = r coth r, a polynomial of degree 5 in r^2. One division and no branch; relative error at most 5 * 2^-53 (measured).
 */
const LIMIT: f64 = 22.0; // tanh is 1 to the last bit from 19.1 on
const TWO_OVER_LN2: f64 = 2.8853900817779268;
const HALF_LN2: f64 = 0.34657359027997264;
const R1: f64 = 0.3333333333333332;
const R2: f64 = -0.02222222222205159;
const R3: f64 = 0.0021164020709329144;
const R4: f64 = -0.00021163596927886233;
const R5: f64 = 2.1216099445943716e-5;
/** 1.5 * 2^52 + 1023: adding it leaves k + 1023 in the low bits, so that a shift by 52 makes 2^k. */
const EXPONENT: f64 = 6755399441056767.0;

// The constants of the SIMD form in both lanes: read from memory before the loop they stay in registers; as literals V8 makes
// them anew in every turn.
const constants: usize = heap.alloc(12 * 16);
if (ASC_FEATURE_SIMD) {
  constant(0, LIMIT);
  constant(1, -LIMIT);
  constant(2, TWO_OVER_LN2);
  constant(3, -HALF_LN2);
  constant(5, 1.0);
  constant(6, R1);
  constant(7, R2);
  constant(8, R3);
  constant(9, R4);
  constant(10, R5);
  constant(11, EXPONENT);
}

function constant(index: usize, value: f64): void {
  v128.store(constants + (index << 4), f64x2.splat(value));
}

/** x[i] <- tanh(x[i]) for `count` doubles; NaN stays NaN. */
export function tanhInPlace(x: usize, count: i32): void {
  const end = x + (usize(count) << 3);
  let p = x;
  if (ASC_FEATURE_SIMD) {
    const limit = v128.load(constants);
    const low = v128.load(constants, 16);
    const perK = v128.load(constants, 32);
    const perUnit = v128.load(constants, 48);
    const one = v128.load(constants, 80);
    const r1 = v128.load(constants, 96);
    const r2 = v128.load(constants, 112);
    const r3 = v128.load(constants, 128);
    const r4 = v128.load(constants, 144);
    const r5 = v128.load(constants, 160);
    const exponent = v128.load(constants, 176);
    // two pairs in step: one hides the other's latencies
    for (const last = x + ((usize(count) & ~3) << 3); p < last; p += 32) {
      // pmin and pmax in this order: one instruction each, and NaN goes through
      const x = f64x2.pmax(f64x2.pmin(v128.load(p), limit), low);
      const X = f64x2.pmax(f64x2.pmin(v128.load(p, 16), limit), low);
      const k = multiplyAdd(x, perK, exponent);
      const K = multiplyAdd(X, perK, exponent);
      const r = multiplyAdd(f64x2.sub(k, exponent), perUnit, x);
      const R = multiplyAdd(f64x2.sub(K, exponent), perUnit, X);
      v128.store(p, ratio(k, r, one, r1, r2, r3, r4, r5));
      v128.store(p, ratio(K, R, one, r1, r2, r3, r4, r5), 16);
    }
    for (; p < end; p += 16) {
      const single = end - p == 8;
      const x = f64x2.pmax(f64x2.pmin(single ? v128.load64_splat(p) : v128.load(p), limit), low);
      const k = multiplyAdd(x, perK, exponent);
      const r = multiplyAdd(f64x2.sub(k, exponent), perUnit, x);
      const y = ratio(k, r, one, r1, r2, r3, r4, r5);
      if (single) store<f64>(p, f64x2.extract_lane(y, 0));
      else v128.store(p, y);
    }
  } else {
    for (; p < end; p += 8) store<f64>(p, tanh(load<f64>(p)));
  }
}

/** The quotient at the top of this file. */
// @ts-ignore: decorator
@inline
function ratio(k: v128, r: v128, one: v128, r1: v128, r2: v128, r3: v128, r4: v128, r5: v128): v128 {
  const z = f64x2.mul(r, r);
  const z2 = f64x2.mul(z, z);
  // R = (1 + R1 z) + (R2 + R3 z) z^2 + (R4 + R5 z) z^4
  const head = multiplyAdd(r1, z, one);
  const middle = multiplyAdd(r3, z, r2);
  const tail = multiplyAdd(r5, z, r4);
  const R = multiplyAdd(multiplyAdd(tail, z2, middle), z2, head);
  const s = i64x2.shl(k, 52);
  const plus = f64x2.add(s, one);
  const minus = f64x2.sub(s, one);
  const numerator = multiplyAdd(plus, r, f64x2.mul(minus, R));
  const denominator = multiplyAdd(minus, r, f64x2.mul(plus, R));
  return f64x2.div(numerator, denominator);
}

/** One value, by the same operations as the SIMD form. */
export function tanh(value: f64): f64 {
  const x = Math.max(-LIMIT, Math.min(LIMIT, value));
  const k = x * TWO_OVER_LN2 + EXPONENT - EXPONENT;
  const r = x - k * HALF_LN2;
  const z = r * r;
  const z2 = z * z;
  const R = ((R5 * z + R4) * z2 + (R3 * z + R2)) * z2 + (R1 * z + 1.0);
  const s = powerOfTwo(i32(k));
  const plus = s + 1.0;
  const minus = s - 1.0;
  return (plus * r + minus * R) / (minus * r + plus * R);
}

/** 2^k for |k| <= 1022, exact. */
function powerOfTwo(k: i32): f64 {
  let power: f64 = 1.0;
  let base: f64 = k < 0 ? 0.5 : 2.0;
  for (let n = k < 0 ? -k : k; n > 0; n >>= 1) {
    if (n & 1) power *= base;
    base *= base;
  }
  return power;
}
