/** The robot at some moments of the best rollout that is drawn, as its picture. */
import { alongAim, targetPoint } from "./aims.js";
import { extentOf, limitExtent, pad, union } from "./axis.js";
import { type ChartLine, renderChart } from "./chart.js";
import { bestDrawn, rolloutName } from "./driven.js";
import type { DrawnRollout, ReportInput } from "./input.js";
import { acrossOf, drawnSize, lineOf, momentAt, pictureFor, type Shape } from "./picture.js";
import { cross, equalAxes, trackLine } from "./track.js";

/** A rollout may leave the track by this part of its size before its picture is cut off. */
const REACH = 0.25;
/** How many, equally far apart in time. */
const MOMENTS = 9;
/** Places that a robot moves through in a recording, at most. */
const PLACES = 80;
/** Time between two of them [s], at least. */
const APART = 0.06;
/** Half the height of the mark of a target on a line [m]. */
const TARGET = 0.1;

/** One chart; empty if the robot has no picture. */
export function renderMoments(input: ReportInput): string {
  const drawn = input.rollouts[Math.max(0, bestDrawn(input))];
  const scene = sceneOf(input, [drawn]);
  if (!scene) return "";
  return renderChart({
    heading: `The robot ${scene.isVehicle ? "along the lap" : "at some moments"}${scene.isPoint ? "" : ", y [m]"}`,
    note: noteOf(input, drawn, scene),
    description: `The robot at ${MOMENTS} moments of ${input.unit} ${drawn.rollout}`,
    ...scene.frames,
    xLabel: scene.across,
    lines: [
      ...scene.below,
      ...steps(drawn, MOMENTS).flatMap((step) => scene.shapesAt(drawn, step).map(lineOf)),
      ...scene.above,
    ],
  });
}

/** The robot moving in the first and in the best rollout, side by side, in real time; empty as above. */
export function renderMoving(input: ReportInput): string {
  const best = input.rollouts[Math.max(0, bestDrawn(input))];
  const drawn = [...new Set([input.rollouts[0], best])];
  const scene = sceneOf(input, drawn);
  if (!scene) return "";
  const charts = drawn.map((rollout) => {
    const { times } = rollout.recording;
    const seconds = times[times.length - 1];
    const moments = steps(rollout, Math.min(PLACES, Math.ceil(seconds / APART)));
    const places = moments.map((step) => scene.shapesAt(rollout, step));
    const isKnown = places.flat().every(({ x, y }) => [...x, ...y].every(Number.isFinite));
    if (!isKnown || !(seconds > 0)) return "";
    const lines = places[0].map((shape, i) => ({
      ...lineOf(shape),
      moves: { seconds, places: places.map((shapes) => shapes[i]) },
    }));
    const targets = targetsAt(input, rollout, moments);
    const [first] = targets;
    const target = first ? [{ className: "level", ...first, moves: { seconds, places: targets } }] : [];
    return renderChart({
      heading: rolloutName(input, input.rollouts.indexOf(rollout)),
      description: `The robot moving in ${input.unit} ${rollout.rollout}`,
      ...scene.frames,
      xLabel: scene.across,
      lines: [...scene.below, ...target, ...lines, ...scene.above],
    });
  });
  const content = charts.join("\n");
  if (content.trim() === "") return "";
  const note = `In real time${isFollowing(input) ? "; dashed: the target" : ""}:`;
  return `<div class="moving"><p>${note}</p><div class="pair">${content}</div></div>`;
}

/** Whether a state follows a target that moves on a line. */
function isFollowing({ aims, track }: ReportInput): boolean {
  return track.length === 0 && aims.length > 0 && "state" in aims[0].of;
}

/** Where the target of such a state is at some control steps, as a mark across its line [m]; none of other tasks. */
function targetsAt(input: ReportInput, rollout: DrawnRollout, steps: readonly number[]) {
  if (!isFollowing(input)) return [];
  const { target } = alongAim(input.aims[0], rollout);
  return steps.map((step) => ({ x: [target[step], target[step]], y: [-TARGET, TARGET] }));
}

/** What pictures of some rollouts share. */
interface MomentScene {
  readonly isVehicle: boolean;
  /** it has but one state, and moves on a line */
  readonly isPoint: boolean;
  /** what lies to the right */
  readonly across: string;
  readonly size: number;
  readonly frames: Omit<ReturnType<typeof equalAxes>, "scale">;
  readonly below: readonly ChartLine[];
  readonly above: readonly ChartLine[];
  shapesAt(rollout: DrawnRollout, step: number): Shape[];
}

function sceneOf(input: ReportInput, drawn: readonly DrawnRollout[]): MomentScene | undefined {
  const { columns } = drawn[0].recording.info;
  const picture = pictureFor(columns, input.lengths);
  if (!picture) return undefined;
  const { isVehicle, size } = drawnSize(columns);
  const shapesAt = ({ recording }: DrawnRollout, step: number) => picture(momentAt(recording, step), size);
  const shapes = drawn.flatMap((rollout) => steps(rollout, PLACES).flatMap((step) => shapesAt(rollout, step)));
  const below = trackLine(input.track);
  const target = targetPoint(input);
  const fixed = {
    x: [...below.flatMap((line) => line.x), ...target.slice(0, 1)],
    y: [...below.flatMap((line) => line.y), ...target.slice(1)],
  };
  const [x, y] = (["x", "y"] as const).map((axis) => {
    const own = extentOf(shapes.flatMap((shape) => shape[axis]));
    // one that drove away must not shrink the picture to a dot
    return limitExtent(union(own, extentOf(fixed[axis])), below.length > 0 ? extentOf(fixed[axis]) : own, REACH);
  });
  // what moves on a line needs little room beside it, which is given in any case
  const { scale, ...frames } = equalAxes(pad(x, 0), y.hi > y.lo ? pad(y, 0) : y);
  return {
    isVehicle,
    isPoint: columns.state.length === 1,
    across: acrossOf(columns),
    size,
    frames,
    below,
    above: cross(target, 7 / scale),
    shapesAt,
  };
}

/** So many control steps of a recording, equally far apart in time, from its first to its last. */
function steps({ recording }: DrawnRollout, count: number): number[] {
  const last = recording.times.length - 1;
  return Array.from({ length: count }, (_, i) => Math.floor((i * last) / Math.max(1, count - 1)));
}

/** What the picture shows, and how much larger. */
function noteOf({ unit }: ReportInput, { rollout, recording }: DrawnRollout, scene: MomentScene): string {
  const what = `${unit.charAt(0).toUpperCase()}${unit.slice(1)} ${rollout}`;
  if (!scene.isVehicle) return `${what}, at moments equally far apart.`;
  const steered = recording.info.columns.input.includes("steering") ? "; front wheels as commanded" : "";
  const body = recording.body.length > 0 ? " Orange: slip of each axle. A body that leans is drawn to that side." : "";
  return `${what}, at moments equally far apart, drawn ${scene.size} times as large${steered}.${body}`;
}
