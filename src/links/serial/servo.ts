/** Servo settings of a configuration as the firmware takes them. */
import type { RunConfig } from "../../config/schema.js";
import { ConfigFlag, type Configure } from "../wire/protocol.js";

/** The firmware's own defaults (firmware-bridge/core/config.c). */
const DEFAULTS = {
  steeringMin: 1000,
  steeringCentre: 1500,
  steeringMax: 2000,
  throttleMin: 1000,
  throttleNeutral: 1500,
  throttleMax: 2000,
  steeringSlew: 16000,
  throttleSlew: 10000,
} as const;

const FLAGS = {
  steeringReversed: ConfigFlag.steeringReversed,
  throttleReversed: ConfigFlag.throttleReversed,
  holdSteering: ConfigFlag.holdSteering,
  radioRequired: ConfigFlag.rcRequired,
} as const;

/** The defaults with what a configuration changes. */
export function servoFrom(servo: RunConfig["servo"]): Omit<Configure, "session"> {
  let flags = 0;
  for (const [name, flag] of Object.entries(FLAGS)) if (servo[name as keyof typeof FLAGS] === true) flags |= flag;
  const given = Object.keys(DEFAULTS).map((name) => [name, servo[name as keyof typeof DEFAULTS]] as const);
  const pulses = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return { ...DEFAULTS, ...pulses, flags };
}
