/** What keeps a VESC from being armed, and that one that stopped stays stopped. */
import { expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { Fault } from "../../src/links/faults.js";
import { robotFor } from "../../src/links/links.js";
import { RobotPhase } from "../../src/links/robot.js";
import { askingOnly } from "../../src/links/vesc/port.js";
import { explainFault } from "../../src/runtime/stops.js";
import { BoardTransport } from "../in-the-loop/virtual-host.js";
import { ELECTRICAL_TRAVEL, type FakeOptions, FakeVesc } from "../support/fake-vesc.js";
import { framed, signed, Unframer } from "../support/vesc-codec.js";
import { onBoard } from "./harness.js";

const CAR: PartialConfig = { link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL };
const FORWARD = Float64Array.of(0.1, 0);
const NEUTRAL = new Float64Array(2);

/** A car with its link; `step` makes a control step, and keeps what the robot says of itself. */
async function start(options: FakeOptions = {}, given: PartialConfig = {}) {
  const fake = await FakeVesc.make({}, options);
  const { robot, port, now, flush } = onBoard(
    { ...CAR, ...given },
    fake,
    (ms) => fake.run(ms),
    () => {},
  );
  await fake.connect(port.arrive);
  const said: string[] = [];
  const step = async (input = NEUTRAL) => {
    await fake.run(20);
    robot.receive(now());
    const fault = robot.takeFault();
    if (fault !== Fault.none) said.push(explainFault({ fault, value: robot.faultValue, limit: Number.NaN }));
    robot.send(now(), input);
    await flush();
  };
  const steps = async (count: number, input = NEUTRAL) => {
    for (let i = 0; i < count; i++) await step(input);
  };
  /** Whether it could be armed. */
  const arm = async () => {
    robot.arm(now());
    for (let i = 0; i < 150 && robot.phase === RobotPhase.arming; i++) await step();
    return robot.phase === RobotPhase.armed;
  };
  return { fake, robot, port, now, flush, said, step, steps, arm };
}

test.each<[string, FakeOptions, RegExp]>([
  [
    "time-out as it is sold",
    { app: { timeout: 1000 } },
    /own time-out is 1000 ms .*; VESC Tool, App Settings, General/,
  ],
  ["no time-out", { app: { timeout: 0 } }, /time-out is 0 ms \(0: none; allowed: 2.5 control periods to 200 ms\)/],
  ["one that a missed command exceeds", { app: { timeout: 40 } }, /time-out is 40 ms/],
  [
    "no brake current",
    { app: { brakeCurrent: 0 } },
    /brakes with 0 A .*; VESC Tool, App Settings, General, Timeout Br/,
  ],
  [
    "a brake current that cannot be",
    { app: { brakeCurrent: 2 ** 22 } },
    /brakes with 4190000 A .*allowed: 1 to 1000 A/,
  ],
  ["a brake current that stops nothing", { app: { brakeCurrent: 0.5 } }, /brakes with 0.5 A/],
  ["no servo output", { app: { servoOut: false } }, /servo output is off.*Enable Servo Output: True/],
  ["an app that commands the motor", { app: { app: 1 } }, /runs the app PPM, which commands the motor too/],
  ["an unknown app", { app: { app: 99 } }, /runs the app 99/],
  [
    "another layout",
    { firmware: [6, 6], app: { signature: 296593100 } },
    /firmware 6.06 keeps its settings in a layout/,
  ],
  [
    "old firmware",
    { firmware: [5, 2] },
    /firmware 5.02, too old .* \(known: 6.00 and 6.02, 6.05\); update it: VESC Tool/,
  ],
  ["no IMU", { hasImu: false }, /IMU measures nothing but zeros.*--vesc imu=none with steering-curvature/],
])(
  "%s: it does not become ready, is told nothing that moves it, and says where it is set",
  async (_, options, words) => {
    const { fake, robot, said, steps } = await start(options);
    await steps(150, FORWARD);
    robot.arm(fake.nowUs / 1e6);
    await steps(50, FORWARD);
    expect(robot.phase).toBe(RobotPhase.connecting);
    expect(said[0]).toMatch(words);
    expect(fake.driven).toEqual([]);
    const asked = options.firmware?.[0] === 5 ? [0] : [0, 17, 50, 65];
    // that the IMU is missing is found only after the configuration was found fine, and then it is told to stand
    const told = options.hasImu === false ? [5, 12] : [];
    expect([...fake.counts.keys()].filter((command) => ![...asked, ...told].includes(command))).toEqual([]);
  },
);

test("what is changed after it was read is found when it is to be armed", async () => {
  const { fake, robot, said, steps, arm } = await start();
  await steps(100);
  expect(await arm()).toBe(true);
  await steps(20, FORWARD);
  expect(fake.state[2]).toBeGreaterThan(0.05);
  robot.disarm(fake.nowUs / 1e6);
  await steps(50);
  fake.app = { ...fake.app, timeout: 500 };
  expect(await arm()).toBe(false);
  expect(said).toEqual([expect.stringMatching(/time-out is 500 ms/)]);
  const before = fake.driven.length;
  await steps(20, FORWARD);
  expect(fake.driven).toHaveLength(before);
  fake.app = { ...fake.app, timeout: 120 };
  expect(await arm()).toBe(true);
});

test("a motor that turns, or a fault that stands, keeps it from being armed", async () => {
  const { fake, said, steps, arm } = await start();
  await steps(100);
  fake.fault = 5;
  expect(await arm()).toBe(false);
  fake.fault = 0;
  fake.lie = (sensed) => (sensed.speed = 0.5);
  await steps(2);
  expect(await arm()).toBe(false);
  expect(said).toEqual([
    expect.stringMatching(/stopped the motor by itself: its transistors are too hot; VESC Tool, Terminal/),
    expect.stringMatching(/the motor turns, at 0.5 m\/s, while it is to be armed; let the car stand/),
  ]);
});

test("a car that was carried until then: its gyro is measured anew while it is armed", async () => {
  const { fake, robot, said, steps, arm } = await start();
  fake.lie = (sensed) => (sensed.rate = 0.4 + 0.3 * Math.sin(fake.nowUs / 1e5));
  await steps(150);
  fake.lie = () => {};
  expect(await arm()).toBe(true);
  expect(said).toEqual([]);
  await steps(2);
  expect(robot.reading.yawRate).toBe(0);
});

test("commands that are lost until its time-out: it brakes, and does not follow those that come later", async () => {
  const { fake, robot, port, said, steps, arm } = await start();
  await steps(100);
  await arm();
  await steps(20, FORWARD);
  // the questions pass, the commands do not: only the VESC can know
  const questions = new Set([0, 17, 50, 65]);
  port.tamperOut = (frames) =>
    frames.map((frame) =>
      Buffer.concat(new Unframer().push(frame).flatMap((one) => (questions.has(one[0]) ? [framed(one)] : []))),
    );
  const lostUs = fake.nowUs;
  await steps(15, FORWARD);
  port.tamperOut = (frames) => frames;
  await steps(30, FORWARD);
  expect(said).toEqual([expect.stringMatching(/heard no command for 0.2 s and braked by itself; check the cable/)]);
  expect(robot.phase).toBe(RobotPhase.ready);
  expect(fake.driven.at(-1)).toBeLessThan(lostUs + 250_000);
  expect(fake.state[2]).toBe(0);
  // nothing that was sent later than what it followed last counts
  expect(1e6 * robot.followedUntil).toBeLessThan(lostUs + 220_000);
  expect(await arm()).toBe(true);
});

test("a host that is gone, at every moment of a step: the motor is braked within 250 ms", async () => {
  for (let i = 0; i < 8; i++) {
    const { fake, steps, arm } = await start();
    await steps(100);
    await arm();
    await steps(20 + i, Float64Array.of(0.5, 1));
    await fake.run(2.5 * i);
    const goneUs = fake.nowUs;
    await fake.run(2000);
    expect(fake.driven.at(-1)).toBeLessThan(goneUs + 250_000);
    expect(fake.state[2]).toBe(0);
  }
});

test("one that hangs is started anew by its watchdog, and follows nothing until it is armed again", async () => {
  const { fake, robot, said, steps, arm } = await start();
  await steps(100);
  await arm();
  await steps(30, FORWARD);
  const hungUs = fake.nowUs;
  await fake.hang();
  await steps(100, FORWARD);
  expect(fake.resets).toHaveLength(1);
  expect(said).toContainEqual(expect.stringMatching(/^the board started anew/));
  expect(fake.resets[0]).toBeLessThan(hungUs + 40_000);
  // what it is told before the program has seen it is the drive's own command
  expect(fake.driven.filter((us) => us > fake.resets[0] + 350_000)).toEqual([]);
  expect(robot.phase).not.toBe(RobotPhase.armed);
  await steps(100);
  expect(await arm()).toBe(true);
});

test("by currents: throttle 0 brakes with what the VESC is set up with", async () => {
  const { fake, robot, port, now, steps, arm } = await start({}, { vesc: { drive: "current", maxCurrent: 20 } });
  await steps(100);
  await arm();
  await steps(30, FORWARD);
  expect([fake.counts.has(6), fake.counts.has(5)]).toEqual([true, false]);
  expect(fake.state[2]).toBeGreaterThan(0.05);
  await steps(60, NEUTRAL);
  expect(fake.state[2]).toBe(0);
  // settings that are not fine keep it from being armed, not from braking
  robot.disarm(now());
  fake.app = { ...fake.app, brakeCurrent: 0.5 };
  expect(await arm()).toBe(false);
  const braked: number[] = [];
  port.tamperOut = (frames) => {
    for (const [command, ...data] of frames.flatMap((frame) => new Unframer().push(frame)))
      if (command === 7) braked.push(signed(data));
    return frames;
  };
  await steps(5);
  expect(braked).toEqual([10_000, 10_000, 10_000, 10_000, 10_000]);
});

test("without an IMU it turns by its steering; without that and poses it is refused", async () => {
  const none: PartialConfig = { vesc: { imu: "none" } };
  const known: PartialConfig = { ...none, "steering-curvature": 6.5 };
  const { fake, robot, steps, arm } = await start({ hasImu: false }, known);
  await steps(10);
  expect(await arm()).toBe(true);
  await steps(60, Float64Array.of(0.1, 0.3));
  const turned = fake.state[3] - fake.path[0].state[3];
  expect(turned).toBeGreaterThan(0.3);
  expect(Math.abs(robot.reading.state[3] - turned)).toBeLessThan(0.3 * turned);
  const config = completeConfig({ ...CAR, ...none });
  expect(() => robotFor(config, resolveTask(config).task)).toThrow(
    /vesc.imu is none, so nothing measures how the car turns: give steering-curvature, or a pose from outside/,
  );
});

test("a transport for questions lets nothing else through", () => {
  const inner = new BoardTransport();
  const transport = askingOnly(inner);
  const send = (...payloads: number[][]) => {
    const bytes = Buffer.concat(payloads.map((payload) => framed(payload)));
    return transport.write(bytes, bytes.length);
  };
  expect(send([0], [17], [50, 0, 0, 0, 1], [65, 1, 0])).toBe(true);
  expect(inner.takeSent().length).toBeGreaterThan(0);
  for (const command of [5, 6, 7, 8, 12, 16, 30])
    expect([command, send([50, 0, 0, 0, 1], [command, 0, 0, 0, 0])]).toEqual([command, false]);
  expect(transport.write(Uint8Array.of(1, 2, 3), 3)).toBe(false);
  expect(inner.takeSent()).toHaveLength(0);
});
