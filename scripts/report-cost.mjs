/**
 * What it costs to bring the report of a long run up to date: laps of a real training, repeated, and a table.
 *
 * Usage: node scripts/report-cost.mjs, after a build.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeReport } from "../build/src/report/from-run.js";
import { machine, markdownTable } from "../build/src/report/markdown.js";

const LAPS = [10, 100, 1000];
const TRIES = 7;

const folder = mkdtempSync(join(tmpdir(), "lapgrad-report-cost-"));
try {
  const run = join(folder, "run");
  const words = ["build/src/cli/main.js", "train", "--laps", "4", "--seed", "1", "--out", run, "--json"];
  if (spawnSync(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] }).status !== 0) process.exit(1);
  const linesOf = (name) => readFileSync(join(run, name), "utf8").trim().split("\n");
  const [metrics, updates] = [linesOf("metrics.jsonl"), linesOf("updates.jsonl")];
  const last = updates.filter((line) => line.includes('"lap":4,'));
  const rows = [["laps", "median [ms]", "most [ms]", "report [kB]", "metrics and updates [kB]"]];
  for (const laps of LAPS) {
    const more = Array.from({ length: laps - 4 }, (_, i) => i + 5);
    const lines = (own, repeated) => `${[...own, ...repeated].join("\n")}\n`;
    writeFileSync(
      join(run, "metrics.jsonl"),
      lines(
        metrics,
        more.map((lap) => metrics[3].replace('"index":4', `"index":${lap}`)),
      ),
    );
    writeFileSync(
      join(run, "updates.jsonl"),
      lines(
        updates,
        more.flatMap((lap) => last.map((line) => line.replace('"lap":4,', `"lap":${lap},`))),
      ),
    );
    cpSync(join(run, "rollouts", "0004.mcap"), join(run, "rollouts", `${String(laps).padStart(4, "0")}.mcap`));
    const took = [];
    let report = "";
    for (let i = 0; i < TRIES; i++) {
      const began = performance.now();
      report = (await writeReport(run)).path;
      took.push(performance.now() - began);
    }
    took.sort((a, b) => a - b);
    const size = (...paths) => (paths.reduce((sum, path) => sum + statSync(path).size, 0) / 1000).toFixed(0);
    const read = size(join(run, "metrics.jsonl"), join(run, "updates.jsonl"));
    rows.push([laps, took[TRIES >> 1].toFixed(0), took[TRIES - 1].toFixed(0), size(report), read].map(String));
  }
  console.log(`${machine()}\n\n${markdownTable(rows)}`);
} finally {
  rmSync(folder, { recursive: true });
}
