/**
 * Suspends and kills each process of a drive over simulated PCA9685 chips, many times, and measures how soon the motor
 * is neutral, by the clock on the wall; then, in virtual time, trains cars whose poses from outside begin to lie.
 * Writes docs/results/pca9685.md; `--cache`: what is there already is not measured again.
 * Usage, after a build, in the project's folder:
 *   node scripts/pca9685-stops.mjs [--times 20] [--boards jetracer,jetracer-ai] [--plants identified,single-track]
 *     [--lies 0,2.2] [--cache file] [--no-page]
 * `--lies`: when they begin after the standing start [s]; "": none.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "../build/src/report/markdown.js";
import { quantile } from "../build/src/statistics.js";
import { closeFakes } from "../build/test/support/fake-pca9685.js";
import { poseLies } from "../build/test/support/lying-car.js";
import { tryPcaLie } from "../build/test/support/lying-pca9685.js";
import { PROCESSES, SIGNALS, stopOne } from "../build/test/support/pca9685-stops.js";
import { keptRows, lieTable, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    times: { type: "string", default: "20" },
    boards: { type: "string", default: "jetracer,jetracer-ai" },
    plants: { type: "string", default: "identified,single-track" },
    lies: { type: "string", default: "0,2.2" },
    cache: { type: "string" },
    "no-page": { type: "boolean", default: false },
  },
});
const TIMES = Number(options.times);
const LIES = options.lies === "" ? [] : options.lies.split(",").map(Number);
const kept = keptRows(options.cache);
const folder = mkdtempSync(join(tmpdir(), "lapgrad-pca9685-"));
const rows = [["board", "process", "is", "times", "median", "latest", "after 250 ms", "driven again, at most"]];
let lies = [];
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
  lies = LIES.length > 0 ? await lieTable(kept, options.plants.split(","), LIES, poseLies, tryPcaLie) : [];
} finally {
  closeFakes();
  rmSync(folder, { recursive: true });
}
if (!options["no-page"]) {
  const text = lies.length > 0 ? markdownTable(lies) : "These were not run for this page.";
  await writeStudyPage("pca9685", { table: markdownTable(rows), lies: text });
}
