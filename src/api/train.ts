/** Trainings, as they go on. */
import type { Output } from "../output.js";
import { bestOf, type RolloutMetrics, type TrainedRollout } from "../training/metrics.js";
import { newRun, resumedRun, type StartedRun, type TrainOptions } from "../training/run-start.js";
import { checked, simulatedLink, wholeNumber } from "./checked.js";
import type { CompleteSettings } from "./configure.js";
import { follow } from "./follow.js";
import type { Settings } from "./settings.js";
import { type StopSignal, stopBy } from "./stop.js";
import { trainOver } from "./train-over.js";

/** Where a training is kept, and how it is ended. */
export interface TrainingOptions {
  /** folder of the run; by default `runs/<task>-<time>` */
  readonly out?: string | undefined;
  /** folder of a run to go on with, from its last update; settings then say what is other than it was */
  readonly resume?: string | undefined;
  /** laps in all, where a drive without stops has laps; elsewhere give `rollouts` among the settings */
  readonly laps?: number | undefined;
  /** asks for a stop after the lap that is being driven; everything up to there is kept */
  readonly signal?: StopSignal | undefined;
}

/** What became of a training. */
export interface TrainingResult {
  /** folder of the run */
  readonly run: string;
  readonly task: string;
  /** all that the run has, those before it was resumed too */
  readonly rollouts: readonly TrainedRollout[];
  /** the cheapest, of a race the fastest; null if none was driven to its end */
  readonly best: RolloutMetrics | null;
  /** driving that the rollouts count [s] */
  readonly seconds: number;
  /** false: it was asked to stop before */
  readonly complete: boolean;
}

/**
 * What happens in a training, in this order: it starts, its rollouts are driven (laps, of a drive without stops), with
 * remarks for people between them, and it ends.
 */
export type TrainingEvent =
  | { readonly kind: "start"; readonly run: string; readonly settings: CompleteSettings }
  | { readonly kind: "rollout"; readonly rollout: TrainedRollout }
  | { readonly kind: "remark"; readonly text: string }
  | { readonly kind: "end"; readonly result: TrainingResult };

/**
 * Trains a policy in simulation, as `lapgrad train` does, and tells what happens. It begins with the first event that
 * is asked for. It does not wait for its reader. Who leaves the loop early stops it like the signal does. The same
 * settings give the same bits as the command.
 * @throws UserError if the settings cannot be, or the policy gets far worse: what was driven until then is kept
 */
export async function* train(
  settings: Settings = {},
  options: TrainingOptions = {},
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { out, resume, laps } = options;
  const start: TrainOptions = {
    given: checked(settings),
    ...(out !== undefined && { out }),
    ...(resume !== undefined && { resume }),
    ...(laps !== undefined && { laps: wholeNumber("laps", laps) }),
  };
  const remarks: string[] = [];
  // what cannot be simulated leaves no folder
  const run = await (start.resume === undefined
    ? newRun(start, async ({ config }) => void simulatedLink(config))
    : resumedRun(
        start,
        quiet((line) => remarks.push(line)),
      ));
  const { signal, stop, release } = stopBy(options.signal);
  try {
    const link = simulatedLink(run.config);
    yield { kind: "start", run: run.folder.path, settings: run.config };
    for (const text of remarks) yield { kind: "remark", text };
    const rollouts = [...run.rollouts];
    yield* follow<TrainingEvent>(async (happened) => {
      const onRollout = (rollout: TrainedRollout, refused: string | undefined) => {
        rollouts.push(rollout);
        if (refused !== undefined) happened({ kind: "remark", text: `the model was not refitted: ${refused}` });
        happened({ kind: "rollout", rollout });
      };
      await link.open();
      await trainOver(run, link, rollouts, signal, onRollout);
    }, stop);
    yield { kind: "end", result: resultOf(run, rollouts) };
  } finally {
    release();
    run.unlock();
  }
}

function resultOf({ config, folder }: StartedRun, rollouts: readonly TrainedRollout[]): TrainingResult {
  return {
    run: folder.path,
    task: config.task,
    rollouts,
    best: bestOf(rollouts) ?? null,
    seconds: rollouts.reduce((sum, { seconds }) => sum + seconds, 0),
    complete: rollouts.length >= config.rollouts,
  };
}

/** An output of which only what is said is wanted. */
function quiet(say: (line: string) => void): Output {
  return { terminal: undefined, say, format: (line) => line, print: () => {}, result: () => {} };
}
