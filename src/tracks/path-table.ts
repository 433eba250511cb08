/** What the core needs of a track: nodes evenly in task time, and the numbers that go with them. */
import { shortestLoop } from "./crossings.js";
import { hermite, splineSlopes } from "./spline.js";
import { lapTimeOf, type Track, taskTimes } from "./track.js";

/** Nodes: so far apart on average [m], at least and at most so many. */
const SPACING = 0.04;
const LEAST = 256;
const MOST = 8192;

/** Coefficients, by powers of the part of the way, of the cubic between two nodes with these values and slopes. */
function cubic(values: Float64Array, slopes: Float64Array) {
  return (from: number, to: number): readonly number[] => {
    const way = values[to] - values[from];
    const ends = slopes[from] + slopes[to];
    return [values[from], slopes[from], 3 * way - slopes[from] - ends, ends - 2 * way];
  };
}

/** Nodes of the region `path`: coefficients of x and y [m] to the next node, by powers of the part of the way. */
export function pathNodes(track: Track): Float64Array {
  const known = tables.get(track);
  if (known) return known;
  const n = Math.min(MOST, Math.max(LEAST, Math.ceil(track.length / SPACING)));
  const times = taskTimes(track);
  const count = track.x.length;
  const lapTime = times[count];
  const along = new Float64Array(count).fill(track.step);
  const [xSlope, ySlope] = [splineSlopes(track.x, along), splineSlopes(track.y, along)];
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  let i = 0;
  for (let k = 0; k < n; k++) {
    const time = (k * lapTime) / n;
    while (i + 1 < count && times[i + 1] <= time) i++;
    const next = (i + 1) % count;
    const [v, w] = [track.speed[i], track.speed[next]];
    const since = time - times[i];
    // the square of the speed goes evenly, so the acceleration is constant
    const way = since * (v + (since * (w * w - v * v)) / (4 * track.step));
    const f = Math.min(1, way / track.step);
    x[k] = hermite(track.x[i], track.x[next], xSlope[i], xSlope[next], track.step, f);
    y[k] = hermite(track.y[i], track.y[next], ySlope[i], ySlope[next], track.step, f);
  }
  const even = new Float64Array(n).fill(1);
  const [xRate, yRate] = [splineSlopes(x, even), splineSlopes(y, even)];
  const nodes = new Float64Array(8 * n);
  const [cubicX, cubicY] = [cubic(x, xRate), cubic(y, yRate)];
  for (let k = 0; k < n; k++) {
    const next = (k + 1) % n;
    const [cx, cy] = [cubicX(k, next), cubicY(k, next)];
    cx.forEach((value, power) => {
      nodes.set([value, cy[power]], 8 * k + 2 * power);
    });
  }
  tables.set(track, nodes);
  return nodes;
}

const tables = new WeakMap<Track, Float64Array>();

/** The place is looked for this far to both sides of the expected one [s]; less where the path soon comes back. */
const WINDOW = 1.4;
/** Parts of the way back to a place that the path meets again, and of a lap, that the window may take. */
const OF_LOOP = 0.45;
const OF_LAP = 0.25;
/** Pieces of the path this near to each other can be taken for each other [m]. */
const NEAR = 0.3;

/** Half the width of the window [s]. */
export function windowOf(track: Track): number {
  const lapTime = lapTimeOf(track);
  const loop = (shortestLoop(track, NEAR) / track.x.length) * lapTime;
  return Math.min(WINDOW, OF_LOOP * loop, OF_LAP * lapTime);
}

/** Middle and half-width of the track, in x and y [m]. */
export function extentOf({ x, y }: Track): { readonly middle: readonly [number, number]; readonly half: number } {
  const [lowX, highX, lowY, highY] = [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
  return { middle: [(lowX + highX) / 2, (lowY + highY) / 2], half: Math.max(highX - lowX, highY - lowY) / 2 };
}
