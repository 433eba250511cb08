/** Finds a camera from points whose places are known: marks on the floor, or tags of a printed board. */
import { leastStep, solveSymmetric } from "../../identification/least-squares.js";
import { type Camera, Lens, project, vectorOf } from "./lens.js";

/** A point that was seen: where it is [m], at z 0, and where in the picture [pixel]. */
export interface Sighting {
  readonly x: number;
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

/** What was found, and how well it fits. */
export interface Calibration {
  readonly camera: Camera;
  /** root mean square of what remains per sighting [pixel] */
  readonly residual: number;
  /** of each sighting of the floor [m] */
  readonly errors: readonly number[];
}

/** Focal length of a usual camera over the width of its picture, and how sure that is (deviation of its logarithm). */
const USUAL_FOCAL = 0.85;
const FOCAL_SURE = 0.15;
/** Distortion of usual lenses (standard deviations). */
const DISTORTION = [0.15, 0.1] as const;
/** How exactly a point is clicked or found [pixel]. */
const PIXEL = 0.5;
const STEPS = 60;
const POSE = 6;

/**
 * The homography (3 x 3, row-major, last entry 1) from the floor to the picture's centred pixels.
 * @returns undefined if the points lie on a line
 */
function homography(points: readonly Sighting[], { width, height }: Size): Float64Array | undefined {
  const A = new Float64Array(64);
  const b = new Float64Array(8);
  for (const { x, y, u, v } of points) {
    const [p, q] = [u - 0.5 * (width - 1), v - 0.5 * (height - 1)];
    for (const [row, value] of [
      [[x, y, 1, 0, 0, 0, -p * x, -p * y], p],
      [[0, 0, 0, x, y, 1, -q * x, -q * y], q],
    ] as const)
      for (let i = 0; i < 8; i++) {
        b[i] += row[i] * value;
        for (let k = 0; k < 8; k++) A[8 * i + k] += row[i] * row[k];
      }
  }
  const h = solveSymmetric(A, b, new Float64Array(8));
  return h && Float64Array.of(...h, 1);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a camera of that focal length stands, by a homography: its rotation vector and translation. */
function poseFrom(H: Float64Array, focal: number): number[] {
  const column = (k: number) => [H[k] / focal, H[3 + k] / focal, H[6 + k]];
  let [a, b, t] = [column(0), column(1), column(2)];
  const length = 0.5 * (Math.hypot(...a) + Math.hypot(...b));
  const sign = t[2] < 0 ? -1 : 1; // the floor is in front of the camera
  [a, b, t] = [a, b, t].map((one) => one.map((value) => (sign * value) / length));
  const unit = (one: number[]) => one.map((value) => value / Math.hypot(...one));
  const dot = (one: number[], other: number[]) => one.reduce((sum, value, i) => sum + value * other[i], 0);
  const r1 = unit(a);
  const r2 = unit(b.map((value, i) => value - dot(b, r1) * r1[i]));
  const r3 = [r1[1] * r2[2] - r1[2] * r2[1], r1[2] * r2[0] - r1[0] * r2[2], r1[0] * r2[1] - r1[1] * r2[0]];
  const R = Float64Array.from([0, 1, 2].flatMap((i) => [r1[i], r2[i], r3[i]]));
  return [...vectorOf(R), ...t];
}

/** Residuals over their deviations, of the parameters (a pose per view, then the lens). */
type Residuals = (parameters: Float64Array) => Float64Array;

/** Levenberg and Marquardt, by differences. */
function minimise(start: Float64Array, residuals: Residuals): Float64Array {
  let x = start;
  let r = residuals(x);
  const squares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  let damping = 1e-3;
  for (let step = 0; step < STEPS && damping < 1e9; step++) {
    const J = new Float64Array(r.length * x.length);
    for (let i = 0; i < x.length; i++) {
      const moved = x.slice();
      const by = 1e-6 * Math.max(1, Math.abs(x[i]));
      moved[i] += by;
      const other = residuals(moved);
      for (let row = 0; row < r.length; row++) J[row * x.length + i] = (other[row] - r[row]) / by;
    }
    const d = leastStep(J, r, damping);
    const next = x.map((value, i) => value + d[i]);
    const left = residuals(next);
    const isBetter = squares(left) < squares(r);
    const isDone = isBetter && squares(r) - squares(left) < 1e-10 * squares(r);
    damping *= isBetter ? 0.3 : 8;
    if (isBetter) [x, r] = [next, left];
    if (isDone) break;
  }
  return x;
}

function cameraOf(size: Size, pose: ArrayLike<number>, lens: ArrayLike<number>): Camera {
  return { ...size, lens: Float64Array.from([...Array.from(pose).slice(0, POSE), ...Array.from(lens).slice(0, 3)]) };
}

/** What remains of a view [pixel], two numbers each. */
function remains(camera: Camera, view: readonly Sighting[]): number[] {
  return view.flatMap(({ x, y, u, v }) => {
    const seen = project(camera, x, y, 0);
    return [seen.x - u, seen.y - v];
  });
}

/**
 * The lens from several views of one board, which lies differently in each: focal length and distortion, with
 * `residual` over all views and the camera where the board of the first view is the floor.
 * @returns undefined if a view's points lie on a line
 */
export function calibrateLens(views: readonly (readonly Sighting[])[], size: Size): Calibration | undefined {
  const usual = USUAL_FOCAL * size.width;
  const poses: number[] = [];
  for (const view of views) {
    const H = homography(view, size);
    if (!H) return undefined;
    poses.push(...poseFrom(H, usual));
  }
  const at = poses.length;
  const cameraFor = (all: Float64Array, i: number) =>
    cameraOf(size, all.subarray(POSE * i), [Math.exp(all[at]) * usual, all[at + 1], all[at + 2]]);
  const remainsOf = (all: Float64Array) => views.flatMap((view, i) => remains(cameraFor(all, i), view));
  const residuals: Residuals = (all) => {
    const prior = [all[at] / FOCAL_SURE, all[at + 1] / DISTORTION[0], all[at + 2] / DISTORTION[1]];
    return Float64Array.from([...remainsOf(all).map((one) => one / PIXEL), ...prior]);
  };
  const found = minimise(Float64Array.from([...poses, 0, 0, 0]), residuals);
  return judged(cameraFor(found, 0), views[0], remainsOf(found));
}

/**
 * Where the camera stands, from four marks on the floor or more; its lens as calibrated by a board or, without one, as
 * far as the marks tell it beside what is usual.
 * @returns undefined if the marks lie on a line
 */
export function calibrateFloor(marks: readonly Sighting[], size: Size, known?: Camera): Calibration | undefined {
  const usual = known ? known.lens[Lens.focal] : USUAL_FOCAL * size.width;
  const H = homography(marks, size);
  if (!H) return undefined;
  const lensOf = (all: Float64Array) =>
    known ? known.lens.subarray(Lens.focal) : [Math.exp(all[POSE]) * usual, all[POSE + 1], 0];
  const cameraFor = (all: Float64Array) => cameraOf(size, all, lensOf(all));
  const residuals: Residuals = (all) => {
    const seen = remains(cameraFor(all), marks).map((one) => one / PIXEL);
    const prior = known ? [] : [all[POSE] / FOCAL_SURE, all[POSE + 1] / DISTORTION[0]];
    return Float64Array.from([...seen, ...prior]);
  };
  const start = Float64Array.from([...poseFrom(H, usual), ...(known ? [] : [0, 0])]);
  const found = minimise(start, residuals);
  const camera = cameraFor(found);
  return judged(camera, marks, remains(camera, marks));
}

function judged(camera: Camera, floor: readonly Sighting[], left: readonly number[]): Calibration {
  const residual = Math.sqrt(left.reduce((sum, one) => sum + one * one, 0) / Math.max(1, left.length / 2));
  const perMetre = (x: number, y: number) => {
    const [a, b] = [project(camera, x, y, 0), project(camera, x + 0.01, y, 0)];
    return 100 * Math.hypot(b.x - a.x, b.y - a.y);
  };
  const errors = floor.map(({ x, y }, i) => Math.hypot(left[2 * i], left[2 * i + 1]) / perMetre(x, y));
  return { camera, residual, errors };
}

/** Largest error of a mark that is still believed [m]. */
const MARK_WITHIN = 0.02;

/** What is wrong with marks, for people; undefined: nothing. */
export function problemOfMarks({ errors }: Pick<Calibration, "errors">): string | undefined {
  const worst = errors.indexOf(Math.max(...errors));
  if (errors[worst] <= MARK_WITHIN) return undefined;
  return (
    `the marks do not fit together: mark ${worst + 1} is off by ${(100 * errors[worst]).toFixed(1)} cm; ` +
    `allowed are ${100 * MARK_WITHIN} cm: measure and click them again`
  );
}
