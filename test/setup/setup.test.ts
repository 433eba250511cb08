/** The guided set-up of simulated cars that are wired or scaled wrongly, in virtual time. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { completeConfig, readConfig } from "../../src/config/config.js";
import { setupKinds } from "../../src/setup/kinds.js";
import { setUp } from "../../src/setup/setup.js";
import type { Rig } from "../../src/setup/step.js";
import { setupSteps } from "../../src/setup/steps/steps.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "../in-the-loop/boards.js";
import { FakeGamepad, record } from "../support/fake-gamepad.js";
import { closeFakes } from "../support/fake-pca9685.js";
import { ELECTRICAL_TRAVEL } from "../support/fake-vesc.js";
import { measuredPush, type PushErrors } from "../support/measured-push.js";
import { faultsOf, setUpCar, TRIM, type Wrong, wrongs } from "../support/newcomer.js";
import { newFolder } from "../support/runs.js";

stopBoardsAfterEachTest();
const folders: string[] = [];
let path: string;
beforeEach(async () => {
  folders.push(await newFolder());
  path = join(folders.at(-1) ?? "", "robot.yaml");
});
afterAll(async () => {
  closeFakes();
  for (const folder of folders) await rm(folder, { recursive: true });
});

const near = (value: number | undefined, truth: number, by: number) =>
  expect(Math.abs((value ?? Number.NaN) - truth)).toBeLessThan(by);

test("a VESC of which everything is wrong is put right, with date, and stands after it", async () => {
  const { given, wrong } = wrongs("vesc")["everything that can be set right"];
  expect(given).toMatchObject({ vesc: { servoCentre: 0.5525, steeringReversed: true, throttleReversed: true } });
  const steps = ["rest", "motor", "servo", "travel", "gyro", "steering"] as const;
  const found = await setUpCar("vesc", steps, path, given, wrong);
  expect(found.results.map(({ name, ok }) => [name, ok])).toEqual(steps.map((name) => [name, true]));
  expect(found.results[4].value).toMatch(/^-(89|90|91)° of 90° to the left: upside down/);
  expect(faultsOf("vesc", found.config, { wrong })).toEqual([]);
  expect(faultsOf("vesc", { ...found.config, ...given }, { wrong })).toHaveLength(6);
  const { vesc = {}, ...config } = found.config;
  near(config["wheel-travel"], ELECTRICAL_TRAVEL, 0.02 * ELECTRICAL_TRAVEL);
  near(config["steering-curvature"], 6.5, 0.15);
  expect(vesc).toMatchObject({ throttleReversed: false, steeringReversed: false, gyroReversed: true });
  near(vesc.deadZone, 0.1, 0.01);
  near(vesc.servoCentre, 0.5 - 0.35 * TRIM, 0.01);
  near((vesc.servoMax ?? 0) - (vesc.servoMin ?? 0), 0.7, 1e-3);
  expect([found.throttle, found.speed]).toEqual([0, 0]);
  const text = await readFile(path, "utf8");
  for (const line of [
    "wheel-travel: 0.01408 # measured by lapgrad setup travel, 2026-12-01",
    "link: vesc # lapgrad setup",
  ])
    expect(text).toContain(line);
});

test("a PCA9685 is set up by eyes and by poses from outside", async () => {
  const { given, wrong } = wrongs("pca9685")["everything that can be set right"];
  expect(given).toMatchObject({ pca9685: { steeringReversed: false, throttleReversed: true } });
  const steps = ["rest", "motor", "servo", "steering"] as const;
  const found = await setUpCar("pca9685", steps, path, given, wrong);
  expect(found.results.map(({ name, ok }) => [name, ok])).toEqual(steps.map((name) => [name, true]));
  expect(faultsOf("pca9685", found.config, { wrong })).toEqual([]);
  const { pca9685 = {}, ...config } = found.config;
  expect(pca9685).toMatchObject({ throttleReversed: false, steeringReversed: true });
  near(pca9685.deadZone, 0.1, 0.021); // between two levels
  near(pca9685.steeringCentre, 1500 + 487 * TRIM, 5);
  near(config["steering-curvature"], 6.5, 0.2);
  expect([found.throttle, found.speed]).toEqual([0, 0]);
});

atmega.test("our firmware's motor is turned round, and an encoder that counts backwards is refused", async () => {
  const { board } = await startBoard();
  const reversed = { servo: { throttleReversed: true } };
  const found = await setUpCar("serial", ["motor"], path, reversed, {}, { board });
  expect(found.results).toMatchObject([{ ok: true, value: expect.stringContaining("reversed, which is set right") }]);
  expect(found.config.servo).toEqual({ throttleReversed: false, deadZone: 0 });
  const backwards = await setUpCar("serial", ["motor"], path, {}, { wheel: -1 }, { board });
  expect(backwards.results).toMatchObject([{ ok: false, why: expect.stringContaining("swap its wires A and B") }]);
});

/** What is refused, by the step and the words that say why. */
const REFUSED: readonly (readonly [string, Wrong, Parameters<typeof setUpCar>[1], RegExp])[] = [
  ["a port that is silent", { line: "silent" }, ["rest"], /nothing answered within 5 s/],
  ["another device at the port", { line: "foreign" }, ["rest"], /bytes came .* no answer of a robot/],
  ["old firmware", { vesc: { firmware: [5, 3] } }, ["motor"], /firmware 5\.03, too old/],
  ["a long time-out", { vesc: { app: { timeout: 1000 } } }, ["motor"], /time-out is 1000 ms/],
  ["a motor that stands", { deadZone: 0.99 }, ["motor"], /does not move when asked: check its controller's switch/],
  ["a wheel that is not counted", { wheel: 0 }, ["motor"], /counts nothing: check its sensor/],
  ["a push that is not counted", { wheel: 0 }, ["travel"], /counts nothing, or it was not pushed/],
  ["a cable that comes off", { cutAt: 3, pushLasts: 60 }, ["travel"], /nothing was measured for 5 s/],
  ["a push backwards", { wheel: -1 }, ["travel"], /pushed backwards/],
  ["steering that stands", { isServoDead: true }, ["servo"], /check the steering's servo/],
  ["a gyro that stands", { gyro: 0 }, ["gyro"], /no quarter turn/],
  ["a floor that slopes", { wheel: (s) => 1 + 0.4 * Math.sin(5 * s) }, ["steering"], /slopes or is slippery/],
];
describe("it is refused, and nothing is stored:", () => {
  test.each(REFUSED)("%s", async (_, wrong, steps, why) => {
    const found = await setUpCar("vesc", steps, path, {}, wrong);
    expect(found.results).toMatchObject([{ ok: false, why: expect.stringMatching(why) }]);
    expect(found.throttle).toBe(0);
    expect(await readFile(path, "utf8")).not.toContain("measured by");
  });
});

test("the latency of poses is measured by a push, and poses of another object are refused", async () => {
  const config = completeConfig({ link: "vesc", pose: "udp", "wheel-travel": 0.01 });
  const pushed = (errors: PushErrors) => {
    const measured = measuredPush(errors);
    const rig = { hear: async () => ({ samples: [], measured, battery: Number.NaN }) } as Partial<Rig> as Rig;
    return setupSteps.latency.run(rig, { config, kind: setupKinds.vesc, length: 2 });
  };
  const { ok, changes } = await pushed({ late: 0.08 });
  expect(ok).toBe(true);
  near(changes["pose-latency"], 0.08, 0.011);
  expect(await pushed({ isOther: true })).toMatchObject({ ok: false, changes: {} });
  expect(await pushed({ seconds: 5 })).toMatchObject({
    ok: false,
    value: expect.stringContaining("too little to tell"),
  });
});

test("an unknown gamepad's buttons are pressed once each; one button for two things is refused", async () => {
  const press = async (presses: readonly (readonly ["press" | "move", number, number])[]) => {
    const fake = new FakeGamepad(folders.at(-1) ?? "");
    const given = { link: "vesc", gamepad: fake.path } as const;
    let asked = 0;
    const say = (question: string) => {
      if (!/^(press|push) the/.test(question)) return;
      if (asked === 0) fake.plugIn();
      if (asked === 0) fake.send(record(0x81, 9, 1)); // how it stands is no press
      const [how, number, value] = presses[asked++] ?? ["press", -1, 0];
      if (number < 0) fake.unplug();
      else if (how === "press") fake.press(number);
      else fake.move(number, value);
    };
    const person = { say, signal: new AbortController().signal, confirm: async () => false, choose: async () => "" };
    const plan = { kind: "vesc", steps: ["gamepad"], path, settings: given, length: 2, date: "2026-12-01" } as const;
    const host = () => Promise.reject(new Error("the robot is left alone"));
    return setUp(plan, host, person, () => {});
  };
  const five = [
    ["press", 5, 1],
    ["press", 1, 1],
    ["press", 8, 1],
    ["move", 4, 30000],
    ["move", 0, -32767],
  ] as const;
  expect(await press(five)).toMatchObject([
    { ok: true, value: "hold 5, stop 1, begin 8, throttle 4 reversed, steering 0" },
  ]);
  const map = { hold: 5, stop: 1, begin: 8, throttle: 4, throttleReversed: true, steering: 0, steeringReversed: false };
  expect((await readConfig(path))["gamepad-map"]).toEqual(map);
  expect(await press([five[0], five[0]])).toMatchObject([{ ok: false, value: "button 5 for hold and stop" }]);
  expect(await press(five.slice(0, 2))).toMatchObject([
    { ok: false, why: expect.stringContaining("the gamepad is gone") },
  ]);
});

test("a VESC without an IMU is told what to measure instead", async () => {
  const given = { "steering-curvature": 2, vesc: { imu: "none" } } as const;
  for (const step of ["gyro", "steering"] as const) {
    const { results, seconds } = await setUpCar("vesc", [step], path, given, { vesc: { hasImu: false } });
    expect(results).toMatchObject([{ ok: false, why: expect.stringContaining("by a tape measure") }]);
    expect(seconds).toBe(0);
  }
});

test("steering is not driven by a wheel of which nobody knows how far it goes", async () => {
  const unknown = { "wheel-travel": undefined } as unknown as { "wheel-travel": number };
  const found = await setUpCar("vesc", ["steering"], path, unknown);
  expect(found.results).toMatchObject([{ ok: false, why: expect.stringContaining("do the step travel first") }]);
  expect(found.seconds).toBe(0);
});

/** Ctrl-C, by the time at which it comes [s]: while it is heard, armed, moves, brakes, is asked, drives a circle. */
test.each([1, 3.4, 3.9, 4.6, 5.3, 9, 14.2, 24])(
  "Ctrl-C after %d s leaves neutral and a whole configuration",
  async (stopsAt) => {
    const found = await setUpCar("vesc", ["rest", "motor", "servo", "steering"], path, {}, {}, { stopsAt });
    const last = found.results[found.results.length - 1];
    expect(last).toMatchObject({
      ok: false,
      value: "stopped",
      why: expect.stringContaining("stopped by the operator"),
    });
    expect(found.results.slice(0, -1).every(({ ok }) => ok)).toBe(true);
    expect([found.throttle, found.speed]).toEqual([0, 0]);
    expect(found.seconds - stopsAt).toBeLessThan(4);
    expect(completeConfig(found.config)).toMatchObject({ link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL });
  },
);
