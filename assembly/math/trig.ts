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
export function sincos(angle: f64): void {
  if (angle == lastAngle) return;
  lastAngle = angle;
  // Beyond 1e8 rad a double has lost the phase to 1e-8 anyway: any finite, bounded answer will do.
  const x = Math.abs(angle) < LARGE ? angle : angle - TWO_PI * Math.floor(angle / TWO_PI);
  const k = Math.floor(x * TWO_OVER_PI + 0.5);
  const r = x - k * HALF_PI_HIGH - k * HALF_PI_MIDDLE - k * HALF_PI_LOW;
  const z = r * r;
  const z2 = z * z;
  const sinTail =
    -0.16666666666666666 + 0.00833333333333095 * z + (-0.0001984126983675678 + 2.755731610161788e-6 * z) * z2 +
    (-2.505113165023518e-8 + 1.5918115263265974e-10 * z) * (z2 * z2);
  const cosTail =
    0.041666666666666664 - 0.0013888888888887398 * z + (2.480158729876456e-5 - 2.7557317271145144e-7 * z) * z2 +
    (2.087614614655861e-9 - 1.1382623647474604e-11 * z) * (z2 * z2);
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
  const small = Math.min(ax, ay);
  const large = Math.max(ax, ay);
  if (large == 0.0) return 0.0;
  // above tan(pi/8): atan(t) = pi/4 + atan((t - 1)/(t + 1))
  const upper = small > TAN_PI_8 * large;
  const q = upper ? (small - large) / (small + large) : small / large;
  const z = q * q;
  const z2 = z * z;
  const z4 = z2 * z2;
  const tail =
    -0.3333333333333333 + 0.19999999999999804 * z + (-0.14285714285659779 + 0.11111111105150588 * z) * z2 +
    (-0.09090908753259112 + 0.07692296368042296 * z + (-0.0666642476020052 + 0.05878927554473807 * z) * z2) * z4 +
    (-0.05230443640686948 + 0.045515447340221615 * z + (-0.03456931506332609 + 0.016284375050043393 * z) * z2) * (z4 * z4);
  let angle = q + q * z * tail;
  if (upper) angle = QUARTER_PI + (angle + 3.061616997868383e-17);
  if (ay > ax) angle = HALF_PI - (angle - HALF_PI_TAIL);
  if (x < 0.0) angle = PI - (angle - PI_TAIL);
  return y < 0.0 ? -angle : angle;
}
