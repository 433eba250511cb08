/**
 * The racing line within a track's room (docs/equations.md, section 45): between the line of least curvature and the
 * shortest one, the one that takes least time by the robot's limits.
 */
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { CyclicMatrix, minimumWithin } from "./cyclic-quadratic.js";
import { evenlyAlong, trackFrom } from "./make.js";
import { fastestProfile, limitsOf } from "./speed.js";
import { ClosedSpline } from "./spline.js";
import { around, type Limits, lapTimeOf, type RawTrack, type SpeedPlan, shapeOf, type Track } from "./track.js";

/** Points of the line lie so far apart [m]; nearer on a short track, so that there are so many at least. */
const SPACING = 0.1;
const LEAST_POINTS = 64;
/** Parts of the way to the centre of curvature that the line may move to the inside of a curve. */
const INSIDE = 0.8;
/** Where there is no room the line may still move so far to both sides [m]. */
const LEAST_ROOM = 1e-3;
/** What a move counts, so that a line which nothing else decides stays where it is [1/m³]. */
const STAYING = 1e-4;
/** Rounds of linearisation at most, and the part by which the last one must have lowered the cost. */
const MOST_ROUNDS = 40;
const SETTLED = 1e-5;
/** A step that makes the cost larger is halved so often at most. */
const MOST_HALVINGS = 12;
/**
 * Radii at which length counts as much as curvature, in parts of that at which the top speed is the limit, or of the
 * circle as long as the track if that is less.
 */
const BALANCES = [Number.POSITIVE_INFINITY, 2.8, 1.4, 1, 0.7, 0.5, 0.35, 0.25] as const;

/** Points of a path, the way to its left there, and how far they may be moved to the left [m]. */
interface Corridor {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly leftX: Float64Array;
  readonly leftY: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** distance of two points [m] */
  readonly spacing: number;
}

/**
 * The track with its racing line, which keeps `taken` [m] from the edges, half the robot and what is to be left beside
 * it; its room is what the edges leave to its sides.
 */
export function onRacingLine(raw: RawTrack, plan: SpeedPlan | undefined, taken: number): Track {
  const { speed: _, ...path } = raw; // a speed of the file belongs to its own line
  const before = trackFrom(path, plan);
  const most = Math.max(...before.left, ...before.right);
  if (most <= taken)
    throw new UserError(
      `${raw.name} has ${digits(most, 3)} m of room beside its line at most, and half the robot with what is to be ` +
        `left beside it takes ${digits(taken, 3)} m: there is no room for another line; widen the track, or leave less`,
    );
  const limits = limitsOf(plan);
  const widest = Math.min(limits.top ** 2 / limits.lateral, before.length / (2 * Math.PI));
  const corridor = corridorOf(before, taken);
  let offsets: Float64Array = new Float64Array(corridor.x.length);
  let best = offsets;
  let least = Number.POSITIVE_INFINITY;
  for (const balance of BALANCES) {
    offsets = lineOffsets(corridor, offsets, 1 / (2 * (balance * widest) ** 2));
    const lap = leastLap(corridor, offsets, limits);
    if (lap < least) [best, least] = [offsets, lap];
  }
  return trackFrom({ ...path, ...movedBy(before, corridor, best) }, plan);
}

/** Time of the fastest lap by these limits [s]. */
function leastLap(corridor: Corridor, offsets: Float64Array, limits: Limits): number {
  const { x, y, step } = evenlyAlong(new ClosedSpline(...moved(corridor, offsets)));
  const { curvature } = shapeOf({ x, y, step });
  return lapTimeOf({ speed: fastestProfile(curvature, step, limits, 1), step });
}

/** Every how manieth point of the track is one of the line. */
function strideOf({ step, length }: Track): number {
  return Math.max(1, Math.round(Math.min(SPACING, length / LEAST_POINTS) / step));
}

function corridorOf(track: Track, taken: number): Corridor {
  const { heading, curvature } = shapeOf(track);
  const stride = strideOf(track);
  const thinned = (values: Float64Array) => values.filter((_, i) => i % stride === 0);
  const angles = thinned(heading);
  const inside = thinned(curvature).map((k) => INSIDE / Math.abs(k));
  const turns = thinned(curvature);
  const bound = (room: Float64Array, side: 1 | -1) =>
    thinned(room).map((width, i) => Math.min(width - taken, side * turns[i] > 0 ? inside[i] : width));
  const [left, right] = [bound(track.left, 1), bound(track.right, -1)];
  const middle = left.map((room, i) => (room - right[i]) / 2);
  const half = left.map((room, i) => Math.max(LEAST_ROOM, (room + right[i]) / 2));
  return {
    x: thinned(track.x),
    y: thinned(track.y),
    leftX: angles.map((angle) => -Math.sin(angle)),
    leftY: angles.map((angle) => Math.cos(angle)),
    low: middle.map((value, i) => value - half[i]),
    high: middle.map((value, i) => value + half[i]),
    spacing: stride * track.step,
  };
}

/** How far to the left [m] every point is moved for least cost, from a line that is near it on. */
function lineOffsets(corridor: Corridor, start: Float64Array, pull: number): Float64Array {
  const { low, high } = corridor;
  const nearMiddle = (value: number, i: number) => {
    const edge = 0.01 * (high[i] - low[i]);
    return Math.min(high[i] - edge, Math.max(low[i] + edge, value));
  };
  let offsets = start.map(nearMiddle);
  let cost = costOf(corridor, offsets, pull);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { H, g } = linearised(corridor, offsets, pull);
    const rest = (bound: Float64Array) => bound.map((value, i) => value - offsets[i]);
    const way = minimumWithin(H, g, rest(low), rest(high));
    let [part, halvings] = [1, 0];
    const moved = () => offsets.map((value, i) => value + part * way[i]);
    while (costOf(corridor, moved(), pull) >= cost && halvings++ < MOST_HALVINGS) part /= 2;
    const next = costOf(corridor, moved(), pull);
    if (next >= cost) break;
    offsets = moved();
    const gain = 1 - next / cost;
    cost = next;
    if (gain < SETTLED) break;
  }
  return offsets;
}

/** A corner of the line: the ways to it and from it, the length of this [m], turn [rad], the length it stands for. */
function cornerAt(x: Float64Array, y: Float64Array, i: number) {
  const n = x.length;
  const [before, after] = [around(i - 1, n), (i + 1) % n];
  const [ax, ay, bx, by] = [x[i] - x[before], y[i] - y[before], x[after] - x[i], y[after] - y[i]];
  const [a, b] = [Math.hypot(ax, ay), Math.hypot(bx, by)];
  return { ax, ay, bx, by, b, turn: Math.atan2(ax * by - ay * bx, ax * bx + ay * by), along: (a + b) / 2 };
}

function moved({ x, y, leftX, leftY }: Corridor, offsets: Float64Array): readonly [Float64Array, Float64Array] {
  return [x.map((value, i) => value + offsets[i] * leftX[i]), y.map((value, i) => value + offsets[i] * leftY[i])];
}

/** Half the integral of the squared curvature, and `pull` times the length, [1/m]. */
function costOf(corridor: Corridor, offsets: Float64Array, pull: number): number {
  const [x, y] = moved(corridor, offsets);
  let cost = 0;
  for (let i = 0; i < x.length; i++) {
    const { turn, along, b } = cornerAt(x, y, i);
    cost += (turn * turn) / along / 2 + pull * b + (STAYING * corridor.spacing * offsets[i] ** 2) / 2;
  }
  return cost;
}

/** Its gradient and the Gauss-Newton matrix: r = turn / sqrt(along) of every corner moves with three points. */
function linearised(corridor: Corridor, offsets: Float64Array, pull: number): { H: CyclicMatrix; g: Float64Array } {
  const { leftX, leftY, spacing } = corridor;
  const [x, y] = moved(corridor, offsets);
  const n = x.length;
  const H = new CyclicMatrix(n);
  const g = offsets.map((value) => STAYING * spacing * value);
  for (let i = 0; i < n; i++) {
    const { ax, ay, bx, by, b, turn, along } = cornerAt(x, y, i);
    const [before, after] = [around(i - 1, n), (i + 1) % n];
    // what one metre of the point j to the left does to the angle of a way, and to its length
    const turned = (wx: number, wy: number, j: number) => (wx * leftY[j] - wy * leftX[j]) / (wx * wx + wy * wy);
    const grown = (wx: number, wy: number, j: number) => (wx * leftX[j] + wy * leftY[j]) / Math.hypot(wx, wy);
    const ofTurn = [turned(ax, ay, before), -turned(ax, ay, i) - turned(bx, by, i), turned(bx, by, after)];
    const ofLength = [-grown(ax, ay, before), grown(ax, ay, i) - grown(bx, by, i), grown(bx, by, after)];
    const r = turn / Math.sqrt(along);
    const row = ofTurn.map((each, k) => each / Math.sqrt(along) - (r * ofLength[k]) / (4 * along));
    H.addSquare(before, row);
    [before, i, after].forEach((j, k) => {
      g[j] += row[k] * r;
    });
    // the length b, by the square of the way over its present length
    const [here, there] = [-grown(bx, by, i), grown(bx, by, after)];
    const scale = Math.sqrt(pull / b);
    for (const left of [leftX, leftY]) H.addSquare(i, [-scale * left[i], scale * left[after]]);
    g[i] += pull * here;
    g[after] += pull * there;
    H.diagonals[0][i] += STAYING * spacing;
  }
  return { H, g };
}

/** The points moved by the offsets, with the room that the edges leave them to their sides, to first order. */
function movedBy(track: Track, corridor: Corridor, offsets: Float64Array) {
  const [x, y] = moved(corridor, offsets);
  const stride = strideOf(track);
  const n = x.length;
  const across = x.map((_, i) => {
    const [before, after] = [around(i - 1, n), (i + 1) % n];
    const [wx, wy] = [x[after] - x[before], y[after] - y[before]];
    return (wx * corridor.leftY[i] - wy * corridor.leftX[i]) / Math.hypot(wx, wy);
  });
  const left = Array.from(offsets, (offset, i) => (track.left[i * stride] - offset) * across[i]);
  const right = Array.from(offsets, (offset, i) => (track.right[i * stride] + offset) * across[i]);
  return { x: [...x], y: [...y], left, right };
}
