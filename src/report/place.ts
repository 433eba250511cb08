/** How sure a robot was of its place along the lap, and what it believed against what poses from outside said. */
import { type Measured, MotionColumn, Verdict } from "../estimation/measured.js";
import { reEstimate } from "../estimation/re-estimate.js";
import { type Seen, seenAgainstBelieved } from "../estimation/seen.js";
import { type Recording, taskTimes } from "../recording/recording.js";
import { rootMeanSquare } from "../statistics.js";
import { extentOf, linearAxis, pad, union } from "./axis.js";
import { type ChartLine, renderChart } from "./chart.js";
import type { ReportInput } from "./input.js";
import { phaseOf, timeLabel } from "./laps.js";
import { escapeHtml, formatFixed } from "./text.js";

/** Laps whose numbers are shown: so many at the end. */
const MOST_LAPS = 40;
/** Size of a chart [pixel]. */
const [WIDTH, HEIGHT] = [490, 240];

/** What was measured or seen at a moment of the drive. */
interface Moment {
  /** number of the lap, from 0, and task time since it began [s] */
  readonly lap: number;
  readonly phase: number;
}
type Sure = Moment & { readonly uncertainty: number };
type SeenThen = Moment & Seen;

/** Empty unless a drive of the run holds what was measured. */
export function renderPlace(input: ReportInput): string {
  const { drive } = input;
  const measured = drive?.recording.measured;
  if (drive === undefined || measured === undefined) return "";
  const moments = () => momentsOf(drive.recording, measured, input.lapTime);
  const [ofSure, ofSeen] = [moments(), moments()];
  const sure = uncertainties(measured).map(({ time, uncertainty }) => ({ ...ofSure(time), uncertainty }));
  const { latency } = reEstimate(measured).found;
  const seen = seenAgainstBelieved(measured, latency).map((one) => ({ ...one, ...ofSeen(one.time) }));
  const intro = `<p>By what was measured in ${escapeHtml(drive.name)}, a drive of ${lapsOf(sure).length} laps. ${
    seen.length === 0 ? "No pose came from outside: the place is summed up, and gets less sure." : summaryOf(seen)
  }</p>`;
  const charts = [uncertaintyChart(input, sure), ...differenceCharts(input, seen)].join("\n");
  return `${intro}<div class="pair">${charts}</div>${lapTable(sure, seen)}`;
}

/** Which lap of a drive a time by the control thread's clock is in, and where in it; for times that do not go back. */
function momentsOf(recording: Recording, { clock }: Measured, lapTime: number | undefined): (time: number) => Moment {
  const { times, info } = recording;
  const tasks = taskTimes(recording);
  let step = 0;
  return (time) => {
    const since = time - clock;
    while (step + 1 < times.length && times[step + 1] <= since) step++;
    const task = tasks[step] + since - times[step];
    const lap = lapTime === undefined ? 0 : Math.floor(task / lapTime) - Math.floor(info.startTime / lapTime);
    return { lap: Math.max(0, lap), phase: phaseOf(task, lapTime) };
  };
}

function uncertainties({ motions }: Measured): { time: number; uncertainty: number }[] {
  return Array.from({ length: motions.length / MotionColumn.count }, (_, i) => {
    const row = motions.subarray(i * MotionColumn.count);
    return { time: row[MotionColumn.time], uncertainty: row[MotionColumn.uncertainty] };
  });
}

const lapsOf = (moments: readonly Moment[]) => [...new Set(moments.map(({ lap }) => lap))];
const mm = (metres: number) => 1000 * metres;
const distanceOf = ({ along, side }: Seen) => Math.hypot(along, side);
const isBelieved = ({ verdict }: Seen) => verdict === Verdict.believed;

function summaryOf(seen: readonly SeenThen[]): string {
  const believed = seen.filter(isBelieved);
  const part = ((100 * believed.length) / seen.length).toFixed(1);
  if (believed.length === 0) return `None of ${seen.length} poses from outside was believed.`;
  const off = formatFixed(mm(rootMeanSquare(believed.map(distanceOf))), 1);
  return (
    `${seen.length} poses came from outside, ${part} % of them were believed: the place that was believed when each ` +
    `was true lay ${off} mm (rms) from it, its own errors included.`
  );
}

/** The first and the last lap of something along them. */
function lines<T extends Moment>(moments: readonly T[], measure: (moment: T) => number): ChartLine[] {
  const laps = lapsOf(moments);
  const shown = [["last", laps[laps.length - 1]] as const, ["first", laps[0]] as const];
  return shown.slice(laps.length > 1 ? 0 : 1).map(([name, lap]) => {
    const row = moments.filter((moment) => moment.lap === lap);
    return {
      className: `line ${name}`,
      name: `${name} lap of the drive`,
      x: row.map(({ phase }) => phase),
      y: row.map(measure),
    };
  });
}

function chart(input: ReportInput, heading: string, note: string, drawn: readonly ChartLine[], least: number): string {
  const highest = input.lapTime ?? extentOf(drawn.flatMap(({ x }) => Array.from(x))).hi;
  const y = pad(union(extentOf(drawn.flatMap((line) => Array.from(line.y))), { lo: least, hi: 0 }), 0.06);
  return renderChart({
    heading,
    note,
    description: `${heading} along the first and the last lap of the newest drive`,
    width: WIDTH,
    height: HEIGHT,
    x: linearAxis({ lo: 0, hi: highest }, 6),
    y: linearAxis(y, 5),
    xLabel: timeLabel(input),
    lines: drawn,
  });
}

function uncertaintyChart(input: ReportInput, sure: readonly Sure[]): string {
  const drawn = lines(sure, ({ uncertainty }) => mm(uncertainty));
  return chart(input, "Uncertainty of the place [mm]", "Standard deviation along its worst direction.", drawn, 0);
}

function differenceCharts(input: ReportInput, seen: readonly SeenThen[]): string[] {
  const believed = seen.filter(isBelieved);
  if (believed.length === 0) return [];
  const note = "Poses that were believed; the last lap is dashed.";
  return [
    chart(
      input,
      "Believed ahead of seen [mm]",
      note,
      lines(believed, ({ along }) => mm(along)),
      0,
    ),
    chart(
      input,
      "Believed left of seen [mm]",
      note,
      lines(believed, ({ side }) => mm(side)),
      0,
    ),
  ];
}

function lapTable(sure: readonly Sure[], seen: readonly SeenThen[]): string {
  const rows = lapsOf(sure)
    .slice(-MOST_LAPS)
    .map((lap) => {
      const least = sure.filter((moment) => moment.lap === lap).map(({ uncertainty }) => uncertainty);
      const poses = seen.filter((moment) => moment.lap === lap);
      const distances = poses.filter(isBelieved).map(distanceOf);
      const of = (verdict: Verdict) => poses.filter((pose) => pose.verdict === verdict).length;
      const cells = [
        formatFixed(mm(Math.max(...least)), 1),
        ...(seen.length === 0 ? [] : [of(Verdict.believed), of(Verdict.contradicted), of(Verdict.late)]),
        ...(seen.length === 0
          ? []
          : [formatFixed(mm(rootMeanSquare(distances)), 1), formatFixed(mm(Math.max(...distances)), 1)]),
      ];
      return `<tr><th scope="row">${lap + 1}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
    });
  const poses = [
    "believed",
    "contradicted",
    "late",
    "believed from seen, rms<small> [mm]</small>",
    "most<small> [mm]</small>",
  ];
  const heads = ["lap of the drive", "uncertainty, most<small> [mm]</small>", ...(seen.length === 0 ? [] : poses)];
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join("");
  return `<div class="table"><table><thead><tr>${head}</tr></thead>
<tbody>${rows.join("")}</tbody></table></div>`;
}
