/**
 * Trainings through a simulated VESC beside those of the simulator, and cars whose motor or gyro lies to it, all in
 * virtual time. Writes docs/results/vesc.md; `--cache`: what is there already is not computed again; `--outcomes`: what
 * schedules of faults have written (LAPGRAD_SOAK=200 LAPGRAD_OUTCOMES=FILE npm test -- test/links/vesc-schedules).
 * Usage, after a build, in the project's folder:
 *   node scripts/vesc-study.mjs [--seeds 5] [--first 81000] [--plants identified,single-track] [--lies 0,2.2]
 *     [--cache file] [--outcomes file] [--no-page]
 * `--lies`: when they begin after the standing start [s]; "": none.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { digits } from "../build/src/output.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { tryVescLie, vescLies } from "../build/test/support/lying-vesc.js";
import { trainDirect, trainVesc } from "../build/test/support/vesc-training.js";
import { keptRows, lieTable, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "5" },
    first: { type: "string", default: "81000" },
    plants: { type: "string", default: "identified,single-track" },
    lies: { type: "string", default: "0,2.2" },
    cache: { type: "string" },
    outcomes: { type: "string" },
    "no-page": { type: "boolean", default: false },
  },
});
const [SEEDS, FIRST] = [options.seeds, options.first].map(Number);
const LAPS = 6;
const PLANTS = options.plants.split(",");
const TIMES = options.lies === "" ? [] : options.lies.split(",").map(Number);

const kept = keptRows(options.cache);
const folder = mkdtempSync(join(tmpdir(), "lapgrad-vesc-"));
let runs = 0;
const median = (values) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Costs of the first and the last lap, and how far off the circles the car truly was [m]. */
async function trained(plant, seed) {
  const given = { plant, seed, rollouts: LAPS };
  const direct = await kept(["direct", plant, seed], () => trainDirect(join(folder, `${++runs}`), given));
  const vesc = await kept(["vesc", plant, seed], async () => {
    const { costs, radial } = await trainVesc(join(folder, `${++runs}`), given);
    return { costs, radial };
  });
  return { direct, vesc };
}

const rows = [["plant", "seeds", "first lap", `lap ${LAPS}, VESC`, `lap ${LAPS}, simulator`, "ratio", "truly off [m]"]];
let lieRows = [];
try {
  for (const plant of PLANTS) {
    const all = [];
    for (let i = 0; i < SEEDS; i++) all.push(await trained(plant, FIRST + i));
    const last = all.map(({ vesc }) => vesc.costs[LAPS - 1]);
    const simulated = all.map(({ direct }) => direct[LAPS - 1]);
    const each = (values) => values.map((cost) => digits(cost, 2)).join(" ");
    rows.push([
      plant,
      SEEDS,
      digits(median(all.map(({ vesc }) => vesc.costs[0])), 3),
      `${digits(median(last), 2)} (${each(last)})`,
      `${digits(median(simulated), 2)} (${each(simulated)})`,
      (median(last) / median(simulated)).toFixed(2),
      median(all.map(({ vesc }) => vesc.radial)).toFixed(2),
    ]);
    console.log(rows.at(-1).join("  "));
  }
  lieRows = await lieTable(kept, PLANTS, TIMES, vescLies, tryVescLie);
} finally {
  rmSync(folder, { recursive: true });
}

/** How many schedules there were, and what stopped the car. */
function counted() {
  if (!options.outcomes || !existsSync(options.outcomes)) return { schedules: 0, stopped: 0, reasons: "none" };
  const lines = readFileSync(options.outcomes, "utf8").trim().split("\n");
  const all = lines.map((line) => JSON.parse(line)).filter(({ link }) => link === "vesc");
  const counts = new Map();
  for (const { fault } of all) if (fault) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  const sorted = [...counts].sort(([a, first], [b, second]) => second - first || a.localeCompare(b));
  return {
    schedules: all.length,
    stopped: all.filter(({ fault }) => fault !== null).length,
    reasons: markdownTable([["stopped first by", "schedules"], ...sorted]),
  };
}
const absent = ["identified", "single-track"].filter((plant) => !PLANTS.includes(plant));
const missing = absent.length > 0 ? `Not run for this page: ${absent.join(", ")}.` : "";
const lies = TIMES.length > 0 ? markdownTable(lieRows) : "These were not run for this page.";
const page = {
  table: markdownTable(rows),
  lies,
  seeds: SEEDS,
  first: FIRST,
  plants: options.plants,
  missing,
  ...counted(),
};
if (!options["no-page"]) await writeStudyPage("vesc", page);
