import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeCobs, encodeCobs } from "../../../src/links/wire/cobs.js";
import { crc16 } from "../../../src/links/wire/crc16.js";
import { FrameReader, FrameWriter } from "../../../src/links/wire/frames.js";
import * as wire from "../../../src/links/wire/protocol.js";

const { FrameType, protocol } = wire;
type FrameName = keyof typeof FrameType;

interface Description {
  frames: { name: FrameName; fields: { name: string; scale?: number }[] }[];
}
interface Vectors {
  crcOf123456789: number;
  good: {
    name: string;
    type: FrameName;
    sequence: number;
    raw: Record<string, number>;
    payload: string;
    wire: string;
  }[];
  bad: { name: string; wire: string; error: "checksum" | "framing" | "any" }[];
}

const description: Description = JSON.parse(readFileSync("firmware-bridge/protocol.json", "utf8"));
const vectors: Vectors = JSON.parse(readFileSync("firmware-bridge/test/vectors.json", "utf8"));
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (from: Uint8Array, count: number) => Buffer.from(from.subarray(0, count)).toString("hex");

/** The generated functions of a frame with fields, found by its name. */
function codec(name: FrameName) {
  const capital = name.replace(/^./, (letter) => letter.toUpperCase());
  const functions = wire as unknown as Record<string, (...args: unknown[]) => unknown>;
  return {
    make: functions[`new${capital}`] as () => Record<string, number>,
    read: functions[`read${capital}`] as (view: DataView, at: number, to: Record<string, number>) => void,
    write: functions[`write${capital}`] as (view: DataView, at: number, from: Record<string, number>) => void,
  };
}

/** A vector's numbers in physical units. */
function physical(name: FrameName, raw: Record<string, number>): Record<string, number> {
  const { fields } = description.frames.find((frame) => frame.name === name) ?? { fields: [] };
  return Object.fromEntries(fields.map((field) => [field.name, raw[field.name] / Math.round(1 / (field.scale ?? 1))]));
}

interface Received {
  type: number;
  sequence: number;
  payload: string;
}

function reading(): { reader: FrameReader; received: Received[] } {
  const received: Received[] = [];
  const reader = new FrameReader((type, sequence, view) => {
    const payload = Buffer.from(view.buffer, view.byteOffset, wire.payloadSize[type]).toString("hex");
    received.push({ type, sequence, payload });
  });
  return { reader, received };
}

test("generated header, module and tables are those of protocol.json", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/protocol.mjs", "--check"], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

test("CRC of the standard check string", () => {
  expect(crc16(new TextEncoder().encode("123456789"), 9)).toBe(vectors.crcOf123456789);
});

test.each(vectors.good)("golden frame: $name", ({ type, sequence, raw, payload, wire: encoded }) => {
  const writer = new FrameWriter();
  if (payload !== "") codec(type).write(writer.payload, 0, physical(type, raw));
  expect(hex(writer.wire, writer.finish(FrameType[type], sequence))).toBe(encoded);

  let numbers: Record<string, number> = {};
  const reader = new FrameReader((_, __, view) => {
    numbers = payload === "" ? {} : codec(type).make();
    if (payload !== "") codec(type).read(view, 0, numbers);
  });
  reader.push(bytes(encoded));
  expect(reader.frames).toBe(1);
  expect(numbers).toEqual(physical(type, raw));
});

test.each(vectors.bad)("golden malformed frame: $name", ({ wire: encoded, error }) => {
  const { reader, received } = reading();
  reader.push(bytes(encoded));
  expect(received).toEqual([]);
  expect(reader.checksumErrors + reader.framingErrors).toBe(1);
  if (error !== "any") expect(error === "checksum" ? reader.checksumErrors : reader.framingErrors).toBe(1);
  const good = vectors.good[0];
  reader.push(bytes(good?.wire ?? ""));
  expect(received).toEqual([{ type: FrameType.hello, sequence: good?.sequence, payload: good?.payload }]);
});

test("COBS: any bytes come back, one byte longer and without a 0", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 250 }), (original) => {
      const encoded = new Uint8Array(251);
      const decoded = new Uint8Array(251);
      const count = encodeCobs(original, original.length, encoded);
      expect(count).toBe(original.length + 1);
      expect(encoded.subarray(0, count).includes(0)).toBe(false);
      expect(decodeCobs(encoded, count, decoded)).toBe(original.length);
      expect(decoded.subarray(0, original.length)).toEqual(original);
    }),
  );
});

test("frames between garbage, in pieces of any size, are all found", () => {
  const good = vectors.good.map(({ wire: encoded }) => [...bytes(encoded)]);
  const piece = fc.oneof(
    fc.constantFrom(...good).map((encoded) => ({ encoded, frame: true })),
    fc.uint8Array({ maxLength: 200 }).map((noise) => ({ encoded: [...noise, 0], frame: false })),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (pieces, size) => {
      const line = Uint8Array.from(pieces.flatMap(({ encoded }) => encoded));
      const { reader } = reading();
      for (let at = 0; at < line.length; at += size) reader.push(line.subarray(at, at + size));
      expect(reader.frames).toBe(pieces.filter(({ frame }) => frame).length);
    }),
  );
});

test("a frame of the right checksum but the wrong size for its type is refused", () => {
  const { reader, received } = reading();
  const frame = Uint8Array.of(FrameType.arm, 1, 5, 0, 0, 0);
  const crc = crc16(frame, 3);
  frame[3] = crc & 0xff;
  frame[4] = crc >> 8;
  const encoded = new Uint8Array(8);
  encodeCobs(frame, 5, encoded);
  reader.push(encoded);
  expect(received).toEqual([]);
  expect(reader.payloadErrors).toBe(1);
});

test("a command too large is held at the limit, and what is no number becomes neutral", () => {
  const view = new DataView(new ArrayBuffer(16));
  const read = (throttle: number, steering: number) => {
    wire.writeDrive(view, 0, { session: 1, time: 0, throttle, steering });
    const drive = wire.newDrive();
    wire.readDrive(view, 0, drive);
    return [drive.throttle, drive.steering];
  };
  expect(read(3.3, -7)).toEqual([1, -1]);
  expect(read(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual([1, -1]);
  expect(read(Number.NaN, Number.NaN)).toEqual([0, 0]);
  expect(read(0.12345, -0.00004)).toEqual([0.1235, 0]);
});

test("the longest frame of the protocol fits", () => {
  expect(Math.max(...Object.values(wire.payloadSize))).toBeLessThanOrEqual(protocol.maxPayload);
});
