/**
 * The steps of a set-up in their order: at rest, with the wheels in the air, by hand on the floor, by itself on the
 * floor. Each relies on those before it. A new one is a file here and a line.
 */
import type { SetupKind } from "../kinds.js";
import type { SetupStep } from "../step.js";
import gamepad from "./gamepad.js";
import gyro from "./gyro.js";
import latency from "./latency.js";
import motor from "./motor.js";
import rest from "./rest.js";
import servo from "./servo.js";
import steering from "./steering.js";
import travel from "./travel.js";

const steps = { rest, motor, servo, travel, gyro, steering, latency, gamepad } as const;
export type StepName = keyof typeof steps;
export const setupSteps: Readonly<Record<StepName, SetupStep>> = steps;
export const STEP_NAMES = Object.keys(steps) as StepName[];

/** Steps by hand, which need a wheel that is counted and a gyro; and the one that needs poses too. */
const SENSORS: readonly StepName[] = ["travel", "gyro", "latency"];

/** Of whoever asks for it: most gamepads are known. */
export const ON_REQUEST: StepName = "gamepad";

/** The steps of a kind; `isSeen`: poses come from outside. */
export function stepsOf({ hasSensors }: SetupKind, isSeen: boolean): readonly StepName[] {
  const isDone = (name: StepName) => (hasSensors || !SENSORS.includes(name)) && (isSeen || name !== "latency");
  return STEP_NAMES.filter((name) => isDone(name) && name !== ON_REQUEST);
}
