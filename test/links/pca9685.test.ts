/** A car with a PCA9685: what it refuses, what its chips are told, and what its helpers report. */
import { afterEach, expect, test } from "@jest/globals";
import { connectRobot } from "../../src/cli/connect.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { Fault } from "../../src/links/faults.js";
import { pca9685SettingsFrom } from "../../src/links/pca9685/settings.js";
import { RobotPhase } from "../../src/links/robot.js";
import { closeFakes, FakePca9685 } from "../support/fake-pca9685.js";
import { BOARDS } from "../support/pca9685-stops.js";
import { Captured } from "../support/runs.js";
import { drive, getArmed, step } from "./harness.js";
import harness from "./harnesses/pca9685.js";

afterEach(closeFakes);

const settingsOf = (given: PartialConfig) => pca9685SettingsFrom(completeConfig({ link: "pca9685", ...given }));

test.each([
  [{}, /^link pca9685 measures nothing: .*--pose/],
  [{ pose: "udp" }, /^a PCA9685 holds its last pulse for ever, .*--pca9685 stop=/],
  [{ pose: "udp", pca9685: { stop: "firmware", throttleNeutral: 2100 } }, /throttle pulses of 900, 2100 and 2100 µs/],
  [{ pose: "udp", pca9685: { stop: "firmware", steeringChannel: 1 } }, /steering and throttle on channel 1/],
] as const)("%j is refused before anything is opened", async (given, words) => {
  const config = completeConfig({ link: "pca9685", ...given } as PartialConfig);
  const context = {
    permission: { arm: true },
    output: new Captured(),
    signal: new AbortController().signal,
    stop: () => {},
    drives: "",
    parameters: 0,
  };
  await expect(connectRobot(config, context)).rejects.toThrow(words);
});

test("directions and duty of its boards", () => {
  const pose = "udp";
  expect(settingsOf({ pose }).chips.steering).toMatchObject({ address: 0x40, channel: 0, pulses: [1987, 1500, 1013] });
  const turned = settingsOf({ pose, pca9685: { steeringReversed: false, throttleReversed: true } }).chips;
  expect([turned.steering.pulses[0], turned.motor]).toMatchObject([1013, { pulses: [2100, 1500, 900] }]);
  const ai = settingsOf({ pose, pca9685: { board: "jetracer-ai", maxDuty: 0.3, throttleReversed: true } }).chips;
  expect(ai.motor).toStrictEqual({ address: 0x60, frequency: 1600, most: -0.3 });
  expect(settingsOf({ pose, pca9685: { board: "donkeycar" } }).chips.motor).toMatchObject({
    channel: 0,
    frequency: 60,
  });
});

test.each(BOARDS)("%s: its outputs are what was commanded", async (board) => {
  const fake = await FakePca9685.make({}, board);
  const running = await harness.robot.start(fake);
  await getArmed(running);
  for (const [throttle, steering] of [
    [0.5, 1],
    [-0.25, -0.5],
    [0, 0.1],
  ]) {
    await step(running, [throttle, steering]);
    await step(running, [throttle, steering]);
    // steps of the chip are 4 to 5 µs of 487 µs and less
    expect(Math.abs(fake.inputs[0] - throttle)).toBeLessThan(0.015);
    expect(Math.abs(fake.inputs[1] - steering)).toBeLessThan(0.015);
  }
});

test.each([
  ["the driver is suspended", (fake: FakePca9685) => fake.suspend("drive", 0.3), Fault.helperPaused],
  ["the guard is suspended", (fake: FakePca9685) => fake.suspend("guard", 0.3), Fault.guardStopped],
  ["the chip loses its power", (fake: FakePca9685) => fake.restart(), Fault.boardReset],
  ["nothing answers on the bus", (fake: FakePca9685) => fake.breakBus(true), Fault.busFailed],
] as const)("%s: neutral, told, and latched until it is armed again", async (_, happens, fault) => {
  const fake = await FakePca9685.make({});
  const running = await harness.robot.start(fake);
  await getArmed(running);
  await drive(running, 0.4, [0.1, 0.1]);
  const [began, before] = [fake.nowUs, fake.driven.length];
  expect(before).toBeGreaterThan(0);
  happens(fake);
  let found = Fault.none;
  for (let i = 0; i < 30; i++) {
    await step(running, [0.1, 0.1]);
    found ||= running.robot.takeFault();
  }
  expect(Fault[found]).toBe(Fault[fault]);
  expect(RobotPhase[running.robot.phase]).toBe("ready");
  fake.breakBus(false);
  await drive(running, 0.2, [0.1, 0.1]);
  const late = fake.driven.filter((us) => us > began + 250_000);
  // of a chip that cannot be reached the last pulse stays, until it can
  if (fault === Fault.busFailed) expect(late.length).toBeGreaterThan(0);
  else expect(late).toStrictEqual([]);
  const stood = fake.driven.length;
  await drive(running, 0.2, [0.1, 0.1]);
  expect(fake.driven.length).toBe(stood);
  await getArmed(running);
  await drive(running, 0.2, [0.1, 0.1]);
  expect(fake.driven.length).toBeGreaterThan(stood);
});

test("without poses its state is as old as the last one", async () => {
  const fake = await FakePca9685.make({});
  const running = await harness.robot.start(fake);
  await getArmed(running);
  fake.see = () => undefined;
  await drive(running, 0.3);
  expect(running.now() - running.robot.reading.time).toBeGreaterThan(0.3);
  expect(running.now() - running.robot.reading.heard).toBeLessThan(0.05);
});
