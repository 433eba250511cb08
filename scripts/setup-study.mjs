/**
 * Sets simulated cars up (`lapgrad setup`) that are wired or scaled wrongly, behind the real firmware in simavr, a
 * simulated VESC and simulated chips, in virtual time; then trains with what was found, beside trainings of a car that
 * was configured rightly by hand. Writes docs/results/setup.md; `--cache`: what is there already is not computed again.
 * Usage, after a build and `node scripts/firmware.mjs`, in the project's folder:
 *   node scripts/setup-study.mjs [--kinds serial,vesc,pca9685] [--train serial,vesc,pca9685] [--seeds 3]
 *     [--cache file] [--no-page]
 * `--seeds`: of every training, or of each of `--train`, separated by commas.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { spreadOf } from "../build/src/compare/statistics.js";
import { digits } from "../build/src/output.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { SimulatedBoard } from "../build/test/in-the-loop/simulated-board.js";
import { closeFakes } from "../build/test/support/fake-pca9685.js";
import { faultsOf, RIGHT, setUpCar, stepsFor, trainCar, wrongs } from "../build/test/support/newcomer.js";
import { keptRows, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    kinds: { type: "string", default: "serial,vesc,pca9685" },
    train: { type: "string", default: "serial,vesc,pca9685" },
    seeds: { type: "string", default: "3" },
    cache: { type: "string" },
    "no-page": { type: "boolean", default: false },
  },
});
const KINDS = options.kinds.split(",");
const TRAINED = options.train === "" ? [] : options.train.split(",");
const SEEDS = options.seeds.split(",").map(Number);
const LAPS = 6;
/** Whose cost is told: laps, of which the last ones count. */
const LAST = 3;

const kept = keptRows(options.cache);
const folder = mkdtempSync(join(tmpdir(), "lapgrad-setup-"));
let files = 0;
const newPath = (ending) => join(folder, `${++files}${ending}`);

/** With a board of its own, where one is needed. */
async function withBoard(kind, run) {
  if (kind !== "serial") return run(undefined);
  const board = new SimulatedBoard("build/firmware/lockstep", "build/firmware/atmega328p.elf");
  try {
    await board.run(50);
    return await run(board);
  } finally {
    await board.stop();
  }
}

const setUp = (kind, { given, wrong }) =>
  withBoard(kind, async (board) => {
    const found = await setUpCar(kind, stepsFor(kind), newPath(".yaml"), given, wrong, { board });
    const { results, config, seconds, throttle } = found;
    return { results, config, seconds, throttle };
  });

/** Mean window cost of the last laps. */
const trained = (kind, seed, settings, wrong) =>
  withBoard(kind, async (board) => {
    const costs = await trainCar(kind, newPath(""), { ...settings, seed, rollouts: LAPS }, wrong, board);
    return costs.slice(-LAST).reduce((sum, cost) => sum + cost / LAST, 0);
  });

const wordsOf = (kind, wrong, { results, config }) => {
  const last = results.at(-1);
  if (!last.ok) return `refused by ${last.name}: ${last.value}; ${last.why}`;
  const faults = faultsOf(kind, config, wrong);
  return faults.length === 0 ? "right" : `**wrong: ${faults.join(", ")}**`;
};

const rows = [["wrong", ...KINDS]];
const costRows = [
  ["link", "set up from", "configured rightly, by seed", "after set-up, by seed", "ratio of the medians"],
];
try {
  const names = [...new Set(KINDS.flatMap((kind) => Object.keys(wrongs(kind))))].filter((name) => name !== "right");
  const founds = new Map();
  for (const name of names) {
    const cells = [];
    for (const kind of KINDS) {
      const wrong = wrongs(kind)[name];
      const found = wrong && (await kept(["setup", kind, name], () => setUp(kind, wrong)));
      founds.set(`${kind} ${name}`, found);
      cells.push(found ? `${wordsOf(kind, wrong, found)} (${found.seconds.toFixed(0)} s)` : "");
    }
    rows.push([name, ...cells]);
    console.log(rows.at(-1).join(" | "));
  }
  for (const [i, kind] of TRAINED.entries()) {
    const name = "everything that can be set right";
    const { wrong } = wrongs(kind)[name];
    const { config } = founds.get(`${kind} ${name}`);
    const costs = { right: [], found: [] };
    for (let seed = 1; seed <= (SEEDS[i] ?? SEEDS[0]); seed++) {
      const right = { ...RIGHT[kind], ...wrongs(kind).right.given };
      costs.right.push(await kept(["right", kind, seed], () => trained(kind, seed, right, wrong)));
      costs.found.push(await kept(["found", kind, seed], () => trained(kind, seed, config, wrong)));
    }
    const [right, found] = [costs.right, costs.found].map((values) => spreadOf(values).median);
    const each = (values) => values.map((cost) => digits(cost, 3)).join(" ");
    costRows.push([kind, name, each(costs.right), each(costs.found), (found / right).toFixed(2)]);
    console.log(costRows.at(-1).join(" | "));
  }
} finally {
  closeFakes();
  rmSync(folder, { recursive: true });
}
const page = {
  table: markdownTable(rows),
  costs: TRAINED.length > 0 ? markdownTable(costRows) : "These were not run for this page.",
  kinds: options.kinds,
  train: options.train,
  seeds: options.seeds,
  laps: LAPS,
  last: LAST,
};
if (!options["no-page"]) await writeStudyPage("setup", page);
