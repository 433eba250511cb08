/** Pictures: grey values between pixels, and edges of a tag to fractions of a pixel. */
import { middleOf, type Point } from "./lens.js";

/** RGBA, a byte each, row by row: what a canvas has. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Where a picture comes from, whole or in part. */
export interface PictureSource {
  readonly width: number;
  readonly height: number;
  /** The part with its upper left corner at x, y [pixel]. */
  crop(x: number, y: number, width: number, height: number): Picture;
}

/** Grey value between the middles of pixels, 0 to 255; the edge's beyond it. */
function greyAt({ width, height, data }: Picture, u: number, v: number): number {
  const x = Math.min(Math.max(u, 0), width - 1.001);
  const y = Math.min(Math.max(v, 0), height - 1.001);
  const [i, k] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - i, y - k];
  const at = 4 * (k * width + i);
  const below = at + 4 * width;
  const top = (1 - fx) * brightness(data, at) + fx * brightness(data, at + 4);
  const bottom = (1 - fx) * brightness(data, below) + fx * brightness(data, below + 4);
  return (1 - fy) * top + fy * bottom;
}

function brightness(data: Uint8ClampedArray, at: number): number {
  return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
}

/** Half the side of the square that a pixel is compared with [pixel], and how much darker it must be to be black. */
const AROUND = 12;
const DARKER = 3;

/**
 * A picture, so many times as large, in black and white: what is darker than what is around it, and the rest. The
 * detector's own threshold sees steep edges only, and a small tag out of focus has none.
 */
export function blackAndWhite(picture: Picture, times: number): Picture {
  const [width, height] = [picture.width * times, picture.height * times];
  const grey = new Float32Array(width * height);
  // sums over all that is above and to the left of a pixel
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let k = 0; k < height; k++) {
    let row = 0;
    for (let i = 0; i < width; i++) {
      const value = greyAt(picture, (i + 0.5) / times - 0.5, (k + 0.5) / times - 0.5);
      grey[k * width + i] = value;
      row += value;
      sums[(k + 1) * (width + 1) + i + 1] = sums[k * (width + 1) + i + 1] + row;
    }
  }
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  const reach = AROUND * times;
  for (let k = 0, at = 0; k < height; k++) {
    const [top, bottom] = [Math.max(0, k - reach) * (width + 1), Math.min(height, k + reach + 1) * (width + 1)];
    const rows = (bottom - top) / (width + 1);
    for (let i = 0; i < width; i++, at += 4) {
      const [left, right] = [Math.max(0, i - reach), Math.min(width, i + reach + 1)];
      const mean = (sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left]) / rows;
      if (grey[k * width + i] * (right - left) < mean - DARKER * (right - left))
        data[at] = data[at + 1] = data[at + 2] = 0;
    }
  }
  return { width, height, data };
}

/** Places along an edge at which it is sought, from and to which part of it. */
const PLACES = 16;
const FROM = 0.12;
/** It is sought to both sides as far as this part of a module, at least so far, in steps of [pixel]. */
const REACH = 0.8;
const LEAST_REACH = 1.5;
const STEP = 0.25;
/** Modules along the side of a tag, its black border included. */
const MODULES = 8;
/** An edge is no steeper than noise below this contrast. */
const CONTRAST = 8;

/**
 * The corners of a dark square on bright ground, from corners that are right to a pixel or two, in their order:
 * lines through the places where the brightness rises, and where those meet.
 * @returns undefined where an edge is not seen
 */
export function refineCorners(picture: Picture, corners: readonly Point[]): Point[] | undefined {
  const middle = middleOf(corners);
  const lines: EdgeLine[] = [];
  for (const [i, from] of corners.entries()) {
    const line = edgeLine(picture, from, corners[(i + 1) % 4], middle);
    if (!line) return undefined;
    lines.push(line);
  }
  return lines.map((line, i) => crossing(lines[(i + 3) % 4], line));
}

/** A point of an edge, and its direction. */
interface EdgeLine {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

function crossing(a: EdgeLine, b: EdgeLine): Point {
  const s = ((b.x - a.x) * b.dy - (b.y - a.y) * b.dx) / (a.dx * b.dy - a.dy * b.dx);
  return { x: a.x + s * a.dx, y: a.y + s * a.dy };
}

function edgeLine(picture: Picture, from: Point, to: Point, middle: Point): EdgeLine | undefined {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  // outwards
  const side = (from.x - middle.x) * -dy + (from.y - middle.y) * dx > 0 ? 1 : -1;
  const [nx, ny] = [-dy * side, dx * side];
  const reach = Math.max(LEAST_REACH, (REACH * length) / MODULES);
  const offsets: number[] = [];
  const places: number[] = [];
  for (let i = 0; i < PLACES; i++) {
    const along = length * (FROM + ((1 - 2 * FROM) * i) / (PLACES - 1));
    const offset = riseAt(picture, from.x + along * dx, from.y + along * dy, nx, ny, reach);
    if (offset === undefined) continue;
    places.push(along);
    offsets.push(offset);
  }
  const fit = robustLine(places, offsets);
  if (!fit) return undefined;
  const [shift, slope] = fit;
  return { x: from.x + shift * nx, y: from.y + shift * ny, dx: dx + slope * nx, dy: dy + slope * ny };
}

/** How far outwards of a point the brightness rises most, as the middle of the rise; undefined: it does not. */
function riseAt(picture: Picture, x: number, y: number, nx: number, ny: number, reach: number): number | undefined {
  let [sum, moment] = [0, 0];
  let last = greyAt(picture, x - reach * nx, y - reach * ny);
  for (let s = -reach + STEP; s <= reach + 1e-9; s += STEP) {
    const grey = greyAt(picture, x + s * nx, y + s * ny);
    const rise = Math.max(0, grey - last);
    // noise is many small rises: squares leave it little weight
    sum += rise * rise;
    moment += rise * rise * (s - 0.5 * STEP);
    last = grey;
  }
  return sum > CONTRAST ? moment / sum : undefined;
}

/** Offset and slope of a line through points, without those that lie far from it; undefined: too few are left. */
function robustLine(places: readonly number[], offsets: readonly number[]): [number, number] | undefined {
  let weights = places.map(() => 1);
  let fit: [number, number] = [0, 0];
  for (let round = 0; round < 4; round++) {
    let [w, x, y, xx, xy] = [0, 0, 0, 0, 0];
    for (const [i, place] of places.entries()) {
      const weight = weights[i];
      w += weight;
      x += weight * place;
      y += weight * offsets[i];
      xx += weight * place * place;
      xy += weight * place * offsets[i];
    }
    const determinant = w * xx - x * x;
    if (w < 4 || !(determinant > 1e-9)) return undefined;
    const slope = (w * xy - x * y) / determinant;
    fit = [(y - slope * x) / w, slope];
    weights = places.map((place, i) => {
      const off = (offsets[i] - fit[0] - slope * place) / 0.3;
      return 1 / (1 + off * off) ** 2;
    });
  }
  return fit;
}
