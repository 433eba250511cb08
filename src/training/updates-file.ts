/** updates.jsonl of a run's folder; of a robot that was stopped also stopped-updates.jsonl. */
import { join } from "node:path";
import { UserError } from "../errors.js";
import { writeAtomically } from "../files.js";
import type { RolloutMetrics } from "./metrics.js";
import { appendLines, completeLines, keepStopped } from "./run-lines.js";
import type { UpdateLine } from "./updates.js";

function pathIn(run: string): string {
  return join(run, "updates.jsonl");
}

/** Adds lines; flushed to disk before it returns. */
export async function appendUpdates(run: string, updates: readonly UpdateLine[]): Promise<void> {
  if (updates.length > 0) await appendLines(pathIn(run), updates);
}

/**
 * Forgets the lines after the first `updates`: those that a crash cut off before their checkpoint. Those of a robot,
 * which drives no rollout twice, are kept.
 */
export async function truncateUpdates(run: string, updates: number, keepsStopped: boolean): Promise<void> {
  const lines = ((await completeLines(pathIn(run))) ?? []).map((line) => `${line}\n`);
  const numbers = lines.map(updateIn);
  // a run that an older version began has none of its first updates
  const wrong = numbers.findIndex((number, i) => number === undefined || number !== (numbers[0] ?? 0) + i);
  if (wrong >= 0) {
    const where = `${pathIn(run)}, line ${wrong + 1}`;
    throw new UserError(`${where} is not the update after the one before: put the line back, or remove the file`);
  }
  const kept = lines.filter((_, i) => (numbers[i] ?? 0) <= updates);
  if (keepsStopped) await keepStopped(join(run, "stopped-updates.jsonl"), lines.slice(kept.length).join(""));
  await writeAtomically(pathIn(run), kept.join(""));
}

/**
 * Metrics of laps whose updates come within them, with `predictedCost`: the cost of the lap times what was expected of
 * its windows, each before it was driven, over what these then cost. Where that is not known, as they are.
 */
export async function withPromises<T extends RolloutMetrics>(run: string, metrics: readonly T[]): Promise<T[]> {
  const laps = new Map<number, { cost: number; expected: number }>();
  for (const { lap, windowCost, expectedCost } of await readUpdates(run)) {
    if (lap === undefined || windowCost === undefined || expectedCost === undefined) continue;
    const { cost, expected } = laps.get(lap) ?? { cost: 0, expected: 0 };
    laps.set(lap, { cost: cost + windowCost, expected: expected + expectedCost });
  }
  return metrics.map((one) => {
    const { cost, expected } = laps.get(one.index) ?? { cost: 0, expected: 0 };
    return cost > 0 ? { ...one, predictedCost: (one.windowCost * expected) / cost } : one;
  });
}

/** The numbers of all complete lines, by their names; lines that cannot be read, and other values, are left out. */
export async function readUpdates(run: string): Promise<Readonly<Record<string, number | undefined>>[]> {
  return ((await completeLines(pathIn(run))) ?? []).flatMap((line) => {
    try {
      const entries = Object.entries(Object(JSON.parse(line)));
      return [Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"))];
    } catch {
      return [];
    }
  });
}

/** The number of the update that a line is of; undefined if it is of none. */
function updateIn(line: string): number | undefined {
  try {
    const { update } = JSON.parse(line) as Record<string, unknown>;
    return typeof update === "number" ? update : undefined;
  } catch {
    return undefined;
  }
}
