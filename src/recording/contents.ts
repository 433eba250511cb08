import { McapStreamReader, type TypedMcapRecord } from "@mcap/core";
import { messageOf } from "../errors.js";
import { DECOMPRESSORS } from "./compression.js";
import { readBytes } from "./files.js";
import { END_METADATA, METADATA, TOPICS } from "./metadata.js";
import { RecordingError } from "./recording.js";
import { endsLikeMcap, hasSecondFile, looksLikeMcap, readableParts } from "./recover.js";

/** So much is given to the MCAP reader at once: it keeps a copy. */
const SLICE = 1024 * 1024;
const WANTED = "give a recording of lapgrad, e.g. <run>/rollouts/0001.mcap";

/** A message of a recording. */
export interface Message {
  readonly sequence: number;
  /** [ns] */
  readonly logTime: bigint;
  readonly data: Uint8Array;
}

/** What the MCAP holds of ours, as far as it can be read. */
export interface Contents {
  readonly pairs: ReadonlyMap<string, string>;
  /** at the end of a drive that was recorded as it happened */
  readonly end: ReadonlyMap<string, string> | undefined;
  /** size of the file [bytes] */
  readonly size: number;
  /** by topic */
  readonly messages: ReadonlyMap<string, readonly Message[]>;
  /** what the library says of the place where reading ended; empty at a cut or a proper end */
  readonly damage: string;
  /** the file has its end, so that nothing was cut off */
  readonly isEnded: boolean;
}

/**
 * All records of an MCAP file that can be read, those in chunks included.
 * @param onDamage is told what the library says of the place where reading ended, unless it is a cut or a proper end
 */
export function* recordsOf(bytes: Uint8Array, onDamage: (problem: string) => void): Generator<TypedMcapRecord> {
  const reader = new McapStreamReader({ decompressHandlers: { ...DECOMPRESSORS } });
  try {
    for (const part of readableParts(bytes)) {
      for (let at = 0; at < part.length; at += SLICE) {
        reader.append(part.subarray(at, at + SLICE));
        for (let record = reader.nextRecord(); record; record = reader.nextRecord()) yield record;
      }
    }
  } catch (error) {
    onDamage(messageOf(error));
  }
}

/**
 * The bytes of an MCAP file, which may be cut.
 * @throws RecordingError if it cannot be read, or is none
 */
export async function readMcap(path: string): Promise<Uint8Array> {
  const bytes = await readBytes(path);
  if (looksLikeMcap(bytes)) return bytes;
  const got = bytes.length === 0 ? "it is empty" : "it begins otherwise";
  throw new RecordingError(`${path} is not an MCAP file (${got}); ${WANTED}`);
}

/** Says that a file has no metadata of ours. */
export function noMetadata(path: string, size: number, damage: string): RecordingError {
  return new RecordingError(
    `${path} (${size} bytes) has no metadata record "${METADATA}": ` +
      `it is cut before it, or something else wrote it${becauseOf(damage)}; ${WANTED}`,
  );
}

/** What the library says of a damage, as the end of a sentence. */
export function becauseOf(damage: string): string {
  return damage ? `; the MCAP reader says: ${damage}` : "";
}

/**
 * Reads what a recording's file holds.
 * @throws RecordingError if it cannot be read, is no MCAP file, or has no metadata of ours
 */
export async function readContents(path: string): Promise<Contents> {
  const bytes = await readMcap(path);
  const messages = new Map<string, Message[]>(Object.values(TOPICS).map((topic) => [topic, []]));
  const channels = new Map<number, Message[]>();
  let pairs: ReadonlyMap<string, string> | undefined;
  let end: ReadonlyMap<string, string> | undefined;
  let damage = "";
  for (const record of recordsOf(bytes, (problem) => (damage = problem))) {
    if (record.type === "Metadata" && record.name === METADATA) {
      if (pairs) throw twoRecordings(path, `two metadata records "${METADATA}"`);
      pairs = record.metadata;
    }
    if (record.type === "Metadata" && record.name === END_METADATA) end ??= record.metadata;
    const list = record.type === "Channel" ? messages.get(record.topic) : undefined;
    if (record.type === "Channel" && list) channels.set(record.id, list);
    if (record.type === "Message") channels.get(record.channelId)?.push(record);
  }
  if (!pairs) throw noMetadata(path, bytes.length, damage);
  if (hasSecondFile(bytes)) throw twoRecordings(path, "a second MCAP file behind the first");
  return { pairs, end, size: bytes.length, messages, damage, isEnded: endsLikeMcap(bytes) };
}

/** Says that a file has more than one recording in it: which numbers belong together nobody can tell. */
export function twoRecordings(path: string, what: string): RecordingError {
  return new RecordingError(`${path} holds more than one recording (${what}); give each in a file of its own`);
}
