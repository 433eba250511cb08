/**
 * A camera over the floor: where a point is in the picture, and where on the floor a pixel is (docs/pose.md, Camera).
 *
 *   p = R(r) P + t,   m = (px / pz, py / pz),   pixel = centre + f m (1 + k1 |m|² + k2 |m|⁴)
 *
 * with P on the floor or above it [m], r a rotation vector, square pixels and the axis through the picture's middle.
 */

/** Numbers of a camera, in one array, so that a fit can change them all. */
export enum Lens {
  /** rotation vector, from the floor's frame to the camera's [rad] */
  rx,
  ry,
  rz,
  /** the floor's origin in the camera's frame [m] */
  tx,
  ty,
  tz,
  /** focal length [pixel] */
  focal,
  /** radial distortion */
  k1,
  k2,
  count,
}

export interface Camera {
  /** of the picture [pixel] */
  readonly width: number;
  readonly height: number;
  /** {@link Lens} */
  readonly lens: Float64Array;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of points. */
export function middleOf(points: readonly Point[]): Point {
  const mean = (entry: "x" | "y") => points.reduce((sum, point) => sum + point[entry], 0) / points.length;
  return { x: mean("x"), y: mean("y") };
}

/** Rows of the rotation matrix of a rotation vector, 3 x 3. */
export function rotationOf(rx: number, ry: number, rz: number): Float64Array {
  const angle = Math.hypot(rx, ry, rz);
  const [s, c] = angle < 1e-9 ? [1, 0.5] : [Math.sin(angle) / angle, (1 - Math.cos(angle)) / (angle * angle)];
  const cos = Math.cos(angle);
  return Float64Array.of(
    cos + c * rx * rx, c * rx * ry - s * rz, c * rx * rz + s * ry,
    c * rx * ry + s * rz, cos + c * ry * ry, c * ry * rz - s * rx,
    c * rx * rz - s * ry, c * ry * rz + s * rx, cos + c * rz * rz,
  ); // biome-ignore format: rows
}

/** The rotation vector of a rotation matrix (3 x 3, row-major), of less than half a turn. */
export function vectorOf(R: Float64Array): [number, number, number] {
  const axis = [R[7] - R[5], R[2] - R[6], R[3] - R[1]] as const;
  const sin = 0.5 * Math.hypot(...axis);
  const cos = 0.5 * (R[0] + R[4] + R[8] - 1);
  const angle = Math.atan2(sin, cos);
  if (sin > 1e-6) return axis.map((one) => (0.5 * one * angle) / sin) as [number, number, number];
  if (cos > 0) return [0, 0, 0];
  // half a turn: the axis is the column of R + 1 with the largest diagonal
  const k = R[0] >= R[4] && R[0] >= R[8] ? 0 : R[4] >= R[8] ? 1 : 2;
  const column = [0, 1, 2].map((i) => R[3 * i + k] + (i === k ? 1 : 0));
  const length = Math.hypot(...column);
  return column.map((one) => (angle * one) / length) as [number, number, number];
}

/** Where the point x, y, z [m] is in the picture [pixel], the middle of the first pixel being (0, 0). */
export function project({ width, height, lens }: Camera, x: number, y: number, z: number): Point {
  const R = rotationOf(lens[Lens.rx], lens[Lens.ry], lens[Lens.rz]);
  const px = R[0] * x + R[1] * y + R[2] * z + lens[Lens.tx];
  const py = R[3] * x + R[4] * y + R[5] * z + lens[Lens.ty];
  const pz = R[6] * x + R[7] * y + R[8] * z + lens[Lens.tz];
  const [mx, my] = [px / pz, py / pz];
  const r2 = mx * mx + my * my;
  const scale = lens[Lens.focal] * (1 + lens[Lens.k1] * r2 + lens[Lens.k2] * r2 * r2);
  return { x: 0.5 * (width - 1) + scale * mx, y: 0.5 * (height - 1) + scale * my };
}

/** The direction m of a pixel, without the lens's distortion. */
export function directionOf({ width, height, lens }: Camera, u: number, v: number): Point {
  const [dx, dy] = [(u - 0.5 * (width - 1)) / lens[Lens.focal], (v - 0.5 * (height - 1)) / lens[Lens.focal]];
  const distorted = Math.hypot(dx, dy);
  const [k1, k2] = [lens[Lens.k1], lens[Lens.k2]];
  // Newton: r (1 + k1 r² + k2 r⁴) = distorted
  let r = distorted;
  for (let i = 0; i < 8; i++) {
    const r2 = r * r;
    r -= (r * (1 + k1 * r2 + k2 * r2 * r2) - distorted) / (1 + 3 * k1 * r2 + 5 * k2 * r2 * r2);
  }
  const scale = distorted > 1e-12 ? r / distorted : 1;
  return { x: scale * dx, y: scale * dy };
}

/** Sees a plane at one height, pixel by pixel: what does not change from one to the next is computed once. */
export class Plane {
  readonly #camera: Camera;
  readonly #R: Float64Array;
  /** the camera in the floor's frame [m], above the plane in z */
  readonly #eye: readonly [number, number, number];

  /** `height`: above the floor [m] */
  constructor(camera: Camera, height: number) {
    const { lens } = camera;
    const R = rotationOf(lens[Lens.rx], lens[Lens.ry], lens[Lens.rz]);
    const t = [lens[Lens.tx], lens[Lens.ty], lens[Lens.tz]];
    const eye = [0, 1, 2].map((i) => -(R[i] * t[0] + R[3 + i] * t[1] + R[6 + i] * t[2]));
    this.#camera = camera;
    this.#R = R;
    this.#eye = [eye[0], eye[1], eye[2] - height];
  }

  /** The point of the plane at a pixel [m]. */
  at(u: number, v: number): Point {
    const { x: mx, y: my } = directionOf(this.#camera, u, v);
    const R = this.#R;
    const dx = R[0] * mx + R[3] * my + R[6];
    const dy = R[1] * mx + R[4] * my + R[7];
    const dz = R[2] * mx + R[5] * my + R[8];
    const [ex, ey, ez] = this.#eye;
    return { x: ex - (ez / dz) * dx, y: ey - (ez / dz) * dy };
  }
}
