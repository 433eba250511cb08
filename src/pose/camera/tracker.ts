/**
 * Finds one tag in picture after picture: in a window where it should be, in the whole picture only when it is not
 * there. Every picture's pose is measured by itself; the last ones only say where to look.
 */
import { type Camera, middleOf, type Point } from "./lens.js";
import { blackAndWhite, type Picture, type PictureSource, refineCorners } from "./picture.js";
import { type TagPose, type TagSettings, tagPose } from "./tag.js";

/** The family of the tags, as js-aruco2 names it. */
export const DICTIONARY = "APRILTAG_36h11";
/** Wrong bits of a tag that are put up with, and one more. */
export const WRONG_BITS = 3;

/** What finds tags in a picture: js-aruco2's detector. */
export interface TagDetector {
  detectImage(
    width: number,
    height: number,
    data: Uint8ClampedArray,
  ): readonly { readonly id: number; readonly corners: readonly Point[] }[];
}

export interface Found extends TagPose {
  /** in the picture [pixel] */
  readonly corners: readonly Point[];
}

/** The window's side by that of the tag, and at least [pixel]. */
const WINDOW = 2.6;
const LEAST_WINDOW = 72;
/** How much it grows by a picture without the tag, and after how many of them the whole picture is searched. */
const GROWS = 1.6;
const MISSED = 2;
/** The whole picture is searched in every so many pictures without the tag. */
const SEARCH_EVERY = 3;
/** A tag is found in a window that is enlarged until its side has this many pixels. */
const COMFORTABLE = 48;
const MOST_ENLARGED = 3;
/** Every other whole picture is searched enlarged: that takes four times as long, and finds small tags too. */
const SEARCH_ENLARGED = 2;
/** A tag whose side is off by more than this part is none, or not where it is said to be. */
const SCALE_WITHIN = 0.2;

export class TagTracker {
  readonly #detector: TagDetector;
  readonly #camera: Camera;
  readonly #tag: TagSettings;
  #middle: Point | undefined;
  /** of the last two pictures [pixel per picture] */
  #moved: Point = { x: 0, y: 0 };
  #side = 0;
  #missed = 0;
  /** of the tag that was seen last, over what it should be; NaN: none was */
  scale = Number.NaN;
  /** whole pictures that were searched */
  searches = 0;

  constructor(detector: TagDetector, camera: Camera, tag: TagSettings) {
    this.#detector = detector;
    this.#camera = camera;
    this.#tag = tag;
  }

  /** Says where the tag should be, and how long its side [pixel]. */
  hint(middle: Point, side: number): void {
    this.#middle = middle;
    this.#side = side;
  }

  find(source: PictureSource): Found | undefined {
    const found = this.#middle && this.#missed <= MISSED ? this.#lookNear(source) : this.#search(source);
    if (found) this.#remember(found.corners);
    else this.#missed++;
    return found;
  }

  #search(source: PictureSource): Found | undefined {
    if (this.#middle && this.#missed % SEARCH_EVERY !== 0) return undefined;
    const times = this.searches++ % 2 === 0 ? 1 : SEARCH_ENLARGED;
    return this.#findIn(source.crop(0, 0, source.width, source.height), times, 0, 0);
  }

  #lookNear(source: PictureSource): Found | undefined {
    if (!this.#middle) return undefined;
    const grown = GROWS ** this.#missed;
    const speed = Math.hypot(this.#moved.x, this.#moved.y);
    const side = Math.max(LEAST_WINDOW, grown * (WINDOW * this.#side + 0.5 * speed));
    const left = Math.round(this.#middle.x + this.#moved.x - side / 2);
    const top = Math.round(this.#middle.y + this.#moved.y - side / 2);
    const x = Math.max(0, Math.min(source.width - 8, left));
    const y = Math.max(0, Math.min(source.height - 8, top));
    const width = Math.min(source.width, left + Math.round(side)) - x;
    const height = Math.min(source.height, top + Math.round(side)) - y;
    if (width < 8 || height < 8) return undefined;
    const times = Math.max(1, Math.min(MOST_ENLARGED, Math.ceil(COMFORTABLE / this.#side)));
    return this.#findIn(source.crop(x, y, width, height), times, x, y);
  }

  #findIn(picture: Picture, times: number, left: number, top: number): Found | undefined {
    const { width, height, data } = blackAndWhite(picture, times);
    for (const { id, corners } of this.#detector.detectImage(width, height, data)) {
      if (id !== this.#tag.id) continue;
      const coarse = corners.map(({ x, y }) => ({ x: (x + 0.5) / times - 0.5, y: (y + 0.5) / times - 0.5 }));
      const fine = refineCorners(picture, coarse);
      if (!fine) continue;
      const placed = fine.map(({ x, y }) => ({ x: x + left, y: y + top }));
      const pose = tagPose(this.#camera, placed, this.#tag);
      this.scale = pose.scale;
      if (Math.abs(pose.scale - 1) < SCALE_WITHIN) return { ...pose, corners: placed };
    }
    return undefined;
  }

  #remember(corners: readonly Point[]): void {
    const middle = middleOf(corners);
    const [a, , c] = corners;
    this.#side = Math.hypot(a.x - c.x, a.y - c.y) / Math.SQRT2;
    const last = this.#missed === 0 ? this.#middle : undefined;
    this.#moved = last ? { x: middle.x - last.x, y: middle.y - last.y } : { x: 0, y: 0 };
    this.#middle = middle;
    this.#missed = 0;
  }
}
