/**
 * A plan done by workers that fetch blocks of jobs from a queue in Redis. The plan is the truth: what has neither a
 * result nor a place in the queue is put there again, as after Redis was emptied. Results are in Redis until they are
 * on the disk here.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { UserError } from "../../errors.js";
import { indicesText, piecesOf } from "../blocks.js";
import { type Engine, type EngineOptions, type Watch, withoutPassword } from "../engine.js";
import type { Plan } from "../plan.js";
import { type Block, failuresKey, PLANS, PREFIX, planKey, queueOf, resultsKey } from "./keys.js";
import { bullmq, connected } from "./redis.js";

/** Between two looks [s]. */
const LOOK = 1;
/** Blocks that are asked for, or results that are fetched, at a time. */
const AT_A_TIME = 200;
/** Longest a block should be unless said: so many for a plan, to be shared by its workers. */
const BLOCKS = 1000;

/** Redis at this address with these options. */
export function bullmqEngine(address: string, options: EngineOptions): Engine {
  return async (plan, watch) => {
    let said = "";
    const redis = await connected(address, (why) => {
      if (said !== why) watch.say(`Redis at ${withoutPassword(address)} is away (${why}): waiting`);
      said = why;
    });
    redis.on("ready", () => {
      if (said !== "") watch.say("Redis is there again");
      said = "";
    });
    const { Queue } = await bullmq();
    const queue = new Queue(queueOf(plan.header.version), { connection: redis, prefix: PREFIX });
    queue.on("error", () => {}); // the connection's own events say what is wrong
    try {
      await new Following(plan, watch, options, redis, queue).run();
      return true;
    } finally {
      await Promise.race([queue.close(), sleep(1000)]).catch(() => {});
      redis.disconnect();
    }
  };
}

/** A command that follows a plan. */
class Following {
  readonly #names: readonly string[];
  readonly #key: string;
  /** by job: how often it failed */
  readonly #failures = new Map<number, { readonly times: number; readonly why: string }>();
  /** names without a result yet -> number */
  #open = new Map<string, number>();

  constructor(
    readonly plan: Plan,
    readonly watch: Watch,
    readonly options: EngineOptions,
    readonly redis: Redis,
    readonly queue: Queue,
  ) {
    this.#names = plan.names();
    this.#key = planKey(plan.header.hash);
  }

  async run(): Promise<void> {
    const { plan, redis, watch } = this;
    const interrupted = new Promise<never>((_, reject) => {
      const stop = () => reject(new UserError("no longer followed: workers go on, and their results wait in Redis", 1));
      if (watch.signal.aborted) stop();
      watch.signal.addEventListener("abort", stop, { once: true });
    });
    const following = async () => {
      const missing = await plan.missing();
      this.#open = new Map(missing.map((index) => [this.#names[index], index]));
      for (;;) {
        await redis.hset(PLANS, this.#key, plan.header.version);
        const inWork = await this.#inWork(); // before the results: a block that left the queue has left them before
        await this.#take();
        watch.onDone(plan.header.jobs - this.#open.size);
        if (this.#open.size === 0) return this.#clear();
        await this.#enqueue(inWork);
        await sleep(1000 * LOOK);
      }
    };
    await Promise.race([following(), interrupted]);
  }

  /** Numbers of the jobs that wait or are worked on; counts the blocks that BullMQ gave up, and takes them away. */
  async #inWork(): Promise<Set<number>> {
    const found = new Set<number>();
    const blocks = await this.queue.getJobs(["wait", "active", "delayed", "prioritized", "paused"], 0, -1);
    for (const block of blocks) {
      const { plan, jobs } = (block?.data ?? {}) as Partial<Block>;
      if (plan === this.#key) for (const { index } of jobs ?? []) found.add(index);
    }
    for (const block of await this.queue.getJobs(["failed"], 0, -1)) {
      const { plan, jobs } = (block?.data ?? {}) as Partial<Block>;
      if (plan !== this.#key) continue;
      for (const { index, name } of jobs ?? [])
        if (this.#open.has(name)) this.#failed(index, block?.failedReason ?? "it was lost");
      await block?.remove().catch(() => {}); // another follower took it away
    }
    return found;
  }

  #failed(index: number, why: string): void {
    this.#failures.set(index, { times: (this.#failures.get(index)?.times ?? 0) + 1, why });
    this.watch.say(`job ${index} failed: ${why}`);
  }

  /** Keeps what came in: first on the disk, then no longer in Redis. */
  async #take(): Promise<void> {
    const { plan, redis } = this;
    const [results, failures] = [resultsKey(this.#key), failuresKey(this.#key)];
    for (const names of piecesOf(await redis.hkeys(results), AT_A_TIME)) {
      const texts = await redis.hmget(results, ...names);
      for (const [i, name] of names.entries()) {
        const text = texts[i];
        if (text === null || !this.#open.has(name)) continue;
        await plan.results.writeText(name, text);
        this.#open.delete(name);
      }
      await redis.hdel(results, ...names);
    }
    for (const [name, why] of Object.entries(await redis.hgetall(failures))) {
      const index = this.#open.get(name);
      if (index !== undefined) {
        await plan.results.fail(name, why);
        this.#failed(index, why);
      }
      await redis.hdel(failures, name);
    }
  }

  /** Puts into the queue what has neither a result nor a place in it. */
  async #enqueue(inWork: ReadonlySet<number>): Promise<void> {
    const { plan, options } = this;
    const open = [...this.#open.values()].filter((index) => !inWork.has(index));
    const timesOf = (index: number) => this.#failures.get(index)?.times ?? 0;
    const ended = open.filter((index) => timesOf(index) >= options.tries);
    if (ended.length === this.#open.size) {
      const why = this.#failures.get(ended[0])?.why;
      throw new UserError(`jobs ${indicesText(ended)} failed ${options.tries} times (the first: ${why}): mend that`, 1);
    }
    const due = open.filter((index) => timesOf(index) < options.tries);
    const size = options.block ?? Math.max(1, Math.ceil(due.length / BLOCKS));
    for (const blocks of piecesOf(piecesOf(due, size), AT_A_TIME))
      await this.queue.addBulk(
        blocks.map((indices) => {
          const jobs = indices.map((index) => ({ ...plan.job(index), index }));
          const data: Block = { plan: this.#key, version: plan.header.version, jobs };
          const times = Math.max(...indices.map(timesOf));
          const content = createHash("sha256")
            .update(jobs.map(({ name }) => name).join())
            .digest("hex")
            .slice(0, 16);
          // a name by the content: what waits already is not put there twice
          return { name: "block", data, opts: { jobId: `${this.#key}-${content}-${times}`, removeOnComplete: true } };
        }),
      );
    if (due.length > 0) this.watch.say(`${due.length} jobs are in the queue: lapgrad worker does them`);
  }

  /** Nothing of the plan stays. */
  async #clear(): Promise<void> {
    await this.redis.del(resultsKey(this.#key), failuresKey(this.#key));
    await this.redis.hdel(PLANS, this.#key);
  }
}
