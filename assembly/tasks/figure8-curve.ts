/**
 * Nearer to a circle's centre than this [m] the direction from it is undefined: derivatives of radius and angle are 0
 * there.
 */
export const CENTRE: f64 = 1e-12;

/** Lap time within [0, T]: t for t <= T, else t modulo T. */
export function wrapLap(t: f64, lapTime: f64): f64 {
  return t <= lapTime ? t : t - lapTime * Math.floor(t / lapTime);
}

/**
 * Which of the two circles is driven at task time t and side y: the second quarter of a lap is right, the last left, in
 * the others the side of y decides. The quarter is ceil(4 t / T) without the division: this is asked at every control
 * step.
 */
export function onRightCircle(t: f64, y: f64, lapTime: f64): bool {
  const fourfold = 4.0 * wrapLap(t, lapTime);
  if (fourfold <= lapTime) return y > 0.0;
  if (fourfold <= 2.0 * lapTime) return true;
  if (fourfold <= 3.0 * lapTime) return !(y > 0.0);
  return false;
}
