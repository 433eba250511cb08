/**
 * Draws docs/images/learning.svg, the picture of README.md, or another file, from a run's recordings: the track driven
 * in the first and in the best rollout or lap, and the learning curve. Colours are chosen to be read on white and on
 * dark pages.
 * Usage, after a build, in the project's folder: node scripts/readme-picture.mjs <run> [file.svg]
 */
import { writeFileSync } from "node:fs";
import { readCompleteConfig } from "../build/src/config/config.js";
import { changesWithinLaps, unitOf } from "../build/src/config/units.js";
import { readRecording } from "../build/src/recording/reader.js";
import { carFigure8 } from "../build/src/tasks/car-figure8.js";
import { RunFolder } from "../build/src/training/run-folder.js";

const TEXT = "#7a828c";
const FIRST = "#e07b39";
const BEST = "#2f81d6";
/** Every so many control steps a point: 6 cm at 3 m/s. */
const STRIDE = 2;

const [run, out = "docs/images/learning.svg"] = process.argv.slice(2);
if (!run) {
  console.error("usage: node scripts/readme-picture.mjs <run> [file.svg]");
  process.exit(2);
}
const folder = new RunFolder(run);
const rollouts = await folder.readMetrics();
const best = rollouts.reduce((a, b) => (b.windowCost < a.windowCost ? b : a));
const config = await readCompleteConfig(folder.configPath);
const driving = config["update-every"] !== "rollout"; // all of it counts, of a separate rollout its window
const what = unitOf(config);
const first = changesWithinLaps(config) ? `${what} 1` : `${what} 1, untrained`;
const firstCounted = driving ? 0 : Number(config.window.split(":")[0]);
const { radius } = carFigure8.reward.parameters;

const round = (value) => String(Math.round(10 * value) / 10);
const path = (points) => `M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join("L")}`;
const text = (x, y, content, more = "") => `<text x="${round(x)}" y="${round(y)}" ${more}>${content}</text>`;

// left: the track, 68 pixels per metre, y upwards
const METRE = 68;
const centre = [270, 165];
const place = (x, y) => [centre[0] + METRE * x, centre[1] - METRE * y];

/** The part of a rollout that counts. */
async function driven(index) {
  const { states, segmentStarts } = await readRecording(folder.rolloutPath(index));
  const points = [];
  for (let i = 4 * segmentStarts[firstCounted]; i < states.length; i += 4 * STRIDE)
    points.push(place(states[i], states[i + 1]));
  return path(points);
}

const circles = [1, -1]
  .map((side) => {
    const [x, y] = place(side * radius, 0);
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(METRE * radius)}"/>`;
  })
  .join("");
const scaleBar = [place(-0.5, -2.06), place(0.5, -2.06)];

// right: window cost against minutes of driving
const area = { left: 598, right: 868, top: 40, bottom: 275 };
const ends = rollouts.map(({ seconds }, i) => rollouts.slice(0, i).reduce((sum, m) => sum + m.seconds, seconds) / 60);
const largest = Math.max(...rollouts.map(({ windowCost }) => windowCost));
const costStep = largest > 80 ? 20 : 10;
const minuteStep = ends.at(-1) > 3 ? 1 : 0.5;
const roundUp = (value, step) => step * Math.ceil(value / step);
const mostMinutes = roundUp(ends.at(-1), minuteStep);
const mostCost = roundUp(largest, costStep);
const across = (minutes) => area.left + ((area.right - area.left) * minutes) / mostMinutes;
const up = (cost) => area.bottom - ((area.bottom - area.top) * cost) / mostCost;
const curve = rollouts.map(({ windowCost }, i) => [across(ends[i]), up(windowCost)]);
const bestAt = curve[rollouts.indexOf(best)];

const ticks = (most, step) => Array.from({ length: Math.round(most / step) + 1 }, (_, i) => i * step);
const grid = ticks(mostCost, costStep);
const font = `font-family="system-ui,sans-serif" font-size="13" fill="${TEXT}"`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 330" role="img" ${font}>
<title>Track of the first and the best ${what} of a training run, and its learning curve</title>
<g fill="none" stroke="${TEXT}" stroke-width="1.4" stroke-dasharray="5 4">${circles}</g>
<g fill="none" stroke-width="1.5" stroke-linejoin="round">
<path stroke="${FIRST}" stroke-opacity=".9" d="${await driven(1)}"/>
<path stroke="${BEST}" stroke-opacity=".9" d="${await driven(best.index)}"/>
</g>
<path stroke="${TEXT}" stroke-width="1.5" d="${path(scaleBar)}"/>
${text(scaleBar[1][0] + 8, scaleBar[1][1] + 4, "1 m")}
${text(20, 20, first, `fill="${FIRST}"`)}
${text(160, 20, `${what} ${best.index}, the best`, `fill="${BEST}"`)}
${text(310, 20, "dashed: the task")}
${text(area.left - 40, 20, `cost of a ${what}`)}
<g stroke="${TEXT}" stroke-opacity=".3">${grid
  .map(
    (cost) =>
      `<path d="${path([
        [area.left, up(cost)],
        [area.right, up(cost)],
      ])}"/>`,
  )
  .join("")}</g>
<g text-anchor="end">${grid.map((cost) => text(area.left - 7, up(cost) + 4, cost)).join("")}</g>
<g text-anchor="middle">${ticks(mostMinutes, minuteStep)
  .map((minutes) => text(across(minutes), area.bottom + 19, minutes))
  .join("")}
${text((area.left + area.right) / 2, area.bottom + 40, "minutes of driving")}</g>
<path fill="none" stroke="${BEST}" stroke-width="2" stroke-linejoin="round" d="${path(curve)}"/>
<g fill="${BEST}">${curve.map(([x, y]) => `<circle cx="${round(x)}" cy="${round(y)}" r="2.6"/>`).join("")}</g>
<circle cx="${round(curve[0][0])}" cy="${round(curve[0][1])}" r="4.5" fill="${FIRST}"/>
<circle cx="${round(bestAt[0])}" cy="${round(bestAt[1])}" r="4.5" fill="${BEST}"/>
</svg>
`;
writeFileSync(out, svg);
console.log(`wrote ${out}, ${svg.length} bytes`);
