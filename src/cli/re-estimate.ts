/** `lapgrad replay --estimate`: where a robot was, estimated again from what was measured. */
import { DEGREE } from "../angles.js";
import type { PartialConfig } from "../config/config.js";
import { type Estimate, type ReEstimate, reEstimate } from "../estimation/re-estimate.js";
import { estimatorSettings } from "../links/estimator-settings.js";
import { formatTable, type Output, roomOf } from "../output.js";
import { openRecording } from "../recording/open.js";
import { RecordingError } from "../recording/recording.js";

/** @throws RecordingError if the recording does not hold what was measured */
export async function showReEstimate(recording: string, given: PartialConfig, output: Output): Promise<void> {
  const { recordings } = await openRecording(recording);
  const [{ measured, info }] = recordings;
  if (measured === undefined)
    throw new RecordingError(
      `${recording} holds no raw measurements: those are in the drives of a robot with an estimator, ` +
        "<run>/drives/0001.mcap, and in what lapgrad record writes",
    );
  const result = reEstimate(measured, estimatorSettings(given));
  output.say(formatTable(rowsOf(result), roomOf(output)));
  output.say(`${summaryOf(result)}.`);
  if (info.note) output.say(info.note);
  output.result({ recording, ...result });
}

const mm = (metres: number) => `${(1000 * metres).toFixed(1)} mm`;

function rowsOf({ recorded, estimated }: ReEstimate): string[][] {
  const rows: readonly (readonly [string, (estimate: Estimate) => string])[] = [
    ["poses believed", ({ believed }) => `${believed}`],
    ["contradicted", ({ contradicted }) => `${contradicted}`],
    ["too late", ({ late }) => `${late}`],
    ["their surprise (1: as expected)", ({ surprise }) => surprise?.toFixed(2) ?? "-"],
    ["largest uncertainty", ({ uncertainty }) => mm(uncertainty)],
  ];
  return [["", "then", "now"], ...rows.map(([name, shown]) => [name, shown(recorded), shown(estimated)])];
}

function summaryOf({ movements, poses, seconds, rms, largest, heading, beginsAsRecorded, found }: ReEstimate): string {
  const what = `${movements} movements and ${poses} poses in ${seconds.toFixed(1)} s`;
  const differs =
    largest === 0 && heading === 0
      ? "estimated as it was then, to the last bit"
      : `${mm(rms)} (rms) from where it was taken to be then, ${mm(largest)} at most, ` +
        `its heading by ${(heading / DEGREE).toFixed(2)}° at most`;
  const begin = beginsAsRecorded ? "" : "; it began by the settings, without what was known of the sensors then";
  const { gyroBias, travelScale, latency } = found;
  const sensors =
    `at the end: gyro's bias ${(gyroBias / DEGREE).toFixed(3)} °/s, wheel ${(100 * travelScale).toFixed(2)} % short, ` +
    `poses ${(1000 * latency).toFixed(0)} ms later than they say`;
  return `${what}: ${differs}${begin}; ${sensors}`;
}
