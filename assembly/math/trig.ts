import { multiplyAdd } from "./simd";

/**
 * Sine with cosine, and atan2, as portable arithmetic: the same bits in WebAssembly on every processor and in the plain
 * JavaScript twin (JavaScript's own Math.sin differs in the last bit between builds for x64 and arm64).
 * Polynomials: Chebyshev interpolation in the square of the argument; measured error at most 1.4 ulp (sine, cosine) and 2.1 ulp
 * (atan2).
 */

/** sin of the last argument given to {@link sincos}. */
export let sine: f64 = 0.0;
/** cos of the last argument given to {@link sincos}. */
export let cosine: f64 = 1.0;
let lastAngle: f64 = 0.0;

/** Coefficients of the SIMD forms, pairs of doubles: loaded in one instruction where a literal takes V8 two each. */
const sincosTable: usize = heap.alloc(6 * 16);
const atanTable: usize = heap.alloc(8 * 16);
if (ASC_FEATURE_SIMD) {
  pair(sincosTable, -0.16666666666666666, 0.041666666666666664);
  pair(sincosTable + 16, 0.00833333333333095, -0.0013888888888887398);
  pair(sincosTable + 32, -0.0001984126983675678, 2.480158729876456e-5);
  pair(sincosTable + 48, 2.755731610161788e-6, -2.7557317271145144e-7);
  pair(sincosTable + 64, -2.505113165023518e-8, 2.087614614655861e-9);
  pair(sincosTable + 80, 1.5918115263265974e-10, -1.1382623647474604e-11);
  pair(atanTable, -0.3333333333333333, -0.09090908753259112);
  pair(atanTable + 16, 0.19999999999999804, 0.07692296368042296);
  pair(atanTable + 32, -0.14285714285659779, -0.0666642476020052);
  pair(atanTable + 48, 0.11111111105150588, 0.05878927554473807);
  pair(atanTable + 64, -0.05230443640686948, 0.0);
  pair(atanTable + 80, 0.045515447340221615, 0.0);
  pair(atanTable + 96, -0.03456931506332609, 0.0);
  pair(atanTable + 112, 0.016284375050043393, 0.0);
}

function pair(address: usize, first: f64, second: f64): void {
  store<f64>(address, first);
  store<f64>(address, second, 8);
}

const TWO_OVER_PI: f64 = 0.6366197723675814;
// pi/2 in three parts, the first two with 27 trailing zero bits, so that k * part is exact for |k| < 2^27
const HALF_PI_HIGH: f64 = 1.5707963109016418;
const HALF_PI_MIDDLE: f64 = 1.5893254712295857e-8;
const HALF_PI_LOW: f64 = 6.123233995736766e-17;
const TWO_PI: f64 = 6.283185307179586;
const LARGE: f64 = 1e8;

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
  const k = Math.floor(x * TWO_OVER_PI + 0.5);
  const r = x - k * HALF_PI_HIGH - (k * HALF_PI_MIDDLE + k * HALF_PI_LOW);
  const z = r * r;
  const z2 = z * z;
  let sinTail: f64 = 0.0;
  let cosTail: f64 = 0.0;
  if (ASC_FEATURE_SIMD) {
    const zz = f64x2.splat(z);
    const zz2 = f64x2.splat(z2);
    const head = multiplyAdd(v128.load(sincosTable, 16), zz, v128.load(sincosTable));
    const middle = multiplyAdd(v128.load(sincosTable, 48), zz, v128.load(sincosTable, 32));
    const tail = multiplyAdd(v128.load(sincosTable, 80), zz, v128.load(sincosTable, 64));
    const both = multiplyAdd(tail, f64x2.mul(zz2, zz2), multiplyAdd(middle, zz2, head));
    sinTail = f64x2.extract_lane(both, 0);
    cosTail = f64x2.extract_lane(both, 1);
  } else {
    sinTail =
      -0.16666666666666666 + 0.00833333333333095 * z + (-0.0001984126983675678 + 2.755731610161788e-6 * z) * z2 +
      (-2.505113165023518e-8 + 1.5918115263265974e-10 * z) * (z2 * z2);
    cosTail =
      0.041666666666666664 - 0.0013888888888887398 * z + (2.480158729876456e-5 - 2.7557317271145144e-7 * z) * z2 +
      (2.087614614655861e-9 - 1.1382623647474604e-11 * z) * (z2 * z2);
  }
  const s = r + r * z * sinTail;
  const half = 0.5 * z;
  const one = 1.0 - half;
  const c = one + (1.0 - one - half + z2 * cosTail);
  // quadrant = k mod 4, in floating point (k may exceed 2^31)
  const quadrant = k - 4.0 * Math.floor(0.25 * k);
  if (quadrant == 0.0) {
    sine = s;
    cosine = c;
  } else if (quadrant == 1.0) {
    sine = c;
    cosine = -s;
  } else if (quadrant == 2.0) {
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

/** Angle of the vector (x, y) in [-pi, pi]; 0 for the zero vector. One division, no table. */
export function atan2(y: f64, x: f64): f64 {
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  const steep = ay > ax;
  const small = steep ? ax : ay;
  const large = steep ? ay : ax;
  if (large == 0.0) return 0.0;
  // above tan(pi/8): atan(t) = pi/4 + atan((t - 1)/(t + 1))
  const upper = small > TAN_PI_8 * large;
  const q = (upper ? small - large : small) / (upper ? small + large : large);
  const z = q * q;
  const z2 = z * z;
  const z4 = z2 * z2;
  let tail: f64 = 0.0;
  if (ASC_FEATURE_SIMD) {
    const zz = f64x2.splat(z);
    const low = multiplyAdd(v128.load(atanTable, 16), zz, v128.load(atanTable));
    const high = multiplyAdd(v128.load(atanTable, 48), zz, v128.load(atanTable, 32));
    const both = multiplyAdd(high, f64x2.splat(z2), low);
    const last =
      load<f64>(atanTable, 64) + load<f64>(atanTable, 80) * z + (load<f64>(atanTable, 96) + load<f64>(atanTable, 112) * z) * z2;
    tail = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1) * z4 + last * (z4 * z4);
  } else {
    tail =
      -0.3333333333333333 + 0.19999999999999804 * z + (-0.14285714285659779 + 0.11111111105150588 * z) * z2 +
      (-0.09090908753259112 + 0.07692296368042296 * z + (-0.0666642476020052 + 0.05878927554473807 * z) * z2) * z4 +
      (-0.05230443640686948 + 0.045515447340221615 * z + (-0.03456931506332609 + 0.016284375050043393 * z) * z2) * (z4 * z4);
  }
  let angle = q + q * z * tail;
  if (upper) angle = QUARTER_PI + (angle + 3.061616997868383e-17);
  if (steep) angle = HALF_PI - (angle - HALF_PI_TAIL);
  if (x < 0.0) angle = PI - (angle - PI_TAIL);
  return y < 0.0 ? -angle : angle;
}
