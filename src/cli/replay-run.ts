/** `lapgrad replay`: goes through a recording again and says how far controller, references and costs agree with it. */
import type { PartialConfig } from "../config/config.js";
import { digits, formatTable, type Output } from "../output.js";
import { type ReplayResult, replayRecordings } from "../training/replay.js";

export async function replayCommand(
  path: string,
  given: PartialConfig,
  network: string | undefined,
  output: Output,
): Promise<void> {
  const results = await replayRecordings(path, given, network);
  output.say(formatTable(tableOf(results)));
  for (const { note, rollout } of results) if (note) output.say(`rollout ${rollout}: ${note}`);
  output.result({ recording: path, rollouts: results });
}

/** One row per rollout; "error" is the largest difference to the recording. Columns that nothing is known for are left out. */
function tableOf(results: readonly ReplayResult[]): string[][] {
  const error = (value: number | null) => (value === null ? undefined : value.toExponential(1));
  const columns: [string, (r: ReplayResult) => string | undefined][] = [
    ["rollout", (r) => `${r.rollout}`],
    ["driven [s]", (r) => digits(r.seconds)],
    ["command error", (r) => error(r.commandError.largest)],
    ["(median)", (r) => error(r.commandError.median)],
    ["reference error", (r) => error(r.referenceError)],
    ["setpoint error", (r) => error(r.setpointError)],
    ["cost", (r) => digits(r.cost)],
    ["window cost", (r) => digits(r.windowCost)],
    ["windows", (r) => (r.windows > 1 ? `${r.windows}` : undefined)],
    ["cost error", (r) => error(r.costError)],
  ];
  const known = columns.filter(([, cell]) => results.some((result) => cell(result) !== undefined));
  return [known.map(([heading]) => heading), ...results.map((r) => known.map(([, cell]) => cell(r) ?? "-"))];
}
