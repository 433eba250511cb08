/** Processes of a drive that are suspended (SIGSTOP, SIGCONT) or killed, at random and repeatably. */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "@jest/globals";
import { readRecording } from "../../src/recording/reader.js";
import { randomNumbers } from "./cores.js";

/** How often every process is suspended, a round after the other; in every fourth round it is killed. */
const ROUNDS = Number(process.env.LAPGRAD_STALLS ?? 1);
const [SHORTEST, LONGEST] = [50, 2000];

export interface Stall {
  readonly who: string;
  /** [ms]; infinite: it is killed */
  readonly ms: number;
}

/** Short ones as often as long ones, as on a logarithmic scale. `killed`: those that may be killed too. */
export function drawStalls(processes: readonly string[], killed: readonly string[], seed: number): Stall[] {
  const random = randomNumbers(seed);
  return Array.from({ length: ROUNDS }, (_, round) => {
    const kills = round % 4 === 3;
    const drawn = () => Math.round(SHORTEST * (LONGEST / SHORTEST) ** ((1 + random()) / 2));
    return (kills ? killed : processes).map((who) => ({ who, ms: kills ? Number.POSITIVE_INFINITY : drawn() }));
  }).flat();
}

/** Whether something moves again after it was neutral three times in a row, which no driving policy is. */
export function movesAgain(commands: readonly number[]): boolean {
  const stood = commands.findIndex((_, i) => i >= 2 && commands.slice(i - 2, i + 1).every((one) => one === 0));
  return stood >= 0 && commands.slice(stood).some((one) => one !== 0);
}

export const wordsOf = ({ who, ms }: Stall) =>
  Number.isFinite(ms) ? `${who} suspended for ${ms} ms` : `${who} killed`;

/** Suspends a process for that time, or kills it. */
export async function stall(pid: number, ms: number): Promise<void> {
  if (!Number.isFinite(ms)) {
    process.kill(pid, "SIGKILL");
    return;
  }
  process.kill(pid, "SIGSTOP");
  await setTimeout(ms);
  process.kill(pid, "SIGCONT");
}

/** Numbers of the processes that the main thread of a process has started. */
export function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

/** What stopped the last drive of a run, after which it stood and was disarmed. */
export async function endedBy(run: string): Promise<string> {
  const drives = join(run, "drives");
  const { events } = await readRecording(join(drives, (await readdir(drives)).sort().at(-1) ?? ""));
  expect(events.at(-1)?.message).toBe("fault");
  return events.find(({ level }) => level === "fault")?.name ?? "";
}

/** The computer was too busy before anything was done to the drive: it is tried again. */
export class TooBusy extends Error {}

/** Tries so often, as long as the computer is too busy; nothing else is tried again. */
export async function whereIdle(attempt: () => Promise<void>, tries = 6): Promise<void> {
  for (let left = tries - 1; ; left--)
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TooBusy) || left === 0) throw error;
    }
}
