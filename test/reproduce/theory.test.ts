/**
 * Growth over the horizon with the sizes of a quick run: exponents beside those of Theorem 1, and the page made of
 * them.
 */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { StudyPage } from "../../src/reproduce/study.js";
import { type Judged, judge } from "../../src/reproduce/theory/bounds.js";
import { exponentialGrowth, powerGrowth } from "../../src/reproduce/theory/growth.js";
import type { Stability } from "../../src/reproduce/theory/learning-rates.js";
import { type Measured, measureGrowth, type TheoryJob } from "../../src/reproduce/theory/measure.js";
import { decide } from "../../src/reproduce/theory/misprints.js";
import { theory, theoryJobs } from "../../src/reproduce/theory.js";

let page: StudyPage;
let judged: Judged[];
const answers: Measured[] = [];

beforeAll(async () => {
  const run = async <J, A>(kind: string, given: readonly J[]): Promise<A[]> => {
    expect(kind).toBe("growth");
    for (const job of given as unknown as readonly TheoryJob[]) answers.push(await measureGrowth(job));
    judged = judge(answers);
    return answers as unknown as A[];
  };
  page = await theory.run({ seeds: undefined, quick: true, reference: undefined, run });
});

const exponent = (quantity: string, system: string): number =>
  judged.find((one) => one.claim.quantity === quantity && one.system.name === system)?.measured ?? Number.NaN;

describe("where the theorem's bound is tight, the measured exponent is within 10 % of it", () => {
  test.each([
    ["biasOfB", "stable", 1],
    ["biasOfA", "stable", 1],
    ["biasOfB", "marginal", 2],
    ["biasOfB", "unstable", 1],
    ["biasOfA", "unstable", 1],
    ["biasOfB", "open", 1],
    ["biasOfA", "open", 1],
    ["variance", "stable", 2],
    ["variance", "marginal", 4],
    ["variance", "unstable", 2],
    ["variance", "open", 2],
    ["eigenvalue", "stable", 1],
    ["secondOrder", "stable", 1],
    ["secondOrder", "marginal", 4],
  ])("%s, %s: %d", (quantity, system, bound) => {
    expect(Math.abs(exponent(quantity, system) / bound - 1)).toBeLessThan(0.1);
  });
});

test("where it is not, the exponent is what was derived: Lemma 2's T^3, the linear loop's T^3, alpha^2T", () => {
  expect(exponent("biasOfA", "marginal")).toBeCloseTo(3, 1);
  expect(exponent("eigenvalue", "marginal")).toBeCloseTo(3, 1);
  for (const system of ["unstable", "open"]) {
    expect(exponent("eigenvalue", system)).toBeCloseTo(2, 2);
    expect(exponent("secondOrder", system)).toBeCloseTo(2, 2);
  }
});

test("the marginal loop's eigenvalue is that of the sum of its sensitivities' squares", () => {
  const measured = answers.find(({ system }) => system === "marginal");
  // along the bias dx_t/dtheta = k b t; it is nearly the eigenvector, and a lower bound by Rayleigh's quotient
  const T = measured?.horizons.at(-1) ?? 0;
  const alongBias = (0.2 ** 2 * (T - 1) * T * (2 * T - 1)) / 6;
  const ratio = (measured?.eigenvalue.at(-1) ?? 0) / alongBias;
  expect(ratio).toBeGreaterThan(1);
  expect(ratio).toBeLessThan(1.01);
});

test("the page has tables, one chart for bias, variance and eigenvalue each, and nothing to complain of", () => {
  expect(page.failure).toBeUndefined();
  expect(page.sections.flatMap(({ charts = [] }) => charts).map(({ heading }) => heading)).toEqual([
    "Bias over Δ [logarithmic]",
    "Variance of one rollout's gradient [logarithmic]",
    "Largest eigenvalue of the Hessian [logarithmic]",
  ]);
  for (const { table } of page.sections) {
    const widths = new Set(table?.map((row) => row.length));
    expect(widths.size).toBe(1);
    expect(table?.flat().join(" ")).not.toMatch(/NaN|undefined|Infinity|\|/);
  }
});

test("the best learning rates lie within a factor of two of 2/lambda; feedback makes lambda smaller", () => {
  const rates = page.results.rates as readonly Stability[];
  const of = (task: string) => rates.find((rate) => rate.task === task);
  for (const task of ["car-figure8", "pendulum-reach"]) {
    const part = (of(task)?.usedRate ?? Number.NaN) / (of(task)?.largestRate ?? Number.NaN);
    expect(part).toBeGreaterThan(0.4);
    expect(part).toBeLessThan(2);
  }
  expect(of("pendulum-reach-open")?.eigenvalue).toBeGreaterThan(100 * (of("pendulum-reach")?.eigenvalue ?? Number.NaN));
});

test("a job gives the same numbers again, and a full run has more rollouts", async () => {
  const job: TheoryJob = { system: "stable", starts: 8, horizons: [4, 8] };
  expect(await measureGrowth(job)).toEqual(await measureGrowth(job));
  expect(theoryJobs(5).map(({ system }) => system)).toEqual(["stable", "marginal", "unstable", "open"]);
});

test("every formula that the running example decides: the core has the right one, not the printed one", async () => {
  for (const { printed, exact, core } of await decide()) {
    expect(Math.abs(core - exact)).toBeLessThan(1e-10 * Math.abs(exact));
    expect(Math.abs(printed - exact)).toBeGreaterThan(0.1 * Math.abs(exact));
  }
});

test("growth is found from exact powers and exponentials", () => {
  const horizons = [10, 20, 40, 80];
  expect(
    powerGrowth(
      horizons,
      horizons.map((T) => 3 * T ** 2.5),
    ).power,
  ).toBeCloseTo(2.5, 10);
  const both = exponentialGrowth(
    horizons,
    horizons.map((T) => -0.2 * T ** 1.5 * Math.exp(0.1 * T)),
  );
  expect(both.power).toBeCloseTo(1.5, 8);
  expect(both.rate).toBeCloseTo(0.1, 10);
});
