/** A track as a page: the path from above with its room, curvature and speed along it. */
import { checkRows, type TrackCheck } from "../tracks/check.js";
import { shapeOf, type Track } from "../tracks/track.js";
import { type Extent, extentOf, linearAxis, pad, union } from "./axis.js";
import { type ChartLine, renderChart } from "./chart.js";
import { CURVES, renderDocument } from "./document.js";
import { escapeHtml } from "./text.js";
import { equalAxes } from "./track.js";

/** Size [pixel] of a chart. */
const [WIDTH, HEIGHT] = [1040, 240];
/** Distance [pixel] between labels of its axis, about. */
const TICK = 120;
const STYLE = `${CURVES}
.room{stroke:var(--blue);stroke-width:1;fill:none}.path{stroke:var(--green);stroke-width:2.5;fill:none}
.limit{stroke:var(--orange);stroke-width:1.5;fill:none;stroke-dasharray:7 4}
.begin{stroke:var(--orange);stroke-width:9;fill:none;stroke-linecap:round}`;

/** `fastest`: the fastest profile that the limits allow [m/s]. */
export function trackPage(track: Track, check: TrackCheck, fastest: Float64Array, version: string): string {
  const table = checkRows(check)
    .map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`)
    .join("");
  const problems = check.problems.map((problem) => `<li>${escapeHtml(problem)}</li>`).join("");
  return renderDocument({
    title: `Track ${track.name}`,
    style: STYLE,
    intro: `<table>${table}</table>${problems === "" ? "" : `<ul>${problems}</ul>`}`,
    content: `${mapOf(track)}${curvatureChart(track)}${speedChart(track, fastest)}`,
    footer: `made by lapgrad ${version}`,
  });
}

/** A closed line. */
function closed(className: string, x: ArrayLike<number>, y: ArrayLike<number>): ChartLine {
  return { className, x: [...Array.from(x), x[0]], y: [...Array.from(y), y[0]] };
}

function mapOf(track: Track): string {
  const { heading } = shapeOf(track);
  const beside = (room: Float64Array, side: 1 | -1): ChartLine =>
    closed(
      "room",
      track.x.map((x, i) => x - side * room[i] * Math.sin(heading[i])),
      track.y.map((y, i) => y + side * room[i] * Math.cos(heading[i])),
    );
  const edges = [beside(track.left, 1), beside(track.right, -1)];
  const extent = (axis: "x" | "y"): Extent => union(...edges.map((line) => extentOf(Array.from(line[axis]))));
  const { scale, ...frames } = equalAxes(extent("x"), extent("y"));
  const ahead = Math.min(track.x.length - 1, Math.ceil(14 / scale / track.step));
  return renderChart({
    heading: "The path from above, y [m]",
    note: "Green: the path. Blue: the room beside it. Orange: where it begins, towards where it goes.",
    description: `Path of the track ${track.name}`,
    ...frames,
    xLabel: "x [m]",
    lines: [
      ...edges,
      closed("path", track.x, track.y),
      { className: "begin", x: track.x.slice(0, 1), y: track.y.slice(0, 1) },
      { className: "limit", x: [track.x[0], track.x[ahead]], y: [track.y[0], track.y[ahead]] },
    ],
  });
}

/** Lines of values along the path. */
function chart(
  track: Track,
  heading: string,
  values: Extent,
  along: readonly Pick<ChartLine, "className" | "hint" | "y">[],
): string {
  const x = track.x.map((_, i) => i * track.step);
  const lines = along.map((line) => ({ ...line, x }));
  return renderChart({
    heading,
    description: heading,
    width: WIDTH,
    height: HEIGHT,
    x: linearAxis({ lo: 0, hi: track.length }, WIDTH / TICK),
    y: linearAxis(pad(values, 0.05), HEIGHT / 60),
    xLabel: "from the start [m]",
    lines,
  });
}

function curvatureChart(track: Track): string {
  const { curvature } = shapeOf(track);
  const line = { className: "path", y: curvature };
  return chart(track, "Curvature, to the left positive [1/m]", extentOf(curvature), [line]);
}

function speedChart(track: Track, fastest: Float64Array): string {
  const heading = "Speed asked for, and (dashed) what the limits allow [m/s]";
  return chart(track, heading, { lo: 0, hi: Math.max(...track.speed, ...fastest) }, [
    { className: "limit", y: fastest, hint: "by the limits" },
    { className: "path", y: track.speed, hint: "asked for" },
  ]);
}
