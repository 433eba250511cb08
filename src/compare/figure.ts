/** The study as one self-contained page: a chart per plant, a key that switches rules off and on, the tables. */
import { linearAxis, logAxis } from "../report/axis.js";
import { renderChart } from "../report/chart.js";
import { CURVES, renderDocument } from "../report/document.js";
import { renderSwitches } from "../report/key.js";
import { escapeHtml } from "../report/text.js";
import { fillPage } from "../serve/template.js";
import { VERSION } from "../version.js";
import { labelOf } from "./learner.js";
import { LOOK_STYLE, lookOf } from "./looks.js";
import { spreadLines } from "./spread-lines.js";
import { costAt, spreadOf } from "./statistics.js";
import type { Group, Origin, Study } from "./study.js";
import { failureLines, fullRows } from "./table.js";

/** Points of a curve. */
const GRID = 300;
/** Costs [%] beyond these are cut off: a policy that exploded must not flatten the others. */
const LEAST = 0.1;
const MOST = 300;

const RULE_STYLE = `${CURVES}
${LOOK_STYLE}
table{font-size:13px}th,td{padding:4px 6px}td small{display:block;font-size:11px}
ul{font-size:13px}`;

/** The whole page. */
export function renderPage(study: Study, groups: readonly Group[], { command, took }: Origin): string {
  const of = (plant: string) => groups.filter((group) => group.plant === plant);
  const { seeds, minutes, plants } = study;
  const sections = plants.map(
    (plant) => `<section><h2>Plant ${escapeHtml(plant)}</h2>${renderTable(study, of(plant))}</section>`,
  );
  return renderDocument({
    title: "Comparison of update rules",
    style: RULE_STYLE,
    intro: fillPage("compare/intro.html", { seeds: seeds.length === 1 ? "1 seed" : `${seeds.length} seeds` }),
    content: `${renderKey(study)}
<div class="curves">
${plants.map((plant) => renderPlant(plant, of(plant), minutes)).join("\n")}
</div>
${sections.join("\n")}
${renderFailures(groups)}`,
    footer: `${command}: ${took} · lapgrad ${VERSION}`,
  });
}

function renderKey({ updates }: Study): string {
  const entries = updates.map((rule) => ({ className: `median ${lookOf(rule)}`, label: labelOf(rule) }));
  return renderSwitches(entries, "curves");
}

function renderPlant(plant: string, groups: readonly Group[], minutes: number): string {
  const times = Array.from({ length: GRID + 1 }, (_, i) => (minutes * i) / GRID);
  const curves = groups.map(({ rule, curves }, place) => ({
    className: `${lookOf(rule)} r${place}`,
    hint: labelOf(rule),
    spreads: times.map((time) => spreadOf(curves.map((curve) => costAt(curve, time)))),
  }));
  const least = Math.min(...curves.flatMap(({ spreads }) => spreads.map(({ lower }) => 100 * lower)));
  const most = Math.max(...curves.flatMap(({ spreads }) => spreads.map(({ upper }) => 100 * upper)));
  const stopped = groups.reduce((sum, { failures }) => sum + failures.length, 0);
  return renderChart({
    heading: `Plant ${plant}: cost [% of untrained, logarithmic]`,
    note: stopped > 0 ? `${stopped} training${stopped === 1 ? " was" : "s were"} stopped; listed below.` : "",
    description: `Cost against minutes of driving on plant ${plant}. The table below has the numbers.`,
    width: 1040,
    height: 330,
    x: linearAxis({ lo: 0, hi: minutes }, 8),
    y: logAxis({ lo: Math.max(LEAST, 0.85 * least), hi: Math.min(MOST, Math.max(120, 1.1 * most)) }),
    xLabel: "driving the policy had learned from [min]",
    lines: [{ className: "level", x: [0, minutes], y: [100, 100] }, ...spreadLines(curves, times, drawn)],
  });
}

/** Costs in %; what cannot be drawn, as a stopped training's, lies far above. */
const drawn = (part: number) => 100 * Math.min(part, 1e6);

function renderTable(study: Study, groups: readonly Group[]): string {
  const [head, ...rows] = fullRows(study, groups);
  const titles = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join("");
  const body = rows.map(([name, ...cells]) => {
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map(renderCell).join("")}</tr>`;
  });
  return `<p>Cost [% of untrained]: median (quartiles; worst seed)</p><div class="table" tabindex="0"><table>
<thead><tr>${titles}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

/** Quartiles and worst stand below the median. */
function renderCell(text: string): string {
  const [value, spread] = text.split(" (", 2);
  return `<td>${escapeHtml(value)}${spread === undefined ? "" : `<small>(${escapeHtml(spread)}</small>`}</td>`;
}

function renderFailures(groups: readonly Group[]): string {
  const items = failureLines(groups).map((line) => `<li>${escapeHtml(line)}</li>`);
  return items.length > 0 ? `<section><h2>Stopped trainings</h2><ul>${items.join("")}</ul></section>` : "";
}
