/** The report is kept up to date while a run is driven, and is whole whenever the run ends. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { ReportRefresher } from "../../src/report/refresher.js";
import { newFolder, SMALL, SMALL_ARGUMENTS, trainRun } from "../support/runs.js";
import { until } from "../support/until.js";

const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  jest.restoreAllMocks();
});

test("a training that is killed leaves a whole report of what it had driven", async () => {
  const run = join(folder, "killed");
  const words = ["train", "--rollouts", "100000", ...SMALL_ARGUMENTS, "--out", run, "--json"];
  const child = spawn(process.execPath, [main, ...words], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const path = join(run, "report.html");
    await until(() => existsSync(path));
    child.kill("SIGKILL");
    await ended;
    const report = await readFile(path, "utf8");
    expect(report).toMatch(/^<!doctype html>[\s\S]*<h2>Configuration<\/h2>[\s\S]*<\/html>\n$/);
    const rows = report.match(/<tr[^>]*><th scope="row">\d+/g)?.length ?? 0;
    const driven = (await readFile(join(run, "metrics.jsonl"), "utf8")).split("\n").length - 1;
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(driven);
  } finally {
    child.kill("SIGKILL");
  }
});

/** A clock that the test sets [ms]. */
function clock(): { now: number } {
  const time = { now: 0 };
  jest.spyOn(performance, "now").mockImplementation(() => time.now);
  return time;
}

test("it is written five seconds after the last one at the earliest, and after twenty times its own time", async () => {
  const run = join(folder, "kept");
  await trainRun({ given: { ...SMALL, rollouts: 2 }, out: run });
  const path = join(run, "report.html");
  const time = clock();
  const problems: string[] = [];
  const reports = new ReportRefresher(run, (why) => problems.push(why));
  time.now = 4999;
  reports.grown();
  expect(reports.isWriting).toBe(false);
  time.now = 5000;
  reports.grown();
  expect(reports.isWriting).toBe(true);
  time.now = 6000; // so it takes a second
  await until(() => !reports.isWriting);
  expect(existsSync(path)).toBe(true);
  for (const [at, isWriting] of [
    [11_001, false],
    [25_999, false],
    [26_000, true],
  ] as const) {
    time.now = at;
    reports.grown();
    expect([at, reports.isWriting]).toEqual([at, isWriting]);
  }
  await until(() => !reports.isWriting);
  await reports.close();
  time.now = 1e9;
  reports.grown();
  expect(reports.isWriting).toBe(false);
  expect(problems).toEqual([]);
});

test("a report that cannot be written is said once, and nothing else happens", async () => {
  const run = join(folder, "full");
  await trainRun({ given: { ...SMALL, rollouts: 2 }, out: run });
  await mkdir(join(run, "report.html"));
  await writeFile(join(run, "report.html", "in the way"), "");
  const time = clock();
  const problems: string[] = [];
  const reports = new ReportRefresher(run, (why) => problems.push(why));
  time.now = 5000;
  reports.grown();
  await until(() => problems.length > 0);
  time.now = 1e9;
  reports.grown();
  expect(reports.isWriting).toBe(false);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^the report is not brought up to date until the end: cannot write .*report\.html/);
  expect((await readdir(run)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  await reports.close();
});
