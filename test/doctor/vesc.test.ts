/** What `doctor --ask-vesc` says of a VESC, and that asking commands nothing. */
import { expect, test } from "@jest/globals";
import { vesc } from "../../src/doctor/vesc.js";
import { askVesc } from "../../src/links/vesc/ask.js";
import { BoardTransport } from "../in-the-loop/virtual-host.js";
import { type FakeOptions, FakeVesc } from "../support/fake-vesc.js";
import { findings, type Machine } from "./fake.js";

const ACM = "/dev/ttyACM0";
const OPTIONS = { folder: "/runs", device: ACM, askVesc: true };

/** What is asked of a simulated VESC, and what it was sent by that. */
async function asked(options: FakeOptions) {
  const fake = await FakeVesc.make({}, options);
  const transport = new BoardTransport();
  await fake.connect(transport.arrive);
  const answer = await askVesc(transport, async (ms) => {
    const bytes = transport.takeSent();
    if (bytes.length > 0) await fake.send(bytes);
    await fake.run(ms);
  });
  return { fake, answer };
}

/** A machine with such a VESC at its port. */
async function machineWith(options: FakeOptions): Promise<Machine> {
  const { answer } = await asked(options);
  return { askVesc: async () => answer };
}

test("asked, it is commanded nothing, and everything is fine where it is set up", async () => {
  const { fake } = await asked({});
  expect([...fake.counts.keys()].sort((a, b) => a - b)).toEqual([0, 17, 50, 65]);
  const found = await findings(vesc, await machineWith({}), OPTIONS);
  expect(found).toEqual({
    firmware: "ok: 6.02",
    "time-out": "ok: 200 ms",
    "brake current": "ok: 10 A after the time-out",
    app: "ok: none that commands the motor",
    "servo output": "ok: on",
    battery: "ok: 11.4 V",
    IMU: "ok: measures, z up",
  });
});

test.each<[string, FakeOptions, string, RegExp]>([
  ["as sold", { app: { timeout: 1000, brakeCurrent: 0 } }, "time-out", /^problem: .* is 1000 ms .* → VESC Tool, App/],
  ["as sold", { app: { timeout: 1000, brakeCurrent: 0 } }, "brake current", /^problem: .* 0 A .*Timeout Brake Current/],
  ["without servo", { app: { servoOut: false } }, "servo output", /^problem: .*Enable Servo Output: True/],
  ["with its radio's app", { app: { app: 1 } }, "app", /^problem: .* runs the app PPM/],
  ["of old firmware", { firmware: [5, 3] }, "firmware", /^problem: the VESC has firmware 5.03, too old/],
  [
    "of an unknown layout",
    { app: { signature: 1 }, firmware: [6, 6] },
    "firmware",
    /^problem: .* 6.06 keeps its settings/,
  ],
  ["without an IMU", { hasImu: false }, "IMU", /^note: the VESC's IMU measures nothing but zeros/],
])("one %s: %j", async (_, options, name, words) => {
  expect((await findings(vesc, await machineWith(options), OPTIONS))[name]).toMatch(words);
});

test("another device is told apart from silence, and nothing is asked unasked", async () => {
  const other = await findings(vesc, { askVesc: async () => ({ bytes: 99 }) }, OPTIONS);
  expect(other.firmware).toMatch(/^problem: 99 bytes came from \/dev\/ttyACM0 at 115200 baud, but no answer of a VESC/);
  expect((await findings(vesc, {}, OPTIONS)).firmware).toMatch(/^problem: nothing at .* in its boot loader is/);
  const never = { askVesc: async () => Promise.reject(new Error("asked")) };
  expect((await findings(vesc, never, { folder: "/runs", device: ACM })).firmware).toMatch(/^ok: not applicable/);
});
