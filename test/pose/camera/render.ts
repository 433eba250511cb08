/**
 * Draws what a camera would see of a floor with tags: a renderer for tests, which shares nothing with what it tests but
 * the description of a camera. Every pixel is a few rays, cast back through lens and pose.
 */
import { createRequire } from "node:module";
import type { Camera } from "../../../src/pose/camera/lens.js";
import { Lens } from "../../../src/pose/camera/lens.js";
import type { Picture, PictureSource } from "../../../src/pose/camera/picture.js";

const require = createRequire(import.meta.url);
require("js-aruco2/src/dictionaries/apriltag_36h11.js");
const { AR } = require("js-aruco2/src/aruco.js") as typeof import("js-aruco2/src/aruco.js");
const DICTIONARY = "APRILTAG_36h11";
const { codeList } = new AR.Dictionary(DICTIONARY);

export const detector = () => new AR.Detector({ dictionaryName: DICTIONARY, maxHammingDistance: 3 });

/** A tag that lies flat: its middle [m], heading [rad] of its upper edge, side [m] and height [m]. */
export interface Laid {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly size: number;
  readonly height: number;
  /** on its way during the exposure [m] */
  readonly moves?: readonly [number, number];
}

export interface Look {
  /** standard deviation of a Gaussian blur [pixel] */
  readonly blur?: number;
  /** standard deviation of grey values, of 255 */
  readonly noise?: number;
  /** grey of dark and bright paper, of 255 */
  readonly dark?: number;
  readonly bright?: number;
  /** brightness falls by this part from one side of the picture to the other */
  readonly falloff?: number;
  /** something lies over the scene: a half plane a x + b y > c [pixel] that is dark */
  readonly cover?: readonly [number, number, number];
  readonly seed?: number;
}

/** Rays per pixel along each side. */
const RAYS = 3;

export class Scene implements PictureSource {
  readonly width: number;
  readonly height: number;
  readonly #view: ReturnType<typeof viewOf>;
  readonly #tags: readonly Laid[];
  readonly #look: Look;
  #random: number;

  constructor(camera: Camera, tags: readonly Laid[], look: Look = {}) {
    this.width = camera.width;
    this.height = camera.height;
    this.#view = viewOf(camera);
    this.#tags = tags;
    this.#look = look;
    this.#random = (look.seed ?? 1) | 0;
  }

  crop(left: number, top: number, width: number, height: number): Picture {
    const { blur = 0, noise = 0, falloff = 0, cover } = this.#look;
    const reach = Math.ceil(3 * blur);
    const [w, h] = [width + 2 * reach, height + 2 * reach];
    let grey = new Float64Array(w * h);
    for (let k = 0; k < h; k++)
      for (let i = 0; i < w; i++) grey[k * w + i] = this.#pixel(left + i - reach, top + k - reach);
    if (blur > 0) grey = blurred(grey, w, h, blur);
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let k = 0, at = 0; k < height; k++)
      for (let i = 0; i < width; i++, at += 4) {
        const [u, v] = [left + i, top + k];
        const lit = grey[(k + reach) * w + i + reach] * (1 - (falloff * u) / this.width);
        const isCovered = cover !== undefined && cover[0] * u + cover[1] * v > cover[2];
        data[at] = data[at + 1] = data[at + 2] = (isCovered ? 60 : lit) + noise * this.#normal();
      }
    return { width, height, data };
  }

  #pixel(u: number, v: number): number {
    let sum = 0;
    for (let a = 0; a < RAYS; a++)
      for (let b = 0; b < RAYS; b++) {
        const part = (a * RAYS + b + 0.5) / (RAYS * RAYS);
        sum += this.#ray(u + (a + 0.5) / RAYS - 0.5, v + (b + 0.5) / RAYS - 0.5, part);
      }
    return sum / (RAYS * RAYS);
  }

  /** Grey value of what a ray meets; `part`: of the exposure. */
  #ray(u: number, v: number, part: number): number {
    const { dark = 40, bright = 210 } = this.#look;
    const { eye } = this.#view;
    const d = this.#direction(u, v);
    for (const tag of this.#tags) {
      const s = (tag.height - eye[2]) / d[2];
      const [mx, my] = tag.moves ?? [0, 0];
      const px = eye[0] + s * d[0] - tag.x - mx * (part - 0.5);
      const py = eye[1] + s * d[1] - tag.y - my * (part - 0.5);
      if (Math.abs(px) > tag.size || Math.abs(py) > tag.size) continue;
      const [c, sin] = [Math.cos(tag.heading), Math.sin(tag.heading)];
      // forward is up on the paper, left is left
      const [up, right] = [(c * px + sin * py) / tag.size, (sin * px - c * py) / tag.size];
      const [column, row] = [Math.floor(8 * (right + 0.5)), Math.floor(8 * (0.5 - up))];
      if (column < -1 || row < -1 || column > 8 || row > 8) continue; // beyond its white margin
      const isInside = column > 0 && row > 0 && column < 7 && row < 7;
      const isBorder = !isInside && column >= 0 && row >= 0 && column < 8 && row < 8;
      return isBorder || (isInside && codeList[tag.id][6 * (row - 1) + column - 1] === "0") ? dark : bright;
    }
    const s = -eye[2] / d[2];
    // a floor of tiles of half a metre
    const tile = (Math.floor(2 * (eye[0] + s * d[0])) + Math.floor(2 * (eye[1] + s * d[1]))) & 1;
    return tile === 0 ? 0.55 * bright : 0.65 * bright;
  }

  /** Where a pixel looks, in the floor's frame: bisection for the lens. */
  #direction(u: number, v: number): Float64Array {
    const { focal, k1, k2, columns, direction } = this.#view;
    const [dx, dy] = [(u - (this.width - 1) / 2) / focal, (v - (this.height - 1) / 2) / focal];
    const wanted = Math.sqrt(dx * dx + dy * dy);
    let [low, high] = [0.7 * wanted, 1.5 * wanted + 1e-9];
    for (let i = 0; i < 28; i++) {
      const r = (low + high) / 2;
      if (r * (1 + k1 * r * r + k2 * r * r * r * r) < wanted) low = r;
      else high = r;
    }
    const scale = wanted > 0 ? low / wanted : 1;
    for (let i = 0; i < 3; i++) direction[i] = scale * dx * columns[0][i] + scale * dy * columns[1][i] + columns[2][i];
    return direction;
  }

  /** Roughly normal. */
  #normal(): number {
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0;
      sum += (this.#random >>> 0) / 2 ** 32;
    }
    return 2 * (sum - 1.5);
  }
}

/** A camera's numbers as rays need them: Rodrigues' formula for its pose. */
function viewOf({ lens }: Camera) {
  const axis = [lens[Lens.rx], lens[Lens.ry], lens[Lens.rz]];
  const back = (p: number[]) => turned(p, axis, -1);
  return {
    focal: lens[Lens.focal],
    k1: lens[Lens.k1],
    k2: lens[Lens.k2],
    eye: back([-lens[Lens.tx], -lens[Lens.ty], -lens[Lens.tz]]),
    columns: [back([1, 0, 0]), back([0, 1, 0]), back([0, 0, 1])],
    direction: new Float64Array(3),
  };
}

/** p turned about an axis by its length, times `sign`. */
function turned(p: readonly number[], axis: readonly number[], sign: number): number[] {
  const angle = Math.hypot(...axis);
  if (angle === 0) return [...p];
  const k = axis.map((one) => one / angle);
  const [c, s] = [Math.cos(angle), sign * Math.sin(angle)];
  const dot = k[0] * p[0] + k[1] * p[1] + k[2] * p[2];
  const cross = [k[1] * p[2] - k[2] * p[1], k[2] * p[0] - k[0] * p[2], k[0] * p[1] - k[1] * p[0]];
  return p.map((one, i) => one * c + cross[i] * s + k[i] * dot * (1 - c));
}

function blurred(grey: Float64Array, w: number, h: number, sigma: number): Float64Array<ArrayBuffer> {
  const reach = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const total = kernel.reduce((sum, one) => sum + one, 0);
  const along = (from: Float64Array, step: number, size: number, other: number, otherStep: number) => {
    const to = new Float64Array(w * h);
    for (let o = 0; o < other; o++)
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let j = -reach; j <= reach; j++)
          sum += kernel[j + reach] * from[o * otherStep + Math.min(size - 1, Math.max(0, i + j)) * step];
        to[o * otherStep + i * step] = sum / total;
      }
    return to;
  };
  return along(along(grey, 1, w, h, w), w, h, w, 1);
}

/** A camera that stands at x, y, z [m] and looks at a point of the floor, up in the picture being away from it. */
export function cameraAt(
  [ex, ey, ez]: readonly [number, number, number],
  [lx, ly]: readonly [number, number],
  focal: number,
  [k1, k2]: readonly [number, number],
  width = 1280,
  height = 720,
): Camera {
  const unit = (p: number[]) => p.map((one) => one / Math.hypot(...p));
  const forward = unit([lx - ex, ly - ey, -ez]);
  const away = Math.hypot(forward[0], forward[1]) < 1e-6 ? [0, 1, 0] : [0, 0, 1];
  const right = unit([
    forward[1] * away[2] - forward[2] * away[1],
    forward[2] * away[0] - forward[0] * away[2],
    forward[0] * away[1] - forward[1] * away[0],
  ]);
  const down = [
    forward[1] * right[2] - forward[2] * right[1],
    forward[2] * right[0] - forward[0] * right[2],
    forward[0] * right[1] - forward[1] * right[0],
  ];
  const R = [right, down, forward];
  const t = R.map((row) => -(row[0] * ex + row[1] * ey + row[2] * ez));
  return { width, height, lens: Float64Array.of(...vector(R), ...t, focal, k1, k2) };
}

/** The rotation vector of a matrix, by its quaternion. */
function vector(R: number[][]): number[] {
  const trace = R[0][0] + R[1][1] + R[2][2];
  const w = 0.5 * Math.sqrt(Math.max(0, 1 + trace));
  const size = (i: number) => 0.5 * Math.sqrt(Math.max(0, 1 + 2 * R[i][i] - trace));
  const sign = (value: number) => (value < 0 ? -1 : 1);
  let v = [size(0) * sign(R[2][1] - R[1][2]), size(1) * sign(R[0][2] - R[2][0]), size(2) * sign(R[1][0] - R[0][1])];
  if (w < 1e-6) {
    const [x, y, z] = [size(0), size(1), size(2)];
    v = x > 1e-6 ? [x, y * sign(R[0][1]), z * sign(R[0][2])] : [0, y, z * sign(R[1][2])];
  }
  const angle = 2 * Math.atan2(Math.hypot(...v), w);
  const length = Math.hypot(...v);
  return v.map((one) => (length === 0 ? 0 : (one * angle) / length));
}
