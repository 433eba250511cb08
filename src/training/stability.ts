/**
 * Whether the loop that a training starts with is stable: what its gradient will grow like over the horizon, known
 * before anything is driven.
 */
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { spectralRadius } from "../control/riccati.js";
import { Core } from "../core/core.js";
import { digits } from "../output.js";

/** Laps driven before the one that is judged, so that a periodic loop has settled. */
const SETTLING = 2;
/** A radius this close below 1 is 1 to rounding. */
const MARGIN = 1e-9;

export interface LoopGrowth {
  /**
   * spectral radius of the linearised loop's transition matrix, per control step; Infinity if a state left its bounds
   * at once
   */
  readonly radius: number;
  /** control steps that it was judged over */
  readonly steps: number;
}

/**
 * The untrained policy on its own model, linearised along its nominal drive from the task's initial state: the last of
 * three laps where the task has laps, else one rollout. The transition matrix comes from n tangent passes with v = 0,
 * (31) in docs/equations.md; untrained, the network's outputs are 0 whatever it sees, so it is left out.
 */
export async function loopGrowth(config: RunConfig): Promise<LoopGrowth> {
  const { task: configured } = resolveTask(config);
  const task = { ...configured, network: { ...configured.network, hidden: [] } };
  const { lapTime, stepsPerSegment, controlPeriod } = task.timing;
  const inputs = task.columns.input.length;
  const plant = {
    kind: "nominal",
    parameters: task.model.parameters,
    delays: new Array<number>(inputs).fill(config["model-delay"]),
  };
  const segments =
    lapTime === undefined ? config["rollout-segments"] : Math.ceil(lapTime / (stepsPerSegment * controlPeriod));
  const core = await Core.load({ task, plant, rollouts: 2, steps: segments * stepsPerSegment, segments });
  core.view("inputDelays").fill(Math.round(config["model-delay"] / controlPeriod));
  core.writeStart(task.initialState, 0);
  let slot = 0;
  let within = core.tryRollOut(slot, segments);
  for (let lap = 0; lap < SETTLING && lapTime !== undefined && within; lap++) {
    slot = 1 - slot;
    within = core.tryRollOut(slot, segments, 1 - slot);
  }
  const steps = core.view("counts", slot)[0] - 1; // the tangent after the last step is not kept
  if (steps < 1) return { radius: Number.POSITIVE_INFINITY, steps: 1 };
  const radius = spectralRadius(transition(core, slot, steps)) ** (1 / steps);
  return { radius: Number.isNaN(radius) ? Number.POSITIVE_INFINITY : radius, steps };
}

/**
 * Transposed transition matrix over the first `steps` steps of a rollout, n x n: row i is what a change of state i
 * becomes.
 */
function transition(core: Core, slot: number, steps: number): number[][] {
  const n = core.setup.task.columns.state.length;
  const dx = core.view("stateTangents", slot);
  core.view("direction").fill(0);
  return Array.from({ length: n }, (_, i) => {
    dx.fill(0, 0, n);
    dx[i] = 1;
    core.statePass(slot);
    return Array.from(dx.subarray(steps * n, (steps + 1) * n));
  });
}

/** A line that says what is wrong with the loop and what to change; undefined if it is stable. */
export function instability({ radius, steps }: LoopGrowth): string | undefined {
  if (radius < 1 - MARGIN) return undefined;
  const factor = radius > 1 + MARGIN ? `, ${digits(radius ** steps, 3)} times over ${steps} steps` : "";
  return (
    "warning: the untrained loop is not stable on its own model: " +
    `spectral radius ${digits(radius, 5)} per control step, it should be below 1. ` +
    `What a change of the policy does grows like that with the horizon${factor}, ` +
    "and with it gradient, variance and model error. " +
    "Take a controller and nominal gains that stabilise the model (or check the model's parameters), " +
    "or let the gradient see less: truncation segment, fewer rollout-segments"
  );
}
