/** Where a robot's pose is measured from outside: by cameras over the floor, or by somebody's own script. */

export interface PoseMeasurement {
  /** when the pose was true, as far as known, by the host's monotonic clock */
  seconds: number;
  /** when it came, by the same clock */
  arrived: number;
  /** [m], in the frame of the track */
  x: number;
  y: number;
  /** [rad] */
  heading: number;
}

export interface PoseSource {
  open(): Promise<void>;
  /**
   * Puts the newest measurement that was not read yet into `into`: seconds, arrived, x, y, heading. Whether there was
   * one; allocates nothing.
   */
  poll(into: Float64Array): boolean;
  close(): Promise<void>;
}
