/**
 * Algorithm 1 as a generator: its events in order, what has happened at each, and the same policy whoever consumes
 * them.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { checkpointPath, readCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { ruleNames } from "../../src/rules/rules.js";
import { initialisePolicy } from "../../src/session.js";
import { algorithm1, type TrainingEvent } from "../../src/training/algorithm1.js";
import { trainingInMemory } from "../../src/training/in-memory.js";
import { trainingFor } from "../../src/training/training.js";
import { newFolder, SMALL, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** Every event of a training of `last` rollouts, and the parameters at each. */
async function eventsOf(given: PartialConfig, last: number) {
  const config = completeConfig(given);
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  const events: TrainingEvent[] = [];
  const parameters: Float64Array[] = [];
  for await (const event of algorithm1(training, new SimLink(), 0, last)) {
    events.push(event);
    parameters.push(training.core.view("parameters").slice());
  }
  return { events, parameters, training };
}

const said = (event: TrainingEvent) => ("index" in event ? `${event.kind} ${event.index}` : event.kind);

test("two separate rollouts: each driven, then estimated, then learned from", async () => {
  const { events, parameters } = await eventsOf({ ...SMALL, update: "adam" }, 2);
  expect(events.map(said)).toEqual(["rollout 1", "estimate", "update", "rollout 2", "estimate", "update"]);
  const changes = parameters.slice(1).map((theta, i) => theta.some((value, k) => value !== parameters[i][k]));
  expect(changes).toEqual([false, true, false, false, true]);
  for (const event of events) {
    if (event.kind === "rollout") {
      expect(event.recording.times).toHaveLength(event.steps);
      expect(event.recording.info.rollout).toBe(event.index);
      expect(event.windowCost).toBeGreaterThan(0);
    }
    if (event.kind === "estimate") expect(event.norm).toBeGreaterThan(0);
  }
});

test("between fit, estimate and update a timer has its turn, as a robot's heartbeat must", async () => {
  const config = completeConfig({ hidden: [8], "update-every": "lap" });
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  let beats = 0;
  const timer = setInterval(() => beats++, 1);
  const seen: number[] = [];
  /** The same, and it takes a while. */
  const slow = <T extends object>(of: T, ...names: (keyof T)[]): T =>
    new Proxy(of, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          if (names.includes(name as keyof T)) {
            seen.push(beats);
            for (const began = performance.now(); performance.now() - began < 5; );
          }
          return value.apply(target, given);
        };
      },
    });
  const { rule, modelFitter } = training;
  const watched = { ...training, rule: slow(rule, "estimate", "update"), modelFitter: slow(modelFitter, "refit") };
  const kinds: string[] = [];
  for await (const { kind } of algorithm1(watched, new SimLink(), 0, 1)) kinds.push(kind);
  expect(kinds.slice(-3)).toEqual(["rollout", "estimate", "update"]);
  clearInterval(timer);
  const [fit, estimate, update] = seen;
  expect(seen).toHaveLength(3);
  expect([estimate > fit, update > estimate]).toEqual([true, true]);
});

test("one drive is learned from piece by piece, and a lap is a rollout, of what was driven of it so far", async () => {
  const { events } = await eventsOf({ hidden: [8] }, 2);
  const drives = events.filter((event) => "index" in event);
  const lap = (index: number) => [...Array.from({ length: 12 }, () => `piece ${index}`), `rollout ${index}`];
  expect(drives.map(said)).toEqual([...lap(1), ...lap(2)]);
  expect(events.map(said)).toEqual(drives.flatMap((drive) => [said(drive), "estimate", "update"]));
  const updates = events.flatMap((event) => (event.kind === "update" ? [event.completes] : []));
  expect(updates).toEqual(drives.map(({ kind }) => kind === "rollout"));
  // segments of the lap so far; its cost grows with them
  const so = (first: number, last: number) => [...Array.from({ length: 12 }, (_, i) => first + 3 * i), last];
  const lengths = drives.map(({ recording }) => recording.segmentTimes.length);
  expect(lengths).toEqual([...so(4, 40), ...so(3, 40)]);
  for (const [i, { windowCost, recording }] of drives.entries()) {
    expect(recording.times).toHaveLength(7 * lengths[i]);
    expect(windowCost).toBeCloseTo(
      recording.costs.reduce((sum, cost) => sum + cost, 0),
      9,
    );
  }
  for (const at of [12, 25])
    expect(drives[at].recording.states.slice(0, 40)).toEqual(drives[at - 12].recording.states.slice(0, 40));
});

test("a batch is one update, the last one what is left", async () => {
  const batches = await eventsOf({ ...SMALL, update: "sgd", batch: 2 }, 3);
  expect(batches.events.map(said)).toEqual([
    "rollout 1",
    "rollout 2",
    "estimate",
    "update",
    "rollout 3",
    "estimate",
    "update",
  ]);
});

test("a drive that was stopped is the last event, and so is an estimate that is no use", async () => {
  const away = { ...SMALL, parameters: { plant: { throttleGain: 1e6 } } };
  const { events } = await eventsOf(away, 2);
  expect(events.map(said)).toEqual(["rollout 1"]);
  expect(events).toMatchObject([{ stopped: expect.stringContaining("left its bounds"), windowCost: Number.NaN }]);
  const flat = await eventsOf({ ...SMALL, update: "sgd", "model-scale": 1e-300 }, 2);
  expect(flat.events.map(said)).toEqual(["rollout 1", "estimate"]);
});

describe("on disk and in memory train the same policy, bit for bit", () => {
  const cases = ruleNames.flatMap((update) => ["rollout", "lap", "3"].map((every) => [update, every] as const));
  test.each(cases)("%s, every %s", async (update, every) => {
    const given: PartialConfig = { rollouts: 3, hidden: [8], update, "update-every": every, plant: "identified" };
    const out = join(folder, `${update}-${every}`);
    await trainRun({ given, out });
    const { core, pieces } = await trainingInMemory(completeConfig(given));
    let updates = 0;
    let begins = true;
    for await (const { index, kind } of pieces()) {
      if (begins) {
        const { arrays, rollouts } = await readCheckpoint(checkpointPath(out, index - 1)); // what began this rollout
        expect(core.view("parameters")).toEqual(arrays.parameters);
        expect(rollouts).toBe(index - 1);
      }
      begins = kind === "rollout";
      if (begins && index === 3) break;
      updates++;
    }
    expect(updates).toBe(every === "3" ? 3 * 13 - 1 : 2);
  });
});

test("it starts where a training was left", async () => {
  const { training, parameters } = await eventsOf({ ...SMALL, update: "adam" }, 2);
  const on: string[] = [];
  for await (const event of algorithm1(training, new SimLink(), 2, 3)) on.push(said(event));
  expect(on).toEqual(["rollout 3", "estimate", "update"]);
  const whole = await eventsOf({ ...SMALL, update: "adam" }, 3);
  expect(training.core.view("parameters")).toEqual(whole.parameters.at(-1));
  expect(whole.parameters.slice(0, parameters.length)).toEqual(parameters);
});
