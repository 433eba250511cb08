import { multiplyAdd, PAIR } from "./simd";

/**
 * Sine with cosine, and atan2, as portable arithmetic: the same bits in WebAssembly on every processor and in the plain
 * JavaScript twin (JavaScript's own Math.sin differs in the last bit between builds for x64 and arm64).
 * Polynomials: Chebyshev interpolation in the square of the argument; measured error at most 1.5 ulp (sine, cosine) and
 * 2.2 ulp (atan2).
 */

/** sin of the last argument given to {@link sincos}. */
export let sine: f64 = 0.0;
/** cos of the last argument given to {@link sincos}. */
export let cosine: f64 = 1.0;
let lastAngle: f64 = 0.0;
// Of the last argument's reduction: k quarter turns, k pi/2 in two parts, k mod 4.
let lastTurns: f64 = 0.0;
let turnsHigh: f64 = 0.0;
let turnsLow: f64 = 0.0;
let quadrant: i32 = 0;

const TWO_OVER_PI: f64 = 0.6366197723675814;
/** 1.5 * 2^52: adding it and taking it away rounds to a whole number. */
const WHOLE: f64 = 6755399441055744.0;
// pi/2 in three parts, the first two with 27 trailing zero bits, so that k * part is exact for |k| < 2^27
const HALF_PI_HIGH: f64 = 1.5707963109016418;
const HALF_PI_MIDDLE: f64 = 1.5893254712295857e-8;
const HALF_PI_LOW: f64 = 6.123233995736766e-17;
const TWO_PI: f64 = 6.283185307179586;
const LARGE: f64 = 1e8;

// Coefficients of the sine's polynomial and of the cosine's.
const S0: f64 = -0.16666666666666666;
const S1: f64 = 0.00833333333333095;
const S2: f64 = -0.0001984126983675678;
const S3: f64 = 2.755731610161788e-6;
const S4: f64 = -2.505113165023518e-8;
const S5: f64 = 1.5918115263265974e-10;
const C0: f64 = 0.041666666666666664;
const C1: f64 = -0.0013888888888887398;
const C2: f64 = 2.480158729876456e-5;
const C3: f64 = -2.7557317271145144e-7;
const C4: f64 = 2.087614614655861e-9;
const C5: f64 = -1.1382623647474604e-11;

/** Those of the SIMD form, in pairs: loaded in one instruction where a literal takes V8 two or three. */
const sineTable: usize = memory.data<f64>([S0, C0, S1, C1, S2, C2, S3, C3, S4, C4, S5, C5], 16);

/**
 * Sets {@link sine} and {@link cosine} of `angle` [rad]. One control step asks for the same heading up to five times
 * (controller, reward, model, plant, network input), hence the one-entry memory.
 */
// @ts-ignore: decorator
@inline
export function sincos(angle: f64): void {
  if (angle != lastAngle) evaluateSincos(angle);
}

/** {@link sincos} without its memory. */
export function evaluateSincos(angle: f64): void {
  lastAngle = angle;
  // Beyond 1e8 rad a double has lost the phase to 1e-8 anyway: any finite, bounded answer will do.
  const x = Math.abs(angle) < LARGE ? angle : angle - TWO_PI * Math.floor(angle / TWO_PI);
  // The quarter turns are those of the call before more often than not: a branch foretells that, and the sums below do
  // not wait.
  const turns = x * TWO_OVER_PI + WHOLE - WHOLE;
  if (turns != lastTurns) {
    lastTurns = turns;
    turnsHigh = turns * HALF_PI_HIGH;
    turnsLow = turns * HALF_PI_MIDDLE + turns * HALF_PI_LOW;
    quadrant = i32(turns - 4.0 * Math.floor(0.25 * turns)); // turns may exceed 2^31
  }
  const r = x - turnsHigh - turnsLow;
  const half = 0.5 * (r * r);
  const one = 1.0 - half;
  let s: f64 = 0.0;
  let c: f64 = 0.0;
  if (ASC_FEATURE_SIMD) {
    // sine in lane 0, cosine in lane 1
    const rr = f64x2.splat(r);
    const z = f64x2.mul(rr, rr);
    const z2 = f64x2.mul(z, z);
    const head = multiplyAdd(v128.load(sineTable, PAIR), z, v128.load(sineTable));
    const middle = multiplyAdd(v128.load(sineTable, 3 * PAIR), z, v128.load(sineTable, 2 * PAIR));
    const last = multiplyAdd(v128.load(sineTable, 5 * PAIR), z, v128.load(sineTable, 4 * PAIR));
    const tail = multiplyAdd(last, f64x2.mul(z2, z2), multiplyAdd(middle, z2, head));
    const start = f64x2.replace_lane(rr, 1, 1.0 - one - half);
    const both = multiplyAdd(f64x2.mul(f64x2.replace_lane(z, 0, r), z), tail, start);
    s = f64x2.extract_lane(both, 0);
    c = one + f64x2.extract_lane(both, 1);
  } else {
    const z = r * r;
    const z2 = z * z;
    s = r + r * z * (S0 + S1 * z + (S2 + S3 * z) * z2 + (S4 + S5 * z) * (z2 * z2));
    c = one + (1.0 - one - half + z2 * (C0 + C1 * z + (C2 + C3 * z) * z2 + (C4 + C5 * z) * (z2 * z2)));
  }
  if (quadrant == 0) {
    sine = s;
    cosine = c;
  } else if (quadrant == 1) {
    sine = c;
    cosine = -s;
  } else if (quadrant == 2) {
    sine = -s;
    cosine = -c;
  } else {
    sine = -c;
    cosine = s;
  }
}

const TAN_PI_8: f64 = 0.41421356237309503;
const QUARTER_PI: f64 = 0.7853981633974483;
const HALF_PI: f64 = 1.5707963267948966;
const HALF_PI_TAIL: f64 = 6.123233995736766e-17;
const PI: f64 = 3.141592653589793;
const PI_TAIL: f64 = 1.2246467991473532e-16;

// Coefficients of the arc tangent's polynomial.
const A0: f64 = -0.3333333333333333;
const A1: f64 = 0.19999999999999804;
const A2: f64 = -0.14285714285659779;
const A3: f64 = 0.11111111105150588;
const A4: f64 = -0.09090908753259112;
const A5: f64 = 0.07692296368042296;
const A6: f64 = -0.0666642476020052;
const A7: f64 = 0.05878927554473807;
const A8: f64 = -0.05230443640686948;
const A9: f64 = 0.045515447340221615;
const A10: f64 = -0.03456931506332609;
const A11: f64 = 0.016284375050043393;

/** The first half of them in lane 0, the second in lane 1. */
const atanTable: usize = memory.data<f64>([A0, A6, A1, A7, A2, A8, A3, A9, A4, A10, A5, A11], 16);

/** Angle of the vector (x, y) in [-pi, pi]; 0 for the zero vector. */
// @ts-ignore: decorator
@inline
export function atan2(y: f64, x: f64): f64 {
  // within pi/8 of +x, where angles between neighbouring directions are, there is nothing to fold
  return Math.abs(y) < TAN_PI_8 * x ? arcTangent(y / x) : foldedAtan2(y, x);
}

/** {@link atan2} in any direction. */
function foldedAtan2(y: f64, x: f64): f64 {
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  const steep = ay > ax;
  const small = steep ? ax : ay;
  const large = steep ? ay : ax;
  if (large == 0.0) return 0.0;
  // above tan(pi/8): atan(t) = pi/4 + atan((t - 1)/(t + 1))
  const upper = small > TAN_PI_8 * large;
  let angle = arcTangent((upper ? small - large : small) / (upper ? small + large : large));
  if (upper) angle = QUARTER_PI + (angle + 3.061616997868383e-17);
  if (steep) angle = HALF_PI - (angle - HALF_PI_TAIL);
  if (x < 0.0) angle = PI - (angle - PI_TAIL);
  return y < 0.0 ? -angle : angle;
}

/** atan q for |q| <= tan(pi/8). */
// @ts-ignore: decorator
@inline
function arcTangent(q: f64): f64 {
  if (ASC_FEATURE_SIMD) {
    const qq = f64x2.splat(q);
    const z = f64x2.mul(qq, qq);
    const z2 = f64x2.mul(z, z);
    const z4 = f64x2.mul(z2, z2);
    const head = multiplyAdd(v128.load(atanTable, PAIR), z, v128.load(atanTable));
    const middle = multiplyAdd(v128.load(atanTable, 3 * PAIR), z, v128.load(atanTable, 2 * PAIR));
    const last = multiplyAdd(v128.load(atanTable, 5 * PAIR), z, v128.load(atanTable, 4 * PAIR));
    const halves = multiplyAdd(last, z4, multiplyAdd(middle, z2, head));
    const tail = multiplyAdd(v128.shuffle<f64>(halves, halves, 1, 1), f64x2.mul(z2, z4), halves);
    return f64x2.extract_lane(multiplyAdd(f64x2.mul(qq, z), tail, qq), 0);
  }
  const z = q * q;
  const z2 = z * z;
  const z4 = z2 * z2;
  const first = A0 + A1 * z + (A2 + A3 * z) * z2 + (A4 + A5 * z) * z4;
  const second = A6 + A7 * z + (A8 + A9 * z) * z2 + (A10 + A11 * z) * z4;
  return q + q * z * (first + second * (z2 * z4));
}
