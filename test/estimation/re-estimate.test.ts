/** A drive estimated again from what an estimator wrote down. */
import { expect, test } from "@jest/globals";
import { wrapAngle } from "../../src/angles.js";
import { Estimator } from "../../src/estimation/estimator.js";
import { type Measured, MotionColumn, PoseColumn, Verdict } from "../../src/estimation/measured.js";
import { newMotion } from "../../src/estimation/motion.js";
import { KeptLog, reEstimate } from "../../src/estimation/re-estimate.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import { uniformFrom } from "../../src/statistics.js";

const PERIOD = 0.02;
/** [rad/s], [m/s] */
const RATE = 1.5;
const SPEED = 2;
const CLOCK = 1234.567;
const radius = SPEED / RATE;

/** Poses by the time at which they arrive [s]. */
interface Sent {
  readonly seconds: number;
  readonly arrives: number;
  readonly by: number;
}

function sent(until: number, seed: number): Sent[] {
  const uniform = uniformFrom(seed);
  const poses = Array.from({ length: Math.floor(until * 40) }, (_, i) => ({
    seconds: i / 40,
    // now and then one comes before the movement within which it was true is known
    arrives: i / 40 + (uniform() < 0.1 ? 0 : 0.03 + 0.1 * uniform()),
    by: uniform() < 0.02 ? 0.3 : 0.005 * (uniform() - 0.5),
  }));
  return poses.sort((a, b) => a.arrives - b.arrives);
}

/** Drives a circle; what is measured is written down from `from` on. */
function driven(seconds: number, from: number, hasGyro = true): Measured {
  const estimator = new Estimator({ outside: true });
  const log = new KeptLog();
  const queue = sent(seconds, 3);
  const uniform = uniformFrom(5);
  for (let i = 1; i * PERIOD < seconds; i++) {
    const time = i * PERIOD;
    if (i === Math.round(from / PERIOD)) estimator.logTo(log);
    while (queue.length > 0 && queue[0].arrives <= time) {
      const pose = queue.shift();
      if (!pose) break;
      const turn = RATE * pose.seconds;
      const [x, y] = [radius * Math.sin(turn) + pose.by, radius * (1 - Math.cos(turn))];
      estimator.observe(Float64Array.of(CLOCK + pose.seconds, CLOCK + pose.arrives, x, y, wrapAngle(turn)));
    }
    const noise = 0.01 * (uniform() - 0.5);
    const turned = { turn: (RATE + noise) * PERIOD, rate: RATE + noise };
    const speed = SPEED / 1.01;
    const moved = { ...newMotion(), time: CLOCK + time, seconds: PERIOD, distance: speed * PERIOD, speed };
    estimator.move({ ...moved, ...(hasGyro && turned) });
  }
  return log.measured(CLOCK + from);
}

test.each([true, false])("with the same settings every number comes out again, gyro: %s", (hasGyro) => {
  const measured = driven(8, 3, hasGyro);
  const { rms, largest, heading, recorded, estimated, movements, poses, beginsAsRecorded } = reEstimate(measured);
  expect([rms, largest, heading, beginsAsRecorded]).toStrictEqual([0, 0, 0, true]);
  expect(estimated).toStrictEqual(recorded);
  expect([movements, poses]).toStrictEqual([250, recorded.believed + recorded.contradicted + recorded.late]);
  expect(recorded.contradicted).toBeGreaterThan(1);
  expect(recorded.late).toBeGreaterThan(1);
});

test("each pose says when it came, what became of it and how surprising it was", () => {
  const { poses } = driven(8, 3);
  for (let at = 0; at < poses.length; at += PoseColumn.count) {
    const [seconds, arrived, , , , verdict, surprise] = poses.subarray(at, at + PoseColumn.count);
    expect(arrived).toBeGreaterThanOrEqual(seconds);
    if (verdict === Verdict.believed) expect(surprise).toBeLessThanOrEqual(16.27);
    else if (verdict === Verdict.contradicted) expect(surprise).toBeGreaterThan(16.27);
    else expect([verdict, surprise]).toStrictEqual([Verdict.late, Number.NaN]);
  }
});

test("poses trusted less pull less, and other settings of the beginning begin without what was found", () => {
  const measured = driven(8, 3);
  const trusting = reEstimate(measured, { position: 0.05, heading: 0.1 });
  expect(trusting.beginsAsRecorded).toBe(true);
  expect(trusting.largest).toBeGreaterThan(0.001);
  expect(trusting.largest).toBeLessThan(0.05);
  expect(trusting.estimated.surprise ?? 1).toBeLessThan(0.5 * (trusting.recorded.surprise ?? 0));
  const later = reEstimate(measured, { latency: 0.04 });
  expect(later.beginsAsRecorded).toBe(false);
  // what the wheel is short by is found again within five seconds; a circle hardly tells how late poses are
  expect(later.found.travelScale).toBeCloseTo(0.01, 2);
  expect(later.found.latency).toBeLessThan(0.03);
});

test("without a beginning it starts where the first movement says, and poses place it", () => {
  const measured = driven(8, 3);
  const { largest, beginsAsRecorded } = reEstimate({ ...measured, begin: new Float64Array(0) });
  expect(beginsAsRecorded).toBe(false);
  expect(largest).toBeLessThan(0.1);
  const none = { ...measured, motions: new Float64Array(0) };
  expect(() => reEstimate(none)).toThrow("no movement was measured");
  expect(measured.motions.length % MotionColumn.count).toBe(0);
});

test("what a source of poses hands over is what begins a row of a pose", () => {
  const names = Array.from({ length: PoseEntry.count }, (_, i) => [PoseEntry[i], PoseColumn[i]]);
  for (const [handed, row] of names) expect(row).toBe(handed);
  expect(PoseColumn.verdict).toBe(PoseEntry.count as number);
});
