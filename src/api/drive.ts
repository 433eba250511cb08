/** Drives with a fixed policy. */
import { UserError } from "../errors.js";
import type { Recording } from "../recording/recording.js";
import { recordingFrom } from "../recording/transfer.js";
import { writeRecording } from "../recording/writer.js";
import { measure, type RolloutMetrics, summaryOf } from "../training/metrics.js";
import { checked, simulatedLink, wholeNumber } from "./checked.js";
import { lapsIn, prepareDrive } from "./driving.js";
import type { Settings } from "./settings.js";

/** How to drive. */
export interface DriveOptions {
  /** settings other than those of the policy's run */
  readonly settings?: Settings | undefined;
  /** laps to drive, 3 by default */
  readonly laps?: number | undefined;
  /** the tracking controller alone, with the settings of the policy's run */
  readonly withoutNetwork?: boolean | undefined;
  /** of a run `best` (the default), `last`, or the number of a checkpoint */
  readonly checkpoint?: string | undefined;
  /** state at the start, by default at rest on the track */
  readonly initialState?: readonly number[] | undefined;
  /** task time at the start, 0 by default [s] */
  readonly startTime?: number | undefined;
  /** recording to write (MCAP); by default none */
  readonly out?: string | undefined;
}

/** What was driven. */
export interface Drive {
  readonly task: string;
  /** updates that made the policy; null: it is no run's */
  readonly updates: number | null;
  /** of each lap; the first begins at rest, so it costs more */
  readonly laps: readonly RolloutMetrics[];
  /** of all laps together */
  readonly whole: RolloutMetrics;
  readonly recording: Recording;
  /** why the drive ended early; null: it did not */
  readonly stopped: string | null;
}

/**
 * Drives laps in simulation with the policy of a run's folder or of a network file, as `lapgrad drive` does.
 * @throws UserError if there is no such policy, or it cannot do what is asked for
 */
export async function drive(policy: string, options: DriveOptions = {}): Promise<Drive> {
  const { settings = {}, checkpoint = "best", initialState, startTime = 0, out } = options;
  const laps = wholeNumber("laps", options.laps ?? 3);
  if (typeof policy !== "string")
    throw new UserError(`the policy is ${policy}; allowed is a run's folder or a network file`);
  if (!Number.isFinite(startTime)) throw new UserError(`startTime is ${startTime}; allowed is a number [s]`);
  const withoutNetwork = options.withoutNetwork === true;
  const how = { withoutNetwork, checkpoint, laps, initialState, startTime };
  const { config, core, perLap, source } = await prepareDrive({ policy, given: checked(settings), ...how });
  const link = simulatedLink(config);
  await link.open();
  const { stopped } = await link
    .drive(core, 0, laps * perLap, false)
    .finally(() => link.stop().finally(() => link.close()));
  const recording = recordingFrom(core, 0, 1);
  const whole = measure(core, 0, 1);
  if (out !== undefined) await writeRecording(out, recording, summaryOf(whole));
  return {
    task: config.task,
    updates: source?.updates ?? null,
    laps: lapsIn(core, laps, perLap),
    whole,
    recording,
    stopped: stopped ?? null,
  };
}
