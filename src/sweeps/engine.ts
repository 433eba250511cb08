/** What an engine is: what does the jobs of a plan, here or elsewhere. */
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

/** An engine's name, or a server's address, as it may be shown. */
export function withoutPassword(engine: string): string {
  return engine.replace(/(:\/\/[^:@/]*):.*@/s, "$1:…@");
}
