/** Checkpoints with another header or other numbers, whose checksum fits. */
import { createHash } from "node:crypto";
import { mutateBytes, mutateValue, otherNumber, type Random } from "./random.js";

const PREFIX = 16;
const HASH = 32;

export function mutateCheckpoint(random: Random, bytes: Buffer): Uint8Array {
  const headerEnd = PREFIX + bytes.readUInt32LE(12);
  const header: unknown = JSON.parse(bytes.toString("utf8", PREFIX, headerEnd));
  const body = Buffer.from(bytes.subarray(headerEnd, -HASH));
  if (random.chance(0.15)) return sealed(Buffer.from(mutateBytes(random, bytes.subarray(0, -HASH))));
  if (random.chance(0.3)) changeNumber(random, body);
  const changed = random.chance(0.75) ? mutateValue(random, header) : header;
  const text = Buffer.from(JSON.stringify(changed) ?? "");
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, " ")]);
  const prefix = Buffer.from(bytes.subarray(0, PREFIX));
  prefix.writeUInt32LE(random.chance(0.05) ? random.pick([0, 7, 2 ** 31, 2 ** 32 - 1]) : padded.length, 12);
  return sealed(
    Buffer.concat([prefix, padded, random.chance(0.1) ? body.subarray(0, random.below(body.length)) : body]),
  );
}

function changeNumber(random: Random, body: Buffer): void {
  const at = 8 * random.below(body.length / 8);
  const value = random.pick([Number.NaN, Number.POSITIVE_INFINITY, otherNumber(random, body.readDoubleLE(at))]);
  body.writeDoubleLE(value, at);
}

/** With its checksum behind it. */
function sealed(content: Buffer): Uint8Array {
  return Buffer.concat([content, createHash("sha256").update(content).digest()]);
}
