/** Whether a column of a recording is an angle, by the unit in its name. */
export function isAngular(column: string): boolean {
  return column.includes("[rad]");
}

/** [rad] */
export const DEGREE = Math.PI / 180;

/** An angle's equal between -pi and pi [rad]. */
export function wrapAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
