/** All robots in virtual time, each with what the contract asks of its surroundings. */
import { test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { robotFor } from "../../src/links/links.js";
import { type Robot, RobotPhase } from "../../src/links/robot.js";
import { CommandSlot } from "../../src/links/ros2/record.js";
import { FrameReader } from "../../src/links/wire/frames.js";
import { FrameType, newDrive, readDrive } from "../../src/links/wire/protocol.js";
import { atmega, startBoard } from "../in-the-loop/boards.js";
import { SimulatedCar, WHEEL_TRAVEL } from "../in-the-loop/car.js";
import { BoardTransport, type VirtualBoard } from "../in-the-loop/virtual-host.js";
import { FakeWaveshare } from "../support/fake-waveshare.js";
import { SIMULATED_LIMITS, SimulatedRobot } from "../support/simulated-robot.js";
import { VirtualNode } from "./ros2/host.js";

/** control period [s] */
export const PERIOD = 0.02;

/** A port whose system may fail too. */
export class FaultyPort extends BoardTransport {
  /** what reading answers in place of a count */
  nonsense: number | undefined;
  refuses = false;

  override read(into: Uint8Array): number {
    if (this.nonsense === undefined) return super.read(into);
    into.fill(0x55);
    return this.nonsense;
  }

  override write(bytes: Uint8Array, count: number): boolean {
    return !this.refuses && super.write(bytes, count);
  }
}

/** A robot in its surroundings. */
export interface Harness {
  readonly robot: Robot;
  /** undefined: it has no line */
  readonly port: FaultyPort | undefined;
  /** x, y, v, phi as they truly are */
  readonly truth: Float64Array;
  /** commands that left for the robot, oldest first */
  readonly commands: number[][];
  now(): number;
  /** nothing reaches the host any more, or again */
  silence(isSilent: boolean): void;
  /** time passes [s] */
  pass(seconds: number): Promise<void>;
  /** what the robot wants to send goes out */
  flush(): Promise<void>;
  /** its board starts anew; undefined: it has none */
  readonly restart: (() => Promise<void>) | undefined;
}

export interface Kind {
  readonly name: string;
  /** `test`, or what skips it where something is missing */
  readonly test: (name: string, run: () => Promise<void>) => void;
  start(): Promise<Harness>;
  /** most of each input */
  readonly limits: readonly [number, number];
  /** a gentle drive forward to the left */
  readonly gentle: readonly [number, number];
  /** smallest step of an input on the wire */
  readonly resolution: number;
  /** how well it measures: v [m/s], yaw [rad] and position [m] over such a drive of 0.6 s */
  readonly accuracy: { readonly v: number; readonly yaw: number; readonly position: number };
  /** a board that stops by itself when it hears nothing, and wants to be armed again */
  readonly rearms: boolean;
  /** its state counts from where it is placed */
  readonly placeable: boolean;
  /** it hears and speaks by bytes, which may be damaged */
  readonly hasLine: boolean;
}

/** One control step. */
export async function step(harness: Harness, input: ArrayLike<number> = [0, 0]): Promise<void> {
  await harness.pass(PERIOD);
  harness.robot.receive(harness.now());
  harness.robot.send(harness.now(), Float64Array.from(input));
  await harness.flush();
}

/** The same command for a duration [s]. */
export async function drive(harness: Harness, seconds: number, input?: ArrayLike<number>): Promise<void> {
  for (let i = 0; i < Math.round(seconds / PERIOD); i++) await step(harness, input);
}

/** Steps until it measures and is ready; a gyro needs more than a second to find its bias. */
export async function getReady(harness: Harness): Promise<void> {
  const { robot } = harness;
  for (let i = 0; i < 250 && !(robot.phase === RobotPhase.ready && Number.isFinite(robot.reading.time)); i++)
    await step(harness);
  if (robot.phase !== RobotPhase.ready) throw new Error(`its phase is ${RobotPhase[robot.phase]}, not ready`);
}

export async function getArmed(harness: Harness): Promise<void> {
  await getReady(harness);
  harness.robot.arm(harness.now());
  for (let i = 0; i < 50 && harness.robot.phase !== RobotPhase.armed; i++) await step(harness);
  if (harness.robot.phase !== RobotPhase.armed) throw new Error("it could not be armed");
}

/** The robot of a configuration on a board that lives in virtual time. */
function onBoard(
  given: PartialConfig,
  board: VirtualBoard,
  run: (ms: number) => Promise<void>,
  decode: (bytes: Uint8Array) => void,
): Pick<Harness, "now" | "silence" | "pass" | "flush"> & { robot: Robot; port: FaultyPort } {
  const config = completeConfig(given);
  const port = new FaultyPort();
  const robot = robotFor(config, resolveTask(config).task)?.make(port, 1);
  if (!robot) throw new Error(`link ${config.link} has no robot`);
  return {
    robot,
    port,
    now: () => board.nowUs / 1e6,
    silence: (isSilent) => {
      port.tamperIn = (bytes) => (isSilent ? new Uint8Array() : bytes);
    },
    pass: (seconds) => run(1000 * seconds),
    flush: async () => {
      const bytes = port.takeSent();
      decode(bytes);
      if (bytes.length > 0) await board.send(bytes);
    },
  };
}

const simulated: Kind = {
  name: "the plant itself",
  test,
  limits: SIMULATED_LIMITS,
  gentle: [0.5, 0.4],
  resolution: 0,
  accuracy: { v: 1e-9, yaw: 1e-9, position: 0.005 }, // the plant goes along tangents
  rearms: false,
  placeable: true,
  hasLine: false,
  start: async () => {
    const robot = await SimulatedRobot.make();
    let time = 0;
    return {
      robot,
      port: undefined,
      truth: robot.state,
      commands: robot.commands,
      now: () => time,
      silence: (isSilent) => {
        robot.isSilent = isSilent;
      },
      pass: async (seconds) => {
        time += seconds;
      },
      flush: async () => {},
      restart: undefined,
    };
  },
};

const serial: Kind = {
  name: "serial",
  test: atmega.test,
  limits: [1, 1],
  gentle: [0.06, 0.1],
  resolution: 1e-4,
  // ticks of 5 mm whose period is measured, a telemetry of 20 ms that is a step old, a gyro sampled every 10 ms
  accuracy: { v: 0.05, yaw: 0.05, position: 0.04 },
  rearms: true,
  placeable: true,
  hasLine: true,
  start: async () => {
    const { board } = await startBoard();
    await board.disconnect(); // from the test's own host
    await board.run(1300); // in one go: the gyro finds its bias
    const car = await SimulatedCar.make(board, {});
    const commands: number[][] = [];
    const sent = newDrive();
    const reader = new FrameReader((type, _, payload) => {
      if (type !== FrameType.drive) return;
      readDrive(payload, 0, sent);
      commands.push([sent.throttle, sent.steering]);
    });
    const given: PartialConfig = { link: "serial", "wheel-travel": WHEEL_TRAVEL };
    const parts = onBoard(
      given,
      board,
      (ms) => car.run(ms),
      (bytes) => reader.push(bytes),
    );
    await board.connect(parts.port.arrive);
    const restart = async () => {
      await board.order("HANG"); // until the watchdog, 0.12 s later
    };
    return { ...parts, truth: car.state, commands, restart };
  },
};

const waveshare: Kind = {
  name: "waveshare",
  test,
  limits: [2, 32.767],
  gentle: [0.5, 0.4],
  resolution: 1e-3,
  // millimetres and thousandths of a radian, averaged over 0.1 s, up to 20 ms old
  accuracy: { v: 0.03, yaw: 0.03, position: 0.03 },
  rearms: false,
  placeable: true,
  hasLine: true,
  start: async () => {
    const fake = await FakeWaveshare.make({});
    const given: PartialConfig = { link: "waveshare", task: "quadruped-figure8", "max-speed": 2 };
    const commands: number[][] = [];
    const parts = onBoard(
      given,
      fake,
      (ms) => fake.run(ms),
      () => {},
    );
    await fake.connect(parts.port.arrive);
    const flush = async () => {
      const before = fake.commands.length;
      await parts.flush();
      for (const [x = 0, y = 0, yaw = 0] of fake.commands.slice(before)) {
        if (x !== y) throw new Error(`the kit's own node says the speed twice; got ${x} and ${y}`);
        commands.push([x / 1000, yaw / 1000]);
      }
    };
    return { ...parts, flush, truth: fake.state, commands, restart: async () => fake.restart() };
  },
};

const ros2: Kind = {
  name: "ros2",
  test,
  limits: [1, 1],
  gentle: [0.06, 0.1],
  resolution: 0,
  accuracy: { v: 0.02, yaw: 0.02, position: 0.01 }, // a state that is 10 ms old and carried forward
  rearms: false,
  placeable: false,
  hasLine: false,
  start: async () => {
    const config = completeConfig({ link: "ros2" });
    const node = new VirtualNode();
    const plant = await node.startPlant(config);
    node.start(config);
    const robot = robotFor(config, resolveTask(config).task)?.make(node, 1);
    if (!robot) throw new Error("link ros2 has no robot");
    const commands: number[][] = [];
    const dataOf = (topic: string) => node.graph.last<{ data: number }>(topic)?.data ?? Number.NaN;
    node.commanded = (row) => {
      const follows = row[CommandSlot.follows] === 1; // otherwise nothing is published
      commands.push(follows ? [dataOf("/jetracer/throttle"), dataOf("/jetracer/steering")] : [0, 0]);
    };
    return {
      robot,
      port: undefined,
      truth: plant.state,
      commands,
      now: () => node.now,
      silence: (isSilent) => {
        node.isSilent = isSilent;
      },
      pass: async (seconds) => node.pass(seconds),
      flush: async () => {},
      restart: undefined,
    };
  },
};

export const kinds: readonly Kind[] = [simulated, serial, waveshare, ros2];
