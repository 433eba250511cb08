/** What a car measured of its own movement between two moments, as far as it measures it. */

export interface Motion {
  /** end, by the host's clock [s] */
  time: number;
  /** duration [s] */
  seconds: number;
  /** forward, by the wheel [m]; NaN without one */
  distance: number;
  /** to the left, by the gyro [rad]; NaN without one */
  turn: number;
  /** at the end: forward, by the wheel [m/s]; NaN without one */
  speed: number;
  /** at the end: to the left, by the gyro [rad/s]; NaN without one */
  rate: number;
  /** that acts [part of the range]; NaN where it is not known */
  steering: number;
}

export function newMotion(): Motion {
  const { NaN: none } = Number;
  return { time: 0, seconds: 0, distance: none, turn: none, speed: none, rate: none, steering: none };
}

export function copyMotion(from: Motion, to: Motion): void {
  to.time = from.time;
  to.seconds = from.seconds;
  to.distance = from.distance;
  to.turn = from.turn;
  to.speed = from.speed;
  to.rate = from.rate;
  to.steering = from.steering;
}
