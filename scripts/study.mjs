/** What the studies of trainings share: the costs of one, how a cost is shown, and the page. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { Fault } from "../build/src/links/faults.js";
import { digits } from "../build/src/output.js";
import { machine, remarksIn } from "../build/src/report/markdown.js";
import { storeRollout } from "../build/src/runtime/rollout-rows.js";
import { fill } from "../build/src/serve/template.js";
import { coreFor } from "../build/src/session.js";
import { untrainedLap } from "../build/src/sweeps/training.js";

/**
 * What `make` answers for a key, kept in a file of lines too, if there is a path: what is there already is not made
 * again.
 */
export function keptRows(path) {
  const kept = new Map();
  if (path && existsSync(path))
    for (const line of readFileSync(path, "utf8").trim().split("\n")) {
      const { key, row } = JSON.parse(line);
      kept.set(key, row);
    }
  return async (parts, make) => {
    const key = JSON.stringify(parts);
    if (kept.has(key)) return kept.get(key);
    const row = await make();
    if (path) appendFileSync(path, `${JSON.stringify({ key, row })}\n`);
    return row;
  };
}

/** A car that was not stopped by then is not found [s]; a lap [s]; half of what the corridor is wide [m]. */
const GIVES_UP_AFTER = 16;
const LAP = 5.5;
const HALF_WIDTH = 1.5;

/**
 * What stopped cars whose sensors lie, how soon, and how far they truly were outside their corridor then and at rest.
 * `times`: when the lies begin [s]; `tryOne`: drives one on a plant.
 */
export async function lieTable(kept, plants, times, lies, tryOne) {
  const rows = [["lie", "from", ...plants]];
  for (const [name, tell] of Object.entries(lies))
    for (const at of times) {
      const cells = [];
      for (const plant of plants) {
        const laps = Math.ceil((at + GIVES_UP_AFTER) / LAP);
        const { fault, seconds, untilStop, untilRest } = await kept(["lie", plant, name, at], async () => {
          const { fault: number, ...result } = await tryOne(plant, at, tell, laps);
          return { ...result, fault: number === undefined ? "not stopped" : Fault[number] };
        });
        const [stop, rest] = [untilStop, untilRest].map((distance) => Math.max(0, distance - HALF_WIDTH).toFixed(2));
        const isFar = untilStop - HALF_WIDTH > 1;
        const text = `${fault}${fault === "not stopped" ? "" : ` ${seconds.toFixed(2)} s`}, ${stop}, ${rest} m`;
        cells.push(isFar ? `**${text}**` : text);
      }
      rows.push([name, at === 0 ? "standing start" : `${at} s`, ...cells]);
      console.log(rows.at(-1).join(" | "));
    }
  return rows;
}

/** Cost per step of the untrained controller's last lap of six. */
export async function untrainedCost(given) {
  return (await untrainedLap(given)).meanCost;
}

/**
 * How many segments since standstill the first of all windows of `lap` segments ends with which costs at most `most` in
 * the mean, as all later ones do; infinite if there is none. `costs`: of every segment.
 */
export function segmentsUntilGood(costs, lap, most) {
  let end = lap;
  let sum = 0;
  for (const [i, cost] of costs.entries()) {
    sum += cost - (i >= lap ? costs[i - lap] : 0);
    if (i >= lap - 1 && sum / lap > most) end = i + 2;
  }
  return end <= costs.length ? end : Number.POSITIVE_INFINITY;
}

/** Mean and largest cost per step, and length [s], of the segments of a rollout from one on. */
export function segmentsOf(core, slot, from) {
  const [steps, count] = core.view("counts", slot);
  const starts = core.view("segmentStarts", slot);
  const [costs, periods] = [core.view("stageCosts", slot), core.view("periods", slot)];
  const found = [];
  for (let j = from; j < count; j++) {
    const end = j + 1 < count ? starts[j + 1] : steps;
    const sum = (values) => values.subarray(starts[j], end).reduce((a, b) => a + b, 0);
    const most = Math.max(...costs.subarray(starts[j], end));
    found.push({ cost: sum(costs) / (end - starts[j]), most, seconds: sum(periods) });
  }
  return found;
}

/** The same of rows as a control thread writes them, with the states that they hold; `most`: segments at most. */
export async function segmentsOfRows(config, { rows, end }, layout, most) {
  const judge = await coreFor(config, 1, most, rows.length);
  storeRollout(judge, 0, rows, end, layout, false);
  return segmentsOf(judge, 0, 0);
}

export const shownCost = (cost) => (Number.isFinite(cost) ? digits(cost, 3) : "stopped");

/** Writes docs/results/<name>.md: the text of pages/<name>.md with its values, and the remarks that readers added. */
export async function writeStudyPage(name, values) {
  const path = `docs/results/${name}.md`;
  const text = readFileSync(new URL(`pages/${name}.md`, import.meta.url), "utf8");
  const filled = fill(text, { ...values, machine: machine() }, `scripts/pages/${name}.md`);
  writeFileSync(path, filled + (await remarksIn(path)));
  console.log(`wrote ${path}`);
}
