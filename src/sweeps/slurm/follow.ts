/**
 * A plan done by Slurm: what is missing is submitted as job arrays, followed by squeue and the results, and submitted
 * again where a task ended without its results. Nothing is counted but results, so that a task that runs twice, a
 * controller that restarts or another command that follows the same plan do no harm.
 */
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.js";
import { createFolder, writeAtomically } from "../../files.js";
import { indicesText, piecesOf } from "../blocks.js";
import type { Engine, EngineOptions, Watch } from "../engine.js";
import type { Plan } from "../plan.js";
import { arraySizeIn, endIn, QUEUE_FORMAT, type QueuedTask, queueIn, refusalIn, slurm } from "./commands.js";
import { type ArrayScript, batchScript } from "./script.js";
import { forgetSubmitted, keepSubmitted, prefixOf, type SubmittedArray, submittedOf } from "./state.js";

/** Between two looks at the queue, at first and later [s]. */
const LOOKS = { first: 1, last: 15 };
/** Looks in a row that must miss a result before its task counts as failed: a shared file system may be late. */
const LATE = 3;

const MAIN = fileURLToPath(new URL("../../cli/main.js", import.meta.url));

/** Slurm with these options. */
export function slurmEngine(options: EngineOptions): Engine {
  return async (plan, watch) => {
    const config = await slurm("scontrol", ["show", "config"]);
    if (!config.ok) throw refusalError(config.stderr);
    const size = arraySizeIn(config.stdout);
    if (options.dryRun) await show(plan, watch, options, size);
    else await new Following(plan, watch, options, size).run();
    return !options.dryRun;
  };
}

async function show(plan: Plan, { say }: Watch, options: EngineOptions, size: number): Promise<void> {
  const missing = await plan.missing();
  const arrays = arraysOf(missing, options, size);
  for (const [place, blocks] of arrays.entries()) {
    const script = scriptOf(plan, place, blocks.length);
    say(`# ${script.blocks}: ${blocks.map(indicesText).join(" | ")}`);
    say(batchScript(script, options));
  }
}

/** Arrays, their blocks, the numbers of the jobs: as few jobs to a block as one array allows, unless said. */
export function arraysOf(missing: readonly number[], { block }: Pick<EngineOptions, "block">, size: number) {
  return piecesOf(piecesOf(missing, block ?? blockOf(missing.length, size)), size);
}

const blockOf = (jobs: number, size: number) => Math.max(1, Math.ceil(jobs / size));

function scriptOf(plan: Plan, place: number, tasks: number): ArrayScript {
  const name = `${prefixOf(plan.header.hash)}${place}`;
  const logs = resolve(plan.folder, "slurm");
  return {
    name,
    tasks,
    blocks: join(logs, `${name}.blocks`),
    logs,
    plan: resolve(plan.path),
    hash: plan.header.hash,
    program: [process.execPath, MAIN],
  };
}

function refusalError(text: string): UserError {
  const refusal = refusalIn(text);
  if ("error" in refusal) return refusal.error;
  return new UserError(`${refusal.passes}: ask who runs the cluster, or repeat the command later`, 1);
}

/** A command that follows a plan. */
class Following {
  #arrays: SubmittedArray[] = [];
  /** tasks of an array for which there may be room: half as many after a refusal, more again after an array */
  #room: number;
  /** by job: how often it was submitted */
  readonly #tries = new Map<number, number>();
  /** what was said last, so that it is said once */
  #said = "";
  /** jobs that failed as often as they may */
  readonly #ended = new Set<number>();
  /** by job: looks in a row that found neither a task nor a result */
  readonly #absent = new Map<number, number>();

  constructor(
    readonly plan: Plan,
    readonly watch: Watch,
    readonly options: EngineOptions,
    /** most tasks of an array */
    readonly size: number,
  ) {
    this.#room = size;
  }

  async run(): Promise<void> {
    const { plan, watch } = this;
    this.#arrays = await submittedOf(plan);
    for (const { id, blocks } of this.#arrays) if (id !== undefined) this.#count(blocks);
    await createFolder(join(plan.folder, "slurm"));
    const begun = performance.now();
    for (;;) {
      const queue = await this.#queue();
      const missing = await plan.missing(); // after the queue: a task that left it has written before
      watch.onDone(plan.header.jobs - missing.length);
      if (missing.length === 0) return forgetSubmitted(plan);
      if (queue !== undefined) await this.#submitOpen(missing, queue);
      const age = (performance.now() - begun) / 1000;
      await this.#wait(Math.min(LOOKS.last, LOOKS.first + age / 60));
    }
  }

  #count(blocks: readonly (readonly number[])[]): void {
    for (const index of blocks.flat()) this.#tries.set(index, this.#triesOf(index) + 1);
  }

  #triesOf(index: number): number {
    return this.#tries.get(index) ?? 0;
  }

  async #wait(seconds: number): Promise<void> {
    await sleep(1000 * seconds, undefined, { signal: this.watch.signal }).catch(() => {
      const names = this.#arrays.map(({ name }) => name).join(",");
      throw new UserError(`no longer followed: what is queued goes on (scancel --name=${names} ends it)`, 1);
    });
  }

  /** Says something that lasts, once. */
  #once(line: string): void {
    if (line !== this.#said && line !== "") this.watch.say(line);
    this.#said = line;
  }

  /** The plan's tasks that wait or run; undefined: the controller does not answer. */
  async #queue(): Promise<QueuedTask[] | undefined> {
    const args = ["--noheader", "--array", `--user=${process.getuid?.()}`, `--format=${QUEUE_FORMAT}`];
    const { ok, stdout, stderr } = await slurm("squeue", args);
    if (!ok) {
      const refusal = refusalIn(stderr);
      if ("error" in refusal) throw refusal.error;
      this.#once(`${refusal.passes}: waiting`);
      return undefined;
    }
    const tasks = queueIn(stdout, prefixOf(this.plan.header.hash));
    const isIdle = tasks.length > 0 && tasks.every(({ state }) => state === "PENDING");
    const reasons = [...new Set(tasks.map(({ reason }) => reason))].filter((one) => !PASSING.has(one));
    const held = tasks.find(({ reason }) => /held/i.test(reason));
    const remedy = held ? `; scontrol release jobname=${held.array} frees what is held` : "";
    this.#once(isIdle && reasons.length > 0 ? `${tasks.length} blocks wait: ${reasons.join("; ")}${remedy}` : "");
    return tasks;
  }

  /** Submits what has neither result nor task. */
  async #submitOpen(missing: readonly number[], queue: readonly QueuedTask[]): Promise<void> {
    const inWork = this.#jobsOf(queue);
    const open = missing.filter((index) => !inWork.has(index));
    for (const index of missing) {
      if (inWork.has(index)) this.#absent.delete(index);
      else this.#absent.set(index, (this.#absent.get(index) ?? 0) + 1);
    }
    const isDue = (index: number) => this.#triesOf(index) === 0 || (this.#absent.get(index) ?? 0) >= LATE;
    const due = open.filter((index) => !this.#ended.has(index) && isDue(index));
    const again = due.filter((index) => this.#triesOf(index) > 0);
    if (again.length > 0) await this.#sayWhy(again);
    for (const index of again) if (this.#triesOf(index) >= this.options.tries) this.#ended.add(index);
    const submit = due.filter((index) => !this.#ended.has(index));
    if (missing.every((index) => this.#ended.has(index))) await this.#giveUp(missing);
    const block = this.options.block ?? blockOf(submit.length, this.size);
    for (const blocks of arraysOf(submit, { block }, this.#room)) if (!(await this.#submit(blocks))) return;
  }

  #jobsOf(queue: readonly QueuedTask[]): Set<number> {
    const arrays = new Map(this.#arrays.map((array) => [array.name, array]));
    return new Set(queue.flatMap(({ array, task }) => arrays.get(array)?.blocks[task] ?? []));
  }

  /** Why a job has no result: what it said itself, else Slurm. */
  async #reasonOf(index: number): Promise<string> {
    const said = await this.plan.results.failure(this.plan.job(index).name);
    if (said !== undefined) return said;
    const array = this.#arrays.findLast(({ id, blocks }) => id && blocks.some((one) => one.includes(index)));
    const task = array?.blocks.findIndex((one) => one.includes(index));
    const { stdout } = await slurm("scontrol", ["--oneliner", "show", "job", `${array?.id}_${task}`]);
    return (
      endIn(stdout) ?? `its task ended without a word; ${join(this.plan.folder, "slurm", `${array?.name}-${task}.log`)}`
    );
  }

  async #sayWhy(indices: readonly number[]): Promise<void> {
    const reasons = new Map<string, number[]>();
    for (const index of indices.slice(0, MOST_REASONS)) {
      const why = await this.#reasonOf(index);
      reasons.set(why, [...(reasons.get(why) ?? []), index]);
    }
    for (const [why, of] of reasons) this.watch.say(`jobs ${indicesText(of)} failed: ${why}`);
    if (indices.length > MOST_REASONS) this.watch.say(`and ${indices.length - MOST_REASONS} more failed`);
  }

  async #giveUp(ended: readonly number[]): Promise<never> {
    await forgetSubmitted(this.plan);
    const why = await this.#reasonOf(ended[0]);
    throw new UserError(
      `jobs ${indicesText(ended)} failed ${this.options.tries} times (the first: ${why}): mend that`,
      1,
    );
  }

  /** Submits an array; false if the queue does not take it now. Its name and blocks are on disk before. */
  async #submit(blocks: readonly (readonly number[])[]): Promise<boolean> {
    const script = scriptOf(this.plan, this.#arrays.length, blocks.length);
    const array: SubmittedArray = { name: script.name, blocks };
    await writeAtomically(script.blocks, `${blocks.map(indicesText).join("\n")}\n`);
    this.#arrays.push(array);
    await keepSubmitted(this.plan, this.#arrays);
    const { ok, stdout, stderr } = await slurm("sbatch", ["--parsable"], batchScript(script, this.options));
    if (!ok) {
      const refusal = refusalIn(stderr);
      if (!("passes" in refusal && refusal.mayBeTaken)) {
        this.#arrays.pop(); // it was not taken: its name is given to the next one
        await keepSubmitted(this.plan, this.#arrays);
      }
      if ("error" in refusal) throw refusal.error;
      this.#once(`${refusal.passes}: what is not submitted yet waits for it`);
      this.#room = Math.max(1, Math.floor(this.#room / 2));
      return false;
    }
    [array.id] = stdout.trim().split(";");
    await keepSubmitted(this.plan, this.#arrays);
    this.#count(blocks);
    this.#room = Math.min(this.size, 2 * this.#room);
    for (const index of blocks.flat()) this.#absent.delete(index);
    this.watch.say(`submitted ${blocks.flat().length} jobs in ${blocks.length} blocks: array ${array.id}`);
    return true;
  }
}

/** Jobs whose reasons are asked for at a time. */
const MOST_REASONS = 20;
/** Reasons for which every queue makes wait. */
const PASSING = new Set(["None", "Priority", "Resources", "JobArrayTaskLimit"]);
