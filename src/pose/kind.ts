/** What a source of poses declares of itself: the default export of a file of src/pose/kinds, whose name is its own. */
import type { Scene } from "./scene.js";
import type { Where } from "./where.js";

/** An object as a source sees it, in the source's own frame and clock. */
export interface SeenPose {
  /** "": the source names none */
  readonly name: string;
  /** on the floor [m] */
  readonly x: number;
  readonly y: number;
  /** of its forward axis [rad] */
  readonly heading: number;
  /** how far its upward axis is from the vertical [rad]; 0 where the source knows the floor only */
  readonly tilt: number;
  /** when it was there, by the sender's clock [s]; NaN: the sender does not say */
  readonly taken: number;
  /** when the sender sent that, by the same clock [s]; `taken` where it does not say */
  readonly sent: number;
}

/** Who takes what a source sees. */
export interface PoseSink {
  /** `arrived`: by the host's monotonic clock [s]; whether it is the object that is followed. */
  take(pose: SeenPose, arrived: number): boolean;
  /** The source knows this object, and does not see it now. */
  lose(name: string, arrived: number): void;
  /** Something that is not as it should be, for people; said once in a while, however often it comes. */
  remark(text: string): void;
}

export interface PoseKind {
  /** for the help; a line by itself, which scripts/registries.mjs reads */
  readonly summary: string;
  /** what to look at where nothing comes */
  readonly silence: string;
  /** time within which the first pose must come [s]; Infinity: somebody must do something first */
  readonly within: number;
  /**
   * Receives until its thread ends.
   * @param where what stands behind the name, undefined: nothing
   * @param scene what a source draws over pictures that it shows, undefined: nothing
   * @throws UserError if that cannot be, or the sender says that it cannot
   */
  open(where: Where | undefined, sink: PoseSink, scene?: Scene): Promise<void>;
}
