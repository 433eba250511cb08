/** What a step of the guided set-up is: it asks, moves, measures and judges. A new one is a file of src/setup/steps. */
import type { PartialConfig } from "../config/config.js";
import type { RunConfig, SettingName } from "../config/schema.js";
import type { Measured } from "../estimation/measured.js";
import type { GamepadPart } from "../runtime/gamepad-records.js";
import type { Move } from "../runtime/move.js";
import type { Press } from "./gamepad-presses.js";
import type { SetupKind } from "./kinds.js";

/** A piece of a movement, as the robot measured it. */
export interface Sample {
  /** its end [s] */
  readonly time: number;
  /** duration [s] */
  readonly seconds: number;
  /** forward [m]: by the wheel, as `wheel-travel` has it, or by poses from outside */
  readonly distance: number;
  /** to the left [rad]: by the gyro, or by poses */
  readonly turn: number;
}

/** Everything that was measured while somebody did what was asked. */
export interface Heard {
  readonly samples: readonly Sample[];
  /** movements and poses, as doctor compares them */
  readonly measured: Measured;
  /** of the battery at the end [V]; NaN: not measured */
  readonly battery: number;
}

/** The robot, as a step sees it. Every method throws a UserError if something, or somebody, stops the robot. */
export interface Rig {
  /** What it measures in this time [s]; nothing is sent to it. */
  rest(seconds: number): Promise<Heard>;
  /** What it measures while somebody does what is asked, until they say so; nothing is sent to it. */
  hear(question: string): Promise<Heard>;
  /** Asks before the robot moves for the first time. */
  allow(question: string): Promise<void>;
  /** Drives a move, and measures from its beginning until the robot stands. */
  move(move: Move): Promise<readonly Sample[]>;
  /** Asks what somebody saw, while the robot is at rest. */
  ask<T extends string>(question: string, answers: Readonly<Record<T, string>>): Promise<T>;
  /** Which button, or axis, of the gamepad is pressed next. */
  press(question: string, part: GamepadPart): Promise<Press>;
}

/** What a step found. */
export interface Finding {
  /** for people */
  readonly value: string;
  readonly ok: boolean;
  /** why it is refused, and what to do */
  readonly why?: string;
  /** settings that hold from now on; none if it is refused */
  readonly changes: PartialConfig;
}

export interface StepContext {
  readonly config: RunConfig;
  readonly kind: SetupKind;
  /** length of a push [m] */
  readonly length: number;
}

export interface SetupStep {
  readonly describe: string;
  /** settings without which it would be guesswork, and the step that finds each */
  readonly needs?: (kind: SetupKind) => Readonly<Partial<Record<SettingName, string>>>;
  /** settings that hold only while it measures */
  readonly meanwhile?: (config: RunConfig, kind: SetupKind) => PartialConfig;
  run(rig: Rig, context: StepContext): Promise<Finding>;
}

/** Every wheel is in the air: nothing limits a move but its time. */
export const IN_THE_AIR = Number.POSITIVE_INFINITY;

export const refused = (value: string, why: string): Finding => ({ value, ok: false, why, changes: {} });
