/** The report of several robots that learned one policy: side by side, with their common curve. */
import { readCompleteConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { writeAtomically } from "../files.js";
import { robotFolder, robotNames } from "../fleet/folder.js";
import { bestOf, type TrainedRollout } from "../training/metrics.js";
import { modelOf, sureValue } from "../training/model-numbers.js";
import { RunFolder } from "../training/run-folder.js";
import { VERSION } from "../version.js";
import { extentOf, linearAxis, logAxis } from "./axis.js";
import { type ChartLine, renderChart } from "./chart.js";
import { CURVES, renderDocument } from "./document.js";
import { writeReport } from "./from-run.js";
import { minutesBefore } from "./learning.js";
import { escapeHtml, formatNumber } from "./text.js";

/** Colours of the robots in turn, and of their mean. */
const COLOURS = ["blue", "orange", "green", "purple"];
const STYLE = `
.mean{--c:currentColor}
th[class]{border-left:4px solid var(--c)}
${COLOURS.map((colour, i) => `.robot${i}{--c:var(--${colour})}`).join("\n")}`;

/** Class names of robot `i`: its colour, and by dashes those who have the same. */
function classOf(i: number): string {
  const dashes = ["", " dashed", " dotted"][Math.floor(i / COLOURS.length) % 3];
  return `robot${i % COLOURS.length}${dashes}`;
}

/** A robot of the report. */
interface Shown {
  readonly name: string;
  readonly laps: readonly TrainedRollout[];
}

/** Writes the report of a fleet, and one of each of its robots; the path of the first. */
export async function writeFleetReport(path: string, out?: string): Promise<string> {
  const folder = new RunFolder(path);
  const mean = await folder.readMetrics();
  if (mean.length === 0) throw new UserError(`${path} has no lap that all robots finished: there is nothing to report`);
  const robots: Shown[] = [];
  for (const name of await robotNames(path)) {
    const own = robotFolder(path, name);
    robots.push({ name, laps: await own.readMetrics() });
    if (robots[robots.length - 1].laps.length > 0) await writeReport(own.path);
  }
  const { task } = await readCompleteConfig(folder.configPath);
  const written = out ?? folder.reportPath;
  await writeAtomically(written, renderFleet(path, task, mean, robots));
  return written;
}

/** One page that needs nothing else but, for the robots one by one, the reports beside it. */
export function renderFleet(
  title: string,
  task: string,
  mean: readonly TrainedRollout[],
  robots: readonly Shown[],
): string {
  return renderDocument({
    title,
    style: CURVES + STYLE,
    intro: `<p>${robots.length} robots learned one policy for task ${escapeHtml(task)}</p>`,
    content:
      `<section><h2>Learning</h2>\n${renderCurves(mean, robots)}</section>\n` +
      `<section><h2>Side by side</h2>\n${renderSides(mean, robots)}</section>\n`,
    footer: `lapgrad ${VERSION}`,
  });
}

/** Window cost of every robot's laps, and their mean, against the driving of each. */
function renderCurves(mean: readonly TrainedRollout[], robots: readonly Shown[]): string {
  const curves = [
    ...robots.map(({ name, laps }, i) => ({ name, laps, className: `median ${classOf(i)}` })),
    { name: "mean", laps: mean, className: "median mean" },
  ];
  const costs = curves.flatMap(({ laps }) => laps.map(({ windowCost }) => (windowCost > 0 ? windowCost : Number.NaN)));
  if (!costs.some(Number.isFinite)) return "<p>No lap has a window cost to draw.</p>";
  const { lo, hi } = extentOf(costs);
  const lines = curves.map(({ name, laps, className }): ChartLine => {
    const minutes = minutesBefore(laps);
    return {
      className,
      name,
      x: minutes.slice(0, -1),
      y: laps.map(({ windowCost }) => (windowCost > 0 ? windowCost : Number.NaN)),
      along: { name: "lap", values: laps.map(({ index }) => index) },
    };
  });
  const end = Math.max(...curves.map(({ laps }) => minutesBefore(laps).at(-1) ?? 0)) || 1;
  return renderChart({
    heading: "Window cost of a lap",
    note: "Coloured as in the table; the mean is of the robots that finished the lap.",
    description: `Window costs of ${robots.map(({ name }) => name).join(", ")} and their mean`,
    width: 900,
    height: 300,
    x: linearAxis({ lo: 0, hi: end }, 8),
    y: logAxis({ lo: lo / 1.1, hi: hi * 1.1 }),
    xLabel: "driving of each before the lap [min]",
    lines,
  });
}

/** A row per robot. */
function renderSides(mean: readonly TrainedRollout[], robots: readonly Shown[]): string {
  const row = (name: string, laps: readonly TrainedRollout[], className: string) => {
    const best = bestOf(laps);
    const stopped = laps.filter(({ windowCost }) => Number.isNaN(windowCost)).length;
    const model = Object.entries(modelOf({ ...laps.at(-1) }))
      .map(([parameter, value]) => `${parameter} ${sureValue(value)}`)
      .join(", ");
    const cells = [
      `${laps.length}`,
      formatNumber(laps[0]?.windowCost),
      best ? `${formatNumber(best.windowCost)} (${best.index})` : "",
      formatNumber(laps.at(-1)?.windowCost),
      `${stopped}`,
      escapeHtml(model),
    ];
    const heading = `<th scope="row" class="${className}">${name}</th>`;
    return `<tr>${heading}${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  };
  const headings = ["", "laps", "first", "best (lap)", "last", "stopped", "model fitted last"];
  const link = (name: string) => `<a href="robots/${escapeHtml(name)}/report.html">${escapeHtml(name)}</a>`;
  const head = headings.map((text) => `<th scope="col">${text}</th>`).join("");
  const rows = [...robots.map(({ name, laps }, i) => row(link(name), laps, classOf(i))), row("mean", mean, "mean")];
  return (
    '<div class="table" tabindex="0" role="region" aria-label="Side by side"><table>' +
    `<thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`
  );
}
