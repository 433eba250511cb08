/** A gamepad's dead man's button, stop button and sticks, from the kernel's records to the control step. */
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { Fault } from "../../src/links/faults.js";
import { RobotPhase } from "../../src/links/robot.js";
import { pilotCore } from "../../src/runtime/control.js";
import { ControlLoop } from "../../src/runtime/control-loop.js";
import { Gamepad } from "../../src/runtime/gamepad.js";
import { closeGamepad, openGamepad } from "../../src/runtime/gamepad-device.js";
import { GateCheck } from "../../src/runtime/gate-check.js";
import { HandDriver } from "../../src/runtime/hand-driver.js";
import { handedOver } from "../../src/runtime/handover.js";
import { ListeningLoop } from "../../src/runtime/listening-loop.js";
import { HEAD, layoutFor, RecordKind, Ring } from "../../src/runtime/records.js";
import { GamepadSign, Order, Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { FakeGamepad, record } from "../support/fake-gamepad.js";
import { ScriptedRobot } from "../support/scripted-robot.js";

const DT = 0.02;
const [HOLD, STOP, BEGIN, THROTTLE, STEERING] = [5, 1, 7, 1, 3];
const MAP = { hold: HOLD, stop: STOP, begin: BEGIN, throttle: THROTTLE, steering: STEERING, maxThrottle: 0.5 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-gamepad-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Plugged in, opened, and nothing pressed. */
function plugged(first: readonly Uint8Array[] = []) {
  const fake = new FakeGamepad(folder);
  const port = openGamepad({ gamepad: fake.path, "gamepad-map": MAP });
  if (!port) throw new Error("none was opened");
  fake.plugIn();
  fake.send(...first);
  const gamepad = new Gamepad(port.descriptor, port.mapping);
  gamepad.poll();
  return { fake, gamepad, port };
}

test("held, let go, stopped, and where its sticks are", () => {
  const { fake, gamepad, port } = plugged();
  expect(gamepad).toMatchObject({ isHeld: false, isLost: false, isStopped: false, throttle: 0, steering: 0 });
  fake.press(HOLD);
  fake.move(THROTTLE, -32767);
  fake.move(STEERING, 16384);
  fake.press(2);
  gamepad.poll();
  expect(gamepad).toMatchObject({ isHeld: true, throttle: 0.5 });
  expect(gamepad.steering).toBeCloseTo(-0.5, 3);
  fake.move(THROTTLE, 2000); // let go, not quite in the middle
  fake.press(HOLD, false);
  gamepad.poll();
  expect(gamepad).toMatchObject({ isHeld: false, throttle: 0, isStopped: false });
  fake.press(STOP);
  fake.press(STOP, false);
  gamepad.poll();
  expect(gamepad.isStopped).toBe(true);
  closeGamepad(port);
});

test("a drive begins by its button only while the other one is held", () => {
  const { fake, gamepad } = plugged();
  fake.press(BEGIN);
  gamepad.poll();
  expect(gamepad.takeBegin()).toBe(false);
  fake.press(BEGIN, false);
  fake.press(HOLD);
  fake.press(BEGIN);
  gamepad.poll();
  expect([gamepad.takeBegin(), gamepad.takeBegin()]).toStrictEqual([true, false]);
});

test("a button that is held when it is opened permits nothing; a stop that is pressed then stops", () => {
  const { fake, gamepad } = plugged([record(0x81, HOLD, 1), record(0x81, STOP, 1)]);
  expect(gamepad).toMatchObject({ isHeld: false, isStopped: true });
  fake.press(HOLD, false);
  fake.press(HOLD);
  gamepad.poll();
  expect(gamepad.isHeld).toBe(true);
  // how things stand after records were lost
  fake.send(record(0x81, HOLD, 1));
  gamepad.poll();
  expect(gamepad.isHeld).toBe(true);
  fake.send(record(0x81, HOLD, 0));
  gamepad.poll();
  expect(gamepad.isHeld).toBe(false);
});

test("a record that comes in two pieces is one", () => {
  const { fake, gamepad } = plugged();
  const bytes = record(1, HOLD, 1);
  fake.send(bytes.subarray(0, 5));
  gamepad.poll();
  expect([gamepad.isHeld, gamepad.isLost]).toStrictEqual([false, false]);
  fake.send(bytes.subarray(5), bytes);
  gamepad.poll();
  expect(gamepad.isHeld).toBe(true);
});

test.each([
  ["unplugged", (fake: FakeGamepad) => fake.unplug()],
  ["no gamepad: records of another kind", (fake: FakeGamepad) => fake.send(record(4, 0, 1))],
])("%s: lost for good, and not held", (_, happens) => {
  const { fake, gamepad } = plugged();
  fake.press(HOLD);
  fake.move(THROTTLE, -32767);
  gamepad.poll();
  expect(gamepad.isHeld).toBe(true);
  happens(fake);
  gamepad.poll();
  expect(gamepad).toMatchObject({ isLost: true, isHeld: false, throttle: 0, steering: 0 });
});

test("what the kernel answers for a device that is gone, an error, is lost too; a whole file of records ends", () => {
  const directory = openSync(folder, "r");
  const gone = new Gamepad(directory, { ...MAP, throttleReversed: false, steeringReversed: false });
  gone.poll();
  expect(gone.isLost).toBe(true);
  closeSync(directory);
  const path = join(folder, "records");
  writeFileSync(path, Buffer.concat([record(1, HOLD, 1), record(2, STEERING, -32767)]));
  const port = openGamepad({ gamepad: path, "gamepad-map": { ...MAP, steeringReversed: true } });
  if (!port) throw new Error("none was opened");
  const gamepad = new Gamepad(port.descriptor, port.mapping);
  gamepad.poll();
  expect(gamepad).toMatchObject({ isHeld: true, steering: -1, isLost: false });
  gamepad.poll();
  expect(gamepad).toMatchObject({ isHeld: false, isLost: true });
});

/** A computer with gamepads of these names. */
function computerWith(...gamepads: readonly string[]) {
  const at = join(folder, gamepads.join("-") || "none");
  const folders = { devices: join(at, "input"), names: join(at, "class") };
  mkdirSync(folders.devices, { recursive: true });
  writeFileSync(join(folders.devices, "mouse0"), "");
  gamepads.forEach((name, i) => {
    writeFileSync(join(folders.devices, `js${i}`), "");
    mkdirSync(join(folders.names, `js${i}`, "device"), { recursive: true });
    writeFileSync(join(folders.names, `js${i}`, "device", "name"), `${name}\n`);
  });
  return folders;
}

test("the only one there is, with the buttons that are known of it", () => {
  const port = openGamepad({ gamepad: "true", "gamepad-map": {} }, computerWith("Microsoft X-Box 360 pad"));
  expect(port?.mapping).toStrictEqual({
    hold: 5,
    stop: 1,
    begin: 7,
    throttle: 1,
    steering: 3,
    throttleReversed: false,
    steeringReversed: false,
    maxThrottle: 0.2,
  });
  const other = { gamepad: "true", "gamepad-map": { hold: 4, maxThrottle: 0.3 } };
  const playStation = openGamepad(other, computerWith("Sony Interactive Entertainment Wireless Controller"));
  expect(playStation?.mapping).toMatchObject({ hold: 4, begin: 9, maxThrottle: 0.3 });
  expect(openGamepad({ gamepad: "", "gamepad-map": {} }, computerWith())).toBeUndefined();
});

test.each([
  [[], {}, /^there is no gamepad in .*: plug it in/],
  [["Microsoft X-Box 360 pad", "ShanWan Pad"], {}, /^which gamepad\? There are .*js0 \(Microsoft.*js1 \(ShanWan Pad\)/],
  [
    ["Stick"],
    { hold: 1 },
    /^the buttons of .*js0 \(Stick\) are not known: lapgrad setup gamepad .*--gamepad-map hold=5,stop=1/,
  ],
  [["Logitech Gamepad F710"], { stop: 5 }, /^gamepad-map has hold 5, stop 5, .* must differ/],
])("%j with %j is refused", (names, map, words) => {
  const opens = () => openGamepad({ gamepad: "true", "gamepad-map": map }, computerWith(...names));
  expect(opens).toThrow(words);
});

test("one that is not there, or may not be read, is refused with what to do", () => {
  const config = { gamepad: join(folder, "js900"), "gamepad-map": MAP };
  expect(() => openGamepad(config)).toThrow(/^cannot open the gamepad .*js900 \(ENOENT\): .*paired and switched on/);
  writeFileSync(config.gamepad, "", { mode: 0 });
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    expect(() => openGamepad(config)).toThrow(/^cannot open the gamepad .*js900 \(EACCES\): .*usermod -aG input/);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

/** A control loop with a gamepad. */
async function bench() {
  const config = completeConfig({ hidden: [4], link: "serial" });
  const core = await pilotCore(config);
  core.view("parameters").fill(0);
  const robot = new ScriptedRobot();
  const shared = new Shared(core.parameterCount());
  shared.start.set([0, 0, 0, Math.PI / 2]);
  shared.giveParameters(core.view("parameters"), handedOver(core));
  const settings = { ...config, heartbeatWithin: Number.POSITIVE_INFINITY };
  const gates = new GateCheck(robot, settings, carFigure8, new Float64Array(0));
  const layout = layoutFor(carFigure8);
  const ring = new Ring(layout);
  const { fake, gamepad } = plugged();
  const loop = new ControlLoop(core, robot, gates, shared, ring, layout, undefined, gamepad);
  let now = 100;
  const steps = (count: number, pause = DT) => {
    for (let i = 0; i < count; i++) {
      now += pause;
      shared.mainHeartbeat = now;
      loop.step(now, false);
    }
    return robot.sent.slice(-count).map(({ input }) => [...input]);
  };
  const drive = () => {
    shared.give(Order.arm);
    steps(3);
    shared.give(Order.drive);
    steps(5);
    expect(RuntimeState[shared.runtimeState]).toBe("driving");
    expect(robot.sent.at(-1)?.input[0]).toBeGreaterThan(0);
  };
  const faults = () => {
    const found: string[] = [];
    ring.drain(([kind, , fault]) => {
      if (kind === RecordKind.fault) found.push(Fault[fault]);
    });
    return found;
  };
  return { robot, shared, fake, steps, drive, faults };
}

test("letting go is neutral at the next control step, and stays so until it is armed again", async () => {
  const { shared, fake, steps, drive, faults, robot } = await bench();
  fake.press(HOLD);
  steps(1);
  drive();
  fake.press(HOLD, false);
  expect(steps(1)).toStrictEqual([[0, 0]]);
  expect(faults()).toStrictEqual(["gamepadReleased"]);
  fake.press(HOLD);
  for (const command of steps(50)) expect(command).toStrictEqual([0, 0]);
  expect([RuntimeState[shared.runtimeState], RobotPhase[robot.phase]]).toStrictEqual(["fault", "ready"]);
  drive();
});

test.each([
  ["unplugged", (fake: FakeGamepad) => fake.unplug(), "gamepadLost"],
  ["stop pressed", (fake: FakeGamepad) => fake.press(STOP), "operatorStop"],
])("%s: neutral at the next control step, for good", async (_, happens, fault) => {
  const { shared, fake, steps, drive, faults } = await bench();
  fake.press(HOLD);
  steps(1);
  drive();
  happens(fake);
  expect(steps(1)).toStrictEqual([[0, 0]]);
  expect(faults()).toStrictEqual([fault]);
  steps(50);
  shared.give(Order.arm);
  for (const command of steps(50)) expect(command).toStrictEqual([0, 0]);
});

test("armed without its button being held it does not drive", async () => {
  const { shared, steps, faults } = await bench();
  shared.give(Order.arm);
  for (const command of steps(20)) expect(command).toStrictEqual([0, 0]);
  expect(faults()).toStrictEqual(["gamepadReleased"]);
});

test("its sticks place a robot that drives nothing, where that is allowed and while it is held", async () => {
  const { robot, shared, fake, steps, drive, faults } = await bench();
  fake.press(HOLD);
  fake.move(THROTTLE, -32767);
  for (const command of steps(5)) expect(command).toStrictEqual([0, 0]);
  expect(RobotPhase[robot.phase]).toBe("ready");
  shared.isHandDriving = true;
  expect(steps(5).at(-1)).toStrictEqual([0.5, 0]);
  fake.press(HOLD, false);
  expect(steps(1)).toStrictEqual([[0, 0]]);
  expect(RobotPhase[robot.phase]).toBe("ready");
  fake.press(HOLD);
  expect(steps(5).at(-1)).toStrictEqual([0.5, 0]);
  // a loop that was late gives neutral until the button is pressed anew
  for (const command of steps(1, 0.3)) expect(command).toStrictEqual([0, 0]);
  expect(steps(5).at(-1)).toStrictEqual([0, 0]);
  fake.press(HOLD, false);
  steps(1);
  fake.press(HOLD);
  expect(steps(5).at(-1)).toStrictEqual([0.5, 0]);
  // so does a robot that left by itself
  robot.phase = RobotPhase.ready;
  expect(steps(5)).toStrictEqual(Array(5).fill([0, 0]));
  fake.press(HOLD, false);
  steps(1);
  fake.press(HOLD);
  fake.press(BEGIN);
  steps(1);
  expect([shared.takeGamepadSign(), shared.takeGamepadSign()]).toStrictEqual([GamepadSign.begin, GamepadSign.none]);
  shared.isHandDriving = false;
  expect(steps(1)).toStrictEqual([[0, 0]]);
  drive();
  expect(faults()).toStrictEqual([]);
  fake.unplug();
  steps(1);
  expect([shared.takeGamepadSign(), shared.takeGamepadSign()]).toStrictEqual([GamepadSign.lost, GamepadSign.lost]);
});

test("while a recording is written its sticks drive, and what they said is recorded", () => {
  const { fake, gamepad } = plugged();
  const robot = new ScriptedRobot();
  const shared = new Shared(0);
  const layout = layoutFor(carFigure8);
  const ring = new Ring(layout);
  const loop = new ListeningLoop(robot, shared, ring, undefined, new HandDriver(robot, gamepad, DT));
  let now = 100;
  const steps = (count: number) => {
    let goesOn = true;
    for (let i = 0; i < count; i++) {
      now += DT;
      goesOn = loop.step(now, false);
    }
    return goesOn;
  };
  steps(3);
  fake.press(HOLD);
  fake.move(THROTTLE, -32767);
  fake.move(STEERING, -32767);
  steps(5);
  expect(robot.sent.at(-1)?.input).toStrictEqual([0.5, 1]);
  const inputs: number[][] = [];
  ring.drain((row) => {
    if (row[0] === RecordKind.reading) inputs.push([...row.subarray(HEAD + 4, HEAD + 6)]);
  });
  expect(inputs[0]).toStrictEqual([0, 0]);
  expect(inputs.at(-1)).toStrictEqual([0.5, 1]);
  fake.press(STOP);
  steps(1);
  expect([shared.stoppedFor, robot.sent.at(-1)?.input]).toStrictEqual([Fault.operatorStop, [0, 0]]);
  expect(RobotPhase[robot.phase]).toBe("ready");
  shared.give(Order.quit);
  expect(steps(1)).toBe(false);
});

/** Who drives by hand, and what stops them: the state of the robot, and its fault, value and limit. */
const BY_HAND = [
  ["outside the geofence", [2.5, 0, 0.5, 0], Fault.geofence, 0.5, 0],
  ["too fast", [0, 0, 3.5, 0], Fault.speed, 3.5, 3],
  ["with a state that is no number", [0, 0, Number.NaN, 0], Fault.notFinite, Number.NaN, Number.NaN],
] as const;
test.each(BY_HAND)("while a recording is written a robot %s is stopped for good", (_, state, fault, value, limit) => {
  const { fake, gamepad } = plugged();
  const robot = new ScriptedRobot();
  const shared = new Shared(0);
  const ring = new Ring(layoutFor(carFigure8));
  const config = completeConfig({ geofence: [-2, 2, -2, 2], "max-speed": 3 });
  const gates = new GateCheck(robot, { ...config, heartbeatWithin: 1 }, carFigure8, new Float64Array());
  const loop = new ListeningLoop(robot, shared, ring, undefined, new HandDriver(robot, gamepad, DT), gates);
  let now = 100;
  const steps = (count: number) => {
    for (let i = 0; i < count; i++) {
      now += DT;
      shared.mainHeartbeat = now;
      loop.step(now, false);
    }
    return robot.sent.at(-1)?.input;
  };
  const faults: number[][] = [];
  fake.press(HOLD);
  fake.move(THROTTLE, -32767);
  expect(steps(5)).toStrictEqual([0.5, 0]);
  robot.reading.state.set(state);
  expect(steps(1)).toStrictEqual([0, 0]);
  robot.reading.state.fill(0);
  fake.press(HOLD, false);
  steps(1);
  fake.press(HOLD);
  expect(steps(5)).toStrictEqual([0, 0]);
  ring.drain(([kind, , ...numbers]) => {
    if (kind === RecordKind.fault) faults.push(numbers.slice(0, 3));
  });
  expect(faults).toEqual([[fault, value, limit]]);
  expect(shared.stoppedFor).toBe(fault);
});

test("while a recording is written a program that hangs gives neutral", () => {
  const { fake, gamepad } = plugged();
  const robot = new ScriptedRobot();
  const shared = new Shared(0);
  const gates = new GateCheck(robot, { ...completeConfig({}), heartbeatWithin: 1 }, carFigure8, new Float64Array());
  const hand = new HandDriver(robot, gamepad, DT);
  const loop = new ListeningLoop(robot, shared, new Ring(layoutFor(carFigure8)), undefined, hand, gates);
  shared.mainHeartbeat = 100;
  fake.press(HOLD);
  fake.move(THROTTLE, -32767);
  const driven: number[] = [];
  for (let now = 100; now < 103; now += DT) {
    loop.step(now, false);
    if (robot.sent.at(-1)?.input[0] !== 0) driven.push(now);
  }
  expect(driven.at(-1)).toBeCloseTo(102, 1);
  expect(shared.stoppedFor).toBe(Fault.mainThread);
});
