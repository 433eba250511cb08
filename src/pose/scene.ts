/** What a source that shows pictures draws over them: the track and its corridor, in the source's own frame. */
import type { Placement } from "./placement.js";

export type Place = readonly [x: number, y: number];

export interface Scene {
  /** closed, in the direction of travel [m]; empty if the task has none */
  readonly path: readonly Place[];
  /** lines along which the corridor ends [m] */
  readonly edges: readonly (readonly Place[])[];
}

/** A place is on an edge if it is this part of the corridor from all of the path. */
const ON_EDGE = 0.995;

/** `path`: on the track [m]; `corridor`: room to both sides [m]; `frame`: the source's frame on the track. */
export function sceneOf(path: readonly Place[], corridor: number, frame: Placement): Scene {
  const [cos, sin] = [Math.cos(frame.angle), Math.sin(frame.angle)];
  const seen = path.map(([x, y]): Place => {
    const [dx, dy] = [x - frame.x, y - frame.y];
    return [cos * dx + sin * dy, cos * dy - sin * dx];
  });
  return { path: seen, edges: [1, -1].flatMap((side) => edgeLines(seen, side * corridor)) };
}

/** Pieces of the line that lies `aside` to the left of a path, where no other part of it is nearer. */
function edgeLines(path: readonly Place[], aside: number): Place[][] {
  const lines: Place[][] = [];
  let line: Place[] = [];
  const end = () => {
    if (line.length > 1) lines.push(line);
    line = [];
  };
  for (let i = 0; i <= path.length && path.length > 2; i++) {
    const [before, here, after] = [-1, 0, 1].map((by) => path[(i + by + path.length) % path.length]);
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const length = Math.hypot(dx, dy);
    const place: Place = [here[0] - (aside * dy) / length, here[1] + (aside * dx) / length];
    const isFree = path.every(([x, y]) => Math.hypot(x - place[0], y - place[1]) >= ON_EDGE * Math.abs(aside));
    if (isFree) line.push(place);
    else end();
  }
  end();
  return lines;
}
