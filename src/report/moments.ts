/** The robot at some moments of the best rollout that is drawn, as its picture. */
import { pointAims } from "./aims.js";
import { extentOf, pad } from "./axis.js";
import { type ChartLine, renderChart } from "./chart.js";
import { bestDrawn } from "./driven.js";
import type { DrawnRollout, ReportInput } from "./input.js";
import { momentAt, pictureFor, type Shape } from "./picture.js";
import { cross, equalAxes } from "./track.js";

/** How many, equally far apart in time. */
const MOMENTS = 9;
/** A vehicle on a track of metres is drawn so many times its size. */
const SIZE = 2.5;

/** One chart; empty if the robot has no picture, or one that is a point. */
export function renderMoments(input: ReportInput): string {
  const place = Math.max(0, bestDrawn(input));
  const drawn = input.rollouts[place];
  const { columns } = drawn.recording.info;
  const picture = pictureFor(columns, input.lengths);
  if (!picture || columns.state.length === 1) return "";
  const isVehicle = columns.state.some((name) => name.startsWith("phi"));
  const steps = drawn.recording.times.length;
  const chosen = Array.from({ length: MOMENTS }, (_, i) => Math.floor((i * (steps - 1)) / (MOMENTS - 1)));
  const shapes = chosen.flatMap((step) => picture(momentAt(drawn.recording, step), isVehicle ? SIZE : 1));
  const track = [...input.track, ...input.track.slice(0, 1)];
  const target = pointAims(input)?.flatMap(({ of }) => ("target" in of ? [of.target] : [])) ?? [];
  const x = extentOf([...shapes.flatMap((shape) => shape.x), ...track.map(([at]) => at), ...target.slice(0, 1)]);
  const y = extentOf([...shapes.flatMap((shape) => shape.y), ...track.map(([, at]) => at), ...target.slice(1)]);
  const { scale, ...frames } = equalAxes(pad(x, 0), pad(y, 0));
  return renderChart({
    heading: isVehicle ? "The robot along the lap, y [m]" : "The robot at some moments, y [m]",
    note: noteOf(input, drawn, isVehicle),
    description: `The robot at ${MOMENTS} moments of ${input.unit} ${drawn.rollout}`,
    ...frames,
    xLabel: "x [m]",
    lines: [
      ...(track.length > 0 ? [{ className: "track", x: track.map(([at]) => at), y: track.map(([, at]) => at) }] : []),
      ...shapes.map(lineOf),
      ...cross(target, 7 / scale),
    ],
  });
}

/** A shape as a line of a chart. */
export function lineOf({ part, x, y }: Shape): ChartLine {
  return { className: `part ${part}`, x, y };
}

/** What the picture shows, and how much larger. */
function noteOf({ unit }: ReportInput, { rollout, recording }: DrawnRollout, isVehicle: boolean): string {
  const what = `${unit.charAt(0).toUpperCase()}${unit.slice(1)} ${rollout}`;
  if (!isVehicle) return `${what}, at moments equally far apart.`;
  const steered = recording.info.columns.input.includes("steering") ? "; front wheels as commanded" : "";
  const body = recording.body.length > 0 ? " Orange: slip of each axle. A body that leans is drawn to that side." : "";
  return `${what}, at moments equally far apart, drawn ${SIZE} times as large${steered}.${body}`;
}
