import { gunzipSync } from "node:zlib";
import { messageOf } from "../errors.js";
import { shortened } from "../output.js";
import { readBytes } from "./files.js";
import { RecordingError } from "./recording.js";

/** Three times the largest of the authors' files; a file that unpacks to more is none of them. */
const MOST_BYTES = 16 * 1024 * 1024;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Where a value stands, for messages. */
export interface Place {
  readonly path: string;
  /** e.g. rollouts[3].xs; empty for the whole file */
  readonly key: string;
}

/** Whether the bytes begin like a gzip file. */
export function looksLikeGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Bytes that may stand in front of a JSON object: space, tab, line ends, and UTF-8's byte order mark. */
const BLANKS: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** Whether the bytes begin like a JSON object. */
export function looksLikeJsonObject(bytes: Uint8Array): boolean {
  return bytes[bytes.findIndex((byte) => !BLANKS.has(byte))] === 0x7b;
}

/**
 * The value in a JSON file, plain or gzip (decided by what is in it, not by its name).
 * @throws RecordingError if it cannot be read, or is neither or incomplete
 */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readBytes(path);
  let plain: Uint8Array = bytes;
  if (looksLikeGzip(bytes)) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
    } catch (error) {
      throw new RecordingError(
        `${path} (${bytes.length} bytes) is not a whole gzip file: ${messageOf(error)}. Copy or download it again`,
      );
    }
  }
  if (plain.length > MOST_BYTES)
    throw new RecordingError(
      `${path} has ${plain.length} bytes of text; allowed are ${MOST_BYTES}: it is no file of lapgrad or the authors`,
    );
  try {
    return JSON.parse(decoder.decode(plain));
  } catch (error) {
    throw new RecordingError(
      `${path} (${plain.length} bytes of text) is not whole JSON: ${shortened(messageOf(error))}. ` +
        "Copy or download it again",
    );
  }
}

/** A short picture of what was found. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null)
    return `an object with the keys ${Object.keys(value).join(", ") || "(none)"}`;
  const text = typeof value === "number" ? `${value}` : JSON.stringify(value); // JSON has no NaN
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Throws the RecordingError for a value that is not what it must be. */
export function reject({ path, key }: Place, value: unknown, allowed: string): never {
  throw new RecordingError(
    `${path}: ${key || "the file"} is ${shown(value)}; allowed is ${allowed}. Check the file, or use another`,
  );
}

/** The place of a member. */
export function at(place: Place, key: string | number): Place {
  const member = typeof key === "number" ? `[${key}]` : place.key === "" ? key : `.${key}`;
  return { path: place.path, key: place.key + member };
}

/** The value as an object; RecordingError otherwise. */
export function objectAt(place: Place, value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ...value }
    : reject(place, value, "an object");
}

/** The value as a list, of `length` items if that is given; RecordingError otherwise. */
export function listAt(place: Place, value: unknown, length?: number): readonly unknown[] {
  const isFit = Array.isArray(value) && (length === undefined || value.length === length);
  return isFit ? value : reject(place, value, length === undefined ? "a list" : `a list of ${length}`);
}

/** The value as a finite number; RecordingError otherwise. */
export function numberAt(place: Place, value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : reject(place, value, "a finite number");
}

/** The value, a list of finite numbers, of `length` if that is given; RecordingError otherwise. */
export function numbersAt(place: Place, value: unknown, length?: number): Float64Array {
  const list = listAt(place, value, length);
  return Float64Array.from(list, (item, i) =>
    typeof item === "number" && Number.isFinite(item) ? item : numberAt(at(place, i), item),
  );
}

/**
 * The value, a list of rows of `columns` finite numbers, row-major; `rows` of them if that is given. RecordingError
 * otherwise.
 */
export function matrixAt(place: Place, value: unknown, columns: number, rows?: number): Float64Array {
  const list = listAt(place, value, rows);
  const flat = new Float64Array(list.length * columns);
  for (const [i, row] of list.entries()) flat.set(numbersAt(at(place, i), row, columns), i * columns);
  return flat;
}
