import { taskTimes } from "../recording/recording.js";
import { alongAim, pointAims, targetPoint } from "./aims.js";
import { type Extent, extentOf, limitExtent, linearAxis, pad, union } from "./axis.js";
import { type Chart, type ChartLine, renderChart } from "./chart.js";
import { column, drawingOrder, rolloutClass, rolloutName } from "./driven.js";
import type { ReportInput } from "./input.js";
import { phaseOf, timeLabel } from "./laps.js";
import { sideLengths } from "./polyline.js";

/** A rollout may leave the track by this part of its size before it is cut off. */
const REACH = 0.25;
/** Arrow heads on the track. */
const CHEVRONS = 6;
/** Size [pixel] that the map may take. */
const [WIDTH, HEIGHT] = [1040, 620];
/** Distance [pixel] between labels of its axes, about. */
const TICK = 150;

/** Coordinates [m] of a path seen from above. */
interface Path {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The rollouts over the track, seen from above with equal axes; empty if the task does not move in a plane. */
export function renderTrack(input: ReportInput): string {
  const columns = input.rollouts[0].recording.info.columns.state;
  const atX = columns.findIndex((name) => name.startsWith("x [m]"));
  const atY = columns.findIndex((name) => name.startsWith("y [m]"));
  const point = pointAims(input);
  if (!point && (atX < 0 || atY < 0)) return "";
  const paths = input.rollouts.map((rollout) =>
    point
      ? { x: alongAim(point[0], rollout).driven, y: alongAim(point[1], rollout).driven }
      : {
          x: column(rollout.recording.states, columns.length, atX),
          y: column(rollout.recording.states, columns.length, atY),
        },
  );
  const goal = targetPoint(input);
  const track = trackLine(input.track);
  const x = frame(
    extentOf([...track.flatMap((line) => line.x), ...goal.slice(0, 1)]),
    extentOf(paths.flatMap((path) => path.x)),
  );
  const y = frame(
    extentOf([...track.flatMap((line) => line.y), ...goal.slice(1)]),
    extentOf(paths.flatMap((path) => path.y)),
  );
  const { scale, ...frames } = equalAxes(x.shown, y.shown);
  const drawn = input.rollouts.map(({ rollout }) => rollout);
  const notes = [
    track.length > 0 ? "Grey: the track, with the direction of travel." : "",
    goal.length > 0 ? "Cross: the target." : "",
    `Dots: where a ${input.unit} starts.`,
    x.cut || y.cut ? `A ${input.unit} that leaves the frame is cut off.` : "",
  ];
  return renderChart({
    heading: point ? "Path of the end, y [m]" : "Track from above, y [m]",
    note: notes.join(" ").trim(),
    description: `Path ${point ? "of the end" : "over the track"} of ${input.unit}s ${drawn.join(", ")}`,
    ...frames,
    xLabel: "x [m]",
    lines: [
      ...track,
      ...rolloutLines(input, paths),
      ...chevrons(input.track, 7 / scale),
      ...starts(input, paths),
      ...cross(goal, 7 / scale),
    ],
  });
}

/** A track as a closed line; none if the task has none. */
export function trackLine(track: ReportInput["track"]): (Path & { readonly className: string })[] {
  if (track.length === 0) return [];
  const closed = [...track, ...track.slice(0, 1)];
  return [{ className: "track", x: closed.map(([x]) => x), y: closed.map(([, y]) => y) }];
}

/** Size and axes of a chart on which a metre is as long upwards as to the side; `scale`: pixels per metre. */
export function equalAxes(
  x: Extent,
  y: Extent,
): Pick<Chart, "width" | "height" | "fixedRatio" | "x" | "y"> & { readonly scale: number } {
  // Room for the dots and arrow heads at the edge; and a path along one axis alone still needs a map of some height.
  const longer = Math.max(x.hi - x.lo, y.hi - y.lo);
  const spanX = Math.max(0.2 * longer, x.hi - x.lo + 0.04 * longer);
  const spanY = Math.max(0.2 * longer, y.hi - y.lo + 0.04 * longer);
  const scale = Math.min(WIDTH / spanX, HEIGHT / spanY);
  return {
    scale,
    width: Math.round(spanX * scale),
    height: Math.round(spanY * scale),
    fixedRatio: true,
    x: linearAxis(centred(x, spanX), (spanX * scale) / TICK),
    y: linearAxis(centred(y, spanY), (spanY * scale) / TICK),
  };
}

function rolloutLines(input: ReportInput, paths: readonly Path[]): ChartLine[] {
  return drawingOrder(input).map((place) => ({
    className: `line ${rolloutClass(input, place)}`,
    name: rolloutName(input, place),
    along: {
      name: timeLabel(input),
      values: taskTimes(input.rollouts[place].recording).map((time) => phaseOf(time, input.lapTime)),
    },
    ...paths[place],
  }));
}

function starts(input: ReportInput, paths: readonly Path[]): ChartLine[] {
  return drawingOrder(input).map((place) => ({
    className: `start ${rolloutClass(input, place)}`,
    x: paths[place].x.slice(0, 1),
    y: paths[place].y.slice(0, 1),
    hint: `start of ${input.unit} ${input.rollouts[place].rollout}`,
  }));
}

/** A cross of the given size [m] at a point, if there is one. */
export function cross([x, y]: readonly number[], size: number): ChartLine[] {
  if (x === undefined) return [];
  return [1, -1].map((slope) => ({
    className: "chevron",
    x: [x - size, x + size],
    y: [y - slope * size, y + slope * size],
  }));
}

/** What of one axis is shown, and whether that cuts off a rollout. */
function frame(track: Extent, driven: Extent): { shown: Extent; cut: boolean } {
  const shown = limitExtent(union(track, driven), track, REACH);
  return { shown: pad(shown, 0), cut: driven.lo < shown.lo || driven.hi > shown.hi };
}

function centred({ lo, hi }: Extent, span: number): Extent {
  return { lo: (lo + hi - span) / 2, hi: (lo + hi + span) / 2 };
}

/** Arrow heads of the given size [m] on the track, equally far apart, pointing in the direction of travel. */
function chevrons(track: ReportInput["track"], size: number): ChartLine[] {
  const lengths = sideLengths(track);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const lines: ChartLine[] = [];
  let driven = 0;
  for (const [index, length] of lengths.entries()) {
    const [fromX, fromY] = track[index];
    const [toX, toY] = track[(index + 1) % track.length];
    const [alongX, alongY] = [(toX - fromX) / length, (toY - fromY) / length];
    while (lines.length < CHEVRONS) {
      const ahead = ((lines.length + 0.5) / CHEVRONS) * total - driven;
      if (!(ahead < length)) break;
      const [tipX, tipY] = [fromX + ahead * alongX, fromY + ahead * alongY];
      lines.push({
        className: "chevron",
        x: [tipX - size * (alongX + alongY), tipX, tipX - size * (alongX - alongY)],
        y: [tipY - size * (alongY - alongX), tipY, tipY - size * (alongY + alongX)],
      });
    }
    driven += length;
  }
  return lines;
}
