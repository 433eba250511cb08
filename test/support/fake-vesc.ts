/**
 * A VESC in virtual time on a car that follows duty and servo: its frames, its time-out, its configuration and what it
 * counts, from the documents of its firmware (docs/vesc.md).
 */
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { withinDeadZone } from "../../src/links/dead-zone.js";
import { coreFor } from "../../src/session.js";
import { uniformFrom } from "../../src/statistics.js";
import type { VirtualBoard } from "../in-the-loop/virtual-host.js";
import {
  type AppConfiguration,
  appAnswer,
  firmwareAnswer,
  framed,
  imuAnswer,
  signed,
  Unframer,
  valuesAnswer,
} from "./vesc-codec.js";

/** the plant is driven in steps of [ms] */
const SLICE_MS = 5;
/** what was sent is carried out after [ms] */
const USB_MS = 1;
const US = 1e-6;
/** Its time-out is looked after this often [µs]. */
const TIMEOUT_THREAD_US = 10_000;
/** A watchdog starts a VESC anew that hangs, after [µs]; then it is silent for some time. */
const WATCHDOG_US = 33_000;
const BOOTS_US = 300_000;
/** What duty 0, and a brake current, brake with; and what a car that rolls freely loses [m/s²]. */
const BRAKES = 3;
const ROLLS = 0.5;
/** distance per electrical revolution [m]: 2 pole pairs, a gear of 11.8, a wheel of 0.33 m around */
export const ELECTRICAL_TRAVEL = 0.014;
/** what the fake's car makes of throttle 1 and steering 1 */
const MOST_DUTY = 0.3;
/** [A] */
const MOST_CURRENT = 20;
const SERVO = { right: 0.15, centre: 0.5, left: 0.85 } as const;
/** Its gyro's bias [rad/s] and noise [rad/s], what the accelerometer is off [weights]. */
const BIAS = 0.012;
const RATE_NOISE = 0.005;
const FELT_NOISE = 0.02;
const WEIGHT = 9.81;

/** Configured as docs/vesc.md says. */
export const GOOD_APP: AppConfiguration = {
  signature: 486554156,
  timeout: 200,
  brakeCurrent: 10,
  servoOut: true,
  app: 0,
};

export interface FakeOptions {
  readonly app?: Partial<AppConfiguration>;
  readonly firmware?: readonly [number, number];
  readonly hasImu?: boolean;
  readonly seed?: number;
  /** part of the throttle at which its motor still stands */
  readonly deadZone?: number;
}

/** What a host sends, as pairs of throttle and steering in the units of the settings above. */
export class CommandsOf {
  readonly #unframer = new Unframer();
  readonly #take: (command: number[]) => void;
  #steering = 0;

  constructor(take: (command: number[]) => void) {
    this.#take = take;
  }

  push(bytes: Uint8Array): void {
    for (const [command, ...data] of this.#unframer.push(bytes)) {
      if (command === 12) this.#steering = steeringOf(signed(data) / 1000);
      if (command === 5) this.#take([signed(data) / 1e5 / MOST_DUTY, this.#steering]);
      if (command === 6) this.#take([signed(data) / 1e3 / MOST_CURRENT, this.#steering]);
      if (command === 7) this.#take([0, this.#steering]);
    }
  }
}

/** What a position of the servo is as steering. */
function steeringOf(position: number): number {
  const { left, centre, right } = SERVO;
  return (position - centre) / (position >= centre ? left - centre : centre - right);
}

/** A speed that is less by so much, either way, or 0. */
export const slowed = (v: number, by: number) => Math.max(0, v - by) + Math.min(0, v + by);

/** What was commanded of the motor. */
type Drive = { readonly kind: "duty" | "current" | "brake" | "none"; readonly value: number };

export class FakeVesc implements VirtualBoard {
  readonly #core: Core;
  readonly #random: () => number;
  readonly #options: FakeOptions;
  readonly #unframer = new Unframer();
  #receive: ((bytes: Uint8Array) => void) | undefined;
  #arrived: Uint8Array[] = [];
  #nextCheckUs = TIMEOUT_THREAD_US;
  #commandedUs = 0;
  #isTimedOut = false;
  #silentUntilUs = 0;
  #hungUs = Number.POSITIVE_INFINITY;
  #drive: Drive = { kind: "none", value: 0 };
  #servo = SERVO.centre as number;
  #way = 0;
  #allWay = 0;
  #rate = 0;
  nowUs = 0;
  app: AppConfiguration;
  /** what became wrong in the motor, by the firmware's number */
  fault = 0;
  voltage = 11.4;
  /** false: it says nothing */
  talks = true;
  /** what its frames become on their way to the host */
  line: (frame: Uint8Array) => Uint8Array = (frame) => frame;
  /** what its sensors make of yaw rate [rad/s] and speed [m/s] */
  lie: (sensed: { rate: number; speed: number }) => void = () => {};
  /** payloads that came, by their command */
  readonly counts = new Map<number, number>();
  /** times at which the motor was driven and not braked [µs] */
  readonly driven: number[] = [];
  readonly resets: number[] = [];
  readonly inputs: Float64Array;
  /** x, y, v, phi as they truly are */
  readonly state: Float64Array;
  readonly path: { readonly time: number; readonly state: Float64Array }[] = [];

  private constructor(core: Core, options: FakeOptions) {
    this.#core = core;
    this.#options = options;
    this.#random = uniformFrom(options.seed ?? 1);
    this.app = { ...GOOD_APP, ...options.app };
    this.inputs = core.view("inputs");
    this.state = core.view("plantState");
    this.put();
  }

  /** On the plant of `given`. */
  static async make(given: PartialConfig, options: FakeOptions = {}): Promise<FakeVesc> {
    const { "update-every": _, ...config } = completeConfig({ task: "car-figure8", ...given });
    const core = await coreFor(completeConfig({ ...config, window: "0:0:0" }), 1, 1, 1);
    return new FakeVesc(core, options);
  }

  /** At rest at the start of the task, carried there: its wheels do not turn. */
  put(): void {
    this.state.set(this.#core.setup.task.initialState);
    this.#core.restPlant();
  }

  /** It starts anew: it counts from 0, the motor is free, and for a moment it is silent. */
  restart(): void {
    this.resets.push(this.nowUs);
    this.#way = 0;
    this.#allWay = 0;
    this.#drive = { kind: "none", value: 0 };
    this.#arrived = [];
    this.#hungUs = Number.POSITIVE_INFINITY;
    this.#commandedUs = this.nowUs;
    this.#silentUntilUs = this.nowUs + BOOTS_US;
  }

  /** Its program stands still, with the motor as it is, until the watchdog notices. */
  async hang(): Promise<void> {
    this.#hungUs = this.nowUs;
  }

  /** It knows no hello. */
  async greet(): Promise<void> {}

  async connect(receive: (bytes: Uint8Array) => void): Promise<void> {
    this.#receive = receive;
  }

  async disconnect(): Promise<void> {
    this.#receive = undefined;
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.#arrived.push(bytes.slice());
  }

  async run(ms: number): Promise<void> {
    let left = ms;
    if (this.#arrived.length > 0 && ms > USB_MS) {
      this.#slice(USB_MS);
      left -= USB_MS;
      for (const bytes of this.#arrived.splice(0)) this.#takeAll(bytes);
    }
    const slices = Math.ceil(left / SLICE_MS);
    for (let i = 0; i < slices; i++) this.#slice(left / slices);
  }

  /** to the left, as it truly is [rad/s] */
  get rate(): number {
    return this.#rate;
  }

  get #isAwake(): boolean {
    return this.nowUs >= this.#silentUntilUs && this.#hungUs === Number.POSITIVE_INFINITY;
  }

  #slice(ms: number): void {
    this.#move(1000 * ms);
    if (this.nowUs - this.#hungUs >= WATCHDOG_US) this.restart();
    if (this.nowUs < this.#nextCheckUs || !this.#isAwake) return;
    this.#nextCheckUs = this.nowUs + TIMEOUT_THREAD_US;
    const { timeout, brakeCurrent } = this.app;
    this.#isTimedOut = timeout !== 0 && this.nowUs - this.#commandedUs > 1000 * timeout;
    if (this.#isTimedOut) this.#drive = { kind: "brake", value: brakeCurrent };
  }

  #takeAll(bytes: Uint8Array): void {
    if (!this.#isAwake) return;
    for (const payload of this.#unframer.push(bytes)) this.#take(payload);
  }

  #take([command = -1, ...data]: readonly number[]): void {
    this.counts.set(command, (this.counts.get(command) ?? 0) + 1);
    const mask = data.reduce((sum, byte) => 256 * sum + byte, 0);
    if (command === 0) this.#answer(firmwareAnswer(...(this.#options.firmware ?? [6, 2])));
    else if (command === 17) this.#answer(appAnswer(this.app));
    else if (command === 50) this.#answer(valuesAnswer(mask, this.#values()));
    else if (command === 65) this.#answer(this.#imu(mask));
    else if (command === 12) this.#servo = signed(data) / 1000;
    else if (command === 5) this.#command({ kind: "duty", value: signed(data) / 1e5 });
    else if (command === 6) this.#command({ kind: "current", value: signed(data) / 1e3 });
    else if (command === 7) this.#command({ kind: "brake", value: signed(data) / 1e3 });
    else throw new Error(`no command of ours: ${command}`);
  }

  /** Whatever commands the motor holds its time-out up. */
  #command(drive: Drive): void {
    this.#drive = this.fault === 0 ? drive : { kind: "none", value: 0 };
    this.#commandedUs = this.nowUs;
  }

  #answer(payload: readonly number[]): void {
    if (this.talks) this.#receive?.(this.line(framed(payload)));
  }

  #move(us: number): void {
    this.nowUs += us;
    const { kind, value } = this.#drive;
    const asked = kind === "duty" ? value / MOST_DUTY : kind === "current" ? value / MOST_CURRENT : 0;
    const throttle = withinDeadZone(asked, this.#options.deadZone ?? 0);
    this.inputs[0] = throttle;
    this.inputs[1] = steeringOf(this.#servo);
    const [, , v, phi] = this.state;
    if (throttle !== 0) this.driven.push(this.nowUs);
    if (throttle !== 0 || v !== 0) this.#core.drivePlant(us * US);
    // the core's plants are fitted to driving and know no rest
    const brakes = kind === "duty" || kind === "brake" ? BRAKES : ROLLS;
    if (throttle === 0) this.state[2] = slowed(v, brakes * us * US);
    this.#rate = (this.state[3] - phi) / (us * US);
    const sensed = { rate: 0, speed: this.state[2] };
    this.lie(sensed);
    // who does not run counts nothing
    const turns = this.#isAwake ? (sensed.speed * us * US * 6) / ELECTRICAL_TRAVEL : 0;
    this.#way += turns;
    this.#allWay += Math.abs(turns);
    this.path.push({ time: this.nowUs * US, state: this.state.slice() });
  }

  #values() {
    const sensed = { rate: 0, speed: this.state[2] };
    this.lie(sensed);
    return {
      duty: this.inputs[0] * MOST_DUTY,
      erpm: (60 * sensed.speed) / ELECTRICAL_TRAVEL,
      voltage: this.voltage,
      tachometer: this.#way,
      tachometerAbsolute: this.#allWay,
      fault: this.fault,
      status: this.#isTimedOut ? 1 : 0,
    };
  }

  #imu(mask: number): number[] {
    if (this.#options.hasImu === false) return imuAnswer(mask, [0, 0, 0], [0, 0, 0]);
    const sensed = { rate: this.#rate, speed: this.state[2] };
    this.lie(sensed);
    const noise = (deviation: number) => deviation * (2 * this.#random() - 1) * Math.sqrt(3);
    const rate = sensed.rate + BIAS + noise(RATE_NOISE);
    const felt = [0, (this.state[2] * this.#rate) / WEIGHT, 1].map((value) => value + noise(FELT_NOISE));
    return imuAnswer(mask, felt, [0, 0, (180 / Math.PI) * rate]);
  }
}
