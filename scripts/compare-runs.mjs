/**
 * Compares two runs of the same training bit for bit: the newest checkpoint byte by byte, and metrics.jsonl line by
 * line without the fields that tell the time of day. Exit 0 if they agree; otherwise 1 and the first difference of
 * each.
 * Usage: node scripts/compare-runs.mjs <run> <run>
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const WALL_CLOCK = new Set(["wallSeconds", "wallClock"]);
const [first, second] = process.argv.slice(2);
if (!second) {
  console.error("usage: node scripts/compare-runs.mjs <run> <run>");
  process.exit(2);
}
const differences = [];

/** Name of the checkpoint written last; the later name where the times are equal. */
function newestCheckpoint(run) {
  const folder = join(run, "checkpoints");
  const files = readdirSync(folder)
    .map((name) => ({ name, stats: statSync(join(folder, name)) }))
    .filter(({ stats }) => stats.isFile())
    .sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs || (a.name < b.name ? -1 : 1));
  if (files.length === 0) throw new Error(`${folder} holds no checkpoint`);
  return files.at(-1).name;
}

function compareCheckpoints() {
  const names = [newestCheckpoint(first), newestCheckpoint(second)];
  const [a, b] = [first, second].map((run, i) => readFileSync(join(run, "checkpoints", names[i])));
  if (names[0] !== names[1]) differences.push(`newest checkpoints: ${names.join(" and ")}`);
  if (a.length !== b.length) differences.push(`${names[0]}: ${a.length} and ${b.length} bytes`);
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at >= 0 && at < b.length) differences.push(`${names[0]}: byte ${at} is ${a[at]} and ${b[at]}`);
  return `${names[0]} (${a.length} bytes)`;
}

/** Each line as JSON without the wall clock. JSON's shortest decimals name every double exactly. */
function metrics(run) {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) =>
    JSON.stringify(JSON.parse(line), (key, value) => (WALL_CLOCK.has(key) ? undefined : value)),
  );
}

function compareMetrics() {
  const [a, b] = [metrics(first), metrics(second)];
  if (a.length !== b.length) differences.push(`metrics.jsonl: ${a.length} and ${b.length} lines`);
  const at = a.findIndex((line, i) => line !== b[i]);
  if (at >= 0 && at < b.length) differences.push(`metrics.jsonl, line ${at + 1}:\n  ${a[at]}\n  ${b[at]}`);
  return `metrics.jsonl (${a.length} lines)`;
}

const compared = `${compareCheckpoints()}, ${compareMetrics()}`;
if (differences.length > 0) {
  console.error(`${first} and ${second} differ:\n${differences.join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`${first} and ${second} agree bit for bit: ${compared}`);
}
