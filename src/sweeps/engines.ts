/** Where jobs of a plan are done: on this computer, by Slurm, or by workers that fetch them from Redis. */
import { UserError } from "../errors.js";
import { type Engine, type EngineOptions, withoutPassword } from "./engine.js";
import { runLocally } from "./local.js";

export const LOCAL = "local";
const ALLOWED = `${LOCAL}, slurm or bullmq=redis://HOST:PORT`;

/** The engine that a text names, but for the one of this computer. */
export async function engineNamed(given: string, options: EngineOptions): Promise<Engine> {
  if (given === "slurm") return (await import("./slurm/follow.js")).slurmEngine(options);
  const [name, address] = given.split(/=(.*)/s);
  if (name === "bullmq" && address) return (await import("./bullmq/follow.js")).bullmqEngine(address, options);
  throw new UserError(`--engine is ${withoutPassword(given)}; allowed is ${ALLOWED}`);
}

/** Worker threads of this computer. */
export function localEngine(workers: number): Engine {
  return async (plan, { signal, onDone }) => {
    await runLocally(plan, { workers, signal, onDone });
    return true;
  };
}
