/**
 * Runs the random tests of stops many times: schedules of faults on the simulated board (test/in-the-loop/soak.test.ts)
 * and processes that are suspended or killed (stalls.test.ts there and in test/links/ros2), and counts what came of
 * them. Writes docs/results/stops.md.
 * Usage, after a build and node scripts/firmware.mjs, in the project's folder:
 * node scripts/stops.mjs [--soak 200] [--stalls 20] [--outcomes <file>]
 * `--outcomes`: counts what earlier runs have written there, and runs nothing.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "../build/src/report/markdown.js";
import { writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: { soak: { type: "string" }, stalls: { type: "string" }, outcomes: { type: "string" } },
});
const SUITES = ["test/in-the-loop/soak", "test/in-the-loop/stalls", "test/links/ros2/stalls"];

/** What the tests wrote; throws if one failed. */
function outcomes() {
  if (options.outcomes) return readFileSync(options.outcomes, "utf8");
  const folder = mkdtempSync(join(tmpdir(), "lapgrad-stops-"));
  const LAPGRAD_OUTCOMES = join(folder, "outcomes.jsonl");
  const counts = { LAPGRAD_SOAK: options.soak ?? "200", LAPGRAD_STALLS: options.stalls ?? "20" };
  const env = { ...process.env, ...counts, LAPGRAD_OUTCOMES, LAPGRAD_REQUIRE_FIRMWARE: "1" };
  try {
    // one after the other: the stalls are by the clock on the wall
    const { status } = spawnSync("npm", ["test", "--", ...SUITES, "--runInBand"], { stdio: "inherit", env });
    if (status !== 0) throw new Error("a test failed: see above; nothing was written");
    return readFileSync(LAPGRAD_OUTCOMES, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** "corridor 3, lateness 1", the most frequent first. */
function counted(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([a, first], [b, second]) => second - first || a.localeCompare(b));
  return sorted.map(([name, count]) => `${name} ${count}`).join(", ") || "none";
}

const all = outcomes()
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const schedules = all.filter(({ schedule }) => schedule);
const stalls = all.filter(({ who }) => who);

const kinds = [...new Set(schedules.flatMap(({ schedule }) => schedule.map(({ kind }) => kind)))].sort();
const kindTable = markdownTable([
  ["kind", "times", "in schedules", "of these stopped for"],
  ...kinds.map((kind) => {
    const having = schedules.filter(({ schedule }) => schedule.some((one) => one.kind === kind));
    const times = having.flatMap(({ schedule }) => schedule.filter((one) => one.kind === kind)).length;
    return [kind, times, having.length, counted(having.map(({ fault }) => fault ?? "not stopped"))];
  }),
]);

/** [ms] */
const SPANS = [
  [50, 100],
  [100, 200],
  [200, 500],
  [500, 2001],
];
const isWithin = (ms, [from, to]) => ms !== null && ms >= from && ms < to;
const processes = [...new Set(stalls.map(({ link, who }) => `${link} ${who}`))].sort();
const stallTable = markdownTable([
  ["link", "process", "suspended for", "times", "drove on", "stopped for"],
  ...processes.flatMap((name) => {
    const [link, who] = name.split(" ");
    const own = stalls.filter((one) => one.link === link && one.who === who);
    const row = (what, some) => {
      const stopped = some.filter(({ fault }) => fault !== null);
      return [link, who, what, some.length, some.length - stopped.length, counted(stopped.map(({ fault }) => fault))];
    };
    return [
      ...SPANS.map((span) =>
        row(
          `${span[0]} to ${Math.min(span[1], 2000)} ms`,
          own.filter(({ ms }) => isWithin(ms, span)),
        ),
      ),
      row(
        "killed",
        own.filter(({ ms }) => ms === null),
      ),
    ].filter(([, , , times]) => times > 0);
  }),
]);
const late = stalls.filter(({ link, fault }) => link === "ros2" && fault !== null).map(({ seconds }) => seconds);
await writeStudyPage("stops", {
  kindTable,
  stallTable,
  schedules: schedules.length,
  stopped: schedules.filter(({ fault }) => fault !== null).length,
  faults: schedules.reduce((sum, { schedule }) => sum + schedule.length, 0),
  stalls: stalls.length,
  latest: Math.max(...late).toFixed(2),
});
