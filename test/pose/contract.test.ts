/** Every source of poses keeps one contract: with real sockets, and who sends as the source's documents say. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { wrapAngle } from "../../src/angles.js";
import { monotonicTime } from "../../src/clock.js";
import { completeConfig } from "../../src/config/config.js";
import { type PoseName, poseNames } from "../../src/config/poses.js";
import { poseSettingsFrom } from "../../src/pose/settings.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import { ThreadPoseSource } from "../../src/pose/thread-source.js";
import { uniformFrom, upperMedian } from "../../src/statistics.js";
import { until } from "../support/until.js";
import type { Placed } from "./encoders/bytes.js";
import { freePort, type PoseHarness, type Sender } from "./harness.js";

/** The sender's clock counts from here [s]. */
const EPOCH = 5000;
/** Time between two poses [ms]: as at 40 Hz. */
const BETWEEN = 25;

const harnessOf = async (name: PoseName): Promise<PoseHarness> => (await import(`./harnesses/${name}.js`)).default;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Sends what `at` says for every time, until it is stopped. */
function streaming(sender: Sender, at: (seconds: number) => readonly Placed[], noise?: () => Buffer | undefined) {
  let isOn = true;
  const loop = async () => {
    while (isOn) {
      const seconds = monotonicTime() + EPOCH;
      await sender.send(at(seconds), seconds);
      const bytes = noise?.();
      if (bytes) await sender.sendBytes(bytes);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN));
    }
  };
  const done = loop();
  closing.push(async () => {
    isOn = false;
    await done;
    await sender.close();
  });
}

/** The car on a circle of 1 m at 1 m/s. */
function carAt(seconds: number, name = "car"): Placed {
  return { name, x: Math.cos(seconds), y: Math.sin(seconds), heading: wrapAngle(seconds + Math.PI / 2) };
}

interface Opened {
  readonly source: ThreadPoseSource;
  readonly said: string[];
}

function sourceOf(name: PoseName, sender: Sender, given = {}): Opened {
  const said: string[] = [];
  const settings = poseSettingsFrom(completeConfig({ pose: `${name}=${sender.place}`, ...given }));
  if (!settings) throw new Error("no source");
  const source = new ThreadPoseSource(settings, (text) => {
    said.push(text);
    sender.told?.(text);
  });
  closing.push(() => source.close());
  return { source, said };
}

/** The next so many measurements. */
async function nextOf(source: ThreadPoseSource, count: number): Promise<Float64Array[]> {
  const rows: Float64Array[] = [];
  while (rows.length < count) {
    const row = new Float64Array(PoseEntry.count);
    await until(() => source.poll(row));
    rows.push(row);
  }
  return rows;
}

describe.each(poseNames)("%s", (name) => {
  test("poses of the car among others come once each, in order, dated, in the frame of the track", async () => {
    const harness = await harnessOf(name);
    const sender = await harness.sender(["box", "car", "wand"]);
    const others = [
      { name: "box", x: 3, y: 3, heading: 1 },
      { name: "wand", x: 0, y: 0, heading: 0, isLost: true },
    ] as const;
    const random = uniformFrom(7);
    const noise = () =>
      Buffer.from(Array.from({ length: 1 + Math.floor(90 * random()) }, () => Math.floor(256 * random())));
    streaming(sender, (seconds) => [others[0], carAt(seconds), others[1]], noise);
    const { source } = sourceOf(name, sender, { "pose-name": "car", "pose-frame": [2, -1, 90] });
    await source.open();
    const rows = (await nextOf(source, 16)).slice(4); // by then one came without waiting
    const errors: number[] = [];
    for (const [i, row] of rows.entries()) {
      const [seconds, arrived, x, y, heading] = row;
      // turned by 90° and moved: (-y + 2, x - 1)
      const angle = Math.atan2(-(x - 2), y + 1);
      expect(Math.hypot(x - 2, y + 1)).toBeCloseTo(1, 6);
      expect(wrapAngle(heading - (angle + Math.PI))).toBeCloseTo(0, 5);
      expect(seconds).toBeLessThanOrEqual(arrived);
      expect(arrived - seconds).toBeLessThan(1);
      if (i === 0) continue;
      const [before, , oldX, oldY] = rows[i - 1];
      expect(seconds).toBeGreaterThan(before);
      errors.push(Math.abs(wrapAngle(angle - Math.atan2(-(oldX - 2), oldY + 1)) - (seconds - before)));
    }
    // where its time is known it fits its place, at 1 rad/s
    if (harness.hasTimes) expect(upperMedian(Float64Array.from(errors))).toBeLessThan(2e-3);
    expect(source.poll(new Float64Array(PoseEntry.count))).toBe(false);
  });

  test("a name that is not there is refused with those that are", async () => {
    const harness = await harnessOf(name);
    const sender = await harness.sender(["box", "truck"]);
    streaming(sender, (seconds) => [{ name: "box", x: 3, y: 3, heading: 1 }, carAt(seconds, "truck")]);
    const { source, said } = sourceOf(name, sender, { "pose-name": "car" });
    const opening = source.open().catch((error: Error) => error.message);
    await until(() => said.some((text) => /box, truck/.test(text)));
    expect(said.find((text) => /box, truck/.test(text))).toMatch(/"car" is followed, which is not among them: choose/);
    await source.close();
    await opening;
  });

  test("without a name the only object is the car, and of several none is", async () => {
    const harness = await harnessOf(name);
    const [alone, two] = [await harness.sender(["truck"]), await harness.sender(["box", "truck"])];
    streaming(alone, (seconds) => [carAt(seconds, "truck")]);
    streaming(two, (seconds) => [{ name: "box", x: 3, y: 3, heading: 1 }, carAt(seconds, "truck")]);
    const { source } = sourceOf(name, alone);
    await source.open();
    await nextOf(source, 2);
    await expect(sourceOf(name, two).source.open()).rejects.toThrow(/box, truck; which is the car\? .*--pose-name/);
  });

  test("a car that is lost, and on its back, gives no poses until it is there again", async () => {
    const harness = await harnessOf(name);
    const sender = await harness.sender(["car"]);
    let change: Partial<Placed> = {};
    streaming(sender, (seconds) => [{ ...carAt(seconds), ...change }]);
    const { source, said } = sourceOf(name, sender);
    await source.open();
    for (const [given, expected] of [
      [{ isLost: true }, /is lost since|nothing has come/],
      [{ roll: Math.PI }, /it leans by 180°: upside down/],
    ] as const) {
      if ("roll" in given && !harness.seesTilt) continue;
      change = given;
      await until(() => said.some((text) => expected.test(text)));
      source.poll(new Float64Array(PoseEntry.count));
      await new Promise((resolve) => setTimeout(resolve, 4 * BETWEEN));
      expect(source.poll(new Float64Array(PoseEntry.count))).toBe(false);
      change = {};
      await nextOf(source, 2);
    }
  });
});

test.each([
  ["camera=192.168.1.5:8766", /^--pose camera: its page is served to this computer alone; allowed is a port/],
  ["camera=8766@wlan0", /^--pose camera: its page is served to this computer alone; allowed is a port/],
  ["qualisys=192.168.1.5@wlan0", /^--pose qualisys: "@wlan0": a connection finds its network itself; leave it out/],
  ["qualisys", /^--pose qualisys: the address of QTM's computer is needed/],
  ["natnet=1510", /^--pose natnet: the address of Motive's computer is needed/],
])("%s is refused with what is allowed", async (pose, expected) => {
  const settings = poseSettingsFrom(completeConfig({ pose }));
  if (!settings) throw new Error("no source");
  await expect(new ThreadPoseSource(settings, () => {}).open()).rejects.toThrow(expected);
});

test("who was stopped before it listens waits for no pose", async () => {
  const settings = poseSettingsFrom(completeConfig({ pose: `udp=${await freePort()}` }));
  if (!settings) throw new Error("no source");
  const source = new ThreadPoseSource(settings, () => {}, AbortSignal.abort());
  await expect(source.open()).rejects.toThrow("stopped before the first pose came");
});
