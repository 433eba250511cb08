/**
 * How long each layer that drives a robot waits before it stops it, by the control period: one place, so that their
 * order holds at every period. One missed step is never silence, at no layer; the control loop notices its own
 * lateness before anybody else notices its silence.
 */

/** A gap between two control steps beyond which the control loop itself stops the robot [s]. */
export function lateAfter(controlPeriod: number): number {
  return Math.max(0.1, 3 * controlPeriod);
}

/**
 * Silence after which another layer stops the robot [s]: the ROS node and the simulated robot that hear no command, the
 * control loop that hears nothing of the robot.
 */
export function silentAfter(controlPeriod: number): number {
  return Math.max(0.2, 3.5 * controlPeriod);
}

/** Age of the measured state at which the robot is stopped [s]: two may be lost where one comes per step. */
export function staleAfter(controlPeriod: number): number {
  return Math.max(0.1, 2.5 * controlPeriod);
}

/** Time without a usable message of the state after which a robot on ROS 2 is stopped [s]; as {@link staleAfter}. */
export function stateWithin(controlPeriod: number): number {
  return Math.max(0.075, 2.5 * controlPeriod);
}

/** The longest control period at which a robot that stops after a silence of `timeout` bears a missed step [s]. */
export function longestPeriodFor(timeout: number): number {
  return timeout / 2.5;
}

/** The longest control period of a robot whose own time-out is not known [s]. */
export const LONGEST_PERIOD = 0.1;

/** Silence after which the helper of a PCA9685 gives neutral [s]: SILENT of links/pca9685/helper.py. */
export const HELPER_TIMEOUT = 0.15;

/** A time-out as a row of a table, for people. */
export interface TimeoutRow {
  readonly layer: string;
  readonly waits: string;
  readonly rule: string;
  /** [s] at a control period of 0.02 s, 0.05 s and 0.1 s */
  readonly at50: string;
  readonly at20: string;
  readonly at10: string;
}

/** All of them; `board`: the board's own [s]. */
export function timeoutRows(board: number): readonly TimeoutRow[] {
  const row = (layer: string, waits: string, rule: string, of: (period: number) => number): TimeoutRow => {
    const text = (seconds: number) => (Number.isNaN(seconds) ? "refused" : `${Number(seconds.toPrecision(3))} s`);
    const [at50, at20, at10] = [0.02, 0.05, 0.1].map((period) => text(of(period)));
    return { layer, waits, rule, at50, at20, at10 };
  };
  const silence = "0.2 s, or 3.5 periods";
  const longest = longestPeriodFor(board);
  const helper = longestPeriodFor(HELPER_TIMEOUT);
  const ofBoard = (period: number) => (period > longest ? Number.NaN : board);
  return [
    row("ROS 2, `ros2.timeout`", "for a usable state", "0.075 s, or 2.5 periods", stateWithin),
    row("gate, `stale-after`", "age of the measured state", "0.1 s, or 2.5 periods", staleAfter),
    row("gate, lateness", "between two control steps", "0.1 s, or 3 periods", lateAfter),
    row("gate, silence", "for anything from the robot", silence, silentAfter),
    row("ROS node", "for the control thread", silence, silentAfter),
    row("simulated robot, `lapgrad plant`", "for a command", silence, silentAfter),
    row("board with our firmware", "for a command", `${board} s, at periods up to ${longest} s`, ofBoard),
    row("helper of a PCA9685", "for a command", `${HELPER_TIMEOUT} s, at periods up to ${helper} s`, (period) =>
      period > helper ? Number.NaN : HELPER_TIMEOUT,
    ),
    row("VESC, as it must be set up", "for a command", `${board} s or less, at least 2.5 periods`, ofBoard),
  ];
}
