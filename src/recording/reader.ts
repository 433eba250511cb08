import { McapStreamReader } from "@mcap/core";
import { messageOf } from "../errors.js";
import { readBytes } from "./files.js";
import { decodeMetadata, METADATA, type Metadata, SEGMENT_FIELDS, STEP_FIELDS, TOPICS } from "./metadata.js";
import { rowOf } from "./numbers.js";
import { type Recording, RecordingError } from "./recording.js";
import { looksLikeMcap, readableParts } from "./recover.js";

interface Message {
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** What the MCAP holds of ours, as far as it can be read. */
interface Contents {
  readonly pairs: ReadonlyMap<string, string> | undefined;
  /** by topic */
  readonly messages: ReadonlyMap<string, readonly Message[]>;
  /** what the library says of the place where reading ended; empty at a cut or a proper end */
  readonly damage: string;
}

function contentsOf(bytes: Uint8Array): Contents {
  const messages = new Map<string, Message[]>(Object.values(TOPICS).map((topic) => [topic, []]));
  const channels = new Map<number, Message[]>();
  const reader = new McapStreamReader();
  let pairs: ReadonlyMap<string, string> | undefined;
  try {
    for (const part of readableParts(bytes)) reader.append(part);
    for (let record = reader.nextRecord(); record; record = reader.nextRecord()) {
      if (record.type === "Metadata" && record.name === METADATA) pairs ??= record.metadata;
      const list = record.type === "Channel" ? messages.get(record.topic) : undefined;
      if (record.type === "Channel" && list) channels.set(record.id, list);
      if (record.type === "Message") channels.get(record.channelId)?.push(record);
    }
  } catch (error) {
    return { pairs, messages, damage: messageOf(error) };
  }
  return { pairs, messages, damage: "" };
}

const decoder = new TextDecoder();

/** The message's JSON object; undefined if it is none. */
function parse(message: Message): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(message.data));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A single number is a row of one, null (not recorded) a row of none. */
function rowIn(value: unknown, width: number): number[] | undefined {
  return rowOf(value === null ? [] : Array.isArray(value) ? value : [value], width);
}

interface Field {
  /** key in the message */
  readonly name: string;
  readonly width: number;
  /** where its numbers go */
  readonly list: number[];
}

/**
 * Takes messages of one kind (steps or segments) in the order of their numbers, as long as each is whole, has the
 * expected widths, and none is missing before it.
 * @param start takes what is particular to the kind; false if it is not as it must be
 * @returns how many were taken
 */
function takeRows(
  messages: readonly Message[],
  most: number,
  fields: readonly Field[],
  start: (values: Record<string, unknown>, index: number) => boolean = () => true,
): number {
  let count = 0;
  for (const message of messages.toSorted((a, b) => a.sequence - b.sequence)) {
    const values = message.sequence === count && count < most ? parse(message) : undefined;
    if (!values) break;
    const rows = fields.map(({ name, width }) => rowIn(values[name], width));
    if (rows.includes(undefined) || !start(values, count)) break;
    for (const [i, row] of rows.entries()) fields[i].list.push(...(row ?? []));
    count++;
  }
  return count;
}

/** "ends after step 412 of 1092 and segment 59 of 156: the last 13.6 s are missing" */
function missingNote(metadata: Metadata, times: readonly number[], segments: number, damage: string): string {
  const seconds = metadata.lastTime - (times.at(-1) ?? 0);
  const isDriven = times.length === metadata.steps && segments === metadata.segments;
  const missing = isDriven
    ? "the final state and the summary are missing"
    : `the last ${Number.isFinite(seconds) ? seconds.toFixed(1) : "?"} s are missing`;
  const reached = `step ${times.length} of ${metadata.steps} and segment ${segments} of ${metadata.segments}`;
  const what = `ends after ${reached}: ${missing}`;
  return damage ? `${what} (the file is damaged there: ${damage})` : what;
}

function decode({ messages, damage }: Contents, metadata: Metadata): Recording {
  const { widths } = metadata;
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
  const steps = takeRows(messages.get(TOPICS.step) ?? [], metadata.steps, [
    { name: "t", width: 1, list: lists.times },
    ...STEP_FIELDS.map(([name, key]) => ({ name, width: widths[key], list: lists[key] })),
  ]);
  const segments = takeRows(
    messages.get(TOPICS.segment) ?? [],
    metadata.segments,
    [
      { name: "taskTime", width: 1, list: lists.segmentTimes },
      ...SEGMENT_FIELDS.map(([name, key]) => ({ name, width: widths[key], list: lists[key] })),
    ],
    (values, index) => {
      const start = rowIn(values.firstStep, index < metadata.starts ? 1 : 0);
      if (start) lists.segmentStarts.push(...start);
      return start !== undefined;
    },
  );
  const ends = takeRows(messages.get(TOPICS.rollout) ?? [], 1, [
    { name: "finalState", width: metadata.finalState, list: lists.finalState },
  ]);
  const isWhole = steps === metadata.steps && segments === metadata.segments && ends === 1;
  const note = isWhole ? "" : missingNote(metadata, lists.times, segments, damage);
  return {
    info: {
      ...metadata.info,
      complete: metadata.info.complete && isWhole,
      note: [metadata.info.note, note].filter((text) => text !== "").join("; "),
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
  };
}

/**
 * Reads a recording that {@link writeRecording} wrote, every number as it was. Of a file that is cut or damaged it
 * gives all whole steps and segments before that place, with `info.complete` false and what is missing in `info.note`;
 * the last segment may then start at a step that is not there. A file that lacks only its index is complete.
 * @throws RecordingError if the file cannot be read, is no recording of this project or of a newer format, or holds no
 * step
 */
export async function readRecording(path: string): Promise<Recording> {
  const bytes = await readBytes(path);
  const wanted = "give a recording of lapgrad, e.g. <run>/rollouts/0001.mcap";
  if (!looksLikeMcap(bytes)) {
    const got = bytes.length === 0 ? "it is empty" : "it begins otherwise";
    throw new RecordingError(`${path} is not an MCAP file (${got}); ${wanted}`);
  }
  const contents = contentsOf(bytes);
  const because = contents.damage ? `; the MCAP reader says: ${contents.damage}` : "";
  if (!contents.pairs)
    throw new RecordingError(
      `${path} (${bytes.length} bytes) has no metadata record "${METADATA}": ` +
        `it is cut before it, or something else wrote it${because}; ${wanted}`,
    );
  const metadata = decodeMetadata(contents.pairs, path);
  const recording = decode(contents, metadata);
  if (recording.times.length === 0)
    throw new RecordingError(
      `${path} (${bytes.length} bytes) holds none of its ${metadata.steps} steps: ` +
        `it is cut before the first${because}. Use another copy of it, or record the rollout again`,
    );
  return recording;
}
