/**
 * Somebody with a car on the table, in virtual time: pushes and turns it as `lapgrad setup` asks, says what the wheels
 * did, and perhaps presses Ctrl-C. The cars are those of the other tests, wired or scaled wrongly.
 */
import { wrapAngle } from "../../src/angles.js";
import trainCommand from "../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig, readConfig } from "../../src/config/config.js";
import { pca9685SettingsFrom } from "../../src/links/pca9685/settings.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import { coreFor } from "../../src/session.js";
import { type KindName, setupKinds } from "../../src/setup/kinds.js";
import type { Person, SetupHost } from "../../src/setup/rig.js";
import { type StepResult, setUp } from "../../src/setup/setup.js";
import { type StepName, stepsOf } from "../../src/setup/steps/steps.js";
import { SimulatedCar, WHEEL_TRAVEL } from "../in-the-loop/car.js";
import { linkTo } from "../in-the-loop/robot.js";
import type { SimulatedBoard } from "../in-the-loop/simulated-board.js";
import { type VirtualBoard, VirtualHost } from "../in-the-loop/virtual-host.js";
import { FakePca9685, PCA_CAR } from "./fake-pca9685.js";
import { ELECTRICAL_TRAVEL, type FakeOptions, FakeVesc } from "./fake-vesc.js";
import { Captured, metricsOf } from "./runs.js";

/** What is wrong with a car itself; what is wrong of it in a configuration is not here. */
export interface Wrong {
  /** part of the throttle at which its motor still stands; 0.99: it never turns */
  readonly deadZone?: number;
  /** what its gyro, or the heading of its poses, and its wheel make of the truth, at a time [s] */
  readonly gyro?: number;
  readonly wheel?: number | ((seconds: number) => number);
  /** how long a push takes until somebody says that it is done [s] */
  readonly pushLasts?: number;
  /** its front wheels never move */
  readonly isServoDead?: boolean;
  readonly vesc?: FakeOptions;
  /** what comes of its line */
  readonly line?: "silent" | "foreign";
  /** its cable comes off at this time [s] */
  readonly cutAt?: number;
  /** what poses from outside say of its heading: turned round, or of the world seen in a mirror */
  readonly poses?: "turned" | "mirrored";
}

/** A wrong car, and the configuration with which its set-up begins. */
export interface WrongCar {
  readonly given: PartialConfig;
  readonly wrong: Wrong;
}

/** A car that can be opened again and again. */
interface TableCar {
  readonly board: VirtualBoard;
  /** what lets time pass */
  readonly clock: Pick<VirtualBoard, "run">;
  readonly state: Float64Array;
  readonly inputs: Float64Array;
  put(): void;
  /** before a host is opened */
  begin(host: VirtualHost, settings: PartialConfig): void;
}

/** What a hand does to a car's sensors. */
interface Hand {
  speed: number;
  rate: number;
}

export const RIGHT: Readonly<Record<KindName, PartialConfig>> = {
  serial: { link: "serial", device: "/dev/ttyUSB0", "wheel-travel": WHEEL_TRAVEL },
  vesc: { link: "vesc", device: "/dev/ttyACM0", "wheel-travel": ELECTRICAL_TRAVEL },
  pca9685: { ...PCA_CAR, pca9685: { board: "jetracer", stop: "multiplexer" } },
};

/** What a pose says. */
function seen(pose: Float64Array, { line, poses }: Wrong): Float64Array | undefined {
  if (line === "silent") return undefined;
  if (poses === "turned") pose[PoseEntry.heading] = wrapAngle(pose[PoseEntry.heading] + Math.PI);
  if (poses === "mirrored") for (const entry of [PoseEntry.y, PoseEntry.heading]) pose[entry] *= -1;
  return pose;
}

/** Makes the car of a kind; `board`: of kind serial. */
async function carOf(kind: KindName, wrong: Wrong, hand: Hand, board: SimulatedBoard | undefined): Promise<TableCar> {
  const { gyro = 1, wheel = 1, deadZone = 0 } = wrong;
  const scaleOf = (us: number) => (typeof wheel === "number" ? wheel : wheel(us / 1e6));
  if (kind === "vesc") {
    const fake = await FakeVesc.make({}, { ...wrong.vesc, deadZone });
    if (wrong.line === "silent") fake.talks = false;
    if (wrong.line === "foreign") fake.line = foreign;
    fake.lie = (sensed) => {
      if (fake.nowUs > 1e6 * (wrong.cutAt ?? Number.POSITIVE_INFINITY)) fake.talks = false;
      sensed.speed = (sensed.speed + hand.speed) * scaleOf(fake.nowUs);
      sensed.rate = (sensed.rate + hand.rate) * gyro;
    };
    return { board: fake, clock: fake, state: fake.state, inputs: fake.inputs, put: () => fake.put(), begin: () => {} };
  }
  if (kind === "pca9685") {
    const fake = await FakePca9685.make({});
    fake.deadZone = deadZone;
    fake.see = (pose) => seen(pose, wrong);
    const begin = (host: VirtualHost, settings: PartialConfig) => {
      host.poses = fake;
      fake.startHelpers(pca9685SettingsFrom(completeConfig(settings)).chips);
    };
    return { board: fake, clock: fake, state: fake.state, inputs: fake.inputs, put: () => fake.put(), begin };
  }
  if (!board) throw new Error("a simulated board is needed");
  const car = await SimulatedCar.make(board, {});
  car.deadZone = deadZone;
  car.lie = (sensed) => {
    sensed.speed = (sensed.speed + hand.speed) * scaleOf(board.nowUs);
    sensed.rate = (sensed.rate + hand.rate) * gyro;
  };
  const port: VirtualBoard = {
    get nowUs() {
      return board.nowUs;
    },
    connect: (receive) => board.connect((bytes) => hear(bytes, wrong, receive)),
    disconnect: () => board.disconnect(),
    send: (bytes) => board.send(bytes),
    run: (ms) => board.run(ms),
  };
  return { board: port, clock: car, state: car.state, inputs: car.inputs, put: () => car.put(), begin: () => {} };
}

/** Bytes of a line as they come, if they do. */
function hear(bytes: Uint8Array, { line }: Wrong, receive: (bytes: Uint8Array) => void): void {
  if (line !== "silent") receive(line === "foreign" ? foreign(bytes) : bytes);
}

const foreign = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x55);

/** Of hosts: no two say the same hello. */
let starts = 0;

/** How a hand pushes [m/s], and turns [rad/s]. */
const PUSH = 0.5;
const TURN = Math.PI / 4;

export interface Newcomer {
  readonly results: readonly StepResult[];
  /** what is in the file afterwards */
  readonly config: PartialConfig;
  /** throttle that acts at the end, and speed [m/s] */
  readonly throttle: number;
  readonly speed: number;
  /** virtual time that it took [s] */
  readonly seconds: number;
}

/** Sets a car up. `stopsAt`: Ctrl-C is pressed at this virtual time after the beginning [s]. */
export async function setUpCar(
  kind: KindName,
  steps: readonly StepName[],
  path: string,
  given: PartialConfig = {},
  wrong: Wrong = {},
  { board, stopsAt = Number.POSITIVE_INFINITY }: { readonly board?: SimulatedBoard; readonly stopsAt?: number } = {},
): Promise<Newcomer> {
  const hand: Hand = { speed: 0, rate: 0 };
  const car = await carOf(kind, wrong, hand, board);
  const length = 2;
  const controller = new AbortController();
  const began = car.board.nowUs;
  const now = () => (car.board.nowUs - began) / 1e6;
  let [seenSpeed, seenSteering] = [0, 0];
  let due: { readonly at: number; readonly done: () => void } | undefined;
  const hostFor: SetupHost = async (config, listens) => {
    const parameters = (await coreFor(config, 1, 1)).parameterCount();
    const host = new VirtualHost(config, car.board, car.clock, parameters, ++starts);
    host.listens = listens;
    host.moves = !listens;
    car.begin(host, config);
    host.before = () => {
      if (Math.abs(car.state[2]) > Math.abs(seenSpeed)) seenSpeed = car.state[2];
      if (Math.abs(car.inputs[1]) > Math.abs(seenSteering)) seenSteering = car.inputs[1];
      if (now() >= stopsAt) controller.abort();
      if (due && (now() >= due.at || controller.signal.aborted)) due.done();
      return undefined;
    };
    return host;
  };
  /** Does something with the car for a duration [s]. */
  const handle = async (speed: number, rate: number, seconds: number) => {
    Object.assign(hand, { speed, rate });
    await new Promise<void>((done) => {
      due = { at: now() + seconds, done };
    });
    due = undefined;
    Object.assign(hand, { speed: 0, rate: 0 });
  };
  const person: Person = {
    signal: controller.signal,
    say: () => {},
    confirm: async (question, cancel) => {
      cancel?.addEventListener("abort", () => due?.done());
      if (question.includes("push it straight")) await handle(PUSH, 0, wrong.pushLasts ?? length / PUSH);
      else if (question.includes("quarter turn")) await handle(0, TURN, 2);
      else car.put();
      [seenSpeed, seenSteering] = [0, 0];
      return !controller.signal.aborted;
    },
    choose: async (_question, answers) => {
      const speed = Math.abs(seenSpeed) > 0.01 ? seenSpeed : 0;
      const way = wrong.isServoDead || Math.abs(seenSteering) < 0.1 ? 0 : seenSteering;
      [seenSpeed, seenSteering] = [0, 0];
      const [one, other] = Object.keys(answers);
      const saw = "f" in answers ? speed : way;
      return saw > 0 ? one : saw < 0 ? other : "n";
    },
  };
  const results: StepResult[] = [];
  const settings = { ...RIGHT[kind], ...given };
  const plan = { kind, steps, path, settings, length, date: "2026-12-01" };
  await setUp(plan, hostFor, person, (result) => results.push(result));
  return {
    results,
    config: await readConfig(path),
    throttle: car.inputs[0],
    speed: car.state[2],
    seconds: now(),
  };
}

/** All steps of a kind, but the latency of poses, which nobody's hand moves here. */
export const stepsFor = (kind: KindName): readonly StepName[] => stepsOf(setupKinds[kind], false);

/** Settings of the same name put over each other. */
const over = (base: PartialConfig, more: PartialConfig): PartialConfig =>
  Object.fromEntries(
    Object.entries({ ...base, ...more }).map(([name, value]) => {
      const before = base[name as keyof PartialConfig];
      const isMap = typeof before === "object" && typeof value === "object" && !Array.isArray(value);
      return [name, isMap ? { ...(before as object), ...value } : value];
    }),
  );

/** Of each kind what says directions, and a centre that is off by a part of the way to one side. */
const SERVO: Readonly<Record<KindName, (settings: object) => PartialConfig>> = {
  serial: (settings) => ({ servo: settings }),
  vesc: (settings) => ({ vesc: settings }),
  pca9685: (settings) => over(RIGHT.pca9685, { pca9685: settings }),
};
const CENTRES: Readonly<Record<KindName, readonly [names: readonly string[], positions: readonly number[]]>> = {
  serial: [
    ["steeringMin", "steeringCentre", "steeringMax"],
    [1000, 1500, 2000],
  ],
  vesc: [
    ["servoMin", "servoCentre", "servoMax"],
    [0.15, 0.5, 0.85],
  ],
  pca9685: [
    ["steeringMin", "steeringCentre", "steeringMax"],
    [1013, 1500, 1987],
  ],
};
/** The part by which a centre is off. */
const OFF = 0.15;

/** Wrong cars of a kind by name; `right` is how the last one is configured rightly. */
export function wrongs(kind: KindName): Readonly<Record<string, WrongCar>> {
  const { hasSensors } = setupKinds[kind];
  const settings = SERVO[kind];
  const [names, positions] = CENTRES[kind];
  const shift = OFF * (positions[2] - positions[1]);
  const unit = kind === "vesc" ? 1e-4 : 1;
  const centre = Object.fromEntries(names.map((name, i) => [name, unit * Math.round((positions[i] + shift) / unit)]));
  const isLeftShort = kind === "pca9685"; // its boards' default
  const motor = { throttleReversed: true };
  const steering = { steeringReversed: !isLeftShort };
  const travel: PartialConfig = hasSensors ? { "wheel-travel": 1.3 * (RIGHT[kind]["wheel-travel"] ?? 0) } : {};
  const all = over(settings({ ...motor, ...steering, ...centre }), travel);
  const truth: Wrong = { deadZone: 0.1, ...(kind === "vesc" && { gyro: -1 }) };
  const told = { deadZone: 0.1, ...(kind === "vesc" && { gyroReversed: true }) };
  const given = settings({});
  return {
    "nothing is wrong": { given, wrong: {} },
    "motor reversed": { given: settings(motor), wrong: {} },
    "steering reversed": { given: settings(steering), wrong: {} },
    "motor and steering reversed": { given: settings({ ...motor, ...steering }), wrong: {} },
    "steering centre off by 15 %": { given: settings(centre), wrong: {} },
    "dead zone of 0.1": { given, wrong: { deadZone: 0.1 } },
    ...(hasSensors && {
      "travel off by 30 %": { given: over(given, travel), wrong: {} },
      "gyro upside down": { given, wrong: { gyro: -1 } },
      "gyro dead": { given, wrong: { gyro: 0 } },
      "encoder dead": { given, wrong: { wheel: 0 } },
      "encoder backwards": { given, wrong: { wheel: -1 } },
      "floor that slopes": { given, wrong: { wheel: (s: number) => 1 + 0.4 * Math.sin(5 * s) } },
    }),
    ...(kind === "pca9685" && {
      "channels exchanged": { given: settings({ steeringChannel: 1, throttleChannel: 0 }), wrong: {} },
      "tag turned round": { given, wrong: { poses: "turned" as const } },
      "poses mirrored": { given, wrong: { poses: "mirrored" as const } },
    }),
    "motor dead": { given, wrong: { deadZone: 0.99 } },
    "steering servo dead": { given, wrong: { isServoDead: true } },
    "nothing at the other end": { given, wrong: { line: "silent" as const } },
    ...(hasSensors && { "another device at the port": { given, wrong: { line: "foreign" as const } } }),
    ...(kind === "vesc" && {
      "firmware too old": { given, wrong: { vesc: { firmware: [5, 3] as const } } },
      "time-out of 1000 ms": { given, wrong: { vesc: { app: { timeout: 1000 } } } },
    }),
    "everything that can be set right": { given: all, wrong: truth },
    right: { given: over(settings(told), { "steering-curvature": 6.5 }), wrong: truth },
  };
}

/** Of the plant that is set up: curvature at full steering [1/m], and the steering at which it drives straight. */
const CURVATURE = 6.5;
export const TRIM = 0.1 / CURVATURE;

/** What a configuration says of a car that is not so, within what a set-up can tell. */
export function faultsOf(kind: KindName, config: PartialConfig, { wrong }: Pick<WrongCar, "wrong">): string[] {
  const { hasSensors } = setupKinds[kind];
  const found: Readonly<Record<string, unknown>> = (kind === "serial" ? config.servo : config[kind]) ?? {};
  const [names, positions] = CENTRES[kind];
  const isLeftShort = kind === "pca9685";
  const half = positions[2] - positions[1];
  const near = (value: unknown, truth: number, by: number) => Math.abs(Number(value) - truth) <= by;
  const checks: Readonly<Record<string, boolean>> = {
    "throttle's direction": found.throttleReversed !== true,
    "steering's direction": (found.steeringReversed ?? isLeftShort) === isLeftShort,
    "steering's centre": near(found[names[1]], positions[1] + (isLeftShort ? 1 : -1) * half * TRIM, 0.02 * half),
    "dead zone": near(found.deadZone, wrong.deadZone ?? 0, 0.021),
    curvature: near(config["steering-curvature"], CURVATURE, 0.05 * CURVATURE),
    ...(hasSensors && {
      travel: near(config["wheel-travel"], RIGHT[kind]["wheel-travel"] ?? 0, 0.02 * (RIGHT[kind]["wheel-travel"] ?? 0)),
    }),
    ...(kind === "vesc" && { "gyro's direction": (found.gyroReversed === true) === (wrong.gyro ?? 1) < 0 }),
  };
  return Object.keys(checks).filter((name) => !checks[name]);
}

/** Trains with settings on a car; costs of the windows. */
export async function trainCar(
  kind: KindName,
  out: string,
  settings: PartialConfig,
  wrong: Wrong,
  board?: SimulatedBoard,
): Promise<number[]> {
  const car = await carOf(kind, wrong, { speed: 0, rate: 0 }, board);
  await trainCommand.run({ given: settings, out }, new Captured(), async (config, context) => {
    const host = new VirtualHost(config, car.board, car.clock, context.parameters, ++starts);
    car.begin(host, config);
    return linkTo(host, config, context, () => car.put());
  });
  return (await metricsOf(out)).map(({ windowCost }) => windowCost);
}
