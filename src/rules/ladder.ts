/**
 * The ladder (not in paper; docs/equations.md, section 30): what is driven after the world changed. Policies that are
 * there already are tried in the model that was fitted to what is new, each at several paces, and the cheapest is
 * driven. Who is deceived by the model goes a rung further down, at once; a rung up needs a promise that was kept.
 */
import type { Core } from "../core/core.js";
import { LEAST_PACE } from "../core/pace.js";
import type { ModelRollouts } from "./model-rollouts.js";

/** From the top: what may be driven after so many deceptions. Below the last there is only stopping. */
export const RUNGS = [
  { name: "the present policy", most: 1 },
  { name: "the present policy with half its corrections", most: 1 },
  { name: "the best confirmed policy", most: 1 },
  { name: "the untrained policy", most: 1 },
  { name: "the untrained policy, slowly", most: 0.8 },
] as const;
/**
 * Paces that are tried, as parts of that of the settings. At less than two thirds of its pace a finely tuned policy
 * cuts its curves; a car that was thrown wide finds back at the lowest.
 */
const PACES = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.55] as const;
/** Higher paces that are planned for while driving slowly, in turn, as factors. */
const FASTER = [1.04, 1.12];

/** The golden section: a rung up comes after a number of updates that may be even every time. */
const SPREAD = 0.6180339887498949;

/** A policy at a pace, and its mean cost in the model; infinite if it left the bounds there. */
export interface RungChoice {
  /** index into {@link RUNGS} */
  readonly rung: number;
  readonly policy: Float64Array;
  readonly pace: number;
  readonly cost: number;
}

/**
 * The cheapest of the policies, one per rung (empty: there is none), from rung `from` on and at no
 * pace above `most`, where the settings ask for `own`; of equals the topmost.
 * Undefined if none stays within its bounds. They are driven in the model with the task's reserve: a policy that needs
 * all of the grip has none to find back with. Leaves the core's parameters as they were, those of the model too.
 */
export function chooseRung(
  core: Core,
  model: ModelRollouts,
  policies: readonly Float64Array[],
  from: number,
  most = 1,
  own = 1,
): RungChoice | undefined {
  const theta = core.view("parameters");
  const present = theta.slice();
  const fitted = keepReserve(core);
  let best: RungChoice | undefined;
  for (const [rung, policy] of policies.entries()) {
    if (rung < from || policy.length === 0) continue;
    theta.set(policy);
    const highest = Math.min(most, partOf(own, RUNGS[rung].most));
    for (const pace of PACES.map((part) => partOf(own, part)).filter((one) => one <= highest)) {
      const cost = model.rollOut(pace);
      if (cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { rung, policy, pace, cost };
    }
  }
  theta.set(present);
  core.view("modelParameters").set(fitted);
  return best;
}

/** Takes the task's reserve from the core's model; the parameters before. */
function keepReserve(core: Core): Float64Array {
  const { kind, reserve = {} } = core.setup.task.model;
  const parameters = core.view("modelParameters");
  const fitted = parameters.slice();
  const names = core.parameterNames("model", kind);
  for (const [name, factor] of Object.entries(reserve)) parameters[names.indexOf(name)] *= factor;
  return fitted;
}

/**
 * A policy whose network's outputs, its corrections of setpoints and gains, are half as large as long as they are
 * small: far from where it learned, a network's corrections are a guess.
 */
export function halved(core: Core, policy: Float64Array): Float64Array {
  const { columns, network } = core.setup.task;
  const last = (network.hidden[network.hidden.length - 1] + 1) * (columns.setpoint.length + columns.gain.length);
  return policy.map((value, i) => (i < policy.length - last ? value : value / 2));
}

/** A part of the pace `own`, as far as it can be driven. */
export function partOf(own: number, part: number): number {
  return Math.max(LEAST_PACE, part * own);
}

/** The lowest pace that is tried where the settings ask for `own`. */
export function lowestPace(own: number): number {
  return partOf(own, PACES[PACES.length - 1]);
}

/** The pace that is planned for beside `pace` at update `turn`: back to `most` step by step. */
export function fasterPace(pace: number, turn: number, most = 1): number {
  return Math.min(most, FASTER[Math.floor(FASTER.length * ((turn * SPREAD) % 1))] * pace);
}
