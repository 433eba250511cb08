import { taskTimes } from "../recording/recording.js";
import { alongAim } from "./aims.js";
import { type Extent, extentOf, limitExtent, linearAxis, pad, union } from "./axis.js";
import { type ChartLine, renderChart } from "./chart.js";
import { bestDrawn, column, drawingOrder, rolloutClass, rolloutName } from "./driven.js";
import type { DrawnRollout, ReportInput } from "./input.js";
import { sideLengths } from "./polyline.js";
import { formatNumber } from "./text.js";

/** A rollout may reach this many times the range of the best one before its curve is cut off. */
const REACH = 30;

/** A curve over time, with NaN where a lap ends. */
interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A quantity drawn over the lap: one curve per drawn rollout, and what to compare it with if there is something. */
interface Quantity {
  readonly name: string;
  readonly curves: readonly Curve[];
  readonly level?: { readonly value: number; readonly name: string };
  readonly target?: Curve;
}

/**
 * Along the lap, all laps over each other: what the task aims at, with its target, and then speed and radial error of a
 * task on a track, or all states of another.
 */
export function renderAlongLap(input: ReportInput): string {
  const { columns } = input.rollouts[0].recording.info;
  const aims = input.aims.map((aim) => aimed(input, aim));
  const states = columns.state.map((name, index) => quantity(input, name, "states", columns.state.length, index));
  const quantities: Quantity[] = [...aims];
  const speed = states[columns.state.findIndex((name) => /^(v|speed) \[m\/s\]/i.test(name))];
  if (speed && input.track.length > 0) quantities.push({ ...speed, name: "Speed [m/s]", ...taskSpeed(input) });
  else
    quantities.push(...states.filter((_, state) => !input.aims.some(({ of }) => "state" in of && of.state === state)));
  const [residual = ""] = columns.residual;
  if (/radial/i.test(residual)) quantities.push(quantity(input, residual, "residuals", columns.residual.length, 0));
  const { body = [] } = columns;
  for (const [i, name] of body.entries()) quantities.push(quantity(input, capital(name), "body", body.length, i));
  return charts(input, quantities);
}

/** The inputs along the lap: what the policy did to the robot. */
export function renderInputs(input: ReportInput): string {
  const names = input.rollouts[0].recording.info.columns.input;
  return charts(
    input,
    names.map((name, index) => quantity(input, name, "inputs", names.length, index)),
  );
}

function charts(input: ReportInput, quantities: readonly Quantity[]): string {
  return quantities
    .filter(({ curves }) => curves.some(({ y }) => y.some((value) => Number.isFinite(value))))
    .map((drawn) => renderQuantity(input, drawn))
    .join("\n");
}

/** Offsets that the network gave along the lap in the best rollout, one small chart per output. */
export function renderOutputs(input: ReportInput): string {
  const place = Math.max(0, bestDrawn(input));
  const { rollout, recording } = input.rollouts[place];
  const { segmentTimes, outputs } = recording;
  const width = Math.floor(outputs.length / segmentTimes.length) || 0;
  if (width === 0) return "<p>The network was not recorded.</p>";
  const charts = Array.from({ length: width }, (_, index) => {
    const name = input.outputNames[index] ?? `output ${index + 1}`;
    const curve = fold(segmentTimes, column(outputs, width, index), input.lapTime);
    const time = timeExtent([curve], input.lapTime);
    return renderChart({
      heading: name,
      description: `Network output ${name} of ${input.unit} ${rollout} over the lap`,
      width: 220,
      height: 130,
      x: linearAxis(time, 3),
      y: linearAxis(pad(union(extentOf(curve.y), { lo: 0, hi: 0 }), 0.08), 4),
      xLabel: timeLabel(input),
      lines: [
        level("zero", time, 0),
        { className: `line ${rolloutClass(input, place)}`, name: rolloutName(input, place), ...curve },
      ],
    });
  });
  return (
    `<p>Offsets to setpoint and gains in ${input.unit} ${rollout}.</p>` +
    `<div class="multiples">${charts.join("\n")}</div>`
  );
}

function renderQuantity(input: ReportInput, quantity: Quantity): string {
  const { name, curves } = quantity;
  const all = extentOf(curves.flatMap(({ y }) => y));
  const best = bestDrawn(input);
  const shown = limitExtent(all, extentOf(best < 0 ? [] : curves[best].y), REACH);
  const reference = quantity.level?.value ?? NaN;
  const extent = pad(union(shown, extentOf([reference, ...(quantity.target?.y ?? [])])), 0.06);
  const time = timeExtent(curves, input.lapTime);
  const y = linearAxis(extent, 5);
  const lines: ChartLine[] = [];
  const isCut = shown.lo > all.lo || shown.hi < all.hi;
  const notes: string[] = [];
  if (extent.lo <= 0 && extent.hi >= 0) lines.push(level("zero", time, 0));
  if (quantity.level) {
    lines.push(level("level", time, reference));
    notes.push(`Dashed: ${quantity.level.name}, ${formatNumber(reference)}.`);
  }
  if (quantity.target) {
    lines.push({ className: "aim", name: "target", ...quantity.target });
    notes.push("Grey: the target.");
  }
  for (const place of drawingOrder(input))
    lines.push({ className: `line ${rolloutClass(input, place)}`, name: rolloutName(input, place), ...curves[place] });
  return renderChart({
    heading: name.charAt(0).toUpperCase() + name.slice(1),
    note: [...notes, ...(isCut ? [`A ${input.unit} that leaves the frame is cut off.`] : [])].join(" "),
    description: `${name} over the lap for ${input.unit}s ${input.rollouts.map(({ rollout }) => rollout).join(", ")}`,
    width: 490,
    height: 240,
    x: linearAxis(time, 6),
    y,
    xLabel: timeLabel(input),
    lines,
  });
}

/** An aim of all drawn rollouts, with the target of the best, or of the first that is drawn. */
function aimed(input: ReportInput, aim: ReportInput["aims"][number]): Quantity {
  const folded = (rollout: DrawnRollout, values: readonly number[]) =>
    fold(taskTimes(rollout.recording), values, input.lapTime);
  const along = input.rollouts.map((rollout) => alongAim(aim, rollout));
  const place = Math.max(0, bestDrawn(input));
  return {
    name: aim.name,
    curves: input.rollouts.map((rollout, i) => folded(rollout, along[i].driven)),
    target: folded(input.rollouts[place], along[place].target),
  };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** One column of all drawn rollouts, laps over each other. */
function quantity(
  input: ReportInput,
  name: string,
  array: "states" | "residuals" | "inputs" | "body",
  width: number,
  index: number,
): Quantity {
  const curves = input.rollouts.map(({ recording }) =>
    fold(taskTimes(recording), column(recording[array], width, index), input.lapTime),
  );
  return { name, curves };
}

/** Mean speed that the task asks for, where it has a track and a lap time. */
function taskSpeed({ track, lapTime }: ReportInput): Pick<Quantity, "level"> {
  if (lapTime === undefined || track.length === 0) return {};
  const length = sideLengths(track).reduce((sum, side) => sum + side, 0);
  return { level: { value: length / lapTime, name: "the task's mean" } };
}

/** Task time since the lap began [s]; of a task without laps since the rollout did. */
export function phaseOf(time: number, lapTime: number | undefined): number {
  return lapTime === undefined ? time : ((time % lapTime) + lapTime) % lapTime;
}

/** Lays all laps over each other: task time becomes that since the lap began, with a gap where a lap ends. */
function fold(times: Float64Array, values: readonly number[], lapTime: number | undefined): Curve {
  const curve: { x: number[]; y: number[] } = { x: [], y: [] };
  let previous = -Infinity;
  for (const [index, value] of values.entries()) {
    const x = phaseOf(times[index], lapTime);
    if (x < previous) {
      curve.x.push(NaN);
      curve.y.push(NaN);
    }
    curve.x.push(x);
    curve.y.push(value);
    previous = x;
  }
  return curve;
}

function timeExtent(curves: readonly Curve[], lapTime: number | undefined): Extent {
  const { hi } = extentOf(curves.flatMap(({ x }) => x));
  return { lo: 0, hi: lapTime ?? (hi > 0 ? hi : 1) };
}

export function timeLabel({ lapTime }: ReportInput): string {
  return lapTime === undefined ? "time [s]" : "lap phase [s]";
}

function level(className: string, time: Extent, value: number): ChartLine {
  return { className, x: [time.lo, time.hi], y: [value, value] };
}
