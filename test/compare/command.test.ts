/** `lapgrad compare` as a process: a quick run, its files, wrong usage, and Ctrl-C. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Curve } from "../../src/compare/training.js";
import { lapgrad, typist } from "../cli/process.js";
import { withoutScript } from "../support/page-script.js";
import { newFolder } from "../support/runs.js";

const typed = typist();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

interface Result {
  readonly seeds: number[];
  readonly minutes: number;
  readonly groups: readonly {
    readonly plant: string;
    readonly rule: string;
    readonly at: readonly { readonly minutes: number; readonly median: number; readonly worst: number }[];
    readonly curves: readonly { readonly costs: number[] }[];
    readonly failures: readonly unknown[];
  }[];
}

const RULES = "gauss-newton-rollout,adam-lap";
const QUICK = `compare --quick --rules ${RULES} --plants identified,single-track --json`.split(" ");

test("a quick run writes figure and table, and keeps the remarks", async () => {
  const { code, stdout, stderr } = await lapgrad(folder, [...QUICK, "--out", "out"]);
  expect(stderr).toContain("single-track: cost in % of the untrained policy, median (worst) of 2 seeds");
  expect(code).toBe(0);
  const { seeds, minutes, groups } = JSON.parse(stdout) as Result;
  expect({ seeds, minutes }).toEqual({ seeds: [1, 2], minutes: 1.5 });
  expect(groups.map(({ plant, rule }) => `${plant} ${rule}`)).toEqual([
    "identified gauss-newton-rollout",
    "identified adam-lap",
    "single-track gauss-newton-rollout",
    "single-track adam-lap",
  ]);
  for (const { at, curves, failures } of groups) {
    expect(at.map((spread) => spread.minutes)).toEqual([0.5, 1, 1.5]);
    for (const { median, worst } of at) expect(worst).toBeGreaterThanOrEqual(median);
    expect(curves.length).toBe(2);
    expect(failures).toEqual([]);
  }
  expect(groups[0]?.at.at(-1)?.median).toBeLessThan(0.2);
  const html = await readFile(join(folder, "out", "compare.html"), "utf8");
  expect(html).toContain("Plant single-track: cost");
  expect(withoutScript(html)).not.toMatch(/NaN|Infinity|undefined|<script|https?:/);
  const path = join(folder, "out", "compare.md");
  const table = await readFile(path, "utf8");
  expect(table).toContain(`\nlapgrad compare --quick --rules ${RULES} --plants identified,single-track\n`);
  expect(table).not.toMatch(/NaN|Infinity|undefined/);

  await writeFile(path, `old\n## Remarks\nmine\n`);
  await lapgrad(folder, [...QUICK, "--out", "out", "--workers", "1"]);
  const again = await readFile(path, "utf8");
  expect(again).toMatch(/\n## Remarks\nmine\n$/);
  const numbers = (text: string) => text.split("\n").filter((line) => line.startsWith("| "));
  expect(numbers(again)).toEqual(numbers(table));
});

test("a plant with changes and parameters: the same until they act, untrained measured before them", async () => {
  const plants = "identified,identified+throttle=0.9@lap5+steering=0.9@place:2.9,0,.3,identified+gripLimit=6";
  const args = ["--updates", "gauss-newton", "--plants", plants, "--seeds", "1", "--minutes", ".6", "--out", "changes"];
  const { code, stdout } = await lapgrad(folder, ["compare", ...args, "--json"]);
  expect(code).toBe(0);
  const { groups } = JSON.parse(stdout) as { groups: { plant: string; curves: Curve[] }[] };
  expect(groups.map(({ plant }) => plant)).toEqual([
    "identified",
    "identified+throttle=0.9@lap5+steering=0.9@place:2.9,0,.3",
    "identified+gripLimit=6",
  ]);
  const [[same], [changed], [other]] = groups.map(({ curves }) => curves);
  expect(changed.untrained).toBe(same.untrained);
  expect(other.untrained).not.toBe(same.untrained);
  // the sixth lap since standstill is the first after five
  expect(changed.costs.slice(0, 5)).not.toEqual(same.costs.slice(0, 5)); // at one place from the start on
  expect(changed.costs[5]).toBeGreaterThan(1.5 * same.costs[5]);
  expect(changed.final).not.toBe(same.final);
});

test("a sweep writes the chosen rates", async () => {
  const args = "compare --sweep --updates sgd-fit --plants nominal --seeds 1 --minutes .4 --out sweep".split(" ");
  const { code, stdout } = await lapgrad(folder, args);
  expect(code).toBe(0);
  expect(stdout.match(/ best$/gm)).toHaveLength(1);
  expect(await readFile(join(folder, "sweep", "learning-rates.ts"), "utf8")).toMatch(/"sgd-fit": \d/);
});

test("everything stopped is a result too", async () => {
  const line = "compare --updates sgd --plants nominal --seeds 2-3 --minutes 2 --learning-rate sgd=.1 --out bad";
  const { code, stdout } = await lapgrad(folder, line.split(" "));
  expect(code).toBe(0);
  expect(stdout).toContain("2 of 2");
  const html = await readFile(join(folder, "bad", "compare.html"), "utf8");
  expect(html).toContain("2 trainings were stopped");
  expect(withoutScript(html)).not.toMatch(/NaN|Infinity/);
});

test.each([
  ["--updates newton", 'unknown update rule "newton"'],
  ["--updates sgd,adma", 'did you mean "adam"?'],
  ["--plants moon", "plants are: nominal, identified, single-track"],
  ["--seeds 0", "--seeds is 0; allowed is a whole number from 1"],
  ["--seeds 5-3", "--seeds is 5-3; allowed"],
  ["--minutes 0", "--minutes is 0; allowed is a number above 0"],
  ["--minutes ten", "--minutes is ten; allowed is a number above 0"],
  ["--workers 0", "--workers is 0; allowed is a whole number of 1 or more"],
  ["--learning-rate 1e-3", "allowed is rule=number above 0"],
  ["--learning-rate adma=1e-3", 'did you mean "adam"?'],
  ["--sweep --learning-rate sgd=1", "leave out --learning-rate"],
  ["--sweep --updates gauss-newton", "no learning rates to try"],
])("lapgrad compare %s: exit 2 and one line", async (line, part) => {
  const { code, stdout, stderr } = await typed(folder, ["compare", ...line.split(" ")]);
  expect(stderr).toContain(part);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(await readdir(folder)).not.toContain("runs");
});

test("Ctrl-C ends it; what is over is kept, and the same command goes on", async () => {
  let killed = false;
  const line = "compare --seeds 50 --minutes .05 --out late";
  const { code, stdout, stderr } = await lapgrad(folder, line.split(" "), (child) => {
    if (!killed) setTimeout(() => child.kill("SIGINT"), 1500); // once it has said what it does
    killed = true;
  });
  expect(stdout).toMatch(/^1200 trainings on \d+ workers?\n$/);
  const [, over] =
    /^lapgrad: interrupted after (\d+) of 1200 jobs; what is over is kept, and the same command .* goes on\n$/.exec(
      stderr,
    ) ?? [];
  expect(code).toBe(1);
  const { done, missing } = JSON.parse((await typed(folder, ["collect", "late/compare-plan", "--json"])).stdout);
  expect(done).toBeGreaterThanOrEqual(Number(over));
  expect(done).toBeLessThanOrEqual(Number(over) + 64); // those that were being kept
  expect(done + missing).toBe(1200);
});
