/**
 * A closed path of any shape (docs/equations.md, section 34): nodes evenly in task time, between them a cubic. What is
 * evaluated lies in the variables of this module, as sine and cosine do. A step costs the same whatever the number of
 * nodes.
 */
import { at, rowsOf } from "../arena";
import { DOUBLE_SHIFT } from "../math/doubles";
import { PathNode, Region } from "../regions";

/** What was evaluated last: position [m], first and second derivative by the number of the node [m]. */
export let pathX: f64 = 0.0;
export let pathY: f64 = 0.0;
export let rateX: f64 = 0.0;
export let rateY: f64 = 0.0;
export let bendX: f64 = 0.0;
export let bendY: f64 = 0.0;

/** What was measured last: curvature [1/m] and length of the first derivative [m], both also by the node. */
export let curvature: f64 = 0.0;
export let curvatureRate: f64 = 0.0;
export let rate: f64 = 0.0;
export let rateRate: f64 = 0.0;

/** The place that was found last, in nodes [0, count), and its derivatives by x and y [1/m]. */
export let place: f64 = 0.0;
export let placeByX: f64 = 0.0;
export let placeByY: f64 = 0.0;

let lastX: f64 = NaN;
let lastY: f64 = NaN;
let lastExpected: f64 = NaN;
let lastWindow: f64 = NaN;

/** Nodes within the window that distances are compared at, and Newton steps from the nearest of them. */
const SAMPLES: i32 = 16;
const NEWTON: i32 = 5;
/** Nearer to the centre of curvature than this part of its radius, a place has no derivative. */
const CENTRE: f64 = 1e-6;
/** A step that is no larger than this is none; a last one that is larger than that has found nothing [nodes]. */
const FOUND: f64 = 1e-12;
const NEAR: f64 = 1e-3;

/** Number of nodes of the path. */
// @ts-ignore: decorator
@inline
export function nodeCount(): i32 {
  return rowsOf(Region.path);
}

/** u modulo the number of nodes, [0, count); NaN and infinity become 0. */
// @ts-ignore: decorator
@inline
export function wrapPlace(u: f64, count: f64): f64 {
  const wrapped = u - count * Math.floor(u / count);
  return wrapped >= 0.0 && wrapped < count ? wrapped : 0.0;
}

/** The path at place u [nodes] within [0, count): p = c0 + f (c1 + f (c2 + f c3)), f the part of the way. */
export function evaluatePath(u: f64): void {
  const i = i32(u);
  const f = u - f64(i);
  const node = at(Region.path, 0) + usize(i) * (PathNode.count << DOUBLE_SHIFT);
  const x1 = load<f64>(node, 8 * PathNode.x1);
  const y1 = load<f64>(node, 8 * PathNode.y1);
  const x2 = load<f64>(node, 8 * PathNode.x2);
  const y2 = load<f64>(node, 8 * PathNode.y2);
  const x3 = f * load<f64>(node, 8 * PathNode.x3);
  const y3 = f * load<f64>(node, 8 * PathNode.y3);
  pathX = load<f64>(node, 8 * PathNode.x0) + f * (x1 + f * (x2 + x3));
  pathY = load<f64>(node, 8 * PathNode.y0) + f * (y1 + f * (y2 + y3));
  rateX = x1 + f * (2.0 * x2 + 3.0 * x3);
  rateY = y1 + f * (2.0 * y2 + 3.0 * y3);
  bendX = 2.0 * x2 + 6.0 * x3;
  bendY = 2.0 * y2 + 6.0 * y3;
}

/** Squared length below which a rate has no direction [m^2]. */
export const NO_RATE: f64 = 1e-24;

/** {@link evaluatePath}, and how it bends there: with a, b, c its derivatives, curvature = a x b / |a|^3. */
export function measurePath(u: f64): void {
  evaluatePath(u);
  const node = at(Region.path, 0) + usize(i32(u)) * (PathNode.count << DOUBLE_SHIFT);
  const thirdX = 6.0 * load<f64>(node, 8 * PathNode.x3);
  const thirdY = 6.0 * load<f64>(node, 8 * PathNode.y3);
  const squared = rateX * rateX + rateY * rateY;
  const isMoving = squared > NO_RATE;
  rate = Math.sqrt(squared);
  const perSquared = isMoving ? 1.0 / squared : 0.0;
  const perCube = isMoving ? perSquared / rate : 0.0;
  const growth = rateX * bendX + rateY * bendY;
  curvature = (rateX * bendY - rateY * bendX) * perCube;
  curvatureRate = (rateX * thirdY - rateY * thirdX) * perCube - 3.0 * curvature * (growth * perSquared);
  rateRate = isMoving ? growth / rate : 0.0;
}

/**
 * Finds the {@link place} that is nearest to x, y [m] within `window` [nodes] to both sides of `expected` [nodes,
 * within [0, count)], and evaluates the path there: from the nearest of {@link SAMPLES} + 1 nodes, and of those between
 * it and its neighbours by halving, Newton's iteration on (x - p) . p' = 0, whose root moves by
 * du = p' . dx / (|p'|^2 - (x - p) . p''). Where it finds none, as beyond the ends of the window, the place is that
 * node, and does not move; nor does it near the centre of curvature. Task and reward ask for the same place where a
 * segment begins, hence the one-entry memory.
 */
export function findPlace(x: f64, y: f64, expected: f64, window: f64): void {
  if (x != lastX || y != lastY || expected != lastExpected || window != lastWindow) {
    lastX = x;
    lastY = y;
    lastExpected = expected;
    lastWindow = window;
    searchPlace(x, y, expected, window);
  } else evaluatePath(place);
}

/** The nodes may have changed. */
export function forgetPlace(): void {
  lastX = NaN;
}

/** Squared distance [m^2] of x, y to a node. */
// @ts-ignore: decorator
@inline
function squaredTo(nodes: usize, i: i32, x: f64, y: f64): f64 {
  const node = nodes + usize(i) * (PathNode.count << DOUBLE_SHIFT);
  const dx = x - load<f64>(node, 8 * PathNode.x0);
  const dy = y - load<f64>(node, 8 * PathNode.y0);
  return dx * dx + dy * dy;
}

function nearestNode(x: f64, y: f64, expected: f64, stride: i32): i32 {
  const count = nodeCount();
  const nodes = at(Region.path, 0);
  let i = (i32(expected) - stride * (SAMPLES >> 1)) % count;
  if (i < 0) i += count;
  let nearest = i;
  let least = Infinity;
  for (let k: i32 = 0; k <= SAMPLES; k++) {
    const squared = squaredTo(nodes, i, x, y);
    if (squared < least) {
      least = squared;
      nearest = i;
    }
    i += stride;
    if (i >= count) i -= count;
  }
  for (let half = stride >> 1; half > 0; half >>= 1) {
    const before = nearest < half ? nearest - half + count : nearest - half;
    const after = nearest + half < count ? nearest + half : nearest + half - count;
    const toBefore = squaredTo(nodes, before, x, y);
    const toAfter = squaredTo(nodes, after, x, y);
    if (toBefore < least) {
      least = toBefore;
      nearest = before;
    }
    if (toAfter < least) {
      least = toAfter;
      nearest = after;
    }
  }
  return nearest;
}

function searchPlace(x: f64, y: f64, expected: f64, window: f64): void {
  const stride = max(1, i32(Math.ceil((2.0 * window) / f64(SAMPLES))));
  const nearest = f64(nearestNode(x, y, expected, stride));
  const end = f64(nodeCount());
  const far = f64(stride);
  let moved: f64 = 0.0;
  for (let k: i32 = 0; ; k++) {
    place = nearest + moved;
    if (place < 0.0) place += end;
    if (place >= end) place -= end;
    evaluatePath(place);
    const dx = x - pathX;
    const dy = y - pathY;
    const squared = rateX * rateX + rateY * rateY;
    const curvature = squared - (dx * bendX + dy * bendY);
    const along = dx * rateX + dy * rateY;
    const isBefore = curvature > CENTRE * squared;
    // beyond the centre of curvature it would go away from the nearest place: there it goes by the path's length alone
    const divisor = isBefore ? curvature : squared;
    if (Math.abs(along) <= FOUND * divisor || k == NEWTON) {
      if (!(Math.abs(along) <= NEAR * divisor)) break;
      const perCurvature = isBefore ? 1.0 / curvature : 0.0;
      placeByX = rateX * perCurvature;
      placeByY = rateY * perCurvature;
      return;
    }
    const next = moved + along / divisor;
    moved = next > far ? far : next >= -far ? next : -far;
  }
  place = nearest;
  evaluatePath(place);
  placeByX = 0.0;
  placeByY = 0.0;
}
