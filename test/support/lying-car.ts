/**
 * A car whose sensors lie from some moment on, and the control loop that drives it, in virtual time without bytes. Its
 * plant moves truly; what is reported of it is made from what wheel and gyro, or a localisation, would measure.
 */
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { RunConfig } from "../../src/config/schema.js";
import type { Core } from "../../src/core/core.js";
import { newMotion } from "../../src/estimation/motion.js";
import type { Fault, FoundFault } from "../../src/links/faults.js";
import { PlanarRobot } from "../../src/links/planar-robot.js";
import { isCommand, RobotPhase } from "../../src/links/robot.js";
import { pilotCore } from "../../src/runtime/control.js";
import { ControlLoop } from "../../src/runtime/control-loop.js";
import { GateCheck } from "../../src/runtime/gate-check.js";
import type { ControlHost } from "../../src/runtime/host.js";
import { OutsidePoses } from "../../src/runtime/outside-poses.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { layoutFor, RecordKind, Ring } from "../../src/runtime/records.js";
import { type DriveLog, RobotLink } from "../../src/runtime/robot-link.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { trackOf } from "../../src/runtime/track.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { algorithm1 } from "../../src/training/algorithm1.js";
import { trainingFor } from "../../src/training/training.js";
import { randomNumbers } from "./cores.js";
import { OutsideView, type View } from "./outside-view.js";
import { ERRORS } from "./sensed-drive.js";

/** What the sensors of a car measure at a control step, as far as they do. */
export interface Measured {
  /** forward since the step before [m], speed [m/s], yaw rate [rad/s]: wheel and gyro */
  distance: number;
  speed: number;
  rate: number;
  /** [V] */
  battery: number;
  /** of a localisation [m], [rad] */
  x: number;
  y: number;
  heading: number;
  /** how old all of it is, and does not say [control steps] */
  delay: number;
}

/** A lie: changes what is measured; `held` is what was measured when it began. */
export type Lie = (measured: Measured, held: Measured) => void;

const GYRO_END = (1000 * Math.PI) / 180;
const LONGEST_DELAY = 32;

/** Every lie that a sensor on the car is to be caught at, by name. */
export const lies: Readonly<Record<string, Lie>> = {
  "gyro saturated": (m) => (m.rate = GYRO_END),
  "gyro saturated at ±250 °/s": (m) => (m.rate = 0.25 * GYRO_END),
  "gyro frozen": (m, held) => (m.rate = held.rate),
  "gyro asleep": (m) => (m.rate = 0),
  "gyro halved": (m) => (m.rate *= 0.5),
  "gyro doubled": (m) => (m.rate *= 2),
  "gyro reversed": (m) => (m.rate *= -1),
  "encoder frozen": (m, held) => wheel(m, held.speed / m.speed, held.speed),
  "encoder asleep": (m) => wheel(m, 0, 0),
  "encoder halved": (m) => wheel(m, 0.5, 0.5 * m.speed),
  "encoder doubled": (m) => wheel(m, 2, 2 * m.speed),
  "encoder reversed": (m) => wheel(m, -1, -m.speed),
  "battery lost": (m) => (m.battery = Number.NaN),
  "all of it 0.3 s late": (m) => (m.delay = 15),
};

/** Lies of a localisation. */
export const poseLies: Readonly<Record<string, Lie>> = {
  "pose frozen": (m, held) => {
    m.x = held.x;
    m.y = held.y;
    m.heading = held.heading;
  },
  "x and y swapped": (m) => ([m.x, m.y] = [m.y, m.x]),
  "heading mirrored": (m) => (m.heading = -m.heading),
  "pose 0.3 s late": (m) => (m.delay = 15),
};

function wheel(m: Measured, factor: number, speed: number): void {
  m.distance = Number.isFinite(factor) ? m.distance * factor : 0;
  m.speed = speed;
}

export interface LyingCarOptions {
  readonly plant: string;
  /** `wheel`: dead reckoning by wheel and gyro; `pose`: a localisation; `outside`: those, and poses from outside */
  readonly by: "wheel" | "pose" | "outside";
  /** what looks from outside; undefined: something with the errors of {@link ERRORS} */
  readonly view?: View;
  readonly accelerometer?: boolean;
  /** neither wheel nor localisation has noise */
  readonly isPerfect?: boolean;
  /** standard deviation of positions [m] */
  readonly noise: number;
  readonly seed: number;
}

/** Noise of the gyro [rad/s], of the wheel's speed [m/s], of a heading [rad], of the accelerometer [m/s²]. */
const GYRO_NOISE = 0.01;
const WHEEL_NOISE = 0.01;
const HEADING_NOISE = 0.003;
const LATERAL_NOISE = 0.5;
/** A motor at neutral brakes with [m/s²]: the plants are fitted to driving and know no rest. */
const NEUTRAL_BRAKE = 3;
/** Least difference of yaw rates and of speeds as the board sends them. */
const RATE_STEP = 0.001;
const SPEED_STEP = 0.001;

export class LyingCar extends PlanarRobot {
  lie: Lie | undefined;
  /** x, y, v, phi as they truly are */
  readonly state: Float64Array;
  readonly #core: Core;
  readonly #options: LyingCarOptions;
  readonly #inputs: Float64Array;
  readonly #past: Measured[] = [];
  readonly #random: () => number;
  #held: Measured | undefined;
  readonly view: View | undefined;
  #now = 0;

  private constructor(core: Core, options: LyingCarOptions) {
    super({ outside: options.by === "outside" });
    this.phase = RobotPhase.ready;
    this.#core = core;
    this.#options = options;
    this.state = core.view("plantState");
    this.#inputs = core.view("inputs");
    this.#random = randomNumbers(options.seed);
    this.view = options.by === "outside" ? (options.view ?? new OutsideView(ERRORS, options.seed)) : undefined;
    if (options.by !== "pose") this.reading.yawRange = GYRO_END;
    this.put();
  }

  static async make(config: RunConfig, options: LyingCarOptions): Promise<LyingCar> {
    const { "update-every": _, ...given } = config;
    const own = completeConfig({ ...given, link: "sim", plant: options.plant, window: "0:0:0" } as PartialConfig);
    return new LyingCar(await coreFor(own, 1, 1, 1), options);
  }

  /** At rest at the start of the task. */
  put(): void {
    this.state.set(this.#core.setup.task.initialState);
    this.#core.restPlant();
    this.#inputs.fill(0);
  }

  receive(now: number): void {
    const seconds = now - this.#now;
    this.#now = now;
    if (!(seconds > 0)) return;
    const [x = 0, y = 0, v = 0, phi = 0] = this.state;
    const isNeutral = this.#inputs.every((input) => input === 0);
    if (!isNeutral || v !== 0) this.#core.drivePlant(seconds);
    if (isNeutral) this.state[2] = Math.max(0, v - NEUTRAL_BRAKE * seconds);
    const [nextX = 0, nextY = 0, next = 0, nextPhi = 0] = this.state;
    const middle = 0.5 * (phi + nextPhi);
    const moved = (nextX - x) * Math.cos(middle) + (nextY - y) * Math.sin(middle);
    const rate = (nextPhi - phi) / seconds;
    this.view?.see(now, this.state);
    this.#measure(seconds, moved, next, rate);
  }

  #measure(seconds: number, moved: number, v: number, rate: number): void {
    const { noise, isPerfect } = this.#options;
    const part = isPerfect ? 0 : 1;
    const isMoving = v > 0.02;
    this.#past.push({
      distance: moved,
      speed: isMoving ? rounded(v + part * WHEEL_NOISE * this.#gauss(), SPEED_STEP) : 0,
      rate: rounded(rate + GYRO_NOISE * this.#gauss(), RATE_STEP),
      battery: 7.8,
      x: this.state[0] + noise * this.#gauss(),
      y: this.state[1] + noise * this.#gauss(),
      heading: this.state[3] + part * HEADING_NOISE * this.#gauss(),
      delay: 0,
    });
    if (this.#past.length > LONGEST_DELAY) this.#past.shift();
    const newest = { ...(this.#past.at(-1) as Measured) };
    const held = this.#held ?? newest;
    if (this.lie) {
      this.#held = held;
      this.lie(newest, held);
    }
    const late = newest.delay === 0 ? newest : (this.#past.at(-1 - newest.delay) ?? (this.#past[0] as Measured));
    this.#report(late, newest.battery, seconds);
    if (this.#options.accelerometer) this.reading.lateralAcceleration = v * rate + LATERAL_NOISE * this.#gauss();
  }

  override get placeable(): boolean {
    return this.#options.by === "wheel";
  }

  #report(measured: Measured, battery: number, seconds: number): void {
    const { reading, estimator } = this;
    if (this.#options.by !== "pose") {
      // a car that is seen from outside has sensors that are a little wrong
      const scale = this.view ? 1 / (1 + ERRORS.travel) : 1;
      const distance = scale * measured.distance;
      const speed = scale * measured.speed;
      const rate = measured.rate + (this.view ? ERRORS.bias : 0);
      estimator.move({ ...newMotion(), time: this.#now, seconds, distance, turn: rate * seconds, speed, rate });
      reading.yawRate = rate;
    } else estimator.adopt(measured.x, measured.y, measured.speed, measured.heading, 0);
    reading.battery = battery;
    reading.heard = this.#now;
    this.updateReading(this.#now);
  }

  send(_now: number, input: Float64Array): void {
    const follows = this.phase === RobotPhase.armed && isCommand(input);
    this.#inputs.set(follows ? input : this.neutral);
    this.reading.applied.set(this.#inputs);
  }

  arm(): void {
    this.phase = RobotPhase.armed;
  }

  disarm(): void {
    this.phase = RobotPhase.ready;
    this.#inputs.fill(0);
  }

  /** About normal: the sum of four uniform numbers, of variance 1. */
  #gauss(): number {
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += this.#random();
    return sum * Math.sqrt(3 / 4);
  }
}

function rounded(value: number, step: number): number {
  return step * Math.round(value / step);
}

/** The loop around a lying car. `onStep` is called after every step. */
export class LyingHost implements LieHost {
  readonly shared: Shared;
  readonly ring: Ring;
  readonly car: LyingCar;
  readonly gates: GateCheck;
  readonly #loop: ControlLoop;
  readonly #period: number;
  now = 0;
  #runs = true;
  onStep: (now: number) => void = () => {};

  private constructor(config: RunConfig, pilot: Core, car: LyingCar) {
    const { task } = pilot.setup;
    const layout = layoutFor(task);
    this.car = car;
    this.shared = new Shared(pilot.parameterCount());
    this.ring = new Ring(layout);
    const track = trackOf(pilot);
    const settings = { ...config, heartbeatWithin: Number.POSITIVE_INFINITY };
    this.gates = new GateCheck(car, settings, task, track);
    const poses = car.view && new OutsidePoses(car.view);
    this.#loop = new ControlLoop(pilot, car, this.gates, this.shared, this.ring, layout, poses);
    this.#period = config["control-period"];
  }

  static async make(config: RunConfig, options: LyingCarOptions): Promise<LyingHost> {
    return new LyingHost(config, await pilotCore(config), await LyingCar.make(config, options));
  }

  async start(): Promise<void> {}
  async pause(): Promise<void> {
    this.now += this.#period;
    this.#runs = this.#loop.step(this.now, false);
    await this.car.view?.look?.();
    this.onStep(this.now);
  }
  async end(): Promise<void> {
    this.shared.give(Order.quit);
    while (this.#runs) await this.pause();
  }
  note(): undefined {}
  summary(): undefined {}
}

export interface LieResult {
  /** what stopped it; undefined: nothing within the laps */
  readonly fault: Fault | undefined;
  /** from the lie's beginning, or from the drive's if nothing lied, to the stop [s] */
  readonly seconds: number;
  /** farthest true distance from the track until the stop, and until it stood [m] */
  readonly untilStop: number;
  readonly untilRest: number;
  readonly laps: number;
}

export interface Trial extends LyingCarOptions {
  readonly laps: number;
  /** when the lie begins after the start of the drive [s]; undefined: never */
  readonly lie?: { readonly name?: string; readonly at: number; readonly tell: Lie };
  readonly given?: PartialConfig;
  readonly watch?: (host: LyingHost) => void;
  /** the drive is recorded in this folder */
  readonly drives?: string;
  /** drives another car than this file's, by bytes perhaps */
  readonly makeHost?: (config: RunConfig) => Promise<LieHost>;
}

/** What drives a car that is lied to; `onStep` is called after every step. */
export interface LieHost extends ControlHost {
  readonly car: { lie: Lie | undefined; readonly state: Float64Array; put(): void };
  onStep: (now: number) => void;
}

/** Trains on a lying car for so many laps, or until something stops it. */
export async function tryLie(trial: Trial): Promise<LieResult> {
  const { laps, lie, given = {}, seed, watch, drives } = trial;
  const config = completeConfig({
    link: trial.by === "pose" ? "ros2" : "serial",
    seed,
    "update-every": "lap",
    rollouts: laps,
    "max-uncertainty": 1e3,
    ...given,
  } as PartialConfig);
  const training = await trainingFor(config);
  initialisePolicy(training.core, seed);
  const host = await (trial.makeHost?.(config) ?? LyingHost.make(config, trial));
  const track = trackOf(training.core);
  let fault: FoundFault | undefined;
  let began = Number.NaN;
  let stopped = Number.NaN;
  let untilStop = 0;
  let untilRest = 0;
  const recorder = drives === undefined ? undefined : new Recorder(drives);
  const log: DriveLog = {
    failure: undefined,
    begin: async (core, startTime) => recorder?.begin(core, startTime),
    end: async () => recorder?.end(),
    take: (row) => {
      if (row[0] === RecordKind.fault) fault = { fault: row[2], value: row[3], limit: row[4] };
      recorder?.take(row);
    },
  };
  host.onStep = (now) => {
    const state = host.shared.runtimeState;
    if (state === RuntimeState.driving && Number.isNaN(began)) began = now;
    if (lie && now - began >= lie.at) host.car.lie = lie.tell;
    if (Number.isNaN(began)) return;
    if (state === RuntimeState.stopping && Number.isNaN(stopped)) stopped = now;
    const away = distanceTo(track, host.car.state);
    if (Number.isNaN(stopped)) untilStop = Math.max(untilStop, away);
    untilRest = Math.max(untilRest, away);
    if (host instanceof LyingHost) watch?.(host);
  };
  const confirm = async () => {
    host.car.put();
    return true;
  };
  const operator = { signal: new AbortController().signal, say: () => {}, confirm, takeHeartbeat: () => true };
  const link = new RobotLink(host, config, operator, log);
  await link.open();
  let driven = 0;
  for await (const event of algorithm1(training, link, 0, config.rollouts)) if (event.kind === "rollout") driven++;
  await link.stop();
  await link.close();
  const from = lie ? began + lie.at : began;
  return { fault: fault?.fault, seconds: stopped - from, untilStop, untilRest, laps: driven };
}

/** Of a place from a track of points x, y [m]. */
export function distanceTo(track: Float64Array, [x = 0, y = 0]: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < track.length; i += 2) least = Math.min(least, Math.hypot(x - track[i], y - track[i + 1]));
  return least;
}
