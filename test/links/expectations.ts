/** What the contracts of robots say of commands on the wire. */
import { expect } from "@jest/globals";
import type { RobotHarness, RunningRobot } from "./harness.js";

/** What a command must not be, and what is hard to put on a wire. */
export const HARSH = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e300, 1e-300, -0];

/** What reached the wire while something was done. */
export async function during(harness: RunningRobot, act: () => Promise<void>): Promise<number[][]> {
  const before = harness.commands.length;
  await act();
  return harness.commands.slice(before);
}

/** The command within the robot's limits; neutral for what is none. */
export function limited({ limits }: RobotHarness, input: readonly number[]): number[] {
  if (!input.every(Number.isFinite)) return [0, 0];
  return input.map((value, i) => Math.max(-limits[i], Math.min(limits[i], value)));
}

/** As near as the wire's numbers can say it. */
export function expectCommand(
  { resolution }: RobotHarness,
  command: readonly number[] | undefined,
  wanted: readonly number[],
) {
  wanted.forEach((value, i) => {
    expect(Math.abs((command?.[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(0.5 * resolution + 1e-12);
  });
}

export function expectNeutral(commands: readonly number[][]): void {
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(command.map(Math.abs)).toEqual([0, 0]);
}

/** A pulse that is 1 µs beside neutral creeps by less. */
export function expectRest({ truth }: RunningRobot): void {
  expect(Math.abs(truth[2])).toBeLessThan(0.01);
}
