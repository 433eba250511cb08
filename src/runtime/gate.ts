/** What a gate is, and how its limits are written. */
import type { Fault, Stop } from "../links/faults.js";
import type { GateSettings, Observation } from "./observation.js";

/** A setting, or a number of the code, that a gate compares with. */
export interface Limit {
  of(settings: GateSettings): number;
  /** for people, with its value at these settings */
  text(settings: GateSettings): string;
}

export interface Gate extends Stop {
  readonly fault: Fault;
  /** `armed`: at every step of an armed robot; `driving`: only while it drives, by a state in the plane */
  readonly scope: "armed" | "driving";
  /** it holds too where somebody drives by a gamepad while it is recorded */
  readonly byHand?: true;
  readonly limit: Limit;
  /** the check must fail for longer than this [s]; 0: one failure is enough */
  readonly lasting: number;
  /** Whether something is wrong; leaves what it measured in {@link Observation.value}. */
  readonly check: (seen: Observation) => boolean;
  readonly noticed: string;
}

export const fixed = (value: number, unit: string): Limit => ({ of: () => value, text: () => `${value} ${unit}` });

export const setting = (name: Exclude<keyof GateSettings, "geofence" | "heartbeatWithin">, unit: string): Limit => ({
  of: (settings) => settings[name],
  text: (settings) => `\`${name}\` ${settings[name]} ${unit}`,
});

export const NONE: Limit = { of: () => Number.NaN, text: () => "" };
