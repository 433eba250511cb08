/** The pace that a training comes to where its own is not the cheapest: driven, kept, resumed, driven again. */
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { checkpointPath, latestCheckpoint, numberOf, writeCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { openSource } from "../../src/export/source.js";
import { configOfPolicy, openPolicy } from "../../src/policy-file.js";
import { fingerprint, newFolder, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** Pace of every update of a run. */
async function pacesOf(run: string): Promise<number[]> {
  const lines = (await readFile(join(run, "updates.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line).pace);
}

test("at the limit of grip it stays below its own; resumed bit for bit, and driven so", async () => {
  const given = { plant: "single-track", seed: 70000, hidden: [16], rollouts: 4 };
  const [whole, resumed] = [join(folder, "whole"), join(folder, "resumed")];
  await trainRun({ given, out: whole });
  await trainRun({ given, out: resumed }, 3);
  await trainRun({ given: {}, resume: resumed });
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));

  const paces = await pacesOf(whole);
  expect(paces[0]).toBe(0.95); // nothing is known yet
  expect(Math.min(...paces)).toBe(0.95);
  expect(Math.max(...paces.slice(30))).toBeLessThan(0.985);
  for (const [i, pace] of paces.entries()) if (i > 0) expect(Math.abs(pace / paces[i - 1] - 1)).toBeLessThan(0.01001);
  const metrics = (await readFile(join(whole, "metrics.jsonl"), "utf8")).trim().split("\n");
  expect(metrics.map((line) => JSON.parse(line).slowSeconds)).toEqual([0, 0, 0, 0]);

  const { checkpoint } = await latestCheckpoint(whole);
  const last = checkpoint?.arrays.pace[0] as number;
  expect((await configOfPolicy(whole, await openPolicy(whole, "last"), {})).pace).toBe(last);
  expect((await configOfPolicy(whole, await openPolicy(whole, "last"), { pace: 1 })).pace).toBe(1);
  const { policy } = await openSource(whole, "last", undefined);
  expect(policy.clock.period).toBeCloseTo(5.5 / last, 9);
}, 60_000);

test("a policy of a run that span is driven and exported with what the spins left of the throttle", async () => {
  const [whole, spun] = [join(folder, "whole"), join(folder, "spun")];
  await cp(whole, spun, { recursive: true });
  const { checkpoint } = await latestCheckpoint(spun);
  if (!checkpoint) throw new Error("no checkpoint");
  const optimiser = { ...checkpoint.optimiser, spins: 1 };
  await writeCheckpoint(checkpointPath(spun, numberOf(checkpoint)), { ...checkpoint, optimiser });
  const limitOf = async (run: string) =>
    (await configOfPolicy(run, await openPolicy(run, "last"), {})).parameters?.controller?.throttleLimit;
  expect([await limitOf(whole), await limitOf(spun)]).toEqual([undefined, 0.42]);
  const exported = async (run: string) => (await openSource(run, "last", undefined)).policy.controller.parameters;
  expect((await exported(whole)).throttleLimit).toBe(0.75);
  expect((await exported(spun)).throttleLimit).toBe(0.42);
  const asked = { parameters: { controller: { throttleLimit: 0.5 } } };
  const config = await configOfPolicy(spun, await openPolicy(spun, "last"), asked);
  expect(config.parameters?.controller?.throttleLimit).toBe(0.5);
}, 60_000);

test("where grip is no limit it rises to its own", async () => {
  const out = join(folder, "nominal");
  await trainRun({ given: { hidden: [8], rollouts: 2 }, out });
  const paces = await pacesOf(out);
  expect(paces[0]).toBe(0.95);
  expect(paces[paces.length - 1]).toBeGreaterThan(0.995);
  expect(Math.max(...paces)).toBeLessThanOrEqual(1);
}, 60_000);

test("a training that starts from another begins with its pace, within its own range", async () => {
  const [one, other] = [join(folder, "whole"), join(folder, "other")];
  const given = { plant: "single-track", rollouts: 1, "start-from": one, "least-pace": 0.9 };
  await trainRun({ given, out: other });
  const [best, start] = await Promise.all([openPolicy(one, "best"), openPolicy(other, "0")]);
  expect(start.pace).toBe(best.pace);
  expect(best.pace).toBeLessThan(1);
}, 60_000);

test("with least-pace 1 it stays", async () => {
  const out = join(folder, "fixed");
  await trainRun({ given: { plant: "single-track", seed: 70000, hidden: [8], rollouts: 2, "least-pace": 1 }, out });
  expect(new Set(await pacesOf(out))).toEqual(new Set([1]));
}, 60_000);
