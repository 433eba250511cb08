/** Frames of a VESC against an encoder that was written from its documents alone. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  APP_CONFIGURATIONS,
  IMU_MASK,
  mayAnswer,
  newVescAppConfiguration,
  newVescImu,
  newVescValues,
  readAppConfiguration,
  readFirmware,
  readImu,
  readValues,
  VescCommand,
  valuesMask,
} from "../../../src/links/wire/vesc.js";
import { VescFrameReader, VescFrameWriter } from "../../../src/links/wire/vesc-frames.js";
import { GOOD_APP } from "../../support/fake-vesc.js";
import {
  appAnswer,
  crcOf,
  firmwareAnswer,
  float32,
  framed,
  imuAnswer,
  signed,
  Unframer,
  valuesAnswer,
} from "../../support/vesc-codec.js";
import { fuzzVesc } from "../../support/vesc-fuzz.js";

/** What our reader makes of bytes, as payloads. */
function read(bytes: Uint8Array, expects: (command: number, length: number) => boolean = () => true) {
  const payloads: number[][] = [];
  const reader = new VescFrameReader(expects, (command, view, from, length) => {
    expect(view.getUint8(from)).toBe(command);
    payloads.push(Array.from({ length }, (_, i) => view.getUint8(from + i)));
  });
  reader.push(bytes);
  return { payloads, reader };
}

test("the checksum is CRC-16/XMODEM, and a known frame is what the documents say", () => {
  expect(crcOf([...Buffer.from("123456789")])).toBe(0x31c3);
  // the request for the firmware's version, as VESC tools everywhere send it
  expect([...framed([0])]).toEqual([2, 1, 0, 0, 0, 3]);
  expect([...framed([4])]).toEqual([2, 1, 4, 0x40, 0x84, 3]);
  expect(float32(1)).toEqual([0x3f, 0x80, 0, 0]);
  expect(float32(-0.15625)).toEqual([0xbe, 0x20, 0, 0]);
});

test("what we send, another's decoder reads, frame by frame", () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const frame = fc.record({
    command: fc.integer({ min: 0, max: 255 }),
    short: fc.integer({ max: 32767, min: -32768 }),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(frame, word), { minLength: 1, maxLength: 8 }), (frames) => {
      const writer = new VescFrameWriter();
      for (const [{ command, short }, value] of frames) {
        writer.begin(command);
        writer.int16(short);
        writer.int32(value);
        writer.end();
      }
      const payloads = new Unframer().push(writer.wire.subarray(0, writer.count));
      expect(payloads.map(([command, ...data]) => [command, signed(data.slice(0, 2)), signed(data.slice(2))])).toEqual(
        frames.map(([{ command, short }, value]) => [command, short, value]),
      );
    }),
    { seed: 1 },
  );
});

test("what another encodes we read, short and long, in pieces and behind anything", () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 512 });
  fc.assert(
    fc.property(fc.array(payload, { minLength: 1, maxLength: 5 }), fc.uint8Array({ maxLength: 20 }), (all, noise) => {
      const { payloads, reader } = read(Buffer.concat(all.map((one) => framed([...one]))));
      expect(payloads).toEqual(all.map((one) => [...one]));
      expect([reader.damaged, reader.strayBytes]).toEqual([0, 0]);
      // noise may look like the beginning of a frame, but never costs more than what it says
      const behind = read(Buffer.concat([noise, ...all.map((one) => framed([...one])), new Uint8Array(600)]));
      expect(behind.payloads.length).toBeGreaterThanOrEqual(all.length);
    }),
    { seed: 1 },
  );
});

test("a damaged frame is none, and costs none behind it", () => {
  const good = framed(firmwareAnswer(6, 2));
  for (let at = 0; at < good.length; at++) {
    const bad = good.slice();
    bad[at] ^= 0x10;
    const { payloads } = read(Buffer.concat([bad, good, good, new Uint8Array(600)]), mayAnswer);
    expect([at, payloads]).toEqual([at, [firmwareAnswer(6, 2), firmwareAnswer(6, 2)]]);
  }
});

test("values, and the number of the question that they answer", () => {
  const field = (most: number) => fc.integer({ min: -most, max: most });
  const values = fc.record({
    duty: field(1000).map((value) => value / 1000),
    erpm: field(200_000),
    voltage: fc.integer({ min: 0, max: 600 }).map((value) => value / 10),
    tachometer: field(2 ** 31 - 1),
    tachometerAbsolute: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    fault: fc.integer({ min: 0, max: 28 }),
    status: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 255 }), (told, sequence) => {
      const payload = valuesAnswer(valuesMask(sequence), told);
      expect(mayAnswer(VescCommand.getValuesSelective, payload.length)).toBe(true);
      const into = newVescValues();
      expect(readValues(new DataView(Uint8Array.from(payload).buffer), 0, into)).toBe(true);
      const { status, duty, voltage, ...same } = told;
      expect(into).toMatchObject({ ...same, sequence, isTimedOut: (status & 1) === 1, isKilled: status >= 2 });
      expect(Math.abs(into.duty - duty)).toBeLessThanOrEqual(1e-3);
      expect(Math.abs(into.voltage - voltage)).toBeLessThanOrEqual(0.1);
    }),
    { seed: 1 },
  );
  const other = Uint8Array.from(valuesAnswer(valuesMask(3), { ...newVescValues(), status: 0 }));
  other[4] ^= 1; // a field that was not asked for
  expect(readValues(new DataView(other.buffer), 0, newVescValues())).toBe(false);
});

test("acceleration and rate, in the firmware's own form of float32", () => {
  const number = fc.float({ min: -4000, max: 4000, noNaN: true });
  fc.assert(
    fc.property(number, number, number, number, (x, y, z, rate) => {
      const payload = imuAnswer(IMU_MASK, [x, y, z], [1, 2, rate]);
      expect(mayAnswer(VescCommand.getImuData, payload.length)).toBe(true);
      const into = newVescImu();
      expect(readImu(new DataView(Uint8Array.from(payload).buffer), 0, into)).toBe(true);
      const told = [x, y, z, rate].map((value) => (Math.abs(value) < 1.5e-38 ? 0 : value));
      const got = [into.forward, into.left, into.up, into.rate];
      got.forEach((value, i) => {
        expect(Math.abs(value - told[i])).toBeLessThanOrEqual(2 ** -22 * Math.abs(told[i]));
      });
    }),
    { seed: 1 },
  );
  const none = Uint8Array.from(imuAnswer(IMU_MASK, [0, 0, 1], [0, 0, 0]));
  none.set([0x7f, 0xc0, 0, 0], 15);
  expect(readImu(new DataView(none.buffer), 0, newVescImu())).toBe(false);
});

test("time-out, brake current, servo and app of every layout that is known", () => {
  for (const signature of APP_CONFIGURATIONS.keys()) {
    const payload = appAnswer({ ...GOOD_APP, signature, timeout: 150, brakeCurrent: 12.5, app: 3 });
    expect(mayAnswer(VescCommand.getAppConfiguration, payload.length)).toBe(true);
    const into = newVescAppConfiguration();
    readAppConfiguration(new DataView(Uint8Array.from(payload).buffer), 0, into);
    expect(into).toEqual({ signature, timeout: 150, brakeCurrent: 12.5, hasServo: true, app: 3 });
  }
  const firmware = { major: 0, minor: 0 };
  readFirmware(new DataView(Uint8Array.from(firmwareAnswer(5, 3)).buffer), 0, firmware);
  expect(firmware).toEqual({ major: 5, minor: 3 });
});

test("damaged answers: two decoders read the same, and the robot does nothing that cannot be", () => {
  const { whole, armed } = fuzzVesc(12_000, 1);
  expect(whole).toBeGreaterThan(2000);
  expect(armed).toBeGreaterThan(100);
});
