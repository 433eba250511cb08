import { becauseOf, type Contents, readContents } from "./contents.js";
import { type Extent, type Metadata, SEGMENT_FIELDS, STEP_FIELDS, TOPICS } from "./metadata.js";
import { decodeEnd, decodeMetadata } from "./metadata-text.js";
import { type Recording, RecordingError } from "./recording.js";
import { rowIn, takeEvents, takeRows } from "./rows.js";

function missing(expected: Extent | undefined, reached: Extent): string {
  if (!expected) return "the drive was not closed";
  if (reached.steps === expected.steps && reached.segments === expected.segments)
    return "the final state and the summary are missing";
  const seconds = expected.lastTime - reached.lastTime;
  return `the last ${Number.isFinite(seconds) ? seconds.toFixed(1) : "?"} s are missing`;
}

/** "ends after step 412 of 1092 and segment 59 of 156: the last 13.6 s are missing" */
function missingNote(expected: Extent | undefined, reached: Extent, damage: string): string {
  const of = (count: number | undefined) => (count === undefined ? "" : ` of ${count}`);
  const steps = `step ${reached.steps}${of(expected?.steps)}`;
  const segments = `segment ${reached.segments}${of(expected?.segments)}`;
  const what = `ends after ${steps} and ${segments}: ${missing(expected, reached)}`;
  return damage ? `${what} (the file is damaged there: ${damage})` : what;
}

function decode(contents: Contents, metadata: Metadata, path: string): Recording {
  const { messages, damage } = contents;
  const { widths } = metadata;
  const isDrive = metadata.kind === "drive";
  const end = isDrive && contents.end ? decodeEnd(contents.end, path) : undefined;
  const expected = isDrive ? end : metadata;
  const lists = {
    times: [] as number[],
    states: [] as number[],
    inputs: [] as number[],
    references: [] as number[],
    residuals: [] as number[],
    costs: [] as number[],
    segmentStarts: [] as number[],
    segmentTimes: [] as number[],
    segmentStates: [] as number[],
    outputs: [] as number[],
    setpoints: [] as number[],
    gains: [] as number[],
    finalState: [] as number[],
  };
  const steps = takeRows(messages.get(TOPICS.step), expected?.steps ?? Infinity, [
    { name: "t", width: 1, list: lists.times },
    ...STEP_FIELDS.map(([name, key]) => ({ name, width: widths[key], list: lists[key] })),
  ]);
  const segments = takeRows(
    messages.get(TOPICS.segment),
    expected?.segments ?? Infinity,
    [
      { name: "taskTime", width: 1, list: lists.segmentTimes },
      ...SEGMENT_FIELDS.map(([name, key]) => ({ name, width: widths[key], list: lists[key] })),
    ],
    (values, index) => {
      const start = rowIn(values.firstStep, isDrive || index < metadata.starts ? 1 : 0);
      // Before its first step was written, a drive may have been cut.
      if (!start || (isDrive && !(start[0] <= steps))) return false;
      lists.segmentStarts.push(...start);
      return true;
    },
  );
  const ends = takeRows(messages.get(TOPICS.rollout), 1, [
    { name: "finalState", width: isDrive ? 0 : metadata.finalState, list: lists.finalState },
  ]);
  const hasEnd = isDrive ? end !== undefined : ends === 1;
  const reached = { steps, segments, lastTime: lists.times.at(-1) ?? 0 };
  const isWhole = steps === expected?.steps && segments === expected.segments && hasEnd;
  const note = isWhole ? "" : missingNote(expected, reached, damage);
  return {
    info: {
      ...metadata.info,
      complete: metadata.info.complete && isWhole && (end?.complete ?? true),
      note: [metadata.info.note, end?.note ?? "", note].filter((text) => text !== "").join("; "),
    },
    times: Float64Array.from(lists.times),
    states: Float64Array.from(lists.states),
    finalState: Float64Array.from(lists.finalState),
    inputs: Float64Array.from(lists.inputs),
    references: Float64Array.from(lists.references),
    costs: Float64Array.from(lists.costs),
    residuals: Float64Array.from(lists.residuals),
    segmentStarts: Float64Array.from(lists.segmentStarts),
    segmentTimes: Float64Array.from(lists.segmentTimes),
    segmentStates: Float64Array.from(lists.segmentStates),
    outputs: Float64Array.from(lists.outputs),
    setpoints: Float64Array.from(lists.setpoints),
    gains: Float64Array.from(lists.gains),
    events: takeEvents(messages.get(TOPICS.event)),
  };
}

/**
 * Reads a recording that {@link writeRecording} or a {@link DriveRecorder} wrote, every number as it was. Of a file
 * that is cut, not closed or damaged it gives all whole steps, segments and events before that place, with
 * `info.complete` false and what is missing in `info.note`; the last segment may then start at a step that is not
 * there. A file that lacks only its index is complete.
 * @throws RecordingError if the file cannot be read, is no recording of this project or of a newer format, or holds no
 * step
 */
export async function readRecording(path: string): Promise<Recording> {
  const contents = await readContents(path);
  const metadata = decodeMetadata(contents.pairs, path);
  const recording = decode(contents, metadata, path);
  if (recording.times.length > 0) return recording;
  const because = becauseOf(contents.damage);
  const why =
    metadata.kind === "rollout"
      ? `none of its ${metadata.steps} steps: it is cut before the first${because}`
      : `no step: it is cut before the first, or nothing was driven${because}`;
  throw new RecordingError(
    `${path} (${contents.size} bytes) holds ${why}. Use another copy of it, or record the ${metadata.kind} again`,
  );
}
