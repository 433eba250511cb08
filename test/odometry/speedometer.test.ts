import { expect, test } from "@jest/globals";
import { Speedometer } from "../../src/odometry/speedometer.js";

/**
 * A board that drives at `speed` and sends every `pace`, seen by a loop that looks every `period` [s]: speeds after
 * half a second.
 */
function speeds(speed: number, pace: number, period: number): number[] {
  const meter = new Speedometer();
  const seen: number[] = [];
  let frames = 0;
  let millimetres = 0;
  for (let k = 1; k * period < 10; k++) {
    const now = k * period;
    const sent = Math.floor(now / pace + 0.3);
    const counted = Math.round(1000 * speed * sent * pace);
    if (sent > frames) meter.take(now, sent - frames, (counted - millimetres) / 1000);
    frames = sent;
    millimetres = counted;
    if (now > 0.5) seen.push(meter.speed);
  }
  return seen;
}

test.each([
  [0.02, 0.02],
  [0.0203, 0.02],
  [0.0197, 0.02],
  [0.05, 0.02],
  [0.02, 0.1],
  [0.0203, 0.1],
  [0.05, 0.1],
])("frames every %f s, looked at every %f s", (pace, period) => {
  for (const speed of [-0.5, 0.2, 1]) {
    const seen = speeds(speed, pace, period);
    // a millimetre in a tenth of a second, and a frame more or less among all that are kept: some 5 % in the first
    // seconds
    for (const value of seen) expect(Math.abs(value - speed)).toBeLessThan(0.012 + 0.06 * Math.abs(speed));
    const late = seen.slice(-Math.floor(seen.length / 2));
    const mean = late.reduce((sum, value) => sum + value, 0) / late.length;
    expect(Math.abs(mean - speed)).toBeLessThan(0.01 * Math.abs(speed) + 0.001);
  }
});

test("after a silence the mean speed over it holds until there are new frames to measure by", () => {
  const meter = new Speedometer();
  for (let k = 0; k < 50; k++) meter.take(0.02 * k, 1, 0.01);
  expect(meter.speed).toBeCloseTo(0.5, 9);
  meter.take(0.98 + 0.5, 1, 0.05);
  expect(meter.speed).toBeCloseTo(0.1, 9);
  for (let k = 1; k <= 5; k++) meter.take(1.48 + 0.02 * k, 1, 0.004);
  expect(meter.speed).toBeCloseTo(0.2, 9);
});
