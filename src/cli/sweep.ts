/** What commands that run a plan share: where its jobs are done, and how that is followed. */
import { availableParallelism } from "node:os";
import { messageOf, UserError } from "../errors.js";
import type { Output } from "../output.js";
import { indicesText } from "../sweeps/blocks.js";
import { type Engine, withoutPassword } from "../sweeps/engine.js";
import { engineNamed, LOCAL, localEngine } from "../sweeps/engines.js";
import type { Plan } from "../sweeps/plan.js";
import { type Arguments, type ArgumentType, flag, optionName, text, wholeNumber } from "./arguments.js";
import { withProgress } from "./jobs.js";
import { workers } from "./shared.js";

/** A memory or time as Slurm reads it. */
const slurmText = (what: string, allowed: RegExp): ArgumentType<string> => ({
  label: what,
  parse(given, name) {
    if (allowed.test(given)) return given;
    throw new UserError(`${name} is ${given}; allowed is ${what}`);
  },
});

/** Where jobs are done. */
export const engineArguments = {
  workers,
  engine: {
    type: { ...text, label: "local, slurm or bullmq=redis://HOST" },
    describe: "where the jobs are done: docs/sweeps.md",
    defaultNote: "local",
  },
  block: { type: wholeNumber(1), describe: "jobs that a process of an engine does in a row", defaultNote: "engine's" },
  tries: { type: wholeNumber(1), default: 3, describe: "how often a job that fails on an engine is tried" },
  account: { type: text, describe: "account to charge (slurm)" },
  partition: { type: text, describe: "partition of the cluster (slurm)", defaultNote: "the cluster's" },
  time: {
    type: slurmText("minutes, or [days-]hours:minutes:seconds", /^(\d+|(\d+-)?\d+(:\d+){0,2})$/),
    describe: "most time of a block (slurm)",
    defaultNote: "the partition's",
  },
  memory: {
    type: slurmText("a size, e.g. 512M or 2G", /^\d+[KMGT]?$/),
    describe: "memory of a block (slurm)",
    defaultNote: "the cluster's",
  },
  throttle: { type: wholeNumber(1), describe: "blocks at a time, at most (slurm)" },
} as const;

/** Of commands with one plan. */
export const dryRun = { type: flag, describe: "show what would be submitted, and submit nothing (slurm)" } as const;

type EngineArguments = Arguments<typeof engineArguments> & { readonly dryRun?: boolean };

const SLURM_ONLY = ["account", "partition", "time", "memory", "throttle", "dryRun"] as const;

/** The engine that is asked for. */
export async function engineFor({ engine = LOCAL, workers, ...options }: EngineArguments): Promise<Engine> {
  const ofSlurm = SLURM_ONLY.find((name) => options[name] !== undefined && options[name] !== false);
  if (engine !== "slurm" && ofSlurm !== undefined)
    throw new UserError(`--${optionName(ofSlurm)} is for --engine slurm, and the engine is ${withoutPassword(engine)}`);
  if (engine === LOCAL) return localEngine(workers ?? availableParallelism());
  if (workers === undefined) return engineNamed(engine, options);
  throw new UserError("--workers is for the engine local: Slurm has --throttle, and lapgrad worker its own --workers");
}

/** Where that is, for people. */
export function whereOf({ engine = LOCAL, workers = availableParallelism() }: EngineArguments): string {
  if (engine === LOCAL) return `on ${workers} worker${workers === 1 ? "" : "s"}`;
  return engine === "slurm" ? "by Slurm" : "by workers on Redis";
}

/**
 * Does what is missing of a plan, with progress on the screen; the answers in the order of the jobs, none where
 * --dry-run only showed what would be done. `again`: the command that goes on where this one ends early.
 */
export async function runPlan(
  plan: Plan,
  engine: Engine,
  output: Output,
  what: string,
  again: string,
): Promise<readonly unknown[] | undefined> {
  const say = (line: string) => output.say(line);
  const work = withProgress(plan.header.jobs, output, what, (watch) => engine(plan, { ...watch, say }));
  const isDone = await work.catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${messageOf(error)}; what is over is kept, and ${again} goes on`, error.exitCode);
  });
  if (!isDone) return undefined;
  const answers = await plan.answers();
  const open = answers.flatMap((answer, index) => (answer === undefined ? [index] : []));
  if (open.length === 0) return answers;
  throw new UserError(`jobs ${indicesText(open)} have no whole result; ${again} does them again`, 1);
}
