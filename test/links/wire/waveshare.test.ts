import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { TelemetryReader, VelocityFrame } from "../../../src/links/wire/waveshare.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
/** gyro z 16384 (1000 °/s), odometry 1234, -567, 3142; written by hand */
const TELEMETRY = Buffer.from(
  "aa552d01" +
    "000000004000" +
    "000000004000" +
    "000000000000" +
    "04d2fdc90c46" +
    "000f00000000" +
    "0011001200130014" +
    "0000",
  "hex",
);
const frame = Buffer.concat([TELEMETRY, Buffer.of(TELEMETRY.reduce((sum, byte) => sum + byte, 0) & 0xff)]);

function reading() {
  const poses: object[] = [];
  const reader = new TelemetryReader(({ yawRate, x, y, yaw, isRepeated }) => {
    poses.push({ yawRate, x, y, yaw, isRepeated });
  });
  return { reader, poses };
}

test("velocity frames: the speed twice, thousandths, high byte first, sum at the end", () => {
  const velocity = new VelocityFrame();
  const put = (speed: number, turn: number) => {
    velocity.put(speed, turn);
    return hex(velocity.wire);
  };
  expect(put(0, 0)).toBe("aa550b11000000000000" + "1b");
  expect(put(0.75, -1)).toBe("aa550b1102ee02eefc18" + "0f");
  expect(put(-0.0004, 0.0006)).toBe("aa550b11000000000001" + "1c");
  expect(put(1e9, -1e9)).toBe("aa550b117fff7fff8001" + "98");
});

test("telemetry: gyro in rad/s, odometry as it is counted", () => {
  const { reader, poses } = reading();
  reader.push(frame);
  expect(frame[44]).toBe(0xf4);
  expect(poses).toEqual([
    { yawRate: expect.closeTo((1000 * Math.PI) / 180, 9), x: 1234, y: -567, yaw: 3142, isRepeated: false },
  ]);
  reader.push(frame);
  expect(poses[1]).toMatchObject({ isRepeated: true });
  expect([reader.frames, reader.checksumErrors, reader.strayBytes]).toEqual([2, 0, 0]);
});

test("a damaged or cut frame is counted and costs none behind it", () => {
  const { reader } = reading();
  const damaged = frame.map((byte, i) => (i === 30 ? byte ^ 1 : byte));
  reader.push(damaged);
  expect([reader.frames, reader.checksumErrors, reader.strayBytes]).toEqual([0, 1, 45]);
  reader.push(frame.subarray(0, 20));
  reader.push(frame);
  expect([reader.frames, reader.checksumErrors, reader.strayBytes]).toEqual([1, 2, 65]);
});

test("frames between garbage, in pieces of any size, are all found", () => {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .constantFrom([0xaa], [0xaa, 0xaa, 0x55], [0xaa, 0x55, 0x2d], [...frame.subarray(0, 44)])
      .map((bytes) => Uint8Array.from(bytes)),
  );
  const piece = fc.oneof(fc.constant(frame), garbage);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 100 }), (pieces, size) => {
      const line = Buffer.concat([...pieces, frame]);
      const { reader } = reading();
      for (let at = 0; at < line.length; at += size) reader.push(line.subarray(at, at + size));
      // garbage may hold back a frame only until it is seen to be none; it may be one by chance once in 2^40
      expect(reader.frames).toBe(1 + pieces.filter((bytes) => bytes === frame).length);
    }),
    { seed: 1 },
  );
});
