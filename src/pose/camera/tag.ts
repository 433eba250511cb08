/** From the corners of a tag in the picture to its pose over the floor. */
import { type Camera, middleOf, Plane, type Point } from "./lens.js";

/** A printed tag, and where it is. */
export interface TagSettings {
  readonly id: number;
  /** side of its black square [m] */
  readonly size: number;
  /** above the floor [m] */
  readonly height: number;
}

export interface TagPose {
  /** of its middle [m] */
  readonly x: number;
  readonly y: number;
  /** of its upper edge, seen from the middle [rad] */
  readonly heading: number;
  /** its side as seen, over what it should be */
  readonly scale: number;
}

/** Corners of a tag of side 1 whose upper edge points forward (x): upper left, upper right, lower right, lower left. */
const SQUARE = [
  { x: 0.5, y: 0.5 },
  { x: 0.5, y: -0.5 },
  { x: -0.5, y: -0.5 },
  { x: -0.5, y: 0.5 },
] as const;

/** The square that fits the four corners best, in the plane of the tag. */
export function tagPose(camera: Camera, corners: readonly Point[], { size, height }: TagSettings): TagPose {
  const plane = new Plane(camera, height);
  const points = corners.map(({ x, y }) => plane.at(x, y));
  const { x, y } = middleOf(points);
  // sum of (point - middle) times the conjugate of its corner of the square: scale and angle at once
  let [re, im] = [0, 0];
  for (const [i, point] of points.entries()) {
    const [px, py] = [point.x - x, point.y - y];
    re += px * SQUARE[i].x + py * SQUARE[i].y;
    im += py * SQUARE[i].x - px * SQUARE[i].y;
  }
  return { x, y, heading: Math.atan2(im, re), scale: Math.hypot(re, im) / 2 / size };
}
