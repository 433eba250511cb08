/**
 * Gives changed inputs to the commands in a process of its own, whose memory and time are measured for each. Arguments:
 * kind, folder, seed, first input, how many. Sends an {@link Outcome} for each fault, and a count now and then.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../src/errors.js";
import { kindIn } from "./kinds.js";
import { Random } from "./random.js";

/** What an input may take: of memory [bytes] and time [s]. */
export const LIMITS = { memory: 200e6, seconds: 2 } as const;
/** A sentence is no longer. */
const LONGEST = 1500;
/** Above this garbage is collected first, so that it is not counted as the next input's [bytes]. */
const TIDY_ABOVE = 120e6;
/** A count is sent after so many inputs. */
const REPORT = 50;

/** What is sent to the parent. */
export interface Report {
  readonly done: number;
  readonly succeeded: number;
  /** the largest of one input */
  readonly memory: number;
  readonly seconds: number;
  readonly fault?: { readonly input: number; readonly problem: string };
}

process.once("disconnect", () => process.exit()); // nobody counts any more

const [kindName = "", folder = "", seed, first, count] = process.argv.slice(2);
const kind = await kindIn(folder, kindName);
let [done, succeeded, memory, seconds] = [0, 0, 0, 0];

/** Resets the highest memory that Linux remembers. */
function forgetPeak(): void {
  if (process.memoryUsage.rss() > TIDY_ABOVE) globalThis.gc?.();
  writeFileSync("/proc/self/clear_refs", "5");
}

/** The highest memory since then [bytes]. */
function peak(): number {
  return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

/** The first number in a result that is none, by its place. */
function notFinite(value: unknown, place = "result"): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return `${place} is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const found = notFinite(part, `${place}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/** What is wrong with how a command took an input; undefined if nothing is. */
async function problemOf(path: string): Promise<string | undefined> {
  let problem: string | undefined;
  try {
    await kind.run(path, {
      terminal: undefined,
      format: (line) => line,
      say: () => {},
      print: () => {},
      result: (value) => {
        problem ??= notFinite(value);
      },
    });
    if (problem === undefined) succeeded++;
    return problem;
  } catch (error) {
    if (!(error instanceof UserError)) return `not one sentence: ${error instanceof Error ? error.stack : error}`;
    if (/\n/.test(error.message) || error.message.length > LONGEST) return `not one sentence: ${error.message}`;
    return undefined;
  }
}

for (let input = Number(first); input < Number(first) + Number(count); input++) {
  const path = join(folder, "input");
  await writeFile(
    path,
    await kind.mutate(new Random(Math.imul(Number(seed), 0x9e3779b1) ^ Math.imul(input, 0x85ebca6b))),
  );
  forgetPeak();
  const [began, used] = [performance.now(), process.cpuUsage()];
  let problem = await problemOf(path);
  const { user, system } = process.cpuUsage(used);
  // a busy machine makes others wait: the shorter of both
  const took = Math.min((user + system) / 1e6, (performance.now() - began) / 1e3);
  const most = peak();
  if (took > LIMITS.seconds) problem ??= `it took ${took.toFixed(1)} s`;
  if (most > LIMITS.memory) problem ??= `it took ${(most / 1e6).toFixed(0)} MB`;
  [done, memory, seconds] = [done + 1, Math.max(memory, most), Math.max(seconds, took)];
  const fault = problem === undefined ? {} : { fault: { input, problem } };
  if (problem !== undefined || done % REPORT === 0 || done === Number(count))
    process.send?.({ done, succeeded, memory, seconds, ...fault } satisfies Report);
}
process.disconnect?.();
