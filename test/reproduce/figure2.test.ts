/** The pieces of the study of figure 2 on tiny cases: trainings, criterion, counting, the page. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { figure2 } from "../../src/reproduce/figure2.js";
import { storedTrials } from "../../src/reproduce/figure2-rates.js";
import { type Figure2, jobsOf, judge, variants } from "../../src/reproduce/figure2-rows.js";
import {
  bestRate,
  gridOf,
  judgeSweep,
  lateCost,
  ratesModule,
  sweepJobs,
  type Trial,
} from "../../src/reproduce/figure2-sweep.js";
import { BATCH, type Curve, configOf, type Job, models, trainOnce } from "../../src/reproduce/figure2-training.js";
import { answersOf } from "../../src/sweeps/local.js";
import { trainingInMemory } from "../../src/training/in-memory.js";
import { lapgrad } from "../cli/process.js";
import { withoutScript } from "../support/page-script.js";
import { newFolder } from "../support/runs.js";

const closed: Job = { model: "half", loop: "closed", truncation: "segment", seed: 1, learningRate: 5e-4, updates: 4 };
const open: Job = { model: "short", loop: "open", truncation: "none", seed: 2, learningRate: 2e-6, updates: 2 };

function curve(costs: readonly number[], failed = false): Curve {
  return { costs, failure: failed ? { updates: 1, why: "it left its bounds" } : null, stuck: null };
}

describe("a training", () => {
  test("is the same in a worker, and learns", async () => {
    const jobs = [closed, open].map((settings) => ({ kind: "figure2", settings }));
    const answers = (await answersOf(jobs, { workers: 2 })) as Curve[];
    expect(answers).toEqual([await trainOnce(closed), await trainOnce(open)]);
    const [before = 0, ...after] = answers[0]?.costs ?? [];
    expect(after).toHaveLength(closed.updates);
    expect(before).toBeGreaterThan(1150);
    expect(before).toBeLessThan(1190);
    expect(after.at(-1)).toBeLessThan(before / 5);
  });

  test("differentiates the model asked for and drives the true arm", async () => {
    const { core } = await trainingInMemory(configOf({ ...open, truncation: "none" }));
    const { model, plant } = { model: core.view("modelParameters"), plant: core.view("plantParameters") };
    const wrong = [0.1 * 0.7, 0.1 * 0.7, 0.9, 0.9, 1];
    wrong.forEach((value, i) => {
      expect(model[i]).toBeCloseTo(value, 15);
    });
    expect(Array.from(plant.subarray(0, 5))).toEqual([0.1, 0.1, 1, 1, 1]);
  });

  test("takes the mean over a batch of five", async () => {
    const config = configOf(closed);
    expect([config.batch, config["batch-reduction"], config.rollouts]).toEqual([BATCH, "mean", 25]);
    const { core, rollouts } = await trainingInMemory(config);
    const costs: number[] = [];
    for await (const { index, slot, windowCost } of rollouts()) {
      expect(slot).toBe((index - 1) % BATCH);
      costs.push(windowCost);
      if (index === BATCH) break;
    }
    const loss = core.gradient(0, BATCH);
    const mean = costs.reduce((sum, cost) => sum + cost / BATCH, 0);
    expect(loss / mean).toBeCloseTo(1, 12);
    expect((await trainOnce({ ...closed, updates: 0 })).costs[0]).toBeCloseTo(mean, 9);
  });

  test("of open loop, truncated to single control steps, has no gradient at all", async () => {
    const { costs, failure, stuck } = await trainOnce({ ...open, truncation: "segment", updates: 3 });
    expect({ failure, stuck }).toEqual({ failure: null, stuck: 0 });
    expect(costs).toHaveLength(4);
    expect(new Set(costs).size).toBe(1);
  });

  test("with a rate far too high gets no better", async () => {
    const { costs, failure } = await trainOnce({ ...open, learningRate: 1e3, updates: 3 });
    expect(costs).toHaveLength(4);
    expect(failure !== null || Math.max(...costs) > (costs[0] ?? 0)).toBe(true);
  });
});

describe("the sweep", () => {
  test("tries ten rates in every setting that has a gradient, on the same seeds", () => {
    const jobs = sweepJobs([7, 8], 10);
    expect(jobs).toHaveLength(3 * 3 * 10 * 2);
    for (const model of ["true", "half", "short"] as const) {
      for (const { loop, truncation } of variants) {
        const own = jobs.filter((job) => job.model === model && job.loop === loop && job.truncation === truncation);
        const rates = gridOf({ model, loop, truncation });
        expect(rates).toHaveLength(loop === "open" && truncation === "segment" ? 0 : 10);
        expect(own.map(({ learningRate, seed }) => [learningRate, seed])).toEqual(
          rates.flatMap((rate) => [
            [rate, 7],
            [rate, 8],
          ]),
        );
      }
    }
  });

  test("judges by the mean cost after the last fifth, median over seeds, failures infinite", () => {
    expect(lateCost(curve([9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 4]))).toBe(3);
    expect(lateCost(curve([9, 5]))).toBe(5);
    const jobs: Job[] = [1e-6, 1e-5, 1e-4].flatMap((learningRate) =>
      [1, 2, 3].map((seed) => ({ ...closed, updates: 1, learningRate, seed })),
    );
    const infinite = curve([9, Number.POSITIVE_INFINITY], true);
    const group = (...late: number[]) => late.map((cost) => curve([9, cost]));
    const curves = [...group(5, 6, 4), ...group(1, 3), infinite, ...group(1), infinite, infinite];
    const trials = judgeSweep(jobs, curves, 3);
    expect(trials.map(({ learningRate, late, failed }) => [learningRate, late, failed])).toEqual([
      [1e-6, 5, 0],
      [1e-5, 3, 1],
      [1e-4, null, 2],
    ]);
    expect(bestRate(trials, closed)).toBe(1e-5);
  });

  test("is what the stored table holds; no best rate lies at an end of its grid", () => {
    const settings = sweepJobs([1]).map(({ seed: _, updates: __, ...setting }) => setting);
    expect(storedTrials.map(({ late: _, failed: __, ...setting }) => setting)).toEqual(settings);
    for (const setting of settings) {
      const place = gridOf(setting).indexOf(bestRate(storedTrials, setting));
      expect(place).toBeGreaterThan(0);
      expect(place).toBeLessThan(9);
    }
  });

  test("writes the stored table as it stands", async () => {
    expect(ratesModule(storedTrials)).toBe(await readFile("src/reproduce/figure2-rates.ts", "utf8"));
  });

  test("gives the task its default rates", () => {
    const rate = (task: string, truncation: "none" | "segment") =>
      completeConfig({ task, update: "sgd", truncation })["learning-rate"];
    for (const truncation of ["none", "segment"] as const)
      expect(rate("pendulum-reach", truncation)).toBe(bestRate(storedTrials, { ...closed, truncation }));
    expect(rate("pendulum-reach-open", "none")).toBe(bestRate(storedTrials, { ...open, model: "half" }));
  });
});

describe("the study", () => {
  const trials: readonly Trial[] = storedTrials;
  const seeds = 3;
  const jobs = jobsOf(trials, seeds, 2);
  const rowsIn = Object.keys(models).length * variants.length;
  /** open loop is dearer, its second seed fails after one update, and truncated it is stuck */
  const made = ({ loop, truncation, seed, updates }: Job): Curve => {
    const costs = (first: number, last: number) => [first, ...new Array<number>(updates).fill(last)];
    if (loop === "closed") return curve(costs(1000, 2 + seed));
    if (truncation === "segment") return { costs: costs(400 + 10 * seed, 400 + 10 * seed), failure: null, stuck: 0 };
    return seed === 2 ? curve(costs(400, Number.POSITIVE_INFINITY), true) : curve(costs(400, 50));
  };
  const judged: Figure2 = judge(trials, jobs, jobs.map(made));

  test("trains every setting on the same seeds", () => {
    expect(jobs).toHaveLength((rowsIn + 3) * seeds);
    expect(judged.rows).toHaveLength(rowsIn);
    expect(judged.published.map(({ learningRate }) => learningRate)).toEqual([1e-4, 1e-4, 2e-6]);
  });

  test("counts failures, and keeps them as infinite costs", () => {
    for (const { loop, truncation, failed, stuck, spreads } of judged.rows) {
      const isOpen = loop === "open" && truncation === "none";
      expect({ failed, stuck }).toEqual({
        failed: isOpen ? 1 : 0,
        stuck: loop === "open" && truncation === "segment" ? seeds : 0,
      });
      if (isOpen) expect(spreads[2]).toEqual({ median: 50, lower: 50, upper: Infinity, worst: Infinity });
      if (loop === "closed") expect(spreads[2]).toEqual({ median: 4, lower: 3.5, upper: 4.5, worst: 5 });
    }
  });

  test("makes a page with a chart per model, whether closed loop wins or not", async () => {
    for (const closedWins of [true, false]) {
      const page = await figure2.run({
        seeds,
        quick: true,
        reference: undefined,
        run: async <J, A>(_: string, given: readonly J[]) => {
          const asked = given as unknown as readonly Job[];
          expect(asked).toHaveLength((rowsIn + 3) * seeds);
          const swapped = asked.map((job): Job => ({ ...job, loop: job.loop === "open" ? "closed" : "open" }));
          return (closedWins ? asked : swapped).map(made) as A[];
        },
      });
      expect(page.failure).toBeUndefined();
      expect(page.sections.flatMap(({ charts = [] }) => charts)).toHaveLength(3);
      const { text, table } = page.sections.find(({ heading }) => heading.startsWith("Does closed loop")) ?? {};
      expect(table).toHaveLength(1 + 9);
      expect(text?.[0]).toContain(`in ${closedWins ? 9 : 0} of 9 rows`);
      expect(table?.[2]?.slice(2)).toEqual(
        closedWins
          ? ["4.00 against 50.0", "1.00 against ∞", "5.00 against ∞", "yes"]
          : ["50.0 against 4.00", "∞ against 1.00", "∞ against 5.00", "NO"],
      );
      expect(JSON.stringify(page.sections)).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe("lapgrad reproduce figure2", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await newFolder();
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("writes page and figure, keeps the remarks, and closed loop wins", async () => {
    const path = join(folder, "figure2.md");
    await writeFile(path, "old\n## Remarks\nmine\n");
    const line = "reproduce figure2 --quick --seeds 2 --json --out .";
    const { code, stdout } = await lapgrad(folder, line.split(" "));
    expect(code).toBe(0);
    const { rows } = JSON.parse(stdout) as Pick<Figure2, "rows">;
    const last = (loop: string, truncation: string) =>
      rows
        .filter((row) => row.loop === loop && row.truncation === truncation)
        .map(({ spreads }) => spreads[40]?.median);
    for (const truncation of ["segment", "none"])
      for (const median of last("closed", truncation)) expect(median).toBeLessThan(6);
    for (const median of last("open", "none")) expect(median).toBeGreaterThan(10);
    for (const { loop, failed, stuck, truncation } of rows)
      expect([failed, stuck]).toEqual([0, loop === "open" && truncation === "segment" ? 2 : 0]);
    const page = await readFile(path, "utf8");
    expect(page).toContain("in 9 of 9 rows");
    expect(page).toMatch(/\n## Remarks\nmine\n$/);
    const html = await readFile(join(folder, "figure2.html"), "utf8");
    expect(html.match(/<figure>/g)).toHaveLength(3);
    expect(withoutScript(html) + page).not.toMatch(/NaN|Infinity|undefined|<script/);
  });
});
