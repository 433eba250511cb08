/**
 * A car with a PCA9685 in virtual time: the helpers that run on a robot over chips that are registers
 * (pca9685-virtual.py), a plant that their outputs drive, and somebody who looks at it from outside.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { withinDeadZone } from "../../src/links/dead-zone.js";
import type { ChipSettings } from "../../src/links/pca9685/settings.js";
import { HelperFrameReader, HelperOrder } from "../../src/links/wire/pca9685.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import { coreFor } from "../../src/session.js";
import type { VirtualBoard } from "../in-the-loop/virtual-host.js";
import { slowed } from "./fake-vesc.js";
import { type BoardName, chipsOf } from "./pca9685-stops.js";

/** What must be told of the fake's car. */
export const PCA_CAR: PartialConfig = { link: "pca9685", pose: "udp", pca9685: { stop: "multiplexer" } };

/** the plant is driven in slices of [µs] */
const SLICE_US = 5000;
const US = 1e-6;
/** What neutral brakes with [m/s²]: an ESC that brakes a little. */
const BRAKES = 3;
/** A pulse is steps of 5 µs long: so near to its middle is the middle. */
const NEAR = 0.02;
/** They answer within a millisecond, where the machine is busy within a second [ms]. */
const ANSWERS_WITHIN = 60_000;
/** A pose is of this long ago [s]. */
const POSE_AGE = 0.005;

/** What a host sends, as pairs of throttle and steering. */
export class HelperCommandsOf {
  readonly #reader: HelperFrameReader;
  #bytes = new Uint8Array();

  constructor(take: (command: number[]) => void) {
    this.#reader = new HelperFrameReader((kind) => {
      const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
      const isDrive = kind === HelperOrder.drive;
      take(isDrive ? [view.getInt16(4, true) / 1e4, view.getInt16(6, true) / 1e4] : [0, 0]);
    });
  }

  /** Whole frames, as they were written. */
  push(bytes: Uint8Array): void {
    for (let i = 0; i + 10 <= bytes.length; i += 10) {
      this.#bytes = bytes.slice(i, i + 10);
      this.#reader.push(this.#bytes, 10);
    }
  }
}

const open = new Set<FakePca9685>();

/** The helpers of all of them end. */
export function closeFakes(): void {
  for (const fake of [...open]) fake.close();
}

type Event = readonly [name: "drive" | "guard" | "power" | "bus", until: number] | readonly ["start", ChipSettings];

export class FakePca9685 implements VirtualBoard {
  readonly #core: Core;
  readonly #child: ChildProcess;
  readonly #orders: number;
  readonly #answers: number;
  readonly #events: Event[] = [];
  #arrived: string[] = [];
  #receive: ((bytes: Uint8Array) => void) | undefined;
  #polled = Number.NEGATIVE_INFINITY;
  nowUs = 0;
  /** what a pose says of the truth; undefined: there is none */
  see: (pose: Float64Array) => Float64Array | undefined = (pose) => pose;
  /** a fault schedule's lie, which a car without sensors cannot tell */
  lie = () => {};
  /** times at which the motor was driven [µs] */
  readonly driven: number[] = [];
  readonly inputs: Float64Array;
  /** x, y, v, phi as they truly are */
  readonly state: Float64Array;
  readonly chips: ChipSettings;
  /** part of the throttle at which its motor still stands */
  deadZone = 0;

  private constructor(core: Core, board: BoardName) {
    this.#core = core;
    this.inputs = core.view("inputs");
    this.state = core.view("plantState");
    this.chips = chipsOf(board);
    const folder = mkdtempSync(join(tmpdir(), "lapgrad-pca9685-"));
    const paths = ["orders", "answers"].map((name) => join(folder, name));
    execFileSync("mkfifo", paths);
    const programs = ["test/support/pca9685-virtual.py", "build/assets/links/pca9685/helper.py"];
    const words = [...programs, JSON.stringify(this.chips), ...paths];
    this.#child = spawn("python3", words, { stdio: ["ignore", "inherit", "inherit"] });
    this.#child.unref();
    open.add(this);
    this.#orders = openSync(paths[0] ?? "", "w");
    this.#answers = openSync(paths[1] ?? "", constants.O_RDONLY | constants.O_NONBLOCK);
    rmSync(folder, { recursive: true });
    this.put();
  }

  /** On the plant of `given`. */
  static async make(given: PartialConfig, board: BoardName = "jetracer"): Promise<FakePca9685> {
    const { "update-every": _, ...config } = completeConfig({ task: "car-figure8", ...given });
    const core = await coreFor(completeConfig({ ...config, window: "0:0:0" }), 1, 1, 1);
    return new FakePca9685(core, board);
  }

  /** Its helpers end. */
  close(): void {
    if (!open.delete(this)) return;
    closeSync(this.#orders);
    closeSync(this.#answers);
    this.#child.kill("SIGKILL");
  }

  put(): void {
    this.state.set(this.#core.setup.task.initialState);
    this.#core.restPlant();
  }

  /** One of its processes stands still for a duration [s]. */
  suspend(who: "drive" | "guard", seconds: number): void {
    this.#events.push([who, this.nowUs + 1e6 * seconds]);
  }

  /** The driver stands still; the guard finds it. */
  async hang(): Promise<void> {
    this.suspend("drive", 0.3);
  }

  async greet(): Promise<void> {}

  /** The chips lose their power for a moment. */
  restart(): void {
    this.#events.push(["power", 0]);
  }

  /** Other helpers, which were told this of the car; undefined: the truth. */
  startHelpers(chips = this.chips): void {
    this.#events.push(["start", chips]);
  }

  /** Nothing answers on the bus, or again. */
  breakBus(isBroken: boolean): void {
    this.#events.push(["bus", isBroken ? 0 : 1]);
  }

  async connect(receive: (bytes: Uint8Array) => void): Promise<void> {
    this.#receive = receive;
  }

  async disconnect(): Promise<void> {
    this.#receive = undefined;
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#receive) this.#arrived.push(Buffer.from(bytes).toString("hex"));
  }

  async run(ms: number): Promise<void> {
    const count = Math.max(1, Math.round((1000 * ms) / SLICE_US));
    const us = (1000 * ms) / count;
    const slices = Array.from({ length: count }, (_, i) => [
      us,
      i === 0 ? this.#arrived.splice(0).join("") : "",
      i === 0 ? this.#events.splice(0) : [],
    ]);
    for (const [sent, throttle, steering] of this.#ask(slices)) {
      this.#move(us, throttle ?? 0, steering ?? 0);
      if (sent !== "") this.#receive?.(Buffer.from(sent, "hex"));
    }
  }

  /** As a source of poses: the newest one, once. */
  poll(into: Float64Array): boolean {
    const seconds = this.nowUs * US;
    if (seconds <= this.#polled) return false;
    this.#polled = seconds;
    const [x = 0, y = 0, v = 0, phi = 0] = this.state;
    const back = POSE_AGE * v;
    const pose = this.see(
      Float64Array.of(seconds - POSE_AGE, seconds, x - back * Math.cos(phi), y - back * Math.sin(phi), phi),
    );
    if (pose) for (let i = 0; i < PoseEntry.count; i++) into[i] = pose[i];
    return pose !== undefined;
  }

  #ask(slices: object): [string, number | null, number | null][] {
    writeSync(this.#orders, `${JSON.stringify(slices)}\n`);
    let line = "";
    const bytes = new Uint8Array(4096);
    const began = performance.now();
    // who slept would wait for a busy machine's processor
    while (!line.endsWith("\n")) {
      line += Buffer.from(bytes.subarray(0, this.#read(bytes))).toString();
      if (performance.now() - began > ANSWERS_WITHIN) throw new Error("the helpers do not answer");
    }
    return JSON.parse(line);
  }

  /** How many bytes have come; 0 also before the helpers have opened their end. */
  #read(into: Uint8Array): number {
    try {
      return readSync(this.#answers, into, 0, into.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
      throw error;
    }
  }

  #move(us: number, pulled: number, steering: number): void {
    this.nowUs += us;
    const throttle = withinDeadZone(Math.abs(pulled) < NEAR ? 0 : pulled, this.deadZone);
    this.inputs[0] = throttle;
    this.inputs[1] = steering;
    if (throttle !== 0) this.driven.push(this.nowUs);
    if (throttle !== 0 || this.state[2] !== 0) this.#core.drivePlant(us * US);
    // the core's plants are fitted to driving and know no rest
    if (throttle === 0) this.state[2] = slowed(this.state[2], BRAKES * us * US);
  }
}
