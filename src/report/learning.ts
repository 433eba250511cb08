import type { RolloutMetrics } from "../training/metrics.js";
import { extentOf, linearAxis, logAxis } from "./axis.js";
import { type ChartLine, renderChart } from "./chart.js";
import type { ReportInput } from "./input.js";
import { columnDecimals, escapeHtml, formatFixed, formatNumber, MISSING } from "./text.js";

/** Beyond this many rollouts the dots of the learning curve would run into each other. */
const MAX_DOTS = 150;
/** Costs beyond this many times the untrained one are cut off: a policy that exploded must not flatten the curve. */
const REACH = 20;

/** Minutes driven before each rollout: what its policy had learned from. One more entry: all. */
export function minutesBefore(metrics: readonly RolloutMetrics[]): number[] {
  const minutes = [0];
  for (const { seconds } of metrics) {
    minutes.push((minutes.at(-1) ?? 0) + (Number.isFinite(seconds) ? seconds : 0) / 60);
  }
  return minutes;
}

/** The numbers a reader wants first: from the first to the best rollout. */
export function renderHeadline(input: ReportInput): string {
  if (input.metrics.length === 0) return `<p>No ${input.unit} was driven.</p>`;
  const { unit, isFirstUntrained } = input;
  const first = input.metrics[0];
  const place = bestPlace(input);
  const best = input.metrics[place];
  const minutes = minutesBefore(input.metrics);
  const count = input.metrics.length;
  const change = (from: number | undefined, to: number | undefined): string =>
    place === 0 ? formatNumber(to) : `${formatNumber(from)}<b class="arrow"> → </b>${formatNumber(to)}`;
  const factor = first.windowCost / best.windowCost;
  const believed = best.positionUncertainty === undefined ? "" : ", believed";
  const isRace = best.usage !== undefined && best.lapTime !== undefined; // costs at other usages are no measure
  const ofCosts: [string, string, string][] = [
    [
      `Window cost${believed}`,
      change(first.windowCost, best.windowCost),
      place > 0 ? `${unit} 1 → ${best.index}` : isFirstUntrained ? "untrained" : `of the first ${unit}`,
    ],
    [
      "Improvement",
      place > 0 && factor > 0 ? `${formatNumber(factor, factor < 10 ? 2 : 3)}<small> ×</small>` : MISSING,
      place > 0 ? "lower window cost" : count > 1 ? `no ${unit} beat the first` : "nothing learned yet",
    ],
  ];
  const lapTime = `${change(first.lapTime, best.lapTime)}<small> s</small>`;
  const tiles: [string, string, string][] = [
    ...(isRace
      ? [["Lap time", lapTime, `usage ${formatNumber(best.usage, 3)}`] satisfies [string, string, string]]
      : ofCosts),
    [
      "Driving",
      `${formatFixed(minutes[place === 0 ? count : place], 1)}<small> min</small>`,
      place === 0
        ? `in ${plural(count, unit)}`
        : `to the best; ${formatFixed(minutes[count], 1)} min in ${plural(count, unit)}`,
    ],
  ];
  if (best.rmsRadialError !== undefined) {
    const value = `${change(first.rmsRadialError, best.rmsRadialError)}<small> m</small>`;
    tiles.push(["Radial error", value, "root mean square"]);
  }
  if (best.meanSpeed !== undefined) {
    tiles.push(["Speed", `${change(first.meanSpeed, best.meanSpeed)}<small> m/s</small>`, "mean"]);
  }
  const items = tiles.map(([name, value, note]) => `<div><dt>${name}</dt><dd>${value}<p>${note}</p></dd></div>`);
  return `<dl class="headline">${items.join("\n")}</dl>`;
}

/** Window cost against the driving learned from. */
export function renderLearningCurve(input: ReportInput): string {
  const { metrics, unit, isFirstUntrained } = input;
  const minutes = minutesBefore(metrics);
  const costs = metrics.map(({ windowCost }) => (windowCost > 0 ? windowCost : NaN));
  const drawn = costs.filter((cost) => Number.isFinite(cost)).length;
  if (drawn === 0) return `<p>No ${unit} has a window cost to draw.</p>`;
  const predicted = metrics.map(({ predictedCost = NaN }) => (predictedCost > 0 ? predictedCost : NaN));
  const { lo, hi: highest } = extentOf([...costs, ...predicted]);
  const first = costs[0];
  const hi = first > 0 ? Math.min(highest, REACH * first) : highest;
  // A factor of 1.25 at least, so that a curve that hardly falls does not look steep.
  const room = Math.max(1.25, (hi / lo) ** 0.08);
  const end = minutes.at(-1) || 1;
  const x = linearAxis({ lo: -0.012 * end, hi: end }, 8);
  const y = logAxis({ lo: lo / room, hi: hi * room });
  const place = bestPlace(input);
  const lines: ChartLine[] = [];
  if (Number.isFinite(first)) {
    lines.push({ className: "level", x: [0, end], y: [first, first] });
  }
  const laps = metrics.map(({ index }) => index);
  const along = { name: unit, values: laps };
  // a gap after each point makes it a dot
  const apart = (values: readonly number[]) => values.flatMap((value) => [value, Number.NaN]);
  const dots = { x: apart(minutes.slice(0, -1)), along: { name: unit, values: apart(laps) } };
  if (predicted.some(Number.isFinite))
    lines.push({ className: "dot predicted", name: "predicted", ...dots, y: apart(predicted) });
  lines.push({ className: "curve", name: "window cost", along, x: minutes.slice(0, -1), y: costs });
  for (const [index, cost] of costs.entries()) {
    if (!Number.isFinite(cost) || (metrics.length > MAX_DOTS && index !== place)) continue;
    const at = minutes[index];
    const hint =
      `${unit} ${metrics[index].index}: window cost ${formatNumber(cost, 4)} ` + `after ${formatFixed(at, 2)} min`;
    lines.push({ className: index === place ? "dot best" : "dot", x: [at], y: [cost], hint });
  }
  const rested = metrics.map(({ fromRest }, i) => (fromRest > 0 ? costs[i] : Number.NaN));
  if (rested.some(Number.isFinite)) lines.push({ className: "dot hollow", ...dots, y: apart(rested) });
  for (const [place, { index }] of metrics.entries()) {
    const noticed = input.noticed[index] ?? [];
    if (noticed.length === 0) continue;
    const at = minutes[place];
    lines.push({ className: "level", x: [at, at], y: [lo / room, hi * room] });
    lines.push({ className: "dot", x: [at], y: [hi], hint: `noticed in ${unit} ${index}: ${noticed.join("; ")}` });
  }
  const best = costs[place];
  const lost = metrics.length - drawn;
  const notes = [
    Number.isFinite(first)
      ? `Dashed: ${isFirstUntrained ? "untrained" : `first ${unit}`}, ${formatNumber(first)}.`
      : "",
    Number.isFinite(best) && place > 0
      ? `Large: the best, ${unit} ${metrics[place].index}, ${formatNumber(best)}.`
      : "",
    predicted.some(Number.isFinite) ? "Orange: what was predicted before driving." : "",
    rested.some(Number.isFinite) ? `Hollow: a ${unit} from rest.` : "",
    lost > 0 ? `${plural(lost, unit)} without a positive finite cost left out.` : "",
    hi < highest ? `Costs above ${formatNumber(hi * room)} are cut off.` : "",
  ];
  return renderChart({
    heading: "Window cost (logarithmic)",
    note: notes.filter((note) => note !== "").join(" "),
    description: `Window cost of every ${unit} against the minutes of driving before it. The table has the numbers.`,
    width: 1040,
    height: 260,
    x,
    y,
    xLabel: isFirstUntrained ? "driving the policy had learned from [min]" : `driving before the ${unit} [min]`,
    lines,
  });
}

/** Time below pace 0.95 of every rollout; nothing where none was driven so. */
function slowSeconds(metrics: ReportInput["metrics"]): (number | undefined)[] {
  const isSlow = metrics.some(({ slowSeconds }) => slowSeconds > 0);
  return metrics.map(({ slowSeconds }) => (isSlow ? slowSeconds : undefined));
}

/** All rollouts with all numbers; each cell also carries its number in full. */
export function renderTable(input: ReportInput): string {
  const { metrics, unit, isFirstUntrained } = input;
  const minutes = minutesBefore(metrics);
  const columns: [string, string, (number | undefined)[]][] = [
    [isFirstUntrained ? "Learned from" : "Driven before", "min", metrics.map((_, index) => minutes[index])],
    ["Driven", "s", metrics.map(({ seconds }) => seconds)],
    ["Window cost", "", metrics.map(({ windowCost }) => windowCost)],
    ["Predicted", "", metrics.map(({ predictedCost }) => predictedCost)],
    ["Cost", "", metrics.map(({ cost }) => cost)],
    ["Cost per step", "", metrics.map(({ meanCost }) => meanCost)],
    ["Radial error, rms", "m", metrics.map(({ rmsRadialError }) => rmsRadialError)],
    ["Speed, mean", "m/s", metrics.map(({ meanSpeed }) => meanSpeed)],
    ["Lap time", "s", metrics.map(({ lapTime }) => lapTime)],
    ["Least by the model", "s", metrics.map(({ limit }) => limit)],
    ["Usage", "", metrics.map(({ usage }) => usage)],
    ["Budget used", "", metrics.map(({ budgetUsed }) => budgetUsed)],
    ["Pace, mean", "", metrics.map(({ pace }) => pace)],
    ["Driven slowly", "s", slowSeconds(metrics)],
    ["Position uncertain by", "m", metrics.map(({ positionUncertainty }) => positionUncertainty)],
    ["Cost that may hide", "", metrics.map(({ hiddenCost }) => hiddenCost)],
    ["Gradient norm", "", metrics.map(({ gradientNorm }) => gradientNorm)],
  ];
  const shown = columns.filter(([, , values]) => values.some((value) => value !== undefined));
  const decimals = shown.map(([, , values]) => columnDecimals(values));
  const head = shown
    .map(([name, unit]) => `<th scope="col">${name}${unit && `<small> [${unit}]</small>`}</th>`)
    .join("");
  const rows = metrics.map(({ index, fromRest }, row) => {
    const cells = shown.map(([, , values], column) => renderCell(values[row], decimals[column]));
    const start = index === input.best ? '<tr class="best">' : "<tr>";
    const name = [index, ...(index === input.best ? ["best"] : []), ...(fromRest > 0 ? ["from rest"] : [])].join(" ");
    return `${start}<th scope="row">${name}</th>${cells.join("")}</tr>`;
  });
  return `<div class="table" tabindex="0" role="region" aria-label="All ${unit}s"><table>
<thead><tr><th scope="col">${unit === "lap" ? "Lap" : "Rollout"}</th>${head}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

function renderCell(value: number | undefined, decimals: number): string {
  if (value === undefined || !Number.isFinite(value)) return `<td>${MISSING}</td>`;
  const odd = Math.abs(value) >= 1e8 || (value !== 0 && Number(value.toFixed(decimals)) === 0);
  const text = odd ? formatNumber(value, 3) : formatFixed(value, decimals);
  return `<td><data value="${value}">${escapeHtml(text)}</data></td>`;
}

/** Position of the best rollout in the metrics; the first if it is not among them. */
function bestPlace({ metrics, best }: ReportInput): number {
  return Math.max(
    0,
    metrics.findIndex(({ index }) => index === best),
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
