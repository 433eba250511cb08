/**
 * Trainings on worker threads: the same numbers however many there are, in the order of the jobs, and stopped when
 * asked.
 */
import { expect, test } from "@jest/globals";
import { rules } from "../../src/compare/rules.js";
import { type Curve, type Job, trainOnce } from "../../src/compare/training.js";
import { UserError } from "../../src/errors.js";
import { answersOf } from "../../src/sweeps/local.js";
import type { PoolOptions } from "../../src/workers/pool.js";

const runJobs = (given: readonly Job[], options: PoolOptions) =>
  answersOf(
    given.map((settings) => ({ kind: "compare", settings })),
    options,
  ) as Promise<Curve[]>;
/** Three laps, or half a rollout. */
const MINUTES = 0.3;
const job = (rule: string, plant: string, seed: number, minutes = MINUTES): Job => {
  return { rule, plant, seed, minutes, learningRate: undefined };
};
const jobs = Object.keys(rules).flatMap((rule) => [job(rule, "identified", 3), job(rule, "single-track", 4)]);

test("one worker, two workers and none give the same bits", async () => {
  const dones: number[] = [];
  const one = await runJobs(jobs, { workers: 1, onDone: (done) => dones.push(done) });
  expect(dones).toEqual(jobs.map((_, i) => i + 1));
  expect(await runJobs(jobs, { workers: 2 })).toEqual(one);
  const [first] = jobs;
  if (first) expect(await trainOnce(first)).toEqual(one[0]);
  for (const { minutes, costs, final, failure } of one) {
    expect(failure).toBeNull();
    expect(final).toBeGreaterThan(0);
    expect(minutes[0]).toBe(0);
    expect(minutes.length).toBe(costs.length);
    expect(minutes.at(-1)).toBeLessThanOrEqual(MINUTES);
    expect(minutes).toEqual([...minutes].sort((a, b) => a - b));
  }
});

test("every rule is measured against the same untrained policy, which the first rollout is", async () => {
  const curves = await runJobs(
    Object.keys(rules).map((rule) => job(rule, "single-track", 5, 0.01)),
    { workers: 2 },
  );
  for (const [i, rule] of Object.keys(rules).entries()) {
    expect(curves[i]?.untrained).toBe(curves[0]?.untrained);
    if (rules[rule]?.config["update-every"] === "rollout") expect(curves[i]?.costs).toEqual([curves[i]?.untrained]);
  }
});

test("a training that drives away is reported, not dropped", async () => {
  const [curve] = await runJobs([{ ...job("sgd", "nominal", 2, 3), learningRate: 0.1 }], { workers: 1 });
  expect(curve?.failure?.why).toMatch(/left its bounds|times the untrained policy|gradient/);
  expect(curve?.failure?.minutes).toBeGreaterThan(0);
  expect(curve?.final).toBeNull();
});

test("an interrupt ends it, and so does a job that cannot be run", async () => {
  const stop = new AbortController();
  const many = Array.from({ length: 200 }, (_, seed) => job("adam", "nominal", seed));
  const stopped = runJobs(many, { workers: 2, signal: stop.signal, onDone: (done) => done === 3 && stop.abort() });
  await expect(stopped).rejects.toThrow("interrupted after 3 of 200 jobs");
  const refused = runJobs([job("adam", "moon", 1)], { workers: 1 });
  await expect(refused).rejects.toThrow('unknown plant "moon"');
  // what the user can do something about stays that, across threads
  await expect(refused).rejects.toBeInstanceOf(UserError);
});
