/**
 * What is driven after a spin (not in paper; docs/equations.md, section 31): more slowly, with less throttle, which is
 * what the rear's grip goes into, and never again as fast as it span.
 */
import type { Core } from "../core/core.js";
import type { TaskDefinition } from "../tasks/definition.js";

/** The pace afterwards, and the most that is ever asked for, as parts of that at which it span. */
const SLOWER = 0.8;
const CEILING = 0.97;
const LEAST_PACE = 0.5;
/** Updates after a spin in which it finds back to the track: nothing is planned, and a spin is still the same one. */
export const RECOVERY = 4;

/** Its memory, numbers of a checkpoint. */
export type CalmMemory = {
  /** updates until a spin is over */
  recovering: number;
  /** spins so far */
  spins: number;
  /** the highest pace that may be asked for */
  ceiling: number;
};

export const neverSpun = (): CalmMemory => ({ recovering: 0, spins: 0, ceiling: 1 });

/** A new spin is answered by `calmDown`; while it lasts the policy rests; otherwise nothing is known of any. */
export function afterSpin(memory: CalmMemory, spins: boolean): "calm" | "rest" | undefined {
  const wasCalm = memory.recovering === 0;
  if (spins) memory.recovering = RECOVERY;
  else if (!wasCalm) memory.recovering--;
  if (spins && wasCalm) return "calm";
  return spins || !wasCalm ? "rest" : undefined;
}

/** For people, after the update that answered a spin. */
export function describeCalm({ recovering, spins }: CalmMemory, pace: number): string[] {
  return spins > 0 && recovering === RECOVERY
    ? [`slowed down after a spin: pace ${pace.toFixed(2)}, less throttle`]
    : [];
}

/** The controller's parameters that so many spins limit, with their limits; what the settings have lower stays. */
export function limitsAfter(
  spins: number,
  { parameters, afterSpins = {} }: TaskDefinition["controller"],
): Record<string, number> {
  if (spins === 0) return {};
  const limits = Object.entries(afterSpins).map(([name, values]): [string, number] => {
    return [name, Math.min(parameters[name], values[Math.min(spins, values.length) - 1])];
  });
  return Object.fromEntries(limits);
}

/** Slows down, and takes from the controller's limits what the task says for so many spins; the new pace. */
export function calmDown(core: Core, memory: CalmMemory): number {
  const { controller } = core.setup.task;
  const pace = Math.min(core.pace, Math.max(LEAST_PACE, SLOWER * core.pace));
  memory.ceiling = Math.max(pace, Math.min(memory.ceiling, CEILING * core.pace));
  memory.spins++;
  limitController(core, limitsAfter(memory.spins, controller));
  core.setPace(pace);
  return pace;
}

/** Gives the core the task's parameters of the controller, none above one of its limits. */
export function limitController(
  core: Core,
  ...limits: readonly (Readonly<Record<string, number>> | undefined)[]
): void {
  const { kind, parameters } = core.setup.task.controller;
  const values = core.parameterNames("controller", kind).map((name) => {
    return Math.min(parameters[name], ...limits.map((one) => one?.[name] ?? Number.POSITIVE_INFINITY));
  });
  core.write("controllerParameters", values);
}
