import { DOUBLE_SHIFT } from "./doubles";
import { multiplyAdd, PAIR } from "./simd";

/*
 * tanh x = (T + f) / (T + R), T = (s - 1)/2 (R + f), with y = 2 x / ln 2, k = round(y), s = 2^k, f = y - k and R = f
 * coth(f ln2/2), a polynomial of degree 5 in f^2. y - k is exact; one division, no branch; error at most 4.4 ulp
 * (measured).
 */
const LIMIT: f64 = 22.0; // tanh is 1 to the last bit from 19.1 on
const TWO_OVER_LN2: f64 = 2.8853900817779268;
/** 1.5 * 2^52 + 1022: adding it leaves k + 1022 in the low bits, so that a shift by 52 makes 2^(k - 1). */
const EXPONENT: f64 = 6755399441056766.0;
const R0: f64 = 2.8853900817779268;
const R1: f64 = 0.11552453009332417;
const R2: f64 = -0.0009250684777399232;
const R3: f64 = 1.0582188777752095e-5;
const R4: f64 = -1.2710356717175275e-7;
const R5: f64 = 1.5304696820221576e-9;

/** Entries of {@link constants}. */
const enum Constant {
  high,
  low,
  perUnit,
  exponent,
  half,
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
}

/**
 * The constants for the SIMD form: read from memory before the loop they stay in registers; as literals V8 makes them
 * anew in every turn.
 */
const constants: usize = memory.data<f64>([LIMIT, -LIMIT, TWO_OVER_LN2, EXPONENT, 0.5, R0, R1, R2, R3, R4, R5]);

/** x[i] <- tanh(x[i]) for `count` doubles; NaN stays NaN. */
export function tanhInPlace(x: usize, count: i32): void {
  const end = x + (usize(count) << DOUBLE_SHIFT);
  let p = x;
  if (ASC_FEATURE_SIMD) {
    const high = v128.load64_splat(constants, 8 * Constant.high);
    const low = v128.load64_splat(constants, 8 * Constant.low);
    const perUnit = v128.load64_splat(constants, 8 * Constant.perUnit);
    const exponent = v128.load64_splat(constants, 8 * Constant.exponent);
    const half = v128.load64_splat(constants, 8 * Constant.half);
    const r0 = v128.load64_splat(constants, 8 * Constant.r0);
    const r1 = v128.load64_splat(constants, 8 * Constant.r1);
    const r2 = v128.load64_splat(constants, 8 * Constant.r2);
    const r3 = v128.load64_splat(constants, 8 * Constant.r3);
    const r4 = v128.load64_splat(constants, 8 * Constant.r4);
    const r5 = v128.load64_splat(constants, 8 * Constant.r5);
    // four pairs in step: each hides the others' latencies
    for (const last = x + ((usize(count) & ~7) << DOUBLE_SHIFT); p < last; p += 4 * PAIR) {
      const a = both(v128.load(p), high, low, perUnit, exponent, half, r0, r1, r2, r3, r4, r5);
      const b = both(v128.load(p, PAIR), high, low, perUnit, exponent, half, r0, r1, r2, r3, r4, r5);
      const c = both(v128.load(p, 2 * PAIR), high, low, perUnit, exponent, half, r0, r1, r2, r3, r4, r5);
      const d = both(v128.load(p, 3 * PAIR), high, low, perUnit, exponent, half, r0, r1, r2, r3, r4, r5);
      v128.store(p, a);
      v128.store(p, b, PAIR);
      v128.store(p, c, 2 * PAIR);
      v128.store(p, d, 3 * PAIR);
    }
    for (; p < end; p += PAIR) {
      const single = end - p == 8;
      const a = both(
        single ? v128.load64_splat(p) : v128.load(p),
        high,
        low,
        perUnit,
        exponent,
        half,
        r0,
        r1,
        r2,
        r3,
        r4,
        r5,
      );
      if (single) store<f64>(p, f64x2.extract_lane(a, 0));
      else v128.store(p, a);
    }
  } else {
    for (; p < end; p += 8) store<f64>(p, tanh(load<f64>(p)));
  }
}

/** tanh of both lanes, by the formula at the top of this file. */
// @ts-ignore: decorator
@inline
function both(
  x: v128,
  high: v128,
  low: v128,
  perUnit: v128,
  exponent: v128,
  half: v128,
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
  r4: v128,
  r5: v128,
): v128 {
  // pmin and pmax in this order: one instruction each, and NaN goes through
  const y = f64x2.mul(f64x2.pmax(f64x2.pmin(x, high), low), perUnit);
  const k = f64x2.add(y, exponent);
  const f = f64x2.sub(y, f64x2.sub(k, exponent));
  const z = f64x2.mul(f, f);
  // Horner's order: the other pairs fill the waits, and products are what there is least room for
  const R = multiplyAdd(multiplyAdd(multiplyAdd(multiplyAdd(multiplyAdd(r5, z, r4), z, r3), z, r2), z, r1), z, r0);
  const h = f64x2.sub(i64x2.shl(k, 52), half);
  const sum = f64x2.add(R, f);
  return f64x2.div(multiplyAdd(h, sum, f), multiplyAdd(h, sum, R));
}

/** One value, by the same operations as the SIMD form. */
export function tanh(value: f64): f64 {
  const y = Math.max(-LIMIT, Math.min(LIMIT, value)) * TWO_OVER_LN2;
  const k = y + EXPONENT - EXPONENT;
  const f = y - k;
  const z = f * f;
  const R = ((((R5 * z + R4) * z + R3) * z + R2) * z + R1) * z + R0;
  const T = (powerOfTwo(i32(k) - 1) - 0.5) * (R + f);
  return (T + f) / (T + R);
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
