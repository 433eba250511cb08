/** The kinds of jobs: a new one is a line here. Each is loaded when the first job of it is done. */
import { UserError } from "../errors.js";
import type { Job } from "./job.js";

const KINDS: Readonly<Record<string, () => Promise<(settings: never) => Promise<unknown>>>> = {
  compare: async () => (await import("../compare/peer-training.js")).trainByAny,
  figure2: async () => (await import("../reproduce/figure2-training.js")).trainOnce,
  figure3: async () => (await import("../reproduce/figure3-training.js")).trainOnce,
  growth: async () => (await import("../reproduce/theory/measure.js")).measureGrowth,
  training: async () => (await import("./training.js")).train,
  "window-costs": async () => (await import("./training.js")).windowCosts,
};

/** Computes a job. The same settings give the same bits everywhere. */
export async function perform({ kind, settings }: Job): Promise<unknown> {
  if (!Object.hasOwn(KINDS, kind))
    throw new UserError(`unknown kind of job "${kind}"; kinds are: ${Object.keys(KINDS).join(", ")}`);
  const compute = await KINDS[kind]();
  return compute(settings as never);
}
