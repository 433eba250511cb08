/** A training over a link, whoever opened it: of the API and of the command line. */
import { NEWEST, OrdinaryLaps } from "../derivatives/ordinary-laps.js";
import type { Link } from "../links/link.js";
import { readRecording } from "../recording/reader.js";
import type { TrainedRollout } from "../training/metrics.js";
import { train } from "../training/on-disk.js";
import type { StartedRun } from "../training/run-start.js";

/** Trains a run over an open link, which is stopped and closed whatever happens. `rollouts`: driven before. */
export async function trainOver(
  run: StartedRun,
  link: Link,
  rollouts: readonly TrainedRollout[],
  signal: AbortSignal,
  onRollout: (driven: TrainedRollout, refused: string | undefined) => void,
): Promise<void> {
  try {
    await train({ ...run, link, signal, modelWatch: await watchModel(run, rollouts), onRollout }, run.progress);
  } finally {
    await link.stop().finally(() => link.close());
  }
}

/** Watches the model by the laps; of a run that is resumed it goes on from the last ones. */
export async function watchModel(
  { config, folder }: Pick<StartedRun, "config" | "folder">,
  rollouts: readonly TrainedRollout[],
) {
  const watch = await OrdinaryLaps.for(config);
  if (!watch || rollouts.length === 0) return watch;
  const read = async (metrics: TrainedRollout) => {
    const lap = await readRecording(folder.rolloutPath(metrics.index)).catch(() => undefined);
    return lap ? [[lap, metrics] as const] : [];
  };
  const laps = (await Promise.all(rollouts.slice(-NEWEST).map(read))).flat();
  watch.goOn(
    rollouts.flatMap(({ noticed }) => noticed),
    laps,
  );
  return watch;
}
