/** Protobuf messages taken apart into fields and put together again, with lengths that fit. */
import { BinaryReader, BinaryWriter, WireType } from "#wire";
import { mutateBytes, type Random } from "./random.js";

/** Fields of a message, each with the tag in front. */
interface Field {
  readonly number: number;
  readonly wire: WireType;
  /** without the length */
  readonly bytes: Uint8Array;
}

/** Messages inside a message, by field number. */
export interface Shape {
  readonly [field: number]: Shape;
}

function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BinaryReader(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const bytes = wire === WireType.LengthDelimited ? reader.bytes() : reader.skip(wire, number);
    fields.push({ number, wire, bytes });
  }
  return fields;
}

function messageFrom(fields: readonly Field[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, wire, bytes } of fields) {
    writer.tag(number, wire);
    if (wire === WireType.LengthDelimited) writer.bytes(bytes);
    else writer.raw(bytes);
  }
  return writer.finish();
}

/** The message with one field changed somewhere inside: another value, number or type, left out, doubled or moved. */
export function mutateMessage(random: Random, message: Uint8Array, shape: Shape): Uint8Array {
  let fields: Field[];
  try {
    fields = fieldsOf(message);
  } catch {
    return mutateBytes(random, message); // it was changed before, and is no message any more
  }
  const at = random.below(fields.length);
  const field = fields[at];
  if (!field) return mutateBytes(random, message);
  const inner = shape[field.number];
  if (inner && random.chance(0.9)) fields[at] = { ...field, bytes: mutateMessage(random, field.bytes, inner) };
  else changeField(random, fields, at, field);
  return messageFrom(fields);
}

function changeField(random: Random, fields: Field[], at: number, field: Field): void {
  switch (random.below(7)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(random.below(fields.length), 0, field);
      break;
    case 2:
      fields[at] = { ...field, number: 1 + random.below(16) };
      break;
    case 3:
      fields[at] = varint(field.number, random.pick([0, 1, 3, 7, 10, 11, 64, 4096, 2 ** 31, 2 ** 32 - 1]));
      break;
    default:
      fields[at] = { ...field, bytes: contentOf(random, field) };
  }
}

const varint = (number: number, value: number): Field => ({
  number,
  wire: WireType.Varint,
  bytes: new BinaryWriter().uint32(value).finish(),
});

/** Bytes for the same type of field, so that what stands behind it is still found. */
function contentOf(random: Random, { wire, bytes }: Field): Uint8Array {
  if (wire === WireType.LengthDelimited) return mutateBytes(random, bytes);
  if (wire === WireType.Varint) return new BinaryWriter().int64(random.pick([-1, 0, 1, 5, 2 ** 40, 2 ** 53])).finish();
  return bytes.map(() => random.below(256));
}
