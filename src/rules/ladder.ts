/**
 * The ladder (not in paper; docs/equations.md, section 30): what is driven after the world changed. Policies that are
 * there already are tried in the model that was fitted to what is new, each at several paces, and the cheapest is
 * driven. Who is deceived by the model goes a rung further down, at once; a rung up needs a promise that was kept.
 */
import type { Core } from "../core/core.js";
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
 * Paces that are tried. At less than two thirds of its pace a finely tuned policy cuts its curves; a car that was
 * thrown wide finds back at the lowest.
 */
export const PACES = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.55] as const;
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
 * pace above `most`; of equals the topmost.
 * Undefined if none stays within its bounds. They are driven in the model with the task's reserve: a policy that needs
 * all of the grip has none to find back with. Leaves the core's parameters as they were, those of the model too.
 */
export function chooseRung(
  core: Core,
  model: ModelRollouts,
  policies: readonly Float64Array[],
  from: number,
  most = 1,
): RungChoice | undefined {
  const theta = core.view("parameters");
  const present = theta.slice();
  const fitted = keepReserve(core);
  let best: RungChoice | undefined;
  for (const [rung, policy] of policies.entries()) {
    if (rung < from || policy.length === 0) continue;
    theta.set(policy);
    for (const pace of PACES.filter((one) => one <= Math.min(most, RUNGS[rung].most))) {
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

/** The pace that is planned for beside `pace` at update `turn`: back to 1 step by step. */
export function fasterPace(pace: number, turn: number): number {
  return Math.min(1, FASTER[Math.floor(FASTER.length * ((turn * SPREAD) % 1))] * pace);
}
