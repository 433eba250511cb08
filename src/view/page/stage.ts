/// <reference lib="dom" />
/** The moving picture: the robot over its track, with its trail, target and corridor. */
import type { Recording } from "../../recording/recording.js";
import { alongAim, targetPoint } from "../../report/aims.js";
import { extentOf, pad } from "../../report/axis.js";
import { type Chart, type ChartLine, linePath, renderChart } from "../../report/chart.js";
import { column } from "../../report/driven.js";
import type { DrawnRollout, ReportFrame } from "../../report/input.js";
import { acrossOf, drawnSize, lineOf, type Moment, momentAt, type Picture, pictureFor } from "../../report/picture.js";
import { cross, equalAxes, trackLine } from "../../report/track.js";

/** Control steps of the trail. */
const TRAIL = 75;
/** A recording's extent is taken from every so many steps. */
const STRIDE = 7;

const SVG = "http://www.w3.org/2000/svg";

/** What is drawn below the moving robot. */
export interface Scene {
  readonly frame: ReportFrame;
  /** undefined: nothing was recorded, a robot is shown as it is now */
  readonly shown: DrawnRollout | undefined;
  /** of the run that it is compared with, or the best of this one */
  readonly other: DrawnRollout | undefined;
  /** half of the corridor [m] */
  readonly corridor: number | undefined;
}

export class Stage {
  readonly #host: HTMLElement;
  #chart: Chart | undefined;
  #picture: Picture | undefined;
  #size = 1;
  #place: ((moment: Moment) => readonly [number, number]) | undefined;
  #paths: SVGPathElement[] = [];
  #svg: SVGSVGElement | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** Draws what does not move. */
  set(scene: Scene): void {
    const { frame, shown, other, corridor } = scene;
    const { columns } = shown?.recording.info ?? frame;
    this.#picture = pictureFor(columns, frame.lengths);
    const { isVehicle, size } = drawnSize(columns);
    this.#size = size;
    this.#place = isVehicle ? ({ state }) => [state[0], state[1]] : undefined;
    const below: ChartLine[] = [];
    if (isVehicle) below.push(...trackLine(frame.track));
    if (isVehicle && corridor !== undefined) below.push(...edges(frame.track, corridor));
    if (isVehicle)
      for (const [className, rollout] of [["other", other] as const, ["line best ghost", shown] as const])
        if (rollout) below.push({ className, ...pathOf(rollout.recording) });
    below.push(...targets(frame, shown));
    const robot = shown ? this.#shapes(shown.recording) : [];
    const x = extentOf([...robot.flatMap((shape) => shape.x), ...below.flatMap((line) => Array.from(line.x))]);
    const y = extentOf([...robot.flatMap((shape) => shape.y), ...below.flatMap((line) => Array.from(line.y))]);
    const { scale: _, ...frames } = equalAxes(pad(x, 0.02), pad(y, 0.02));
    this.#chart = {
      heading: isVehicle ? "From above, y [m]" : "The robot",
      note: noteOf(scene, isVehicle, size),
      description: shown ? `The robot in ${frame.unit} ${shown.rollout}, moving` : "The robot as it is now",
      ...frames,
      xLabel: acrossOf(columns),
      lines: below,
    };
    this.#host.innerHTML = renderChart(this.#chart);
    this.#svg = this.#host.querySelector("svg") ?? undefined;
    this.#paths = [];
  }

  /** Draws the robot at a control step of a recording. */
  draw(recording: Recording, step: number): void {
    const from = Math.max(0, step - TRAIL);
    const moments = Array.from({ length: step - from + 1 }, (_, i) => momentAt(recording, from + i));
    this.drawMoments(moments);
  }

  /** Draws the robot at the last of some moments, with the others as its trail. */
  drawMoments(moments: readonly Moment[]): void {
    const now = moments.at(-1);
    if (!this.#chart || !this.#picture || !now) return;
    const lines: ChartLine[] = [];
    const { state } = now;
    if (this.#place) {
      const places = moments.map(this.#place);
      lines.push({ className: "trail", x: places.map(([x]) => x), y: places.map(([, y]) => y) });
    }
    if (Array.from(state).every(Number.isFinite)) lines.push(...this.#picture(now, this.#size).map(lineOf));
    this.#show(lines, this.#chart);
  }

  #show(lines: readonly ChartLine[], chart: Chart): void {
    while (this.#paths.length < lines.length) {
      const path = document.createElementNS(SVG, "path");
      this.#svg?.append(path);
      this.#paths.push(path);
    }
    for (const [i, path] of this.#paths.entries()) {
      path.setAttribute("class", lines[i]?.className ?? "");
      path.setAttribute("d", lines[i] ? linePath(lines[i], chart) : "");
    }
  }

  /** The robot at moments all over a recording, for its extent. */
  #shapes(recording: Recording) {
    const shapes = [];
    for (let step = 0; step < recording.times.length; step += STRIDE)
      shapes.push(...(this.#picture?.(momentAt(recording, step), this.#size) ?? []));
    return shapes;
  }
}

function pathOf({ states, info }: Recording): { x: number[]; y: number[] } {
  const width = info.columns.state.length;
  return { x: column(states, width, 0), y: column(states, width, 1) };
}

/** The corridor's edges: the track moved to both sides. */
function edges(track: ReportFrame["track"], distance: number): ChartLine[] {
  return [1, -1].map((side) => {
    const points = [...track, ...track.slice(0, 1)].map(([x, y], i) => {
      const [nextX, nextY] = track[(i + 1) % track.length];
      const length = Math.hypot(nextX - x, nextY - y) || 1;
      return [x - (side * distance * (nextY - y)) / length, y + (side * distance * (nextX - x)) / length];
    });
    return { className: "corridor", x: points.map(([x]) => x), y: points.map(([, y]) => y) };
  });
}

/** Marks of what a task without track aims at. */
function targets(frame: ReportFrame, shown: DrawnRollout | undefined): ChartLine[] {
  const point = targetPoint(frame);
  if (point.length > 0) return cross(point, 0.05);
  if (frame.track.length > 0 || !shown) return [];
  // a target on a line: the ends of its way
  return frame.aims.slice(0, 1).flatMap((aim) => {
    const { lo, hi } = extentOf(alongAim(aim, shown).target);
    return [lo, hi].map((x) => ({ className: "level", x: [x, x], y: [-0.1, 0.1] }));
  });
}

function noteOf({ frame, other, corridor, shown }: Scene, isVehicle: boolean, size: number): string {
  if (!isVehicle) return frame.columns.state.length === 1 ? "Dashed: how far its target goes." : "";
  return [
    `Grey: the track. The robot is drawn ${size} times as large.`,
    corridor === undefined ? "" : "Dotted: the corridor.",
    other ? `Dashed: ${other.label}.` : "",
    shown && shown.recording.body.length > 0 ? "Orange: slip of each axle." : "",
  ]
    .filter((text) => text !== "")
    .join(" ");
}
