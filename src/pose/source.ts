/** Where a robot's pose is measured from outside: by cameras over the floor, or by somebody's own script. */

export interface PoseSource {
  open(): Promise<void>;
  /**
   * Puts the newest measurement that was not read yet into `into`, as PoseEntry of shared-poses.ts says. Whether there
   * was one; allocates nothing.
   */
  poll(into: Float64Array): boolean;
  close(): Promise<void>;
}
