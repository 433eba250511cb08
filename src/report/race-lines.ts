/** What is said of a race at its end. */
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { digits } from "../output.js";
import { readRecording } from "../recording/reader.js";
import { coreFor } from "../session.js";
import type { RolloutMetrics } from "../training/metrics.js";
import { RunFolder } from "../training/run-folder.js";
import { nominalTrack } from "./frame.js";
import { lossTexts } from "./sector-table.js";
import { askedSectorTime, sectorTimes } from "./sectors.js";

/** The fastest lap of the run in a folder, the limit that was estimated, and where on the lap time is lost. */
export async function raceLines(run: string, config: RunConfig, fastest: RolloutMetrics): Promise<string[]> {
  const { index, lapTime, usage, limit } = fastest;
  const estimated = limit === undefined ? "" : `; the model's least on the track's own line is ${digits(limit)} s`;
  const said = [
    `fastest lap inside the budget: ${index}, ${digits(lapTime)} s at usage ${digits(usage, 3)}${estimated}`,
  ];
  const recording = await readRecording(new RunFolder(run).rolloutPath(index)).catch(() => undefined);
  if (!recording) return said;
  const { timing } = resolveTask(config).task;
  const driven = sectorTimes(recording, nominalTrack(await coreFor(config, 1, 1)));
  const losses = lossTexts(driven, askedSectorTime(timing.lapTime as number, usage));
  return [
    ...said,
    `against the speeds that were asked for: ${losses.map((loss, i) => `sector ${i + 1} ${loss} s`).join(", ")}`,
  ];
}
