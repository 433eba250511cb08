/** What must be known of a car with a PCA9685. */
import type { RunConfig } from "../../config/schema.js";
import { UserError } from "../../errors.js";
import type { EstimatorSettings } from "../../estimation/entries.js";
import { estimatorSettings } from "../estimator-settings.js";

/** A pulse on a channel, as helper.py takes it. */
export interface ServoOutput {
  readonly address: number;
  /** [Hz] */
  readonly frequency: number;
  readonly channel: number;
  /** at -1, 0 and 1 [µs] */
  readonly pulses: readonly [number, number, number];
}

/** H-bridges on channels 0 to 7. */
export interface BridgeOutput {
  readonly address: number;
  /** [Hz] */
  readonly frequency: number;
  /** duty at throttle 1; below 0: forwards is the other way round */
  readonly most: number;
}

/** What helper.py is told beside the bus. */
export interface ChipSettings {
  readonly steering: ServoOutput;
  readonly motor: ServoOutput | BridgeOutput;
}

export interface Pca9685Settings {
  readonly bus: number;
  readonly chips: ChipSettings;
  /** why it may not be armed; undefined: it may */
  readonly unarmable: string | undefined;
  /** part of the throttle at which its motor still stands */
  readonly deadZone: number;
  readonly estimator: Partial<EstimatorSettings>;
}

interface Board {
  /** of servo pulses [Hz] */
  readonly frequency: number;
  readonly channels: { readonly steering: number; readonly throttle: number };
  /** [µs] */
  readonly steering: readonly [number, number, number];
  readonly throttle: readonly [number, number, number];
  /** left is the shorter pulse */
  readonly steeringReversed: boolean;
  /** the motor hangs on H-bridges */
  readonly hasBridges?: true;
}

/** The usual address, and that of the motor chip on Waveshare's AI board. */
const ADDRESS = 0x40;
const BRIDGE_ADDRESS = 0x60;
const BRIDGE_FREQUENCY = 1600;
/** Duty at throttle 1 of the AI board, where none is given: its own program's. */
const BRIDGE_DUTY = 0.8;

/** As the boards' own programs set them: gains of -.65 and .8 of ±750 µs around 1500 µs. */
const JETRACER: Board = {
  frequency: 50,
  channels: { steering: 0, throttle: 1 },
  steering: [1013, 1500, 1987],
  throttle: [900, 1500, 2100],
  steeringReversed: true,
};
const BOARDS: Readonly<Record<NonNullable<RunConfig["pca9685"]["board"]>, Board>> = {
  jetracer: JETRACER,
  "jetracer-pro": { ...JETRACER, frequency: 60 },
  "jetracer-ai": { ...JETRACER, hasBridges: true },
  // 290, 375 and 460, and 220, 370 and 500, of 4096 parts of a period; a pulse is at least 900 µs
  donkeycar: {
    frequency: 60,
    channels: { steering: 1, throttle: 0 },
    steering: [1180, 1526, 1872],
    throttle: [900, 1505, 2035],
    steeringReversed: false,
  },
};

const STOPS = "firmware, multiplexer or output-enable";

/**
 * Of a configuration, with the defaults of docs/pca9685.md.
 * @throws UserError without a pose from outside, or if pulses or channels do not fit together
 */
export function pca9685SettingsFrom(config: RunConfig): Pca9685Settings {
  if (config.pose === "")
    throw new UserError(
      "link pca9685 measures nothing: neither wheel nor gyro hang on a PCA9685, so it needs a pose from outside; " +
        "give --pose (docs/pose.md), or put our firmware in the chip's place (docs/firmware.md)",
    );
  const given = config.pca9685;
  const { board = "jetracer", bus = 1, stop } = given;
  const { frequency, channels, throttle, hasBridges } = BOARDS[board];
  const { steeringChannel = channels.steering, throttleChannel = channels.throttle } = given;
  if (!hasBridges && steeringChannel === throttleChannel)
    throw new UserError(`pca9685 has steering and throttle on channel ${steeringChannel}: give them different ones`);
  const steered = steeringOf(given);
  const driven = pulses("throttle", [given.throttleMin, given.throttleNeutral, given.throttleMax], throttle);
  const sign = given.throttleReversed ? -1 : 1;
  return {
    bus,
    chips: {
      steering: {
        address: ADDRESS,
        frequency,
        channel: steeringChannel,
        pulses: turned(steered.pulses, steered.isReversed),
      },
      motor: hasBridges
        ? { address: BRIDGE_ADDRESS, frequency: BRIDGE_FREQUENCY, most: sign * (given.maxDuty ?? BRIDGE_DUTY) }
        : { address: ADDRESS, frequency, channel: throttleChannel, pulses: turned(driven, sign < 0) },
    },
    unarmable:
      stop === undefined
        ? `a PCA9685 holds its last pulse for ever, so that nothing stops the car if the computer freezes: build a ` +
          `stop that needs no computer, and name it with --pca9685 stop=… (${STOPS}); docs/pca9685.md`
        : undefined,
    deadZone: given.deadZone ?? 0,
    estimator: estimatorSettings(config),
  };
}

/** Pulses of the steering from the shortest on [µs], and whether the shortest one is left. */
export function steeringOf(given: RunConfig["pca9685"]): { readonly pulses: Pulses; readonly isReversed: boolean } {
  const { steering, steeringReversed } = BOARDS[given.board ?? "jetracer"];
  return {
    pulses: pulses("steering", [given.steeringMin, given.steeringCentre, given.steeringMax], steering),
    isReversed: given.steeringReversed ?? steeringReversed,
  };
}

type Pulses = readonly [number, number, number];

function pulses(name: string, given: readonly (number | undefined)[], usual: Pulses): Pulses {
  const [low, middle, high] = usual.map((pulse, i) => given[i] ?? pulse) as unknown as Pulses;
  if (low < middle && middle < high) return [low, middle, high];
  throw new UserError(
    `pca9685 has ${name} pulses of ${low}, ${middle} and ${high} µs: they must grow; ${name}Reversed turns them round`,
  );
}

const turned = ([low, middle, high]: Pulses, isReversed: boolean): Pulses =>
  isReversed ? [high, middle, low] : [low, middle, high];
