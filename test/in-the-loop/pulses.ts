/** What tests say about the pulses on the pins. */
import { expect } from "@jest/globals";
import { protocol } from "../../src/links/wire/protocol.js";
import type { Pulse } from "./simulated-board.js";

export const PERIOD_US = protocol.pulsePeriod;
/** from the last valid command to the first neutral pulse, at the latest */
export const LATEST_NEUTRAL_US = protocol.commandTimeout * 1000 + PERIOD_US;

/** What is promised of a host that dies [µs]: the board's time-out, a pulse, and what was still on the serial line. */
export const NEUTRAL_WITHIN_US = 250_000;
/** The times of one event are as near as this, by rounding [µs]. */
const CYCLES_US = 0.1;
/**
 * A command by a good transport is on the pins this soon [µs]: a step, the serial line, a pulse that has begun, a
 * pulse.
 */
export const COMMANDED_WITHIN_US = 80_000;

/** Widths of the pulses that began in a span of time [µs]. */
export function widths(pulses: readonly Pulse[], fromUs: number, toUs = Number.POSITIVE_INFINITY): number[] {
  return pulses.filter(({ riseUs }) => riseUs >= fromUs && riseUs < toUs).map(({ widthUs }) => widthUs);
}

/** Pulses that were whole, and those that a reset of the chip [µs] ended, which drives no pin any more. */
export function byReset(pulses: readonly Pulse[], resets: readonly number[]): { whole: Pulse[]; cut: Pulse[] } {
  const isCut = ({ riseUs, widthUs }: Pulse) => resets.some((us) => Math.abs(riseUs + widthUs - us) < CYCLES_US);
  return { whole: pulses.filter((pulse) => !isCut(pulse)), cut: pulses.filter(isCut) };
}

/** There are pulses, all of this width; within 1 µs, which is what the simulated timer is good for. */
export function expectAll(pulses: readonly number[], us: number, within = 1): void {
  expect(pulses.length).toBeGreaterThan(0);
  for (const width of pulses) expect(Math.abs(width - us)).toBeLessThanOrEqual(within);
}
