/** Slurm's programs, and what they answer. Without slurmdbd there is no sacct: squeue and scontrol say all. */
import { execFile } from "node:child_process";
import { UserError } from "../../errors.js";
import { codeOf } from "../../files.js";
import { shortened } from "../../output.js";

/** What a program of Slurm said. */
export interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longer no program of Slurm may take [ms]: sbatch itself tries for two minutes where the queue is full. */
const TIME_OUT = 180_000;
/** A queue may be long. */
const MOST_BYTES = 256 * 2 ** 20;

/** Runs one of Slurm's programs. @throws UserError if there is none */
export function slurm(program: string, args: readonly string[], input = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { timeout: TIME_OUT, maxBuffer: MOST_BYTES, env: { ...process.env, LC_ALL: "C" } },
      (error, stdout, stderr) => {
        if (codeOf(error) === "ENOENT") reject(noSlurm(program));
        else resolve({ ok: error === null, stdout, stderr: stderr.trim() || (error?.message ?? "") });
      },
    );
    child.stdin?.on("error", () => {}); // it ended without reading: its exit says why
    child.stdin?.end(input);
  });
}

function noSlurm(program: string): UserError {
  return new UserError(
    `there is no ${program} here: run this where Slurm's commands are, as on the cluster's login computer, or give ` +
      "--engine local",
    1,
  );
}

/** Largest number of tasks of an array, by `scontrol show config`: each counts as a job of the cluster. */
export function arraySizeIn(config: string): number {
  const of = (name: string) => Number(new RegExp(`^${name}\\s*=\\s*(\\d+)\\s*$`, "m").exec(config)?.[1] ?? Number.NaN);
  const size = of("MaxArraySize");
  if (size >= 2) return Math.min(size, of("MaxJobCount") || size);
  throw new UserError("scontrol show config says no MaxArraySize of 2 or more: this cluster runs no job arrays", 1);
}

/** A task of an array that waits or runs. */
export interface QueuedTask {
  readonly array: string;
  readonly task: number;
  readonly state: string;
  readonly reason: string;
}

/** What squeue is asked to print: name of the array, number of the task, state, reason. */
export const QUEUE_FORMAT = "%j|%K|%T|%r";

/** Tasks in a line each of {@link QUEUE_FORMAT}; those of arrays of others are left out. */
export function queueIn(text: string, prefix: string): QueuedTask[] {
  return text.split("\n").flatMap((line) => {
    const [array, task, state, ...reason] = line.trim().split("|");
    if (!array.startsWith(prefix) || !/^\d+$/.test(task ?? "")) return [];
    return [{ array, task: Number(task), state, reason: reason.join("|") }];
  });
}

/** Why a task ended, by `scontrol show job`, which forgets it after some minutes; undefined: it does not know. */
export function endIn(text: string): string | undefined {
  const state = /\bJobState=(\S+)/.exec(text)?.[1];
  const [, code, signal] = /\bExitCode=(\d+):(\d+)/.exec(text) ?? [];
  if (state === undefined || state === "COMPLETED") return undefined;
  const remedy = REMEDIES[state];
  const how = Number(signal) > 0 ? ` by signal ${signal}` : Number(code) > 0 ? ` with exit code ${code}` : "";
  return `Slurm says ${state}${how}${remedy ? `: ${remedy}` : ""}`;
}

const REMEDIES: Readonly<Record<string, string>> = {
  TIMEOUT: "give more --time, or a smaller --block",
  OUT_OF_MEMORY: "give more --memory",
};

/** What a failure of Slurm's programs means: something that passes, or an error that somebody must mend. */
export type Refusal =
  | {
      readonly passes: string;
      /** whether what was asked for may have been done for all that */
      readonly mayBeTaken: boolean;
    }
  | { readonly error: UserError };

const CLOCKS = /expired credential|rewound credential|out of sync clocks|invalid (?:job )?credential/i;
const AWAY =
  /unable to contact|connection refused|timed out|communications connection failure|zero bytes|shutting down/i;
const FULL = /temporarily unavailable|temporarily unable|submit limit|maxsubmit|maxjob|qos policy|max(?:imum)? .*jobs/i;

/** Reads what sbatch or squeue said on stderr. */
export function refusalIn(text: string): Refusal {
  if (CLOCKS.test(text))
    return {
      error: new UserError(
        `Slurm refuses because clocks disagree (${said(text)}): set the clocks of this computer and the controller ` +
          "by NTP, then repeat the command",
        1,
      ),
    };
  if (AWAY.test(text)) return { passes: "Slurm's controller does not answer", mayBeTaken: true };
  if (/invalid partition/i.test(text)) return { error: wrong("partition", "sinfo --summarize lists them", text) };
  if (/invalid account/i.test(text)) return { error: wrong("account", "sacctmgr show associations lists them", text) };
  if (/time limit/i.test(text)) return { error: wrong("time", "sinfo says what each partition allows", text) };
  if (/memory specification|node configuration/i.test(text))
    return { error: wrong("memory", "sinfo --Node --long says what nodes have", text) };
  if (FULL.test(text)) return { passes: "the queue is full", mayBeTaken: false };
  return {
    error: new UserError(`Slurm refuses: ${said(text)}; it was not submitted, and the same command tries again`, 1),
  };
}

const wrong = (option: string, remedy: string, text: string) =>
  new UserError(`Slurm refuses --${option} (${said(text)}): give another one; ${remedy}`, 1);

const said = (text: string) => shortened(text.replaceAll(/^\w+: (?:error: )?/gm, ""));
