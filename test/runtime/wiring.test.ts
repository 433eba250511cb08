/**
 * A car that is wired the wrong way round, or not at all, is told from one that is not, in the first seconds of a
 * simulated drive; and no other.
 */
import { describe, expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { Fault } from "../../src/links/faults.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { WatchedSimulation } from "../../src/runtime/watched-simulation.js";
import { WiringCheck } from "../../src/runtime/wiring.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { trainingInMemory } from "../../src/training/in-memory.js";

const SEGMENTS = 26;
const PLANTS = ["nominal", "identified", "single-track"];

/** What became of a drive, from a sampled start or from rest. */
async function drive(given: PartialConfig, changes: readonly string[], seed: number, isAtRest = false) {
  const config = completeConfig({ window: "0:0:0", seed, ...given, "plant-change": [...changes] });
  const core = await coreFor(config, 1, SEGMENTS);
  initialisePolicy(core, seed);
  if (isAtRest) core.writeStart(core.setup.task.initialState, 0);
  else core.sampleStart(0);
  const result = await new WatchedSimulation(new SimLink()).drive(core, 0, SEGMENTS, false);
  return { ...result, seconds: result.steps * config["control-period"], core };
}

describe.each(PLANTS)("%s", (plant) => {
  test.each([
    ["steering=-1@seconds0", /turns against its steering.* -[\d.]+ 1\/m/, "servo steeringReversed=true"],
    ["steering=0@seconds0", /steering does not turn it/, "servo"],
    ["throttle=-1@seconds0", /brakes under throttle.* -[\d.]+ m\/s²/, "servo throttleReversed=true"],
    ["throttle=0@seconds0", /throttle does not drive it/, "motor, ESC, battery"],
  ])("%s is found within 3 s, with its cause and what mends it", async (change, said, mends) => {
    for (const given of [{}, { "plant-delay": [0.2] }])
      for (let seed = 1; seed <= 4; seed++) {
        const { stopped, remedy, seconds, core } = await drive({ plant, ...given }, [change], seed);
        expect(stopped).toMatch(said);
        expect(remedy).toContain(mends);
        expect(seconds).toBeLessThan(3);
        // the recording ends where the drive was stopped
        expect(core.usedPart("inputs", 0).length).toBe(2 * Math.round(seconds / 0.02));
      }
  });

  test("from rest too, where a car that stands cannot tell whether its throttle is dead or reversed", async () => {
    expect((await drive({ plant }, ["steering=-1@seconds0"], 1, true)).stopped).toMatch(/turns against its steering/);
    for (const change of ["throttle=-1@seconds0", "throttle=0@seconds0"]) {
      const { stopped, seconds } = await drive({ plant }, [change], 1, true);
      expect(stopped).toMatch(/brakes under throttle|throttle does not drive it|driven for 1 s and .* stands/);
      expect(seconds).toBeLessThan(3);
    }
  });

  test("no false alarm: noise, delay, weak motor, little grip, sliding", async () => {
    const grip = plant === "nominal" ? [] : ["grip=0.5@seconds0"];
    const cases: [PartialConfig, string[]][] = [
      [{}, []],
      [{ "plant-noise": [0.005, 0.005, 0.05, 0.02] }, []],
      [{ "plant-delay": [0.25] }, []],
      [{}, ["throttle=0.6@seconds0", "steering=0.6@seconds0"]],
      [{}, grip],
      [plant === "single-track" ? { parameters: { plant: { combinedSlip: 1, loadTransfer: 1 } } } : {}, []],
      [{ pace: 0.5 }, []],
    ];
    for (const [given, changes] of cases) {
      for (let seed = 101; seed <= 110; seed++)
        expect((await drive({ plant, ...given }, changes, seed)).stopped).toBeUndefined();
      expect((await drive({ plant, ...given }, changes, 1, true)).stopped).toBeUndefined();
    }
  });
});

test("no false alarm while it learns: a car that gets faster has a throttle, whatever the fit finds", async () => {
  const { pieces } = await trainingInMemory(completeConfig({ plant: "single-track", seed: 81106 }));
  let seconds = 0;
  for await (const { stopped, recording } of pieces()) {
    expect(stopped).toBeUndefined();
    seconds = recording.times.length * 0.02;
    if (seconds > 3) break;
  }
  expect(seconds).toBeGreaterThan(3);
});

test("a turn rate that steering does not explain", () => {
  const steps = 160;
  const states = new Float64Array(4 * (steps + 1));
  const inputs = new Float64Array(2 * steps);
  const check = new WiringCheck();
  states[2] = 2;
  for (let t = 0; t < steps; t++) {
    inputs[2 * t] = 0.3 + 0.2 * Math.sin(t / 7);
    inputs[2 * t + 1] = 0.6 * Math.sin(t / 13);
    const rate = 3 * Math.sin(t / 4);
    states[4 * t + 6] = states[4 * t + 2] + 0.02 * (6 * inputs[2 * t] - 1.8);
    states[4 * t + 7] = states[4 * t + 3] + 0.02 * rate;
  }
  let found: ReturnType<WiringCheck["look"]>;
  for (let t = 5; t <= steps && !found; t += 5)
    found = check.look({
      states: states.subarray(0, 4 * (t + 1)),
      inputs: inputs.subarray(0, 2 * t),
      periods: new Float64Array(t).fill(0.02),
      earlier: new Float64Array(0),
    });
  expect(Fault[found?.fault ?? 0]).toBe("unexplained");
  expect(found?.value).toBeLessThan(20);
});

test("a drive in pieces is looked at as one in one", async () => {
  for (const change of ["steering=-1@seconds0", "steering=0@seconds0", "throttle=-1@seconds0"]) {
    const whole = await drive({ plant: "identified" }, [change], 1);
    const config = completeConfig({ window: "0:0:0", plant: "identified", "plant-change": [change] });
    const core = await coreFor(config, 2, SEGMENTS);
    initialisePolicy(core, 1);
    const link = new WatchedSimulation(new SimLink());
    core.sampleStart(0);
    let result = await link.drive(core, 0, 3, true);
    for (let i = 1; result.stopped === undefined && i < 8; i++)
      result = await link.driveOn(core, i % 2, 3, (i + 1) % 2, 3 * i);
    expect(result).toEqual({ steps: whole.steps, stopped: whole.stopped, remedy: whole.remedy });
    expect(whole.steps).toBeGreaterThan(21);
  }
});

test("only the first drive is looked at, and only a car's", async () => {
  const config = completeConfig({ window: "0:0:0", "plant-change": ["steering=-1@seconds0"] });
  const core = await coreFor(config, 1, SEGMENTS);
  initialisePolicy(core, 1);
  const link = new WatchedSimulation(new SimLink());
  core.sampleStart(0);
  expect((await link.drive(core, 0, 2, false)).stopped).toBeUndefined(); // too short to tell
  core.sampleStart(0);
  expect((await link.drive(core, 0, 10, false)).stopped).toBeUndefined();
  const walking = await drive({ task: "quadruped-figure8" }, ["turnGain=-1@seconds0"], 1);
  expect(walking.stopped).not.toMatch(/steering/);
});

test("no false alarm where little throttle is asked for: it begins fast, and coasts to its track's speed", async () => {
  const given = { task: "car-track", track: "examples/tracks/oval.yaml", plant: "single-track", seed: 71020 } as const;
  const { pieces } = await trainingInMemory(completeConfig(given));
  let least = Number.POSITIVE_INFINITY;
  for await (const { stopped, recording } of pieces()) {
    expect(stopped).toBeUndefined();
    for (let i = 2; i < recording.states.length; i += 4) least = Math.min(least, recording.states[i]);
    if (recording.times.length > 70) break;
  }
  expect(least).toBeLessThan(2); // begun at 3 m/s
});
