/**
 * Whole drives on the nominal plant: by the core, and by an exported policy that gets nothing but state, time and flag.
 */
import type { Core } from "../core/core.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { PolicyDescription } from "./description.js";

/** An exported policy at work; it keeps its own state between two steps. */
export interface PolicyDriver {
  begin(): void;
  /** the command for a state at a task time [s], with the network called or not */
  step(state: Float64Array, time: number, callNetwork: boolean): Float64Array | Promise<Float64Array>;
}

export interface ClosedLoopDrive {
  /** row by row, the last one after the last step */
  readonly states: Float64Array;
  /** sum of stage costs */
  readonly cost: number;
}

/** Six laps, or a rollout of training where the task has no laps [segments]. */
export function segmentsOf({ timing, training }: TaskDefinition): number {
  if (timing.lapTime === undefined) return training.rolloutSegments;
  return 6 * Math.round(timing.lapTime / timing.networkPeriod);
}

/** The core's own drive from the task's initial state at time 0; it lies in the core afterwards. */
export function driveCore(core: Core, segments: number): ClosedLoopDrive {
  const { task } = core.setup;
  core.writeStart(task.initialState, 0);
  core.tryRollOut(0, segments);
  const [steps] = core.view("counts");
  const states = core.view("states").slice(0, (steps + 1) * task.initialState.length);
  const cost = core
    .view("stageCosts")
    .subarray(0, steps)
    .reduce((sum, value) => sum + value, 0);
  return { states, cost };
}

/** The same drive by an exported policy, `steps` control steps; time is given within the clock's period. */
export async function driveExported(
  core: Core,
  { clock }: PolicyDescription,
  driver: PolicyDriver,
  steps: number,
): Promise<ClosedLoopDrive> {
  const { task } = core.setup;
  const n = task.initialState.length;
  const states = new Float64Array((steps + 1) * n);
  states.set(task.initialState);
  let cost = 0;
  core.write("modelParameters", core.view("plantParameters")); // the nominal plant is the model with other numbers
  driver.begin();
  for (let t = 0; t < steps; t++) {
    const x = states.subarray(n * t, n * (t + 1));
    const time = t * clock.controlPeriod;
    const u = await driver.step(x, time % clock.period, t % clock.stepsPerSegment === 0);
    const probe = core.view("probe");
    const y = probe.subarray((2 * probe.length) / 7);
    probe.set(x);
    probe.set(u, n);
    core.evaluateLaw("reward", time);
    for (let i = 0; i < task.columns.residual.length; i++) cost += y[i] ** 2;
    core.evaluateLaw("model", time);
    states.set(y.subarray(0, n), n * (t + 1));
  }
  return { states, cost };
}
