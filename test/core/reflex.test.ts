/** The reflex: it fires where grip is lost, after two segments, and rests where nothing changes. */
import { describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { addFiring, describeFiring, type Firing, firingCount, firingsSince } from "../../src/core/firings.js";
import { setTiming } from "../../src/recording/timing.js";
import { coreFor } from "../../src/session.js";

const LAP = 40;
const LIMIT = 7.7;

/** The untrained car on `identified`, whose model is the plant; it has driven `laps` laps from rest, in slot 0 or 1. */
async function driven(laps: number, given: Parameters<typeof completeConfig>[0] = {}): Promise<Core> {
  const core = await coreFor(completeConfig({ plant: "identified", hidden: [4], ...given }), 2, LAP);
  const { steeringGain, steeringTrim, gripLimit } = core.setup.plant.parameters;
  core.setParameters("model", {
    kind: "car",
    parameters: {
      ...core.setup.task.model.raw,
      steeringGain,
      steeringBias: steeringGain * steeringTrim,
      inverseGrip: 1 / gripLimit,
    },
  });
  core.view("inputDelays").set([5, 6]);
  core.write("modelFitted", [1]);
  core.writeStart([0, 0, 3.4, Math.PI / 2], 0);
  core.rollOut(0, LAP);
  for (let lap = 1; lap < laps; lap++) driveLap(core, lap);
  return core;
}

function driveLap(core: Core, lap: number): void {
  core.rollOut(lap % 2, LAP, 1 - (lap % 2), 0);
}

function setGrip(core: Core, factor: number): void {
  const names = core.parameterNames("plant", "identified");
  core.view("plantParameters")[names.indexOf("gripLimit")] = LIMIT * factor;
}

const reflexOf = (core: Core, column: "factor" | "gripLeft" | "caution" | "excess") =>
  core.view("reflex")[core.exports.Reflex[column]];

test("lost grip is noticed after at most three segments, and the pace that it allows is driven at once", async () => {
  const core = await driven(4);
  expect(firingCount(core)).toBe(0);
  expect(core.pace).toBe(1);
  setGrip(core, 0.8);
  driveLap(core, 4);
  const [firing] = firingsSince(core, 0);
  const calls = Array.from(core.view("segmentTimes", 0));
  const segment = calls.indexOf(firing.taskTime);
  expect(segment).toBeLessThan(5); // the lap begins at the crossing, where little is turned
  expect(firing.shortfall).toBeGreaterThan(0.11);
  expect(firing.gripLeft).toBeCloseTo(1 - firing.shortfall, 12);
  expect(firing.pace).toBeCloseTo(0.93 * Math.sqrt(firing.gripLeft), 12);
  const first = core.view("segmentStarts", 0)[segment + 1];
  expect(core.view("paces", 0)[first - 1]).toBe(1);
  expect(core.view("paces", 0)[first]).toBe(firing.pace);
  expect(describeFiring({ shortfall: 0.184, gripLeft: 0.816, pace: 0.84 })).toBe(
    "reflex: it turned 18 % less than the fitted model expects; grip left 0.82, pace 0.84",
  );
});

test("with it the lap costs a fraction of what it does without", async () => {
  const costs: number[] = [];
  for (const reflex of [true, false]) {
    const core = await driven(4, { reflex });
    setGrip(core, 0.7);
    core.setOption("windowStart", 0);
    driveLap(core, 4);
    driveLap(core, 5);
    costs.push(core.windowCost(1));
    expect(firingCount(core) > 0).toBe(reflex);
  }
  expect(costs[0]).toBeLessThan(0.6 * costs[1]);
});

test.each([1, 0.8])(
  "only a shortfall that lasts counts: behind one of 0.4 the next segment has grip × %d",
  async (grip) => {
    const core = await driven(4);
    core.rollOut(0, 8, 1, 0);
    core.view("reflex")[core.exports.Reflex.excess] = 0.4;
    setGrip(core, grip);
    core.rollOut(1, 1, 0, 0);
    expect(firingCount(core)).toBe(grip === 1 ? 0 : 1);
  },
);

test("where nothing changes it rests at 1", async () => {
  const core = await driven(12, { "plant-noise": [0.005] });
  expect(firingCount(core)).toBe(0);
  expect([reflexOf(core, "factor"), reflexOf(core, "gripLeft"), core.pace]).toEqual([1, 1, 1]);
});

describe("it does nothing", () => {
  test.each(["before a model was fitted", "with the option off", "before it knows two laps"])("%s", async (when) => {
    const core = await driven(when === "before it knows two laps" ? 1 : 4);
    if (when === "before a model was fitted") core.write("modelFitted", [0]);
    if (when === "with the option off") core.setOption("reflex", 0);
    setGrip(core, 0.6);
    driveLap(core, 5);
    expect(firingCount(core)).toBe(0);
    expect(core.pace).toBe(1);
  });

  test("to a quadruped, whose model knows no grip", async () => {
    const core = await coreFor(completeConfig({ task: "quadruped-figure8", hidden: [4] }), 2, 300);
    core.write("modelFitted", [1]);
    core.sampleStart(0);
    core.rollOut(0, 300);
    core.view("plantParameters")[2] = 0.5; // it turns half as much
    core.rollOut(1, 300, 0, 0);
    expect(firingCount(core)).toBe(0);
  });
});

test("the pace is given back slowly, and at once where the firing is dismissed, which makes it careful", async () => {
  const core = await driven(4);
  setGrip(core, 0.8);
  driveLap(core, 4);
  const [{ shortfall, pace }] = firingsSince(core, 0);
  setGrip(core, 1);
  expect(core.pace).toBeGreaterThan(pace);
  expect(core.pace).toBeLessThan(1);
  driveLap(core, 5);
  const paces = Array.from(core.view("paces", 1)).filter((_, t) => t % 7 === 0);
  for (let j = 1; j < LAP; j++) expect(paces[j] - paces[j - 1]).toBeLessThanOrEqual(0.003 + 1e-12);
  expect([core.pace, reflexOf(core, "gripLeft")]).toEqual([1, 1]);
  expect(firingCount(core)).toBe(1);
  expect(reflexOf(core, "caution")).toBe(0);

  setGrip(core, 0.8);
  driveLap(core, 6);
  expect(firingCount(core)).toBe(2);
  core.dismissFiring();
  expect([core.pace, reflexOf(core, "gripLeft")]).toEqual([1, 1]);
  expect(reflexOf(core, "caution")).toBeCloseTo(1.2 * firingsSince(core, 1)[0].shortfall, 12);
  core.view("reflex")[core.exports.Reflex.caution] = 0.3; // of a larger shortfall
  driveLap(core, 7);
  expect(firingCount(core)).toBe(2);
  expect(shortfall).toBeGreaterThan(0.11);
});

test("whoever sets the pace ends what it does", async () => {
  const core = await driven(4);
  setGrip(core, 0.8);
  driveLap(core, 4);
  expect(reflexOf(core, "factor")).toBeLessThan(1);
  core.setPace(0.9);
  expect([core.pace, reflexOf(core, "factor"), reflexOf(core, "gripLeft")]).toEqual([0.9, 1, 1]);
  expect(reflexOf(core, "excess")).toBeNaN();
});

test("where the model expected too little turning in the lap before, to expect it rightly is no loss", async () => {
  const [kept, lost] = [await driven(4), await driven(4)];
  for (const core of [kept, lost]) core.view("reflexPlaces").fill(-0.25);
  setGrip(lost, 0.8);
  for (const core of [kept, lost]) driveLap(core, 4);
  expect([firingCount(kept), firingCount(lost) > 0]).toEqual([0, true]);
});

test("whoever eases the pace does not: the grip that is left goes on lowering it", async () => {
  const core = await driven(4);
  setGrip(core, 0.8);
  driveLap(core, 4);
  const [factor, excess] = [reflexOf(core, "factor"), reflexOf(core, "excess")];
  expect(factor).toBeLessThan(1);
  core.easePace(0.98);
  expect([core.pace, core.askedPace]).toEqual([0.98 * factor, 0.98]);
  expect([reflexOf(core, "factor"), reflexOf(core, "excess")]).toEqual([factor, excess]);
});

test("a drive that goes on in another core does the same: all of its state is in regions", async () => {
  const [core, other] = [await driven(4), await driven(1)];
  for (const name of ["reflex", "reflexPlaces", "reflexFirings", "pace", "plantState", "plantMemory"] as const)
    other.view(name).set(core.view(name));
  for (const name of core.rolloutRegions()) other.view(name, 1).set(core.view(name, 1));
  for (const one of [core, other]) {
    setGrip(one, 0.8);
    driveLap(one, 4);
  }
  expect(other.view("states", 0)).toEqual(core.view("states", 0));
  expect(firingsSince(other, 0)).toEqual(firingsSince(core, 0));
});

test("the last firings are kept, also those that came from elsewhere", async () => {
  const core = await driven(1);
  const all: Firing[] = Array.from({ length: 11 }, (_, i) => ({
    taskTime: i,
    shortfall: 0.2,
    gripLeft: 0.8,
    pace: 0.9,
  }));
  for (const firing of all) addFiring(core, firing);
  expect(firingsSince(core, 9)).toEqual(all.slice(9));
  expect(firingsSince(core, 0)).toEqual(all.slice(3)); // eight are kept
});

test("step by step, as on a robot, it fires where a rollout does", async () => {
  const core = await driven(4);
  const pilot = await coreFor(completeConfig({ plant: "identified", hidden: [4] }), 1, 1, 1);
  for (const name of ["modelParameters", "inputDelays", "modelFitted"] as const) pilot.view(name).set(core.view(name));
  const laps = await coreFor(completeConfig({ plant: "identified", hidden: [4] }), 2, LAP);
  for (const name of ["modelParameters", "inputDelays", "modelFitted"] as const) laps.view(name).set(core.view(name));
  for (const one of [laps, pilot]) setTiming(one, "hardware");
  pilot.beginDrive();
  // the rollouts of five laps, seen by the pilot step by step: grip is lost in the last
  laps.writeStart([0, 0, 3.4, Math.PI / 2], 0);
  let steps = 0;
  for (let lap = 0; lap < 5; lap++) {
    const slot = lap % 2;
    if (lap === 4) setGrip(laps, 0.8);
    if (lap === 0) laps.rollOut(0, LAP);
    else driveLap(laps, lap);
    const states = laps.view("states", slot);
    const until =
      firingCount(laps) > 0
        ? 7 * (1 + Array.from(laps.view("segmentTimes", slot)).indexOf(firingsSince(laps, 0)[0].taskTime))
        : 280;
    for (let t = 0; t <= Math.min(until, 279); t++, steps++) {
      pilot.view("plantState").set(states.subarray(4 * t, 4 * t + 4));
      expect(pilot.tick(0.02 * steps)).toBe(true);
    }
  }
  const [expected] = firingsSince(laps, 0);
  const [fired] = firingsSince(pilot, 0);
  expect(firingCount(pilot)).toBe(1);
  expect(fired.taskTime).toBeCloseTo(expected.taskTime, 9);
  expect(fired.shortfall).toBeCloseTo(expected.shortfall, 9);
  expect(fired.pace).toBeCloseTo(expected.pace, 9);
});
