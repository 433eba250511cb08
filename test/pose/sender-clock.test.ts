/** Sender's clocks: in any epoch, set, in other units, or none; with a network that holds datagrams back. */
import { expect, test } from "@jest/globals";
import { SenderClock } from "../../src/pose/sender-clock.js";
import { uniformFrom } from "../../src/statistics.js";
import { normalFrom } from "../support/sensed-drive.js";

interface Stream {
  /** largest error of the date [s] after the first second, without the latency of the fastest datagram */
  readonly worst: number;
  readonly last: number;
  readonly said: readonly string[];
}

/** Poses at 50 Hz for so many seconds; `clockOf`: what the sender's clock shows at a time of ours. */
function stream(seconds: number, clockOf: (time: number) => number, latencyOf: (time: number) => number): Stream {
  const said: string[] = [];
  const clock = new SenderClock((text) => said.push(text));
  const sent = Array.from({ length: 50 * seconds }, (_, i) => 100 + 0.02 * i);
  const errors: number[] = [];
  for (const time of sent) {
    const arrived = time + latencyOf(time);
    const shown = clockOf(time);
    const date = clock.date(shown, shown, arrived);
    expect(date).toBeLessThanOrEqual(arrived);
    if (time > 101) errors.push(Math.abs(date - time - 0.005));
  }
  return { worst: Math.max(...errors), last: errors.at(-1) ?? Number.NaN, said };
}

const random = uniformFrom(3);
/** 5 ms, often more, seldom 200 ms. */
const wireless = () => 0.005 + 0.03 * random() ** 4 + (random() < 0.01 ? 0.2 : 0);

test.each([0, -1e5, 1.7e9])("a clock from %d on: what waited in the network is not age", (epoch) => {
  const { worst, said } = stream(60, (time) => time + epoch, wireless);
  expect(worst).toBeLessThan(2e-3);
  expect(said).toEqual([]);
});

test("a quartz that is 100 ppm fast is followed", () => {
  const { worst, said } = stream(300, (time) => 7 + 1.0001 * time, wireless);
  expect(worst).toBeLessThan(4e-3);
  expect(said).toEqual([]);
});

test("what is added does not leap when a faster datagram comes, nor when it is forgotten", () => {
  const normal = normalFrom(5);
  const clock = new SenderClock(() => {});
  const added: number[] = [];
  for (let time = 100; time < 160; time += 1 / 30) {
    const arrived = time + Math.max(0.01, 0.08 + 0.03 * normal());
    const date = clock.date(time - 77, time - 77, arrived);
    // one that is faster than all before is dated by its arrival
    if (time > 102.1 && date < arrived) added.push(date - time);
  }
  const steps = added.slice(1).map((value, i) => Math.abs(value - added[i]));
  expect(Math.max(...steps)).toBeLessThan(5e-5);
  expect(Math.max(...added) - Math.min(...added)).toBeGreaterThan(1e-4); // it does follow
});

test.each([
  ["milliseconds", 1e3],
  ["microseconds", 1e6],
  ["nanoseconds", 1e9],
])("times in %s are said, and poses dated by arrival", (unit, factor) => {
  const { worst, said } = stream(10, (time) => factor * time, wireless);
  expect(worst).toBeLessThan(0.25);
  expect(said).toEqual([expect.stringMatching(new RegExp(`in ${unit}; allowed are seconds: .* by their arrival`))]);
});

test.each([
  ["forwards", 3600],
  ["back", -3600],
])("a clock that is set %s is dated anew, and said", (_, by) => {
  const { last, said } = stream(20, (time) => time + (time > 108 ? by : 0), wireless);
  expect(last).toBeLessThan(2e-3);
  expect(said).toEqual(["the sender's clock was set: its poses are dated anew"]);
});

test("one time from the far future, or the past, spoils no other", () => {
  const odd = (time: number) => (Math.abs(time - 105) < 1e-6 ? time + 1e6 : Math.abs(time - 106) < 1e-6 ? 0 : time);
  const { last, said } = stream(10, odd, wireless);
  expect(last).toBeLessThan(2e-3);
  expect(said).toEqual([]);
});

test("a network that stands still for a second and then lets all through changes no date", () => {
  const { last, said } = stream(
    20,
    (time) => time,
    (time) => (time > 108 && time < 109 ? 109 - time : wireless()),
  );
  expect(last).toBeLessThan(2e-3);
  expect(said).toEqual([]);
});

test.each<[string, (time: number) => number, RegExp]>([
  ["stands", () => 12, /time does not go on/],
  ["runs at half the pace", (time) => time / 2, /does not run at the pace of ours/],
  ["is set every second", (time) => time + 100 * Math.floor(time), /set again and again|pace of ours/],
  ["is not said", () => Number.NaN, /does not say when/],
])("of a clock that %s poses are dated by their arrival, and that is said", (_, clockOf, expected) => {
  const { last, said } = stream(20, clockOf, wireless);
  expect(last).toBeLessThan(0.25);
  expect(said.at(-1)).toMatch(expected);
  expect(said.at(-1)).toMatch(/dated by their arrival/);
});

test("what the sender needed between seeing and sending is age", () => {
  const clock = new SenderClock(() => {});
  expect(clock.date(49.992, 50, 100.003)).toBeCloseTo(99.995, 9);
});
