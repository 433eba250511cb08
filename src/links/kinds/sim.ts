import type { Core } from "../../core/core.js";
import type { SimulatedLink } from "../definition.js";
import type { DriveResult, Link } from "../link.js";

/** The simulated plant in the core: a whole rollout is one call. */
export class SimLink implements Link {
  readonly name = "sim";
  readonly isDeadReckoning = false;

  async open(): Promise<void> {}

  async drive(core: Core, index: number, segments: number): Promise<DriveResult> {
    return resultOf(core, index, core.tryRollOut(index, segments));
  }

  async driveOn(core: Core, index: number, segments: number, previous: number, kept: number): Promise<DriveResult> {
    return resultOf(core, index, core.tryRollOut(index, segments, previous, kept));
  }

  async stop(): Promise<void> {}

  async close(): Promise<void> {}
}

/** What a rollout of the simulated plant came to; `stayed`: no state left its bounds. */
export function resultOf(core: Core, index: number, stayed: boolean): DriveResult {
  const steps = core.view("counts", index)[0];
  return { steps, stopped: stayed ? undefined : describeViolation(core, index, steps) };
}

/** Which state component left which bound, and when; or what a plant outside the core says. */
function describeViolation(core: Core, index: number, steps: number): string {
  const { columns, bounds, timing } = core.setup.task;
  const seconds = (steps * timing.controlPeriod).toFixed(2);
  const problem = core.hostPlant?.problem;
  if (problem !== undefined) return `${problem} after ${seconds} s`;
  const n = columns.state.length;
  const state = core.view("states", index).subarray(steps * n, (steps + 1) * n);
  const i = columns.state.findIndex((_, k) => {
    const value = state[k];
    return !(value >= bounds.low[k] && value <= bounds.high[k]);
  });
  const allowed = `[${bounds.low[i]}, ${bounds.high[i]}]`;
  return `${columns.state[i]} = ${state[i].toPrecision(5)} left its bounds ${allowed} after ${seconds} s`;
}

const sim: SimulatedLink = {
  isSimulated: true,
  summary: "the simulated plant",
  make: () => new SimLink(),
};

export default sim;
