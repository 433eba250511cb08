/**
 * A closed path of any shape (docs/equations.md, section 32): nodes evenly in task time, between them a cubic. What is
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

/** The place that was found last, in nodes [0, count), and its derivatives by x and y [1/m]. */
export let place: f64 = 0.0;
export let placeByX: f64 = 0.0;
export let placeByY: f64 = 0.0;

/** Nodes within the window that distances are compared at, and Newton steps from the nearest of them. */
const SAMPLES: i32 = 16;
const NEWTON: i32 = 5;
/** Nearer to the centre of curvature than this part of its radius, a place has no derivative. */
const CENTRE: f64 = 1e-6;
/** Squared length below which a rate has no direction [m^2]. */
const NO_RATE: f64 = 1e-24;

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

/**
 * The path at place u [nodes] within [0, count): with the nodes' positions P, Q and rates D, E,
 * p = P + f (D + f (b + f c)), b = 3 (Q - P) - 2 D - E, c = D + E - 2 (Q - P), f the part of the way to the next node.
 */
export function evaluatePath(u: f64): void {
  const count = nodeCount();
  const i = i32(u);
  const f = u - f64(i);
  const nodes = at(Region.path, 0);
  const p = nodes + usize(i) * (PathNode.count << DOUBLE_SHIFT);
  const q = i + 1 < count ? p + (PathNode.count << DOUBLE_SHIFT) : nodes;
  const x = load<f64>(p, 8 * PathNode.x);
  const y = load<f64>(p, 8 * PathNode.y);
  const dx = load<f64>(p, 8 * PathNode.xRate);
  const dy = load<f64>(p, 8 * PathNode.yRate);
  const wayX = load<f64>(q, 8 * PathNode.x) - x;
  const wayY = load<f64>(q, 8 * PathNode.y) - y;
  const endX = dx + load<f64>(q, 8 * PathNode.xRate);
  const endY = dy + load<f64>(q, 8 * PathNode.yRate);
  const bx = 3.0 * wayX - dx - endX;
  const by = 3.0 * wayY - dy - endY;
  const cx = endX - 2.0 * wayX;
  const cy = endY - 2.0 * wayY;
  pathX = x + f * (dx + f * (bx + f * cx));
  pathY = y + f * (dy + f * (by + f * cy));
  rateX = dx + f * (2.0 * bx + 3.0 * (f * cx));
  rateY = dy + f * (2.0 * by + 3.0 * (f * cy));
  bendX = 2.0 * bx + 6.0 * (f * cx);
  bendY = 2.0 * by + 6.0 * (f * cy);
}

/**
 * Finds the {@link place} that is nearest to x, y [m] within `window` [nodes] to both sides of `expected` [nodes, within
 * [0, count)], and evaluates the path there: from the nearest of {@link SAMPLES} + 1 nodes Newton's iteration on
 * (x - p) . p' = 0, whose root moves by du = p' . dx / (|p'|^2 - (x - p) . p''). At the ends of the window, and near the
 * centre of curvature, the place does not move.
 */
export function findPlace(x: f64, y: f64, expected: f64, window: f64): void {
  const count = nodeCount();
  const stride = max(1, i32(Math.ceil((2.0 * window) / f64(SAMPLES))));
  const nodes = at(Region.path, 0);
  let i = (i32(expected) - stride * (SAMPLES >> 1)) % count;
  if (i < 0) i += count;
  let nearest = i;
  let least = Infinity;
  for (let k: i32 = 0; k <= SAMPLES; k++) {
    const node = nodes + usize(i) * (PathNode.count << DOUBLE_SHIFT);
    const dx = x - load<f64>(node, 8 * PathNode.x);
    const dy = y - load<f64>(node, 8 * PathNode.y);
    const squared = dx * dx + dy * dy;
    if (squared < least) {
      least = squared;
      nearest = i;
    }
    i += stride;
    if (i >= count) i -= count;
  }
  const far = f64(stride);
  let moved: f64 = 0.0;
  let curvature: f64 = 0.0;
  let squared: f64 = 0.0;
  for (let k: i32 = 0; k <= NEWTON; k++) {
    place = wrapPlace(f64(nearest) + moved, f64(count));
    evaluatePath(place);
    const dx = x - pathX;
    const dy = y - pathY;
    squared = rateX * rateX + rateY * rateY;
    curvature = squared - (dx * bendX + dy * bendY);
    if (k == NEWTON) break;
    const along = dx * rateX + dy * rateY;
    // beyond the centre of curvature it would go away from the nearest place: there it goes by the path's length alone
    const step = along / (curvature > CENTRE * squared ? curvature : squared);
    moved = Math.max(-far, Math.min(far, moved + (squared > NO_RATE ? step : 0.0)));
  }
  const isFree = curvature > CENTRE * squared && moved > -far && moved < far;
  placeByX = isFree ? rateX / curvature : 0.0;
  placeByY = isFree ? rateY / curvature : 0.0;
}
