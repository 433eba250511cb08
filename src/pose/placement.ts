/** Position [m] and direction [rad] of one frame in another. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
}
