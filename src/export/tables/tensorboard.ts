/**
 * Event files of TensorBoard: records (TFRecord) of Event messages, written by the field numbers of its event.proto and
 * summary.proto. The wall time of an event is the driving time, which so is the axis "Relative"; nothing in the file
 * tells the time of day, and the same run gives the same file.
 */
import { BinaryWriter, WireType } from "#wire";
import { maskedCrc32c } from "./crc32c.js";
import type { RunNumbers } from "./numbers.js";

/** What a file of events begins with. */
const FILE_VERSION = "brain.Event:2";
/** Field numbers. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 } as const;
/** What is no curve over the steps: the step itself. */
const STEPS = new Set(["index", "update", "lap", "rollout"]);

export function eventsOf({ unit, rollouts, updates }: RunNumbers): Uint8Array {
  const events = [
    eventOf(0, 0, (writer) => writer.tag(EVENT.fileVersion, WireType.LengthDelimited).string(FILE_VERSION)),
  ];
  for (const { noticed: _, ...numbers } of rollouts)
    events.push(...scalars(unit, numbers.start + numbers.seconds, numbers.index, numbers));
  for (const numbers of updates) events.push(...scalars("update", numbers.seconds, numbers.update, numbers));
  return Buffer.concat(events.map(recordOf));
}

/** An event with all finite numbers, under the tags `group/name`; none without any, or without a step. */
function scalars(
  group: string,
  wallTime = 0,
  step: number | undefined,
  numbers: Readonly<Record<string, number | undefined>>,
): Uint8Array[] {
  const values = Object.entries(numbers).flatMap(([name, value]) =>
    value === undefined || !Number.isFinite(value) || STEPS.has(name) ? [] : [[`${group}/${name}`, value] as const],
  );
  if (step === undefined || values.length === 0) return [];
  const event = eventOf(wallTime, step, (writer) => {
    writer.tag(EVENT.summary, WireType.LengthDelimited).fork();
    for (const [tag, value] of values) {
      writer.tag(SUMMARY_VALUE, WireType.LengthDelimited).fork();
      writer.tag(VALUE.tag, WireType.LengthDelimited).string(tag);
      writer.tag(VALUE.simpleValue, WireType.Bit32).float(single(value));
      writer.join();
    }
    writer.join();
  });
  return [event];
}

/** Within what a float32 can hold: a file that cannot be read tells nothing. */
function single(value: number): number {
  const largest = 3.4028234663852886e38;
  return Math.min(largest, Math.max(-largest, value));
}

function eventOf(wallTime: number, step: number, what: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(EVENT.wallTime, WireType.Bit64).double(wallTime);
  writer.tag(EVENT.step, WireType.Varint).int64(step);
  what(writer);
  return writer.finish();
}

/** A TFRecord: length (uint64), its checksum, the data, theirs; low bytes first. */
function recordOf(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return record;
}
