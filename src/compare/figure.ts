/** The study as one self-contained page: a chart per plant, a key that switches rules off and on, the tables. */
import { type Axis, linearAxis, logAxis } from "../report/axis.js";
import { type Line, renderChart } from "../report/chart.js";
import { CURVES, renderDocument } from "../report/document.js";
import { escapeHtml } from "../report/text.js";
import { updateRules } from "../rules/rules.js";
import { VERSION } from "../version.js";
import { rules } from "./rules.js";
import { costAt, type Spread, spreadOf } from "./statistics.js";
import { type Group, labelOf, type Origin, type Study } from "./study.js";
import { failureLines, fullRows } from "./table.js";

/** Points of a curve. */
const GRID = 300;
/** Costs [%] beyond these are cut off: a policy that exploded must not flatten the others. */
const LEAST = 0.1;
const MOST = 300;

const COLOURS = Object.values(updateRules).map(({ name, colour }) => `.${name}{--c:var(--${colour})}`);
const RULE_STYLE = `${CURVES}
${COLOURS.join("")}
table{font-size:13px}th,td{padding:4px 6px}td small{display:block;font-size:11px}
ul{font-size:13px}`;

/** The whole page. */
export function renderPage(study: Study, groups: readonly Group[], { command, took }: Origin): string {
  const of = (plant: string) => groups.filter((group) => group.plant === plant);
  const { seeds, minutes, plants } = study;
  const intro = `Median over ${seeds.length} seed${seeds.length === 1 ? "" : "s"} (line) and quartiles (band) of the mean stage cost per control step, in % of the untrained policy's on the same plant and seed.`;
  return renderDocument({
    title: "Comparison of update rules",
    style: RULE_STYLE,
    intro: `<p>${intro} Untick a rule to hide it.</p>`,
    content: `${renderKey(study)}
<div class="curves">
${plants.map((plant) => renderPlant(plant, of(plant), minutes)).join("\n")}
</div>
${plants.map((plant) => `<section><h2>Plant ${escapeHtml(plant)}</h2>${renderTable(study, of(plant))}</section>`).join("\n")}
${renderFailures(groups)}`,
    footer: `${command}: ${took} · lapgrad ${VERSION}`,
  });
}

function renderKey({ updates }: Study): string {
  const entries = updates.map(
    (rule, place) =>
      `<label><input type="checkbox" id="show${place}" checked><svg viewBox="0 0 28 10" aria-hidden="true">` +
      `<path class="median ${styleOf(rule)}" d="M1 5h26"/></svg>${escapeHtml(labelOf(rule))}</label>`,
  );
  const styles = updates.map((_, place) => `body:has(#show${place}:not(:checked)) .curves .r${place}{display:none}`);
  return `<style>${styles.join("")}</style><div class="key">${entries.join("")}</div>`;
}

function renderPlant(plant: string, groups: readonly Group[], minutes: number): string {
  const times = Array.from({ length: GRID + 1 }, (_, i) => (minutes * i) / GRID);
  const curves = groups.map((group) => ({ group, spreads: spreadsAt(group, times) }));
  const least = Math.min(...curves.flatMap(({ spreads }) => spreads.map(({ lower }) => 100 * lower)));
  const most = Math.max(...curves.flatMap(({ spreads }) => spreads.map(({ upper }) => 100 * upper)));
  const x = linearAxis({ lo: 0, hi: minutes }, 8);
  const y: Axis = logAxis({ lo: Math.max(LEAST, 0.85 * least), hi: Math.min(MOST, Math.max(120, 1.1 * most)) });
  const stopped = groups.reduce((sum, { failures }) => sum + failures.length, 0);
  const lines = [
    { className: "level", x: [0, minutes], y: [100, 100] },
    ...curves.map(({ group, spreads }, place) => band(group, place, times, spreads)),
    ...curves.map(({ group, spreads }, place) => median(group, place, times, spreads)),
  ];
  return renderChart({
    heading: `Plant ${plant}: cost [% of untrained, logarithmic]`,
    note: stopped > 0 ? `${stopped} training${stopped === 1 ? " was" : "s were"} stopped; listed below.` : "",
    description: `Cost against minutes of driving on plant ${plant}. The table below has the numbers.`,
    width: 1040,
    height: 330,
    fixedRatio: false,
    x,
    y,
    xLabel: "driving the policy had learned from [min]",
    lines,
    labels: [],
  });
}

function spreadsAt({ curves }: Group, times: readonly number[]): Spread[] {
  return times.map((time) => spreadOf(curves.map((curve) => costAt(curve, time))));
}

/** Colour and dash of a rule. */
const styleOf = (rule: string) => `${rules[rule].config.update} ${rules[rule].dash}`;
/** Curves of one rule have its colour and dash, and the class by which the key hides them. */
const classOf = ({ rule }: Group, place: number) => `${styleOf(rule)} r${place}`;
/** What cannot be drawn, as a stopped training's cost, lies far above. */
const drawn = (part: number) => 100 * Math.min(part, 1e6);

function median(group: Group, place: number, times: readonly number[], spreads: readonly Spread[]): Line {
  const y = spreads.map((spread) => drawn(spread.median));
  return { className: `median ${classOf(group, place)}`, x: times, y, hint: labelOf(group.rule) };
}

function band(group: Group, place: number, times: readonly number[], spreads: readonly Spread[]): Line {
  const y = [...spreads.map(({ lower }) => drawn(lower)), ...spreads.map(({ upper }) => drawn(upper)).reverse()];
  return { className: `band ${classOf(group, place)}`, x: [...times, ...[...times].reverse()], y };
}

function renderTable(study: Study, groups: readonly Group[]): string {
  const [head = [], ...rows] = fullRows(study, groups);
  const titles = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join("");
  const body = rows.map(([name = "", ...cells]) => {
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map(renderCell).join("")}</tr>`;
  });
  return `<p>Cost [% of untrained]: median (quartiles; worst seed)</p><div class="table" tabindex="0"><table>
<thead><tr>${titles}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

/** Quartiles and worst stand below the median. */
function renderCell(text: string): string {
  const [value = "", spread] = text.split(" (", 2);
  return `<td>${escapeHtml(value)}${spread === undefined ? "" : `<small>(${escapeHtml(spread)}</small>`}</td>`;
}

function renderFailures(groups: readonly Group[]): string {
  const lines = failureLines(groups);
  if (lines.length === 0) return "";
  return `<section><h2>Stopped trainings</h2><ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul></section>`;
}
