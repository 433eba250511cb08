import { multiplyAdd } from "./simd";

/*
 * tanh x = ((s - 1) R + (s + 1) r) / ((s + 1) R + (s - 1) r), with k = round(2 x / ln 2), s = 2^k, r = x - k ln2/2 and
 * R = r coth r, a polynomial of degree 5 in r^2. One division and no branch; relative error at most 5 * 2^-53 (measured).
 */
const LIMIT: f64 = 22.0; // tanh is 1 to the last bit from 19.1 on
const TWO_OVER_LN2: f64 = 2.8853900817779268;
const HALF_LN2_HIGH: f64 = 0.3465735837817192;
const HALF_LN2_LOW: f64 = 6.498253446944944e-9;
const R1: f64 = 0.3333333333333332;
const R2: f64 = -0.02222222222205159;
const R3: f64 = 0.0021164020709329144;
const R4: f64 = -0.00021163596927886233;
const R5: f64 = 2.1216099445943716e-5;
/** 1.5 * 2^52 + 1023: adding it leaves k + 1023 in the low bits, so that a shift by 52 makes 2^k. */
const EXPONENT: f64 = 6755399441056767.0;

/** x[i] <- tanh(x[i]) for `count` doubles; NaN stays NaN. */
export function tanhInPlace(x: usize, count: i32): void {
  const end = x + (usize(count) << 3);
  let p = x;
  if (ASC_FEATURE_SIMD) {
    const limit = f64x2.splat(LIMIT);
    const low = f64x2.splat(-LIMIT);
    for (const last = x + ((usize(count) & ~1) << 3); p < last; p += 16) {
      v128.store(p, tanhPair(f64x2.max(low, f64x2.min(limit, v128.load(p)))));
    }
    if (p < end) {
      const pair = tanhPair(f64x2.max(low, f64x2.min(limit, v128.load64_splat(p))));
      store<f64>(p, f64x2.extract_lane(pair, 0));
    }
  } else {
    for (; p < end; p += 8) store<f64>(p, tanh(load<f64>(p)));
  }
}

// @ts-ignore: decorator
@inline
function tanhPair(x: v128): v128 {
  const one = f64x2.splat(1.0);
  const k = f64x2.nearest(f64x2.mul(x, f64x2.splat(TWO_OVER_LN2)));
  let r = f64x2.sub(x, f64x2.mul(k, f64x2.splat(HALF_LN2_HIGH)));
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(HALF_LN2_LOW)));
  const z = f64x2.mul(r, r);
  const z2 = f64x2.mul(z, z);
  // R = (1 + R1 z) + (R2 + R3 z) z^2 + (R4 + R5 z) z^4
  const head = multiplyAdd(f64x2.splat(R1), z, one);
  const middle = multiplyAdd(f64x2.splat(R3), z, f64x2.splat(R2));
  const tail = multiplyAdd(f64x2.splat(R5), z, f64x2.splat(R4));
  const R = multiplyAdd(multiplyAdd(tail, z2, middle), z2, head);
  const s = i64x2.shl(f64x2.add(k, f64x2.splat(EXPONENT)), 52);
  const plus = f64x2.add(s, one);
  const minus = f64x2.sub(s, one);
  const numerator = multiplyAdd(plus, r, f64x2.mul(minus, R));
  const denominator = multiplyAdd(minus, r, f64x2.mul(plus, R));
  return f64x2.div(numerator, denominator);
}

/** One value, by the same operations as the SIMD form. */
function tanh(value: f64): f64 {
  const x = Math.max(-LIMIT, Math.min(LIMIT, value));
  const k = f64.nearest(x * TWO_OVER_LN2);
  const r = x - k * HALF_LN2_HIGH - k * HALF_LN2_LOW;
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
