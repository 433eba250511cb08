/** A worker: it fetches blocks of jobs from the queue in Redis and leaves the results there. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { messageOf, UserError } from "../../errors.js";
import { buildVersion } from "../../version.js";
import { Pool } from "../../workers/pool.js";
import { withoutPassword } from "../engine.js";
import { THREAD } from "../local.js";
import type { ThreadJob } from "../thread.js";
import { type Block, failuresKey, PLANS, PREFIX, queueOf, resultsKey } from "./keys.js";
import { bullmq, connected } from "./redis.js";

export interface WorkOptions {
  /** blocks at a time */
  readonly workers: number;
  /** ends when no plan is followed any more */
  readonly untilDone: boolean;
  /** ends at once: what is begun is given to another worker */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** A worker that died loses its block after this time [ms]; checked as often. */
const LOCK = 15_000;
/** So often a block may be lost by workers that die before it counts as failed. */
const MOST_LOST = 10;
/** Between two looks at the plans [ms], and how many that find none must follow each other. */
const LOOK = { every: 1000, idle: 10 };

/** Works until it is stopped; how many jobs were done. @throws UserError if the plans are of another version */
export async function work(address: string, { workers, untilDone, signal, say }: WorkOptions): Promise<number> {
  let said = "";
  const redis = await connected(address, (why) => {
    if (said !== why) say(`Redis at ${withoutPassword(address)} is away (${why}): waiting`);
    said = why;
  });
  const pool = new Pool<ThreadJob, string>(THREAD, workers);
  let done = 0;
  const { Worker } = await bullmq();
  const worker = new Worker(
    queueOf(buildVersion()),
    async ({ data }) => {
      const more = await doBlock(data as Block, redis, pool);
      done += more;
    },
    {
      connection: redis,
      prefix: PREFIX,
      concurrency: workers,
      lockDuration: LOCK,
      stalledInterval: LOCK,
      maxStalledCount: MOST_LOST,
      removeOnComplete: { count: 0 },
    },
  );
  worker.on("error", () => {}); // the connection's own events say what is wrong
  try {
    await Promise.race([untilNothing(redis, untilDone, say), aborted(signal)]);
    return done;
  } finally {
    await Promise.race([worker.close(true), sleep(1000)]).catch(() => {});
    redis.disconnect();
    await pool.close();
  }
}

/** Jobs that have a result already are skipped: the block was begun by a worker that died. */
async function doBlock({ plan, jobs }: Block, redis: Redis, pool: Pool<ThreadJob, string>): Promise<number> {
  let done = 0;
  for (const { name, kind, settings } of jobs) {
    if ((await redis.hexists(resultsKey(plan), name)) === 1) continue;
    try {
      const text = await pool.run({ kind, settings });
      await redis.hset(resultsKey(plan), name, text);
      done++;
    } catch (error) {
      await redis.hset(failuresKey(plan), name, messageOf(error));
    }
  }
  return done;
}

/** Ends when no plan is followed any more, if that is wanted. Versions that this worker does not do are said. */
async function untilNothing(redis: Redis, untilDone: boolean, say: (line: string) => void): Promise<void> {
  const version = buildVersion();
  let idle = 0;
  let isFirst = true;
  const strangers = new Set<string>();
  for (;;) {
    const versions = Object.values(await redis.hgetall(PLANS));
    const other = versions.find((one) => one !== version);
    const mine = versions.includes(version);
    if (other !== undefined && !strangers.has(other)) {
      const text = `jobs there are of lapgrad ${other}, and this is ${version}, which may compute other numbers`;
      const remedy = "install that one here, or plan again with this one";
      if (isFirst && !mine) throw new UserError(`${text}: ${remedy}`, 1);
      say(`${text}: they are left alone; ${remedy}`);
      strangers.add(other);
    }
    isFirst = false;
    idle = mine ? 0 : idle + 1;
    if (untilDone && idle >= LOOK.idle) return;
    await sleep(LOOK.every);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
