/** Where jobs of a plan are done: on this computer, by Slurm, or by workers that fetch them from Redis. */
import { UserError } from "../errors.js";
import { runLocally } from "./local.js";
import type { Plan } from "./plan.js";

/** What follows an engine. */
export interface Watch {
  /** ends the following; what is queued elsewhere goes on */
  readonly signal: AbortSignal;
  /** called with the number of jobs of the plan that are done */
  readonly onDone: (done: number) => void;
  /** a line for people */
  readonly say: (line: string) => void;
}

/**
 * Does what is missing of a plan: when it ends every job is done, or, with false, --dry-run showed what would be done.
 * @throws UserError that says why it ended before
 */
export type Engine = (plan: Plan, watch: Watch) => Promise<boolean>;

/** How an engine is asked for; what one has no use for is refused. */
export interface EngineOptions {
  readonly tries: number;
  readonly block?: number | undefined;
  readonly account?: string | undefined;
  readonly partition?: string | undefined;
  readonly time?: string | undefined;
  readonly memory?: string | undefined;
  readonly throttle?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export const LOCAL = "local";
const ALLOWED = `${LOCAL}, slurm or bullmq=redis://HOST:PORT`;

/** An engine's name, or a server's address, as it may be shown. */
export function withoutPassword(engine: string): string {
  return engine.replace(/(:\/\/[^:@/]*):[^@]*@/, "$1:…@");
}

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
