/** A motor that stands below some throttle, taken out of the commands; docs/equations.md, section 46. */

/** The throttle to send for one that counts from where the motor begins to turn, (C4); 0 stays 0. */
export function pastDeadZone(throttle: number, zone: number): number {
  return throttle === 0 ? 0 : (throttle < 0 ? -zone : zone) + (1 - zone) * throttle;
}

/** The inverse: what was meant by a throttle that was sent; 0 within the zone. */
export function withinDeadZone(throttle: number, zone: number): number {
  return (Math.max(0, throttle - zone) + Math.min(0, throttle + zone)) / (1 - zone);
}
