/**
 * Indices of the points to keep so that no dropped point lies farther than `tolerance` from the line through the kept
 * ones (Ramer, Douglas and Peucker). Extremes therefore stay within the tolerance. All coordinates are finite.
 */
export function thin(xs: ArrayLike<number>, ys: ArrayLike<number>, tolerance: number): number[] {
  const count = xs.length;
  if (count <= 2) return Array.from({ length: count }, (_, index) => index);
  const keep = new Uint8Array(count);
  keep[0] = keep[count - 1] = 1;
  const open: [number, number][] = [[0, count - 1]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to] = range;
    let farthest = from;
    let worst = tolerance * tolerance;
    for (let index = from + 1; index < to; index++) {
      const distance = squaredDistance(xs, ys, index, from, to);
      if (distance > worst) [worst, farthest] = [distance, index];
    }
    if (farthest === from) continue;
    keep[farthest] = 1;
    open.push([from, farthest], [farthest, to]);
  }
  const kept: number[] = [];
  for (let index = 0; index < count; index++) if (keep[index]) kept.push(index);
  return kept;
}

/** Squared distance of a point from the straight piece between two others: the piece, not its line: laps turn back. */
function squaredDistance(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  index: number,
  from: number,
  to: number,
): number {
  const [fromX, fromY] = [xs[from], ys[from]];
  const [alongX, alongY] = [xs[to] - fromX, ys[to] - fromY];
  const [x, y] = [xs[index] - fromX, ys[index] - fromY];
  const length = alongX * alongX + alongY * alongY;
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, (x * alongX + y * alongY) / length));
  return (x - part * alongX) ** 2 + (y - part * alongY) ** 2;
}

/**
 * SVG path through the points, thinned, in whole numbers and relative steps to keep the page small. A point that is not
 * finite ends a line; a point between two such is drawn as a dot. Points farther out than `bound` are drawn there. The
 * function `keep` is told the index of every point that is in the path, in order.
 */
export function pathData(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  tolerance: number,
  bound: number,
  keep: (index: number) => void = () => {},
): string {
  let path = "";
  for (let start = 0; start < xs.length; start++) {
    const [lineX, lineY]: [number[], number[]] = [[], []];
    for (; start < xs.length; start++) {
      const [x, y] = [xs[start], ys[start]];
      if (!Number.isFinite(x) || !Number.isFinite(y)) break;
      lineX.push(Math.round(Math.min(bound, Math.max(-bound, x))));
      lineY.push(Math.round(Math.min(bound, Math.max(-bound, y))));
    }
    const first = start - lineX.length;
    path += linePath(lineX, lineY, tolerance, (index) => keep(first + index));
  }
  return path;
}

function linePath(
  xs: readonly number[],
  ys: readonly number[],
  tolerance: number,
  keep: (index: number) => void,
): string {
  let [atX, atY] = [xs[0], ys[0]];
  if (atX === undefined || atY === undefined) return "";
  let path = `M${atX} ${atY}`;
  const kept = thin(xs, ys, tolerance);
  kept.forEach(keep);
  // A line of no length is drawn only if it has a step; its round ends make the dot.
  path += kept.length === 1 ? "h0" : "l";
  for (const index of kept.slice(1)) {
    const [x, y] = [xs[index], ys[index]];
    const [stepX, stepY] = [x - atX, y - atY];
    path += `${path.endsWith("l") || stepX < 0 ? "" : " "}${stepX}${stepY < 0 ? "" : " "}${stepY}`;
    [atX, atY] = [x, y];
  }
  return path;
}

/** The lines of a path as {@link pathData} writes it, each by its points. */
export function linesOf(path: string): { readonly x: number[]; readonly y: number[] }[] {
  const lines: { x: number[]; y: number[] }[] = [];
  for (const [, start, steps = ""] of path.matchAll(/M(-?\d+ -?\d+)(?:h0|l([-\d ]*))/g)) {
    let [x, y] = start.split(" ").map(Number);
    const line = { x: [x], y: [y] };
    const numbers = Array.from(steps.matchAll(/-?\d+/g), Number);
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      x += numbers[i];
      y += numbers[i + 1];
      line.x.push(x);
      line.y.push(y);
    }
    lines.push(line);
  }
  return lines;
}

/** Lengths of the sides of a closed polyline; the last leads back to the first point. */
export function sideLengths(points: readonly (readonly [number, number])[]): number[] {
  return points.map(([x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length];
    return Math.hypot(nextX - x, nextY - y);
  });
}
