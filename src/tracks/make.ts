/** From what a file or a drive says to a track: cleaned, closed, resampled evenly, with a speed everywhere. */
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { refuseTangles } from "./crossings.js";
import { plannedSpeed } from "./speed.js";
import { ClosedSpline } from "./spline.js";
import { around, type RawTrack, type SpeedPlan, shapeOf, type Track } from "./track.js";

/** A path with fewer points says too little of its shape. */
const LEAST_POINTS = 8;
/** Points of a track: so far apart [m], at least and at most so many. */
const SPACING = 0.025;
const LEAST_EVEN = 128;
const MOST_EVEN = 2048;
/** Room to each side where nothing is said [m]. */
const ROOM = 0.5;
/** Lengths that are more likely a mistake in the unit [m]. */
const SHORTEST = 2;
const LONGEST = 1000;
/** Part of the length that may be missing between the ends. */
const MOST_GAP = 0.2;
/** A last point this near to the first, in spacings, is the first again. */
const SAME = 0.02;
/** The path may turn by so much from one piece to the next [rad]. */
const MOST_TURN = (130 * Math.PI) / 180;
/** Fastest speed that may be asked for [m/s]. */
const FASTEST = 30;

/** The track that raw points mean; a {@link UserError} that says what is wrong with them, and where. */
export function trackFrom(raw: RawTrack, plan: SpeedPlan | undefined = raw.wanted): Track {
  checkNumbers(raw);
  const points = withoutRepeats(raw);
  const { name } = raw;
  if (points.length < LEAST_POINTS)
    throw new UserError(`${name} has ${points.length} points; a track needs at least ${LEAST_POINTS}: give more`);
  const pick = (values: readonly number[]) => Float64Array.from(points, (i) => values[i]);
  const [px, py] = [pick(raw.x), pick(raw.y)];
  refuseCusps(name, px, py, points);
  const spline = new ClosedSpline(px, py);
  refuseLength(raw, spline.length);
  refuseGap(name, px, py, spline.length);
  const { places, x, y, step } = evenlyAlong(spline);
  const even = (values: readonly number[] | undefined) => {
    const own = values && pick(values);
    return own && Float64Array.from(places, ([i, f]) => own[i] + f * (own[around(i + 1, own.length)] - own[i]));
  };
  const room = () => new Float64Array(x.length).fill(ROOM);
  const { curvature } = shapeOf({ x, y, step });
  const speed = plannedSpeed(plan, even(raw.speed), curvature, step);
  const [right, left] = [even(raw.right) ?? room(), even(raw.left) ?? room()];
  const track: Track = { name, x, y, right, left, speed, step, length: spline.length };
  refuseTangles(track);
  return track;
}

/** Places of a track's points along a curve, and their coordinates [m], `step` [m] apart. */
export function evenlyAlong(spline: ClosedSpline) {
  const n = Math.min(MOST_EVEN, Math.max(LEAST_EVEN, Math.ceil(spline.length / SPACING)));
  const step = spline.length / n;
  const places: (readonly [point: number, part: number])[] = [];
  for (let i = 0; i < n; i++) places.push(spline.find(i * step, places.at(-1)?.[0]));
  const positions = places.map(([i, f]) => spline.at(i, f));
  const x = Float64Array.from(positions, ([each]) => each);
  const y = Float64Array.from(positions, ([, each]) => each);
  return { places, x, y, step };
}

/** The track through these points [m]. */
export function trackThrough(
  name: string,
  points: readonly (readonly [x: number, y: number])[],
  wanted: SpeedPlan,
): Track {
  return trackFrom({ name, x: points.map(([x]) => x), y: points.map(([, y]) => y), wanted });
}

/** The same path at another speed; without a plan, at its own. */
export function withSpeed(track: Track, plan: SpeedPlan | undefined): Track {
  return { ...track, speed: plannedSpeed(plan, track.speed, shapeOf(track).curvature, track.step) };
}

function checkNumbers({ name, x, y, right, left, speed }: RawTrack): void {
  const columns = { x, y, "room to the right": right, "room to the left": left, speed };
  for (const [what, values] of Object.entries(columns)) {
    const wrong = values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
    if (wrong >= 0)
      throw new UserError(
        `${name}: ${what} of point ${wrong + 1} is ${values?.[wrong]}; allowed are finite numbers: mend or remove it`,
      );
  }
  for (const [side, values] of Object.entries({ right, left })) {
    const wrong = values?.findIndex((value) => value <= 0) ?? -1;
    if (wrong >= 0)
      throw new UserError(
        `${name}: the room to the ${side} of point ${wrong + 1} is ${values?.[wrong]} m; allowed is above 0`,
      );
  }
  const wrong = speed?.findIndex((value) => !(value > 0 && value <= FASTEST)) ?? -1;
  if (wrong >= 0)
    throw new UserError(
      `${name}: the speed at point ${wrong + 1} (x ${digits(x[wrong])}, y ${digits(y[wrong])} m) is ` +
        `${speed?.[wrong]} m/s; allowed is above 0 to ${FASTEST}: mend it, or give another with --track-speed`,
    );
}

/** Indices of the points that differ from the one before; the last may be the first again. */
function withoutRepeats({ x, y }: RawTrack): number[] {
  const distance = (i: number, j: number) => Math.hypot(x[i] - x[j], y[i] - y[j]);
  const all = x.map((_, i) => i).filter((i) => i === 0 || distance(i, i - 1) > 1e-9);
  const spacings = all.slice(1).map((i, k) => distance(i, all[k]));
  const usual = spacings.sort((a, b) => a - b)[spacings.length >> 1] ?? 0;
  while (all.length > 1 && distance(all[0], all[all.length - 1]) <= SAME * usual) all.pop();
  return all;
}

function refuseCusps(name: string, x: Float64Array, y: Float64Array, points: readonly number[]): void {
  const n = x.length;
  for (let i = 0; i < n; i++) {
    const [before, after] = [around(i - 1, n), around(i + 1, n)];
    const [ax, ay, bx, by] = [x[i] - x[before], y[i] - y[before], x[after] - x[i], y[after] - y[i]];
    const turn = Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by));
    if (turn > MOST_TURN)
      throw new UserError(
        `${name} turns back on itself at point ${points[i] + 1} (x ${digits(x[i])}, y ${digits(y[i])} m), by ` +
          `${((turn * 180) / Math.PI).toFixed(0)} degrees: a car cannot; remove the cusp, or give more points there`,
      );
  }
}

function refuseLength({ name, acceptsLength }: RawTrack, length: number): void {
  if (length >= SHORTEST && length <= LONGEST) return;
  if (acceptsLength === true) return;
  throw new UserError(
    `${name} is ${digits(length)} m long: are its numbers metres? Allowed are ${SHORTEST} to ${LONGEST} m: scale it, ` +
      `lapgrad track convert FILE --scale ${length > LONGEST ? "0.1" : "10"}, or say accept-length: true in YAML`,
  );
}

function refuseGap(name: string, x: Float64Array, y: Float64Array, length: number): void {
  const last = x.length - 1;
  const gap = Math.hypot(x[0] - x[last], y[0] - y[last]);
  if (gap > MOST_GAP * length)
    throw new UserError(
      `${name} is open: ${digits(gap)} m are missing between its last point and its first, of ${digits(length)} m; ` +
        `allowed is a fifth: add the missing points`,
    );
}
