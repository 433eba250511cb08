/**
 * Readers of packets against encoders that were written from the protocols' documents, bit by bit, and against noise.
 */
import { describe, expect, test } from "@jest/globals";
import { NatNetClient } from "../../src/pose/kinds/natnet.js";
import { QtmStream } from "../../src/pose/kinds/qualisys.js";
import { hearJson } from "../../src/pose/kinds/udp.js";
import { FrameTimes, hearVicon } from "../../src/pose/kinds/vicon.js";
import { namesIn } from "../../src/pose/qualisys/messages.js";
import type { Placed } from "./encoders/bytes.js";
import { frame, models, serverInfo } from "./encoders/natnet.js";
import { data, packet, parameters } from "./encoders/qualisys.js";
import { viconPacket } from "./encoders/vicon.js";
import { fuzz, READERS } from "./fuzz.js";
import { Heard } from "./harness.js";

const NONE: readonly Placed[] = [];
const objects: readonly Placed[] = [
  { name: "box", x: -1.25, y: 2.5, heading: -3 },
  { name: "gone", x: 9, y: 9, heading: 9, isLost: true },
  { name: "car", x: 0.5, y: -0.75, heading: 2.5, roll: 0.1 },
];

function expectSeen(heard: Heard, digits: number): void {
  expect(heard.poses.map(({ name }) => name)).toEqual(["box", "car"]);
  expect(heard.lost).toEqual(["gone"]);
  for (const [i, { x, y, heading, roll = 0 }] of [objects[0], objects[2]].entries()) {
    expect(heard.poses[i].x).toBeCloseTo(x, digits);
    expect(heard.poses[i].y).toBeCloseTo(y, digits);
    expect(heard.poses[i].heading).toBeCloseTo(heading, digits);
    expect(heard.poses[i].tilt).toBeCloseTo(roll, 3);
  }
}

describe("vicon", () => {
  test.each([256, 512, 1024, 0])("objects in a block of %d bytes", (size) => {
    const heard = new Heard();
    expect(hearVicon(viconPacket(17, objects, size), 1, new FrameTimes(), heard)).toBe(true);
    expectSeen(heard, 12);
    expect(hearVicon(viconPacket(18, NONE, size), 1, new FrameTimes(), heard)).toBe(false);
    expect(heard.remarks).toEqual([]);
  });

  test("times follow from frame numbers, once their rate is sure", () => {
    const times = new FrameTimes();
    const at = (frame: number) => times.timeOf(1000 + frame, 50 + frame / 100 + 0.004 * (frame % 3));
    expect(at(0)).toBeNaN();
    expect(at(100)).toBeNaN();
    for (let i = 101; i <= 202; i++) at(i);
    expect(at(203)).toBeCloseTo(12.03, 12);
    expect(times.timeOf(5, 53)).toBeNaN(); // Tracker started anew
  });

  test("a size that does not fit is refused as a whole", () => {
    const whole = viconPacket(17, objects, 0);
    for (let length = 0; length < whole.length; length++) {
      const heard = new Heard();
      hearVicon(whole.subarray(0, length), 1, new FrameTimes(), heard);
      expect(heard.remarks).toEqual([expect.stringMatching(/is not Tracker's UDP object stream/)]);
    }
  });
});

describe("natnet", () => {
  const versions = [
    [2, 0], [2, 1], [2, 3], [2, 5], [2, 6], [2, 7], [2, 9], [2, 10], [2, 11], [3, 0], [3, 1], [4, 0], [4, 1], [4, 2],
  ] as const; // biome-ignore format: pairs
  const company = { markerSets: 2, skeletons: 1, devices: 2 };

  function connected(major: number, minor: number, heard: Heard): NatNetClient {
    const client = new NatNetClient(heard, () => {});
    client.hear(serverInfo(major, minor, 1511), 1);
    client.hear(
      models(
        major,
        minor,
        objects.map(({ name }) => name),
        company,
      ),
      1,
    );
    return client;
  }

  test.each(versions)("version %d.%d: rigid bodies and times among markers, skeletons and devices", (major, minor) => {
    const heard = new Heard();
    const client = connected(major, minor, heard);
    expect(client.hear(frame(major, minor, 5, objects, 1234.5, company), 1)).toBe(true);
    expectSeen(heard, 6);
    expect(heard.poses[0].taken).toBeCloseTo(1234.5, 6);
    expect(heard.poses[0].sent - heard.poses[0].taken).toBeCloseTo(major >= 3 ? 0.005 : 0, 9);
    expect(heard.remarks).toEqual([]);
  });

  test.each(versions)("version %d.%d: what is cut off gives no pose", (major, minor) => {
    const heard = new Heard();
    const client = connected(major, minor, heard);
    const whole = frame(major, minor, 5, objects, 1234.5, company);
    for (let length = 4; length < whole.length - 4; length++) {
      const cut = Buffer.from(whole.subarray(0, length));
      cut.writeUInt16LE(length - 4, 2);
      expect(client.hear(cut, 1)).toBe(false);
    }
    expect(heard.poses).toEqual([]);
  });

  test("a body whose quaternion is none is lost, not one that looks along the floor's x axis", () => {
    const heard = new Heard();
    const client = connected(3, 1, heard);
    const damaged = frame(3, 1, 5, [{ name: "car", x: 1, y: 2, heading: 0 }], 1234.5);
    const one = damaged.indexOf(Buffer.from("0000000000000000000000000000803f", "hex")) + 12;
    expect(client.hear(damaged, 1)).toBe(true);
    damaged.writeFloatLE(0, one);
    expect(client.hear(damaged, 2)).toBe(false);
    expect(heard.poses.map(({ heading }) => heading)).toEqual([0]);
  });

  test.each([
    [3, 1, 4, 1],
    [4, 1, 3, 1],
    [4, 0, 4, 1],
    [2, 7, 3, 1],
    [3, 1, 2, 7],
  ])("the handshake said %d.%d: frames of version %d.%d give no pose", (major, minor, otherMajor, otherMinor) => {
    const heard = new Heard();
    connected(major, minor, heard).hear(frame(otherMajor, otherMinor, 5, objects, 1234.5, company), 1);
    expect(heard.poses).toEqual([]);
    expect(heard.remarks).toEqual([expect.stringMatching(/not as NatNet \d\.\d has it/)]);
  });

  test("names are asked for again when Motive says that they changed", () => {
    const sent: number[] = [];
    const client = new NatNetClient(new Heard(), (message) => sent.push(message.readUInt16LE(0)));
    client.ask();
    client.hear(serverInfo(3, 1, 1511, "239.255.42.99"), 1);
    client.hear(models(3, 1, ["car"]), 1);
    client.ask();
    client.hear(frame(3, 1, 5, objects, 1, {}, 2), 1);
    client.ask();
    expect(sent).toEqual([0, 4, 4]);
  });
});

describe("qualisys", () => {
  test("bodies and times, in pieces of any size", () => {
    for (const size of [1, 7, 64, 4096]) {
      const heard = new Heard();
      const stream = new QtmStream(heard, () => {});
      stream.names = ["box", "gone", "car"];
      const bytes = Buffer.concat([packet(6, Buffer.from([1])), data(3, objects, 77.25), data(4, NONE, 77.26)]);
      for (let at = 0; at < bytes.length; at += size) expect(stream.hear(bytes.subarray(at, at + size), 1)).toBe(true);
      expectSeen(heard, 6);
      expect(heard.poses[0].taken).toBe(77.25);
    }
  });

  test("names come from the parameters, with what XML writes differently", () => {
    const answers: string[] = [];
    const stream = new QtmStream(new Heard(), (_, text) => answers.push(text));
    stream.hear(parameters(["a & b", "car"]), 1);
    expect(answers[0]).toContain("<Name>a &amp; b</Name>");
    expect(namesIn(answers[0])).toEqual(["a & b", "car"]);
  });

  test("another port than QTM's little-endian one is noticed by sizes", () => {
    const stream = new QtmStream(new Heard(), () => {});
    expect(stream.hear(Buffer.from([0, 0, 0, 35, 0, 0, 0, 1]), 1)).toBe(false);
  });
});

test.each([
  ["no JSON", "{", /is no JSON;/],
  ["a list", "[1]", /has x: nothing/],
  ["null", "null", /no JSON object/],
  ["a text for a number", '{"x":"1","y":2,"phi":3}', /has x: "1"/],
  ["no heading", '{"x":1,"y":2}', /has phi: nothing/],
  ["a number for a name", '{"name":4,"x":1,"y":2,"phi":3}', /a name that is no text/],
  ["a book", `{"name":"${"x".repeat(2000)}"}`, /of 2011 bytes, more than 1024/],
])("udp: %s is refused with what is allowed", (_, text, expected) => {
  const heard = new Heard();
  expect(hearJson(Buffer.from(text), 1, heard)).toBe(false);
  expect(heard.remarks).toEqual([expect.stringMatching(expected)]);
  expect(heard.remarks[0]).toMatch(/allowed is \{"name": "car"/);
});

test.each(Object.keys(READERS))(
  "%s: a sample of the fuzz leaves no pose that cannot be, and throws nothing",
  (name) => {
    const { datagrams, poses } = fuzz(name as keyof typeof READERS, 20_000, 1);
    expect(datagrams).toBe(20_000);
    expect(poses).toBeGreaterThan(0); // damage behind which nothing passes would prove nothing
    expect(poses).toBeLessThan(datagrams);
  },
);
