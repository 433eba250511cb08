/** What the contracts of links and robots are given: a harness per link, in virtual time. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import type { Core } from "../../src/core/core.js";
import type { Fault } from "../../src/links/faults.js";
import type { Link } from "../../src/links/link.js";
import { links, robotFor } from "../../src/links/links.js";
import { type Robot, RobotPhase } from "../../src/links/robot.js";
import { setTiming, timingOf } from "../../src/recording/timing.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { roomFor } from "../../src/training/collect.js";
import { BoardTransport, type VirtualBoard } from "../in-the-loop/virtual-host.js";
import { Captured } from "../support/runs.js";

/** control period [s] */
export const PERIOD = 0.02;

/** A port whose system may fail too. */
export class FaultyTransport extends BoardTransport {
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

/** A robot, and what it is connected with. */
export interface RunningRobot {
  readonly robot: Robot;
  /** undefined: it has no transport */
  readonly port: FaultyTransport | undefined;
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

/** How a link's robot is tested by itself. */
export interface RobotHarness {
  start(): Promise<RunningRobot>;
  /** most of each input */
  readonly limits: readonly [number, number];
  /** a gentle drive forward to the left */
  readonly gentle: readonly [number, number];
  /** smallest step of an input on the wire */
  readonly resolution: number;
  /** how well it measures: v [m/s], yaw [rad] and position [m] over such a drive of 0.6 s */
  readonly accuracy: { readonly v: number; readonly yaw: number; readonly position: number };
  /** the fault of a robot that stops by itself when it hears nothing, and wants to be armed again; none: it does not */
  readonly stopsWith: Fault;
  /** its state counts from where it is placed */
  readonly placeable: boolean;
  /** it hears and speaks by bytes, which may be damaged */
  readonly hasTransport: boolean;
  /** its estimator says how sure it is, though it is not placed; undefined: only what is placed says it */
  readonly isFiltered?: boolean;
  /** it says nothing unasked, so that it is asked where it is only heard too */
  readonly isAsked?: boolean;
}

/** One control step. */
export async function step(harness: RunningRobot, input: ArrayLike<number> = [0, 0]): Promise<void> {
  await harness.pass(PERIOD);
  harness.robot.receive(harness.now());
  harness.robot.send(harness.now(), Float64Array.from(input));
  await harness.flush();
}

/** The same command for a duration [s]. */
export async function drive(harness: RunningRobot, seconds: number, input?: ArrayLike<number>): Promise<void> {
  for (let i = 0; i < Math.round(seconds / PERIOD); i++) await step(harness, input);
}

/** Steps until it measures and is ready; a gyro needs more than a second to find its bias. */
export async function getReady(harness: RunningRobot): Promise<void> {
  const { robot } = harness;
  for (let i = 0; i < 250 && !(robot.phase === RobotPhase.ready && Number.isFinite(robot.reading.time)); i++)
    await step(harness);
  if (robot.phase !== RobotPhase.ready) throw new Error(`its phase is ${RobotPhase[robot.phase]}, not ready`);
}

export async function getArmed(harness: RunningRobot): Promise<void> {
  await getReady(harness);
  harness.robot.arm(harness.now());
  for (let i = 0; i < 50 && harness.robot.phase !== RobotPhase.armed; i++) await step(harness);
  if (harness.robot.phase !== RobotPhase.armed) throw new Error("it could not be armed");
}

/** The robot of a configuration on a board that lives in virtual time. */
export function onBoard(
  given: PartialConfig,
  board: VirtualBoard,
  run: (ms: number) => Promise<void>,
  decode: (bytes: Uint8Array) => void,
): Pick<RunningRobot, "now" | "silence" | "pass" | "flush"> & { robot: Robot; port: FaultyTransport } {
  const config = completeConfig(given);
  const port = new FaultyTransport();
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

/** Segments that a rollout has room for. */
export const ROOM = 30;

export interface Drive {
  readonly core: Core;
  readonly link: Link;
  /** speed as it truly is [m/s]; undefined where nothing drives on by itself */
  readonly speed: (() => number) | undefined;
  /** carries the robot back to the start, where the operator does not do so when asked whether it may drive */
  readonly carryBack?: () => Promise<void>;
}

export async function coreOf(given: PartialConfig) {
  const config = completeConfig({ hidden: [8], "update-every": "lap", seed: 1, ...given });
  const core = await coreFor(config, 2, ROOM, roomFor(config, 2, ROOM).steps);
  setTiming(core, timingOf(config));
  initialisePolicy(core, config.seed);
  core.view("states").set(core.setup.task.initialState);
  core.view("counts").fill(0);
  return { config, core };
}

export function contextOf(core: Core, folder: string) {
  return {
    permission: { arm: true, deadMan: false },
    output: new Captured(),
    signal: new AbortController().signal,
    stop: () => {},
    drives: join(folder, "drives"),
    parameters: core.parameterCount(),
  };
}

/** How a link is tested by what it leaves in the core. */
export interface DriveHarness {
  readonly task: string;
  /** settings, or a start, that make it leave its limits within a second or two */
  readonly leaves: { readonly given: PartialConfig; readonly start?: readonly number[]; readonly words: RegExp };
  /** A link that is open, and a core whose rollout 0 begins at the task's start. */
  open(given: PartialConfig, folder: string): Promise<Drive>;
}

/** What the contracts need to know of a link: the default export of harnesses/<name of the link>.ts. */
export interface LinkHarness {
  /** `test`, or what skips it where something is missing */
  readonly test: (name: string, run: () => Promise<void>) => void;
  readonly robot: RobotHarness;
  readonly drives: DriveHarness;
}

/** The harnesses of all registered links by name; of one that has none, an error that says what to write. */
export async function harnesses(): Promise<Map<string, LinkHarness | Error>> {
  const found = new Map<string, LinkHarness | Error>();
  // one after the other: Jest does not link modules that several imports ask for at once
  for (const name of Object.keys(links)) {
    if (existsSync(new URL(`harnesses/${name}.js`, import.meta.url)))
      found.set(name, ((await import(`./harnesses/${name}.js`)) as { default: LinkHarness }).default);
    else found.set(name, new Error(`link ${name} has no harness: write test/links/harnesses/${name}.ts`));
  }
  return found;
}
