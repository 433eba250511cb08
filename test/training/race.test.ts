/** Racing: the usage rises inside the budget, falls at once outside, goes into pace and cost; races are resumed. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig, readCompleteConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { openSource } from "../../src/export/source.js";
import { configOfPolicy, openPolicy } from "../../src/policy-file.js";
import { handedOver, Takeover } from "../../src/runtime/handover.js";
import { initialisePolicy } from "../../src/session.js";
import { trackOfText } from "../../src/tracks/text.js";
import { lapTimeOf, type Track } from "../../src/tracks/track.js";
import { judgeRollout, START } from "../../src/training/judgement.js";
import { bestOf, measureSteps, type RolloutMetrics } from "../../src/training/metrics.js";
import { taskTime } from "../../src/training/race.js";
import { trainingFor } from "../../src/training/training.js";
import { fingerprint, newFolder, trainRun } from "../support/runs.js";

let folder: string;
let file: string;
const LIMITS = "{ lateral: 6, accelerate: 4, brake: 2, top: 4 }";
beforeAll(async () => {
  folder = await newFolder();
  file = join(folder, "circle.yaml");
  await writeFile(file, `shape: circle\nradius: 0.8\nwidth: { right: 0.6, left: 1 }\nspeed: ${LIMITS}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const given = (more: PartialConfig = {}): PartialConfig => ({
  ...{ task: "car-track", track: file, race: true, plant: "identified", hidden: [6] },
  ...more,
});

/** A race that has driven a few segments, untrained. */
async function raceFor(more: PartialConfig = {}) {
  const training = await trainingFor(completeConfig(given(more)));
  const { core, race } = training;
  initialisePolicy(core, 1);
  if (!race) throw new Error("no race");
  core.writeStart(core.setup.task.initialState, 0);
  core.rollOut(0, 4);
  return { ...training, race };
}

/** Puts the car beside the path [m] in the first step of a slot. */
function put(core: Core, distance: number): void {
  core.view("residuals").fill(0);
  core.view("residuals")[0] = distance;
}

test("speeds and costs go with the root of the usage", async () => {
  const { core, race } = await raceFor({ "track-speed": "fastest:0.25" });
  expect(core.view("paces")[3]).toBe(0.5);
  const lapTime = core.setup.task.timing.lapTime as number;
  expect(taskTime(core, 0, 28) / (28 * 0.02)).toBeCloseTo(0.5, 12);
  // half the track's speed, on it, costs nothing
  core.nominalSetpoint(0);
  const [x, y, vx, vy] = core.view("probe");
  core.writeStart([x, y, 0.5 * Math.hypot(vx, vy), Math.atan2(vy, vx)], 0);
  core.rollOut(0, 1);
  expect(core.view("stageCosts")[0]).toBeLessThan(1e-6);
  expect(race.segmentsFrom(0, 1)).toBe(Math.round(lapTime / 0.5 / 0.14));
  // late: not a piece of a lap
  expect(race.segmentsFrom(0.9 * lapTime, 1)).toBe(Math.round((1.1 * lapTime) / 0.5 / 0.14));
});

test("it rises lap by lap inside the budget, less near its end, and not where the car does not follow", async () => {
  const { core, race } = await raceFor();
  const asked = () => (core.setup.task.timing.lapTime as number) / Math.sqrt(core.usage);
  const after = (distance: number, late: number) => {
    put(core, distance);
    race.drove(core, 0, 0, false);
    const before = core.usage;
    const lapTime = late * asked();
    race.endLap(core, lapTime);
    return (core.usage / before - 1) / lapTime; // per second of the lap
  };
  expect(core.usage).toBe(0.5);
  expect(after(0.1, 1)).toBeCloseTo(0.014, 12);
  expect(after(0.4, 1)).toBeCloseTo(0.014 * (0.1 / 0.55), 12); // .5 of .8 m
  expect(after(0.2, 1)).toBeCloseTo(0.014 * ((2 * (0.55 - 0.375)) / 0.55), 12); // laps differ: it is remembered
  expect(after(0.6, 1)).toBe(0); // .75 of it
  expect(after(0.1, 1)).toBe(0);
  const held = core.usage;
  for (let lap = 0; lap < 6; lap++) after(0, 1.04); // it did not follow
  expect(core.usage).toBe(held);
  const slow = 1.1 * asked();
  expect(after(0.1, 1.1)).toBeCloseTo(-0.03 / slow, 12);
  const near = asked();
  expect(after(0.7, 1)).toBeCloseTo(-0.03 / near, 12);
  for (let lap = 0; lap < 6; lap++) after(0, 1.04);
  core.setPace(0.9); // slowed down by somebody who knows more
  expect(after(0.1, 1)).toBe(0);
  for (let lap = 0; lap < 6; lap++) after(0, 1.04 / 0.9);
  core.setPace(0.9 * (1 + Number.EPSILON)); // as a robot's rows give it back
  expect(core.pace).not.toBe(0.9);
  expect(after(0, 1 / 0.9)).toBeGreaterThan(0.001);
});

test("it falls at once where the budget is left, by the room to that side, and stays below that", async () => {
  const { core, race } = await raceFor();
  const lapTime = core.setup.task.timing.lapTime as number;
  race.endLap(core, (1.04 * lapTime) / Math.sqrt(0.5)); // the first lap, too slow for a rise
  // to the right there is 0.6 m, less half the car, less the margin
  put(core, 0.42);
  expect(race.drove(core, 0, 0, false)).toBeUndefined();
  expect(core.usage).toBe(0.5);
  put(core, -0.42);
  expect(race.drove(core, 0, 0, false)).toMatch(/left the budget beside the track \(1\.\d+ of it\): usage 0\.4[23]/);
  expect(core.usage).toBeCloseTo(0.425, 12);
  expect(race.lap().budgetUsed).toBeCloseTo(0.42 / 0.4, 12);
  expect(race.lap().usage).toBe(0.5); // what the lap began with, and its cost asks for
  expect(race.drove(core, 0, 0, false)).toBeUndefined(); // it finds back first
  race.endLap(core, lapTime / Math.sqrt(0.5));
  expect(core.usage).toBeCloseTo(0.425, 12);
  put(core, 0);
  const usages = [];
  for (let lap = 0; lap < 12; lap++) {
    race.drove(core, 0, 0, false);
    race.endLap(core, lapTime / Math.sqrt(core.usage));
    usages.push(core.usage);
  }
  expect(usages.slice(0, 2)).toEqual([usages[0], usages[0]]); // it is remembered how near that was
  expect(usages[0]).toBeCloseTo(0.425, 12);
  expect(usages[2]).toBeGreaterThan(0.43);
  expect(usages[11]).toBeGreaterThan(0.475);
  expect(usages[11]).toBeLessThan(0.475 * 1.005 ** 10);
});

test("what happens in the first lap, in which it had hardly learned, is no ceiling", async () => {
  const { core, race } = await raceFor();
  const lapTime = core.setup.task.timing.lapTime as number;
  put(core, -0.42);
  expect(race.drove(core, 0, 0, false)).toMatch(/usage 0\.4[23]/);
  put(core, 0);
  for (let lap = 0; lap < 9; lap++) race.endLap(core, lapTime / Math.sqrt(core.usage));
  expect(core.usage).toBeGreaterThan(0.51);
});

test("the estimated limit is the least so far, until the world changes", async () => {
  const { core, race } = await raceFor();
  const limitWith = (grip: number) => {
    const fitted = { throttleGain: 6, offset: 0, linearDrag: 0, drag: 0.2, inverseGrip: 1 / grip };
    const model = { ...core.setup.task.model.parameters, ...fitted };
    core.setParameters("model", { kind: "car", parameters: model });
    core.write("modelFitted", [1]);
    race.endLap(core, 100);
    return race.lap().limit as number;
  };
  expect(race.lap().limit).toBeUndefined();
  const least = limitWith(8);
  expect(least).toBeCloseTo((2 * Math.PI * 0.8) / Math.sqrt(8 * 0.8), 1); // a circle: v² = a r
  expect(limitWith(4)).toBe(least);
  race.forgetLimit();
  expect(limitWith(4) / least).toBeCloseTo(Math.SQRT2, 1);
});

test("a robot's control thread takes the usage with the parameters", async () => {
  const [learner, robot] = [await raceFor(), await raceFor({ "track-speed": "fastest:0.3" })];
  learner.core.setUsage(0.64);
  const takeover = new Takeover(robot.core);
  takeover.numbers.set(handedOver(learner.core));
  takeover.apply();
  robot.core.rollOut(0, 1);
  expect(robot.core.view("paces")[0]).toBe(0.8);
});

test("a robot's control thread takes a pace that was eased, and its reflex goes on", async () => {
  const [learner, robot] = [await raceFor(), await raceFor()];
  const takeover = new Takeover(robot.core);
  const handOver = () => {
    takeover.numbers.set(handedOver(learner.core));
    takeover.apply();
  };
  handOver();
  const { factor } = robot.core.exports.Reflex;
  robot.core.view("reflex")[factor] = 0.8; // it fired
  learner.core.easePace(0.97);
  handOver();
  expect([robot.core.askedPace, robot.core.pace]).toEqual([0.97, 0.97 * 0.8]);
  learner.core.setPace(0.9);
  handOver();
  expect([robot.core.pace, robot.core.view("reflex")[factor]]).toEqual([0.9, 1]);
});

test("the best lap of a race is the fastest inside the budget", () => {
  const laps = [
    { index: 1, windowCost: 1, lapTime: 5, budgetUsed: 0.2 },
    { index: 2, windowCost: 9, lapTime: 3, budgetUsed: 1.1 },
    { index: 3, windowCost: 3, lapTime: 4, budgetUsed: 0.9 },
  ] as unknown as RolloutMetrics[];
  expect(bestOf(laps)?.index).toBe(3);
  expect(bestOf(laps.slice(1, 2))?.index).toBe(2);
  // one that never came round has no time, which a file gives back as NaN
  for (const lapTime of [Number.POSITIVE_INFINITY, Number.NaN]) {
    const none = { ...laps[2], index: 4, lapTime };
    expect(bestOf([...laps, none])?.index).toBe(3);
    expect(bestOf([none, ...laps])?.index).toBe(3);
  }
});

test("a checkpoint's best lap is the one of the metrics, and keeps no time that is none", () => {
  const run = { config: completeConfig(given()), folder: { path: "run" } };
  const judged = (lapTimes: readonly [lapTime: number, budgetUsed: number, windowCost: number][]) => {
    const laps = lapTimes.map(
      ([lapTime, budgetUsed, windowCost], i) =>
        ({ index: i + 1, cost: 1, lapTime, budgetUsed, windowCost }) as unknown as RolloutMetrics,
    );
    const { best } = laps.reduce((progress, lap) => judgeRollout(run, progress, lap, lap.index), START);
    expect(best.rollout).toBe(bestOf(laps)?.index);
    return best;
  };
  expect(judged([[Number.POSITIVE_INFINITY, 0.1, 1]])).toStrictEqual({ rollout: 1, windowCost: 1, updates: 1 });
  const [left, slow, fast] = [[2, 1.2, 1] as const, [4, 0.5, 9] as const, [3, 0.9, 5] as const];
  expect(judged([[...left], [...slow], [...fast]])).toMatchObject({ rollout: 3, lapTime: 3 });
  expect(judged([[...fast], [...slow], [...left]])).toMatchObject({ rollout: 1, lapTime: 3 });
  expect(judged([[2, 1.2, 3], [...left]])).toStrictEqual({ rollout: 2, windowCost: 1, updates: 2 });
});

test("a race gets faster, resumes bit for bit, and its policy is driven at its usage", async () => {
  const [whole, resumed] = ["whole", "resumed"].map((name) => join(folder, name));
  await trainRun({ given: given({ rollouts: 4 }), out: whole });
  await trainRun({ given: given({ rollouts: 4 }), out: resumed }, 2);
  await trainRun({ given: {}, resume: resumed });
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));
  const lines = (await readFile(join(whole, "metrics.jsonl"), "utf8")).trim().split("\n");
  const laps = lines.map((line) => JSON.parse(line));
  expect(laps[0].usage).toBe(0.5);
  expect(laps[3].usage).toBeGreaterThan(0.53);
  expect(laps[3].lapTime).toBeLessThan(laps[1].lapTime);
  expect(laps[3].limit).toBeGreaterThan(1);
  expect(Math.max(...laps.slice(1).map(({ budgetUsed }) => budgetUsed))).toBeLessThan(1);
  // true laps: once around each, whatever the usage
  for (const { seconds, lapTime } of laps.slice(1)) expect(Math.abs(seconds / lapTime - 1)).toBeLessThan(0.06);
  const updates = (await readFile(join(whole, "updates.jsonl"), "utf8")).trim().split("\n");
  const driven = laps.reduce((sum, { seconds }) => sum + seconds, 0);
  expect(JSON.parse(updates[updates.length - 1]).segment).toBe(Math.round(driven / 0.14));
  const policy = await openPolicy(whole, "best");
  const config = await configOfPolicy(whole, policy, {});
  expect(config.pace).toBeCloseTo(Math.sqrt(laps[3].usage), 12);
  expect(config.race).toBe(false);
  const { policy: exported } = await openSource(whole, "best", undefined);
  const track = trackOfText((await readCompleteConfig(join(whole, "config.yaml"))).track);
  expect(exported.clock.period).toBeCloseTo(lapTimeOf(track) / Math.sqrt(laps[3].usage), 9);
}, 120_000);

test("a race with a factor on its speeds is driven with that factor", async () => {
  const run = join(folder, "factor");
  const parameters = { reward: { speedFactor: 0.9 } };
  await trainRun({ given: given({ rollouts: 1, parameters }), out: run });
  const policy = await openPolicy(run, "last");
  const { pace, parameters: driven } = await configOfPolicy(run, policy, {});
  expect(driven?.reward.speedFactor).toBeCloseTo(0.9 * (pace as number), 12);
}, 60_000);

test("a lap that went backwards is none, however fast", async () => {
  const { core, race } = await raceFor();
  const states = core.view("states");
  const [{ x, y }, columns] = [core.setup.task.track as Track, 4];
  for (let t = 0; t <= 10; t++) states.set([x[x.length - 1 - t], y[y.length - 1 - t]], columns * t);
  const { lapTime } = measureSteps(core, 0, 0, 10, 1);
  expect(lapTime).toBe(Number.POSITIVE_INFINITY);
  const before = core.usage;
  race.endLap(core, lapTime);
  expect(core.usage).toBeCloseTo(0.97 * before, 12);
});

test("what cannot be raced is refused, with what to do", async () => {
  const fixed = join(folder, "fixed.yaml");
  await writeFile(fixed, "shape: circle\nradius: 1\nspeed: 2\n");
  const refused = (more: PartialConfig) => () => completeConfig(given(more));
  expect(refused({ track: fixed })).toThrow(
    /has a speed of 2.000 m\/s, but a race finds its own: give --track-speed fastest/,
  );
  const races = completeConfig(given({ track: fixed, "track-speed": "fastest" }));
  expect(lapTimeOf(trackOfText(races.track))).toBeLessThan(2 * Math.PI);
  expect(refused({ task: "car-figure8", track: "" })).toThrow(
    /car-figure8 has no track with room to its sides: race on/,
  );
  expect(refused({ task: "quadruped-track", plant: "nominal", track: "" })).toThrow(
    /limits of quadruped-track's robot are not known/,
  );
  expect(refused({ "update-every": "rollout" })).toThrow(/a race is laps without stops/);
  expect(refused({ pace: 0.8 })).toThrow(/pace is 0.8, but a race finds its own/);
  expect(refused({ "race-margin": 0.5 })).toThrow(/0.6 m of room at its narrowest, but half the robot and race-margin/);
});

test("on a robot the room of the narrowest place is a gate", () => {
  expect(completeConfig(given()).corridor).toBeCloseTo(0.5, 12);
  expect(completeConfig(given({ corridor: 0.3 })).corridor).toBe(0.3);
  expect(completeConfig(given({ race: false })).corridor).toBe(1.5);
});
