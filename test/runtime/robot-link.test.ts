/**
 * A robot that is the nominal plant itself, driven step by step: what training gets of it is what a simulated rollout
 * gives.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { RunConfig } from "../../src/config/schema.js";
import type { Core } from "../../src/core/core.js";
import { describeFiring, firingCount, firingsSince } from "../../src/core/firings.js";
import { Fault } from "../../src/links/faults.js";
import { readRecording } from "../../src/recording/reader.js";
import { taskTimes } from "../../src/recording/recording.js";
import type { DriveOptions } from "../../src/recording/stream.js";
import { setTiming } from "../../src/recording/timing.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { randomNumbers, relativeError } from "../support/cores.js";
import { PlantHost } from "../support/plant-host.js";
import { smallDisk } from "../support/small-disk.js";

/** Periods without rounding, so that measured times are the simulation's to the last bit. */
const DT = 1 / 64;
const SEGMENTS = 12;
const STEPS = 9;
const KEPT = 5;
const config = completeConfig({
  link: "serial",
  "control-period": DT,
  "network-period": STEPS * DT,
  "steps-per-segment": STEPS,
  "rollout-segments": SEGMENTS,
  window: "0:0:0",
  hidden: [8],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-robot-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function trainingCore(seed = 3): Promise<Core> {
  const core = await coreFor(config, 2, 2 * SEGMENTS);
  setTiming(core, "hardware");
  initialisePolicy(core, seed);
  const random = randomNumbers(seed);
  const theta = core.view("parameters");
  for (let i = 0; i < theta.length; i++) theta[i] += 0.1 * random();
  return core;
}

interface Made {
  readonly link: RobotLink;
  readonly host: PlantHost;
  readonly stop: AbortController;
  readonly drives: string;
}

let count = 0;
async function made(confirm = true, openFile?: DriveOptions["open"], plant: Partial<RunConfig> = {}): Promise<Made> {
  const host = await PlantHost.make(config, plant);
  const stop = new AbortController();
  const drives = join(folder, `drives-${++count}`);
  const operator = { signal: stop.signal, say: () => {}, confirm: async () => confirm, takeHeartbeat: () => true };
  return { link: new RobotLink(host, config, operator, new Recorder(drives, openFile)), host, stop, drives };
}

/** What a rollout left, as far as training looks at it. */
function contents(core: Core, slot: number): Record<string, Float64Array> {
  const [steps = 0, segments = 0] = core.view("counts", slot);
  const part = (name: "states" | "inputs" | "commands" | "references" | "stageCosts", columns: number, rows = steps) =>
    core.view(name, slot).slice(0, columns * rows);
  core.gradient(slot, 1);
  return {
    counts: core.view("counts", slot).slice(),
    times: core.view("times", slot).slice(0, steps),
    periods: core.view("periods", slot).slice(0, steps),
    states: part("states", 4, steps + 1),
    inputs: part("inputs", 2),
    commands: part("commands", 2),
    references: part("references", 6),
    costs: part("stageCosts", 1),
    starts: core.view("segmentStarts", slot).slice(0, segments),
    outputs: core.view("outputs", slot).slice(0, 10 * segments),
    opening: core.view("openingSetpoint", slot).slice(),
    gradient: core.view("gradient").slice(),
  };
}

test("whatever the main thread waits for, it gives a heartbeat by the control thread's clock", async () => {
  const { link, host } = await made();
  await link.open();
  host.shared.now += 5;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(host.shared.mainHeartbeat).toBe(host.shared.now);
  await link.close();
  host.shared.now += 5;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(host.shared.mainHeartbeat).toBeLessThan(host.shared.now);
});

test("a drive and how it goes on are the simulated rollouts, bit for bit, gradients included", async () => {
  const core = await trainingCore();
  const { link, drives } = await made();
  await link.open();
  expect(await link.drive(core, 0, SEGMENTS, true)).toEqual({ steps: 9 * SEGMENTS, stopped: undefined });
  const first = contents(core, 0);
  expect(await link.driveOn(core, 1, SEGMENTS, 0, KEPT)).toEqual({ steps: 9 * (SEGMENTS + KEPT), stopped: undefined });
  const second = contents(core, 1);
  await link.stop();
  await link.close();

  const simulated = await trainingCore();
  simulated.view("states").set(carFigure8.initialState);
  simulated.view("counts")[2] = 0;
  simulated.rollOut(0, SEGMENTS);
  expect(first).toEqual(contents(simulated, 0));
  simulated.rollOut(1, SEGMENTS, 0, KEPT);
  expect(second).toEqual(contents(simulated, 1));

  // and the recording of the whole drive has every step of it
  const recording = await readRecording(join(drives, "0001.mcap"));
  expect(recording.times.length).toBeGreaterThanOrEqual(18 * SEGMENTS);
  expect(recording.states.subarray(0, first.inputs.length * 2)).toEqual(first.states.subarray(0, -4));
});

test("at a pace that changes, the drive and how it goes on are the simulated rollouts, to rounding", async () => {
  const core = await trainingCore();
  const { link, drives } = await made();
  await link.open();
  core.setPace(0.8);
  await link.drive(core, 0, SEGMENTS, true);
  const first = contents(core, 0);
  core.setPace(1.1);
  await link.driveOn(core, 1, SEGMENTS, 0, KEPT);
  const second = contents(core, 1);
  const paces = core.view("paces", 1).slice(0, 9 * (SEGMENTS + KEPT));
  await link.stop();
  await link.close();
  // the control thread takes a pace, like the parameters, with the next network call
  expect(Array.from(paces)).toEqual(Array.from(paces, (_, t) => (t < 9 * (KEPT + 1) ? 0.8 : 1.1)));

  const simulated = await trainingCore();
  simulated.view("states").set(carFigure8.initialState);
  simulated.view("counts")[2] = 0;
  simulated.setPace(0.8);
  simulated.rollOut(0, SEGMENTS);
  const expected = contents(simulated, 0);
  for (const name of Object.keys(first))
    expect([name, relativeError(first[name], expected[name])]).toEqual([name, expect.closeTo(0, 9)]);
  expect(second.counts[2]).toBeCloseTo(0.8 * (SEGMENTS - KEPT) * 9 * DT, 12);

  const recording = await readRecording(join(drives, "0001.mcap"));
  const steps = 9 * SEGMENTS;
  expect(Array.from(recording.paces.subarray(0, steps))).toEqual(Array.from({ length: steps }, () => 0.8));
  const times = taskTimes(recording);
  for (const j of [1, SEGMENTS, SEGMENTS + 3])
    expect(times[recording.segmentStarts[j]]).toBeCloseTo(recording.segmentTimes[j], 12);
});

test("the reflex acts in the control thread, with the model that was handed over, and is written down", async () => {
  const core = await coreFor(config, 2, 50);
  setTiming(core, "hardware");
  core.view("parameters").fill(0);
  core.view("modelParameters").set(core.view("plantParameters"));
  core.write("modelFitted", [1]);
  const { link, host, drives } = await made();
  await link.open();
  await link.drive(core, 0, 40, true);
  for (let lap = 1; lap < 5; lap++) await link.driveOn(core, lap % 2, 40, 1 - (lap % 2), 0);
  expect([firingCount(core), core.pace]).toEqual([0, 1]);
  const steeringGain = host.plant.parameterNames("plant", "nominal").indexOf("steeringGain");
  host.plant.view("plantParameters")[steeringGain] *= 0.75; // it turns a quarter less
  await link.driveOn(core, 1, 40, 0, 0);
  const [firing] = firingsSince(core, 0);
  expect(firing.shortfall).toBeGreaterThan(0.11);
  expect(firing.gripLeft).toBeCloseTo(1 - firing.shortfall, 12);
  expect(Array.from(core.view("segmentTimes", 1))).toContain(firing.taskTime);
  const [steps] = core.view("counts", 1);
  const paces = Array.from(core.view("paces", 1).subarray(0, steps));
  expect(paces[0]).toBe(1);
  expect(paces).toContain(firing.pace);
  expect(core.pace).toBe(paces[steps - 1]);
  // whoever sets the pace ends it, there too
  core.setPace(0.9);
  await link.driveOn(core, 0, 3, 1, 0);
  expect(core.view("paces", 0)[26]).toBe(0.9);
  await link.stop();
  await link.close();
  const { events } = await readRecording(join(drives, "0001.mcap"));
  const noticed = events.filter(({ name }) => name === "noticed");
  expect(noticed.map(({ level, message }) => [level, message])).toEqual(
    firingsSince(core, 0).map((one) => ["warning", describeFiring(one)]),
  );
});

test("new parameters drive from the second segment on; derivatives are taken at them throughout", async () => {
  const core = await trainingCore();
  const { link } = await made();
  await link.open();
  await link.drive(core, 0, SEGMENTS, true);
  const other = await trainingCore(8);
  core.view("parameters").set(other.view("parameters"));
  await link.driveOn(core, 1, SEGMENTS, 0, KEPT);
  await link.stop();
  await link.close();
  const recorded = core.view("outputs", 1).slice(0, 10 * (SEGMENTS + KEPT));
  core.replay(1, "called", false, true);
  const present = core.view("outputs", 1).slice(0, 10 * (SEGMENTS + KEPT));
  const own = (j: number) => Array.from(recorded.subarray(10 * j, 10 * j + 10));
  const called = (j: number) => Array.from(present.subarray(10 * j, 10 * j + 10));
  for (let j = 0; j <= KEPT; j++) expect(own(j)).not.toEqual(called(j));
  for (let j = KEPT + 1; j < KEPT + SEGMENTS; j++) expect(own(j)).toEqual(called(j));
});

test("a separate rollout ends at rest, and the next begins where the robot was put", async () => {
  const core = await trainingCore();
  const { link, host } = await made();
  await link.open();
  await link.drive(core, 0, SEGMENTS, false);
  const first = contents(core, 0);
  expect(host.robot.sent.at(-1)?.input).toEqual([0, 0]);
  host.put();
  await link.drive(core, 1, SEGMENTS, false);
  await link.close();
  expect(contents(core, 1)).toEqual(first);
});

test("what a robot did not follow before it stopped by itself is in no rollout; an event has the time", async () => {
  /** Steps of a rollout whose last commands the robot did not follow, and what its recording tells. */
  const driven = async (unfollowed: number) => {
    const core = await trainingCore();
    const { link, host, drives } = await made();
    await link.open();
    host.disturb = (step) => {
      if (step !== 60) return;
      host.robot.fault = Fault.relayStopped;
      if (unfollowed > 0) host.robot.followedUntil = host.robot.sent.at(-unfollowed)?.now ?? Number.NaN;
    };
    const { steps, stopped } = await link.drive(core, 0, SEGMENTS, true);
    expect(stopped).toMatch(/^the ROS node stopped the robot/);
    const periods = core.view("periods").slice(0, steps);
    expect(periods.every((period) => period === DT)).toBe(true);
    await link.close();
    const { events, times } = await readRecording(join(drives, "0001.mcap"));
    return { steps, times, event: events.find(({ name }) => name === "followedUntil") };
  };
  const all = await driven(0);
  expect(all.event).toBeUndefined();
  const cut = await driven(11);
  // how long it followed the last one is not known either
  expect(cut.steps).toBe(all.steps - 11);
  expect(cut.event?.level).toBe("warning");
  expect(cut.event?.time).toBeCloseTo(cut.times[cut.steps], 9);
});

test("a rollout that ends between a robot's own stop and its report is cut to what the robot followed", async () => {
  /** What came of a rollout whose robot tells, so many steps after the next one began, that it stopped in this one. */
  const driven = async (after: number) => {
    const core = await trainingCore();
    const { link, host } = await made();
    await link.open();
    let first = 0;
    host.disturb = (step) => {
      if (first === 0 && host.shared.runtimeState === RuntimeState.driving) first = step - 1;
      if (first === 0 || step !== first + SEGMENTS * STEPS + after) return;
      host.robot.fault = Fault.relayStopped;
      host.robot.followedUntil = host.robot.sent.at(-3 - after)?.now ?? Number.NaN; // the last but two of its steps
    };
    const result = await link.drive(core, 0, SEGMENTS, true);
    await link.close();
    return result;
  };
  const whole = await driven(100);
  expect(whole).toEqual({ steps: SEGMENTS * STEPS, stopped: undefined });
  for (const after of [0, 1]) {
    const { steps, stopped } = await driven(after);
    expect(stopped).toMatch(/^the ROS node stopped the robot/);
    // how long it followed the last one is not known
    expect(steps).toBe(whole.steps - 3);
  }
});

test("a fault while it drives, while training learns, before it drives, and a stop: all are explained", async () => {
  const core = await trainingCore();
  const faulty = await made();
  await faulty.link.open();
  faulty.host.disturb = (step) => {
    if (step === 60) faulty.host.robot.fault = Fault.boardReset;
  };
  const result = await faulty.link.drive(core, 0, SEGMENTS, true);
  expect(result.stopped).toMatch(/^the board started anew; check its power supply/);
  expect(result.steps).toBeGreaterThan(40);
  expect(core.view("counts")[0]).toBe(result.steps);
  await faulty.link.close();
  const recording = await readRecording(join(faulty.drives, "0001.mcap"));
  expect(recording.events.filter(({ level }) => level === "fault").map(({ name }) => name)).toEqual(["boardReset"]);

  const later = await made();
  await later.link.open();
  await later.link.drive(core, 0, SEGMENTS, true);
  later.host.robot.fault = Fault.boardTimeout;
  for (let i = 0; i < 300; i++) await later.host.pause(); // training takes its time
  expect((await later.link.driveOn(core, 1, SEGMENTS, 0, KEPT)).stopped).toMatch(/heard no command/);
  await later.link.close();

  const refusing = await made();
  await refusing.link.open();
  refusing.host.robot.refuses = true;
  expect(await refusing.link.drive(core, 0, SEGMENTS, true)).toEqual({
    steps: 0,
    stopped: expect.stringMatching(/^nothing answered within 3 s/),
  });
  await refusing.link.close();

  const between = await made();
  await between.link.open();
  between.host.disturb = () => {
    if (between.host.shared.runtimeState === RuntimeState.armed) between.host.robot.fault = Fault.boardManual;
  };
  expect(await between.link.drive(core, 0, SEGMENTS, true)).toEqual({
    steps: 0,
    stopped: expect.stringMatching(/^the radio took over/),
  });
  await between.link.close();

  const stopped = await made();
  await stopped.link.open();
  stopped.host.disturb = (step) => {
    if (step === 60) stopped.stop.abort();
  };
  expect((await stopped.link.drive(core, 0, SEGMENTS, true)).stopped).toBe("stopped by the operator");
  await stopped.link.close();

  const unwilling = await made(false);
  await unwilling.link.open();
  expect((await unwilling.link.drive(core, 0, SEGMENTS, true)).steps).toBe(0);
  expect(unwilling.host.robot.sent.every(({ input }) => input.every((value) => value === 0))).toBe(true);
  await unwilling.link.close();
});

test("a disk that is full stops the robot, and what was recorded until then can be read", async () => {
  const core = await trainingCore();
  // one chunk of 64 KiB, some fifty steps
  const { link, host, drives } = await made(true, smallDisk(100_000));
  await link.open();
  host.disturb = async (step) => {
    if (step % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 1)); // the queue's turn
  };
  const { stopped } = await link.drive(core, 0, 2 * SEGMENTS, true);
  expect(stopped).toMatch(/^cannot record .*0001.mcap: the disk is full.*go on with --resume$/);
  for (let i = 0; i < 300; i++) await host.pause();
  expect(host.robot.sent.at(-1)?.input).toEqual([0, 0]);
  await link.close();
  const kept = await readRecording(join(drives, "0001.mcap"));
  expect(kept.times.length).toBeGreaterThan(30);
  expect(kept.states).toEqual(core.view("states").slice(0, 4 * kept.times.length));
});

test("a robot that does not answer, or does not measure, is refused in five seconds of its clock", async () => {
  const silent = await made();
  silent.host.robot.phase = 0;
  await expect(silent.link.open()).rejects.toThrow(/nothing answered within 5 s; check cable/);
  const blind = await made();
  blind.host.robot.onReceive = (now) => {
    blind.host.robot.reading.heard = now;
  };
  await expect(blind.link.open()).rejects.toThrow(/does not measure its state; keep the car still/);
});

test.each([
  ["steering=-1@seconds0", /turn(s|ed) against its steering/, /--servo steeringReversed/],
  ["throttle=-1@seconds0", /one way for|brakes under throttle|by its own measurement stands/, /throttleReversed/],
  ["steering=0.05@seconds0", /steering does not turn it/, /servo/],
])("a car with %s is stopped within 3 s, and told how to mend it", async (change, said, mends) => {
  const core = await trainingCore();
  core.view("parameters").fill(0);
  const { link, host } = await made(true, undefined, { plant: "identified", "plant-change": [change] });
  await link.open();
  const { steps, stopped } = await link.drive(core, 0, 2 * SEGMENTS, false);
  expect(stopped).toMatch(said);
  expect(stopped).toMatch(mends);
  expect(stopped).not.toContain("NaN");
  expect(steps * DT).toBeLessThan(3);
  expect(host.shared.runtimeState).toBe(RuntimeState.fault);
  await link.close();
});

test("a car that answers as it should is not stopped for its wiring", async () => {
  const core = await trainingCore();
  core.view("parameters").fill(0);
  const { link } = await made(true, undefined, { plant: "identified" });
  await link.open();
  expect((await link.drive(core, 0, 2 * SEGMENTS, false)).stopped).toBeUndefined();
  await link.close();
});
