import { becauseOf, type Contents, readContents, twoRecordings } from "./contents.js";
import { measuredIn } from "./measured.js";
import { type Extent, type Metadata, SEGMENT_FIELDS, STEP_FIELDS, TOPICS } from "./metadata.js";
import { decodeEnd, decodeMetadata } from "./metadata-text.js";
import { type Recording, RecordingError } from "./recording.js";
import { type Ordered, orderOf, rowIn, takeEvents, takeRows } from "./rows.js";

/** What ended reading before the end, in words; empty if nothing did but the end of the messages. */
type Problem = string;

function missing(expected: Extent | undefined, reached: Extent, problem: Problem): string {
  if (problem !== "") return problem;
  if (!expected) return "the drive was not closed";
  if (reached.steps === expected.steps && reached.segments === expected.segments)
    return "the final state and the summary are missing";
  const seconds = expected.lastTime - reached.lastTime;
  return seconds > 0 ? `the last ${seconds.toFixed(1)} s are missing` : "the rest is missing";
}

/** "ends after step 412 of 1092 and segment 59 of 156: the last 13.6 s are missing" */
function missingNote(expected: Extent | undefined, reached: Extent, problem: Problem, damage: string): string {
  const of = (count: number | undefined) => (count === undefined ? "" : ` of ${count}`);
  const steps = `step ${reached.steps}${of(expected?.steps)}`;
  const segments = `segment ${reached.segments}${of(expected?.segments)}`;
  const what = `ends after ${steps} and ${segments}: ${missing(expected, reached, problem)}`;
  return damage ? `${what} (the file is damaged there: ${damage})` : what;
}

/** A recording, and what kept more of it from being read. */
interface Decoded {
  readonly recording: Recording;
  readonly problem: Problem;
}

function decode(contents: Contents, metadata: Metadata, path: string): Decoded {
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
    paces: [] as number[],
    body: [] as number[],
    segmentStarts: [] as number[],
    segmentTimes: [] as number[],
    segmentStates: [] as number[],
    outputs: [] as number[],
    setpoints: [] as number[],
    gains: [] as number[],
    finalState: [] as number[],
  };
  const ordered = (topic: string, most: number | undefined): Ordered =>
    orderOf(messages.get(topic) ?? [], most ?? Number.POSITIVE_INFINITY) ?? refuseTwo(path, topic);
  const order = ordered(TOPICS.step, expected?.steps);
  const { count: steps, problem: stepProblem } = takeRows(
    order,
    "step",
    [
      { name: "t", width: 1, list: lists.times },
      ...STEP_FIELDS.map(([name, key]) => ({ name, width: widths[key], list: lists[key] })),
    ],
    // what is numbered is read as it was recorded; otherwise the times are all that tells the order
    ({ t }) => order.isNumbered || Number(t) > (lists.times.at(-1) ?? Number.NEGATIVE_INFINITY),
    "is not numbered, and not later than the one before",
  );
  const { count: segments, problem: segmentProblem } = takeRows(
    ordered(TOPICS.segment, expected?.segments),
    "segment",
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
  const ends = takeRows(ordered(TOPICS.rollout, isDrive ? undefined : 1), "end", [
    { name: "finalState", width: isDrive ? 0 : metadata.finalState, list: lists.finalState },
  ]).count;
  const hasEnd = isDrive ? end !== undefined : ends === 1;
  const reached = { steps, segments, lastTime: lists.times.at(-1) ?? 0 };
  if (!order.isNumbered && expected && steps < expected.steps && reached.lastTime >= expected.lastTime)
    throw new RecordingError(
      `${path} holds ${steps} of ${expected.steps} steps, and as they are not numbered nobody can tell which are ` +
        "missing; use another copy of it",
    );
  const measured = measuredIn((topic) => ordered(topic, undefined));
  const isWhole = steps === expected?.steps && segments === expected.segments && hasEnd;
  const problem = stepProblem || segmentProblem;
  const note = isWhole ? "" : missingNote(expected, reached, problem, damage);
  const recording: Recording = {
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
    paces: Float64Array.from(lists.paces),
    body: Float64Array.from(lists.body),
    residuals: Float64Array.from(lists.residuals),
    segmentStarts: Float64Array.from(lists.segmentStarts),
    segmentTimes: Float64Array.from(lists.segmentTimes),
    segmentStates: Float64Array.from(lists.segmentStates),
    outputs: Float64Array.from(lists.outputs),
    setpoints: Float64Array.from(lists.setpoints),
    gains: Float64Array.from(lists.gains),
    events: takeEvents(ordered(TOPICS.event, undefined)),
    ...(measured && { measured }),
  };
  return { recording, problem };
}

function refuseTwo(path: string, topic: string): never {
  throw twoRecordings(path, `more messages on ${topic} than it says, or several of one number`);
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
  const { recording, problem } = decode(contents, metadata, path);
  if (recording.times.length > 0) return recording;
  const { damage, isEnded, size } = contents;
  const none = metadata.kind === "rollout" ? `none of its ${metadata.steps} steps` : "no step";
  const cut = metadata.kind === "rollout" ? "it is cut before the first" : "it is cut, or nothing was driven";
  const why = problem || (damage ? "it cannot be read there" : isEnded ? "there is none in the file" : cut);
  throw new RecordingError(
    `${path} (${size} bytes) holds ${none} that can be used: ${why}${becauseOf(damage)}. ` +
      `Use another copy of it, or record the ${metadata.kind} again`,
  );
}
