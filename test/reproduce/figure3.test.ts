/** The study of figure 3 on tiny cases: what is trained, what is kept, what is said. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { UserError } from "../../src/errors.js";
import { contenders } from "../../src/peers/contenders.js";
import { figure3, undrivableOf } from "../../src/reproduce/figure3.js";
import { jobsOf, PLANTS, rowsOf } from "../../src/reproduce/figure3-rows.js";
import { type Job, settingsOf, type Training, trainOnce } from "../../src/reproduce/figure3-training.js";
import type { StudyOptions } from "../../src/reproduce/study.js";
import { runLocally } from "../../src/sweeps/local.js";
import { writePlan } from "../../src/sweeps/plan.js";
import { studyJobs } from "../../src/sweeps/studies.js";
import { lapgrad } from "../cli/process.js";
import { withoutScript } from "../support/page-script.js";
import { newFolder } from "../support/runs.js";

const asked = { plants: undefined, rules: undefined, seeds: undefined, minutes: undefined, quick: false };

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

function training(seed: number, costs: readonly (number | null)[], change: Partial<Training> = {}): Training {
  const account = {
    untrained: 0.1,
    minutes: [0.25, 0.5],
    evaluation: costs,
    whileLearning: costs,
    worstLap: [costs[0], costs[1] && costs[0]],
    failure: costs[1] === null ? { minutes: 0.4, why: "it left its bounds" } : null,
  };
  return { plant: "identified", rule: "ilc", seed, settings: settingsOf("ilc", "identified"), account, ...change };
}

const listed = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Training);
const linesOf = (trainings: readonly Training[]) => trainings.map((one) => `${JSON.stringify(one)}\n`).join("");

/** A study that trains in no time, and what it was asked to train. */
function quickly(trained: Job[], out: string, change: Partial<StudyOptions> = {}) {
  return figure3.run({
    seeds: 2,
    quick: true,
    rules: ["ilc"],
    out,
    reference: undefined,
    run: async <J, A>(_: string, jobs: readonly J[], __: string, known: readonly (A | undefined)[] = []) =>
      (jobs as readonly Job[]).map((job, i) => {
        if (known[i] === undefined) trained.push(job);
        return known[i] ?? (training(job.seed, [0.5, 0.25]) as A);
      }),
    ...change,
  });
}

describe("trainings", () => {
  test("of the whole figure: rules that are dear to compute get less", () => {
    const jobs = jobsOf(asked);
    const count = (plant: string, rule: string) =>
      jobs.filter((job) => job.plant === plant && job.rule === rule).map(({ minutes }) => minutes.at(-1));
    for (const plant of PLANTS) expect(count(plant, "gauss-newton")).toEqual(new Array(10).fill(60));
    for (const rule of ["crossq", "droq", "mbpo"]) {
      expect(count("single-track", rule)).toEqual([10, 10, 10]);
      expect(count("nominal", rule)).toEqual([]);
    }
    expect(Math.min(...jobs.map(({ seed }) => seed))).toBe(101);
  });

  test("are the same in a worker, and in their files", async () => {
    const options = { ...asked, plants: ["nominal"], rules: ["refit"], seeds: 1, minutes: 0.25 };
    const plan = await writePlan(join(folder, "plan"), "figure3", options, studyJobs("figure3", options));
    await runLocally(plan, { workers: 1 });
    const [answer] = (await plan.answers()) as Training[];
    expect(answer).toEqual(await trainOnce(jobsOf(options)[0]));
    expect(answer.account.evaluation[0]).toBeLessThan(0.1);
  });

  test("that are over are not trained again, whatever else is in their place", async () => {
    const out = join(folder, "resumed");
    const first: Job[] = [];
    const { files, results } = await quickly(first, out);
    expect(first.map(({ seed }) => seed)).toEqual([101, 102]);
    expect(results.rows).toMatchObject([
      { plant: "identified", rule: "ilc", minutes: [0.25, 0.5], worstLap: 50, failures: [] },
    ]);
    await mkdir(out);
    await writeFile(join(out, "figure3.jsonl"), files?.["figure3.jsonl"] ?? "");
    const second: Job[] = [];
    const others = [{ plant: "identified", rule: "of another version" }, training(104, [0.5, 0.25])];
    const again = await quickly(second, out, { seeds: 4, over: async () => others });
    expect(second.map(({ seed }) => seed)).toEqual([103]);
    const kept = listed(again.files?.["figure3.jsonl"] ?? "");
    expect(kept.map(({ seed }) => seed)).toEqual([101, 102, 104, 103]);
    // those of other settings are of no use
    const old = training(101, [0.5, 0.25], { settings: { change: 5 } });
    await writeFile(join(out, "figure3.jsonl"), linesOf([old, ...kept.slice(1)]));
    const third: Job[] = [];
    await quickly(third, out, { seeds: 3 });
    expect(third.map(({ seed }) => seed)).toEqual([101]);
    await writeFile(join(out, "figure3.jsonl"), "[{");
    await expect(quickly([], out)).rejects.toThrow(/figure3.jsonl is no list of trainings .*: move it away, or give/);
  });
});

describe("rows", () => {
  test("are medians and worst seeds; what was stopped is infinite", () => {
    const [row] = rowsOf([training(1, [0.5, 0.1]), training(2, [0.7, 0.3]), training(3, [0.6, null])]);
    expect(row).toMatchObject({ plant: "identified", rule: "ilc", seeds: 3, worstLap: Number.POSITIVE_INFINITY });
    expect(row?.evaluation.map(({ median, worst }) => [median, worst])).toEqual([
      [0.6, 0.7],
      [0.3, Number.POSITIVE_INFINITY],
    ]);
    expect(row?.failures).toEqual([{ seed: 3, minutes: 0.4, why: "it left its bounds" }]);
  });

  test("say on the page what was stopped", async () => {
    const { sections, results } = await quickly([], join(folder, "stopped"), {
      run: async <J, A>(_: string, jobs: readonly J[]) =>
        (jobs as readonly Job[]).map(({ seed }) => training(seed, [0.5, null])) as A[],
    });
    const [, plant, stopped] = sections;
    expect(plant?.table?.[1]).toContain("stopped (stopped)");
    expect(stopped?.table?.[1]).toEqual(["identified", "ilc", "101", "0.400 min", "it left its bounds"]);
    expect(JSON.stringify(results)).toContain('"median":[50,null]');
  });
});

test("plants whose package is absent are known before anything is trained", async () => {
  const absent = async () => {
    throw new UserError("plant mujoco needs the package @mujoco/mujoco, which cannot be loaded");
  };
  const found = await undrivableOf(["nominal", "mujoco", "mujoco+friction=0.6", "mujoco"], absent);
  expect([...found.keys()]).toEqual(["mujoco", "mujoco+friction=0.6"]);
  expect(String(found.get("mujoco"))).toContain("needs the package @mujoco/mujoco");
  expect(await undrivableOf(["nominal", "identified+grip=0.8@lap10"], absent)).toEqual(new Map());
});

test("the command writes figure, table and trainings", async () => {
  const args = "reproduce figure3 --plants nominal --rules gauss-newton,refit --seeds 1 --minutes .25 --json --out out";
  const { code, stdout, stderr } = await lapgrad(folder, args.split(" "));
  expect(stderr).toContain("Plant nominal");
  expect(code).toBe(0);
  const { rows } = JSON.parse(stdout);
  expect(rows.map((row: { rule: string }) => row.rule)).toEqual(["gauss-newton", "refit"]);
  for (const { evaluation, whileLearning, worstLap } of rows) {
    expect(evaluation.worst[0]).toBeLessThan(10);
    expect(whileLearning.median[0]).toBeGreaterThan(evaluation.median[0]);
    expect(worstLap).toBeGreaterThan(whileLearning.worst[0]);
  }
  const html = await readFile(join(folder, "out", "figure3.html"), "utf8");
  expect(html).toContain("plant nominal");
  expect(withoutScript(html)).not.toMatch(/NaN|Infinity|undefined|<script|https?:/);
});

test.each([
  ["--rules sacc", 'unknown update rule "sacc"; did you mean "sac"?'],
  ["--plants moon", 'unknown plant "moon"'],
  ["--minutes 0", "--minutes is 0; allowed is a number above 0"],
])("wrong usage: %s", async (words, message) => {
  const { code, stderr } = await lapgrad(folder, ["reproduce", "figure3", ...words.split(" ")]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test("robots are refused to peers for the dearest laps of the stored figure", async () => {
  const stored = listed(await readFile("docs/results/figure3.jsonl", "utf8"));
  for (const { name, worstLap } of Object.values(contenders)) {
    const laps = stored.flatMap(({ rule, account }) => (rule === name ? account.worstLap : []));
    const worst = Math.max(...laps.map((part) => 100 * (part ?? 0)));
    expect([name, worstLap]).toEqual([name, laps.length > 0 ? Math.round(worst) : undefined]);
  }
});
