/** Robots that `lapgrad setup` knows: how each link says what the steps find. Another link is one more entry. */
import type { PartialConfig } from "../config/config.js";
import { VESC_SERVO } from "../config/robot-settings.js";
import type { RunConfig } from "../config/schema.js";
import { steeringOf } from "../links/pca9685/settings.js";
import { servoFrom } from "../links/serial/servo.js";
import { ConfigFlag } from "../links/wire/protocol.js";

/** What else must be known of a robot, and somebody can choose. */
export interface SetupChoice {
  readonly question: string;
  /** each answer, with what it means for people */
  readonly answers: Readonly<Record<string, string>>;
  /** the answer that is in the settings already */
  given(settings: PartialConfig): string | undefined;
  changes(settings: PartialConfig, answer: string): PartialConfig;
  /** how it is said without a question */
  readonly option: string;
}

export interface SetupKind {
  readonly describe: string;
  /** it is at a serial port */
  readonly hasPort: boolean;
  /** it measures its wheel and its turns by itself; otherwise poses from outside do */
  readonly hasSensors: boolean;
  readonly choices: readonly SetupChoice[];
  /** what its wheel counts, and where the count comes from, in words */
  readonly counts: string;
  readonly counter: string;
  /** the count turns round with the motor's direction */
  readonly countsWithMotor: boolean;
  /** Why nothing measures how it turns, and what to do; undefined: something does. */
  turnless(config: RunConfig): string | undefined;
  /** Why no step may move it as it is set up; undefined: it may. */
  unmovable(config: RunConfig): string | undefined;
  /** The motor runs the other way round. */
  turnMotor(config: RunConfig): PartialConfig;
  turnSteering(config: RunConfig): PartialConfig;
  /** The gyro counts turns to the left below 0; a text: what to do, where no setting helps. */
  turnGyro(config: RunConfig): PartialConfig | string;
  /** Throttle begins to turn the motor at `zone`, part of the range. */
  deadZone(config: RunConfig, zone: number): PartialConfig;
  /** The wheels are straight at this steering, -1 to 1 as it is set up now; a text: why that cannot be set. */
  centre(config: RunConfig, steering: number): PartialConfig | string;
}

type Positions = readonly [number, number, number];

/**
 * Positions of a servo, from one side to the other, around a centre that is moved by a part of the way to a side; the
 * sides move along as far as `low` to `high` allow, so that the same steering is the same angle.
 */
function centred(
  [first, centre, last]: Positions,
  steering: number,
  [low, high]: readonly [number, number],
  round: (value: number) => number,
): Positions {
  const shift = steering * (steering >= 0 ? last - centre : centre - first);
  const moved = (value: number) => round(Math.max(low, Math.min(high, value + shift)));
  return [moved(first), moved(centre), moved(last)];
}

/** No centre farther than this from where it is now is believed, in parts of the way to one side. */
const MOST_SHIFT = 0.5;
function tooFar(steering: number): string | undefined {
  if (Math.abs(steering) <= MOST_SHIFT) return undefined;
  return `the centre is off by ${Math.round(100 * Math.abs(steering))} %: put the servo's horn on straight first`;
}

/** What the firmware and the PCA9685's helper take [µs]. */
const PULSES = [900, 2100] as const;
const part = (value: number) => Math.round(1e4 * value) / 1e4;

const serial: SetupKind = {
  describe: "a car behind this project's firmware (docs/firmware.md)",
  hasPort: true,
  hasSensors: true,
  choices: [],
  counts: "ticks of the encoder",
  counter: "the encoder",
  countsWithMotor: false,
  turnless: () => undefined,
  unmovable: () => undefined,
  turnMotor: ({ servo }) => ({ servo: { ...servo, throttleReversed: servo.throttleReversed !== true } }),
  turnSteering: ({ servo }) => ({ servo: { ...servo, steeringReversed: servo.steeringReversed !== true } }),
  turnGyro: () => "the gyro turns the wrong way: mount its chip with z up (docs/firmware.md), then do this step again",
  deadZone: ({ servo }, zone) => ({ servo: { ...servo, deadZone: part(zone) } }),
  centre: ({ servo }, steering) => {
    const far = tooFar(steering);
    if (far !== undefined) return far;
    const { steeringMin, steeringCentre, steeringMax, flags } = servoFrom(servo);
    const way = flags & ConfigFlag.steeringReversed ? -steering : steering;
    const moved = centred([steeringMin, steeringCentre, steeringMax], way, PULSES, Math.round);
    return { servo: { ...servo, steeringMin: moved[0], steeringCentre: moved[1], steeringMax: moved[2] } };
  },
};

const vesc: SetupKind = {
  describe: "a car with a VESC, as F1TENTH (docs/vesc.md)",
  hasPort: true,
  hasSensors: true,
  choices: [],
  counts: "electrical revolutions of the motor",
  counter: "the VESC",
  countsWithMotor: true,
  turnless: ({ vesc }) =>
    vesc.imu === "none"
      ? "vesc.imu is none: give steering-curvature and servoCentre by a tape measure (docs/vesc.md), or use its IMU"
      : undefined,
  unmovable: ({ vesc }) =>
    vesc.drive === "current"
      ? "vesc.drive is current, which would let a wheel in the air run away: set up with duty, and change it afterwards"
      : undefined,
  turnMotor: ({ vesc }) => ({ vesc: { ...vesc, throttleReversed: vesc.throttleReversed !== true } }),
  turnSteering: ({ vesc }) => ({ vesc: { ...vesc, steeringReversed: vesc.steeringReversed !== true } }),
  turnGyro: ({ vesc }) => ({ vesc: { ...vesc, gyroReversed: vesc.gyroReversed !== true } }),
  deadZone: ({ vesc }, zone) => ({ vesc: { ...vesc, deadZone: part(zone) } }),
  centre: ({ vesc }, steering) => {
    const far = tooFar(steering);
    if (far !== undefined) return far;
    const usual = VESC_SERVO;
    const { servoMin = usual.servoMin, servoCentre = usual.servoCentre, servoMax = usual.servoMax } = vesc;
    const way = vesc.steeringReversed === true ? -steering : steering;
    const moved = centred([servoMin, servoCentre, servoMax], way, [0, 1], part);
    return { vesc: { ...vesc, servoMin: moved[0], servoCentre: moved[1], servoMax: moved[2] } };
  },
};

const chosen = (
  name: "board" | "stop",
  question: string,
  answers: SetupChoice["answers"],
  example: string,
): SetupChoice => ({
  question,
  answers,
  given: ({ pca9685 }) => pca9685?.[name],
  changes: (settings, answer) => ({ pca9685: { ...settings.pca9685, [name]: answer } }) as PartialConfig,
  option: `--pca9685 ${name}=${example}`,
});

const pca9685: SetupKind = {
  describe: "a car with a PCA9685, as NVIDIA's JetRacer and donkeycar (docs/pca9685.md)",
  hasPort: false,
  hasSensors: false,
  choices: [
    chosen(
      "board",
      "which board is it?",
      {
        jetracer: "NVIDIA's JetRacer",
        "jetracer-pro": "Waveshare's Pro kit",
        "jetracer-ai": "Waveshare's AI kit",
        donkeycar: "a donkeycar",
      },
      "jetracer",
    ),
    chosen(
      "stop",
      "what stops the car, and needs no computer? (docs/pca9685.md)",
      {
        multiplexer: "a radio multiplexer",
        firmware: "a microcontroller with our firmware",
        "output-enable": "the chip's /OE on a watchdog",
      },
      "multiplexer",
    ),
  ],
  counts: "nothing",
  counter: "the poses",
  countsWithMotor: false,
  turnless: () => undefined,
  unmovable: () => undefined,
  turnMotor: ({ pca9685 }) => ({ pca9685: { ...pca9685, throttleReversed: pca9685.throttleReversed !== true } }),
  turnSteering: ({ pca9685 }) => ({ pca9685: { ...pca9685, steeringReversed: !steeringOf(pca9685).isReversed } }),
  turnGyro: () => "it has no gyro",
  deadZone: ({ pca9685 }, zone) => ({ pca9685: { ...pca9685, deadZone: part(zone) } }),
  centre: ({ pca9685 }, steering) => {
    const far = tooFar(steering);
    if (far !== undefined) return far;
    const { pulses, isReversed } = steeringOf(pca9685);
    const moved = centred(pulses, isReversed ? -steering : steering, PULSES, Math.round);
    return { pca9685: { ...pca9685, steeringMin: moved[0], steeringCentre: moved[1], steeringMax: moved[2] } };
  },
};

export const setupKinds = { serial, vesc, pca9685 } as const satisfies Partial<Record<RunConfig["link"], SetupKind>>;
export type KindName = keyof typeof setupKinds;
