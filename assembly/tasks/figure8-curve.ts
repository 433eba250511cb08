/** Nearer to a circle's centre than this [m] the direction from it is undefined: derivatives of radius and angle are 0 there. */
export const CENTRE: f64 = 1e-12;

/** Lap time within [0, T]: t for t <= T, else t modulo T. */
export function wrapLap(t: f64, lapTime: f64): f64 {
  return t <= lapTime ? t : t - lapTime * Math.floor(t / lapTime);
}

/** Which of the two circles is driven at task time t and side y: the second quarter is right, the last left, else the side of y decides. */
export function onRightCircle(t: f64, y: f64, lapTime: f64): bool {
  const quarter = Math.ceil((4.0 * wrapLap(t, lapTime)) / lapTime);
  if (quarter <= 1.0) return y > 0.0;
  if (quarter == 2.0) return true;
  if (quarter == 3.0) return !(y > 0.0);
  return false;
}
