/**
 * Suspends and kills each process of a drive over simulated PCA9685 chips, many times, and measures how soon the motor
 * is neutral, by the clock on the wall. Writes docs/results/pca9685.md; `--cache`: what is there already is not
 * measured again.
 * Usage, after a build, in the project's folder:
 *   node scripts/pca9685-stops.mjs [--times 20] [--boards jetracer,jetracer-ai] [--cache file] [--no-page]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { PROCESSES, SIGNALS, stopOne } from "../build/test/support/pca9685-stops.js";
import { keptRows, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    times: { type: "string", default: "20" },
    boards: { type: "string", default: "jetracer,jetracer-ai" },
    cache: { type: "string" },
    "no-page": { type: "boolean", default: false },
  },
});
const TIMES = Number(options.times);
const kept = keptRows(options.cache);
const folder = mkdtempSync(join(tmpdir(), "lapgrad-pca9685-"));
const rows = [["board", "process", "is", "times", "median", "latest", "after 250 ms", "driven again, at most"]];
try {
  for (const board of options.boards.split(","))
    for (const who of PROCESSES)
      for (const signal of SIGNALS) {
        const all = [];
        for (let i = 0; i < TIMES; i++)
          all.push(await kept([board, who, signal, i], () => stopOne(folder, board, who, signal)));
        const times = all.map(({ neutral }) => neutral ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
        const ms = (value) => `${value.toFixed(0)} ms`;
        rows.push([
          board,
          who,
          signal === "SIGKILL" ? "killed" : "suspended, then goes on",
          TIMES,
          ms(quantile(times, 0.5)),
          ms(times.at(-1)),
          times.filter((one) => one > 250).length,
          ms(Math.max(...all.map(({ again }) => again ?? Number.POSITIVE_INFINITY))),
        ]);
        console.log(rows.at(-1).join("  "));
      }
} finally {
  rmSync(folder, { recursive: true });
}
if (!options["no-page"]) await writeStudyPage("pca9685", { table: markdownTable(rows) });
