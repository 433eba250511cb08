/** Where a robot believed it was, against what was seen from outside, and how a report shows it. */
import { expect, test } from "@jest/globals";
import { Estimator } from "../../src/estimation/estimator.js";
import { type Measured, MotionColumn, Verdict } from "../../src/estimation/measured.js";
import { newMotion } from "../../src/estimation/motion.js";
import { KeptLog } from "../../src/estimation/re-estimate.js";
import { seenAgainstBelieved } from "../../src/estimation/seen.js";
import { renderPlace } from "../../src/report/place.js";
import { LAP, PERIOD, RADIUS, recordingOf, reportOf } from "./fixture.js";

const CLOCK = 100;
const STEPS = Math.round((3 * LAP) / PERIOD);
const RATE = (2 * Math.PI) / LAP;

/** Three laps on the circle of the fixture; poses at every other step are `left` m to the left of the truth. */
function measuredOf(isSeen: boolean, left = 0): Measured {
  const estimator = new Estimator({ outside: isSeen });
  estimator.place(RADIUS, 0, Math.PI / 2);
  const log = new KeptLog();
  estimator.logTo(log);
  const speed = RATE * RADIUS;
  for (let i = 1; i < STEPS; i++) {
    const angle = RATE * PERIOD * (i - 1);
    const [time, at] = [CLOCK + i * PERIOD, RADIUS - left];
    const pose = [time - PERIOD, time, at * Math.cos(angle), at * Math.sin(angle), angle + Math.PI / 2];
    if (isSeen && i > 2 && i % 2 === 0) estimator.observe(Float64Array.from(pose));
    const moved = { distance: speed * PERIOD, speed, turn: RATE * PERIOD, rate: RATE };
    estimator.move({ ...newMotion(), ...moved, time, seconds: PERIOD });
  }
  return log.measured(CLOCK);
}

const reported = (measured: Measured) =>
  renderPlace({
    ...reportOf(2),
    lapTime: LAP,
    drive: { name: "drives/0001.mcap", recording: { ...recordingOf(1, STEPS, 0), measured } },
  });

test("a place is compared with what was seen of the same moment", () => {
  const measured = measuredOf(true);
  const moved = {
    ...measured,
    motions: measured.motions.map((value, i) => (i % MotionColumn.count === MotionColumn.x ? value + 0.1 : value)),
  };
  const [plain, ahead] = [seenAgainstBelieved(measured, 0), seenAgainstBelieved(moved, 0)];
  expect(plain.length).toBeGreaterThan(STEPS / 2 - 5);
  for (const [i, { along, side, turn, verdict }] of plain.entries()) {
    expect(Math.hypot(along, side)).toBeLessThan(0.005);
    expect(Math.abs(turn)).toBeLessThan(0.005);
    expect(verdict).toBe(Verdict.believed);
    // 0.1 m along x are ahead or beside, by where the body points
    expect(Math.hypot(ahead[i].along - along, ahead[i].side - side)).toBeCloseTo(0.1, 9);
  }
  const [{ along, time }] = seenAgainstBelieved(measured, -0.04);
  expect(along).toBeCloseTo(0.04 * RATE * RADIUS, 2);
  expect(time - plain[0].time).toBeCloseTo(0.04, 9);
});

test("the report shows how sure a place was along the lap, and what was seen of it", () => {
  const page = reported(measuredOf(true));
  const headings = [...page.matchAll(/<h3>([^<]*)</g)].map(([, heading]) => heading);
  expect(headings).toStrictEqual([
    "Uncertainty of the place [mm]",
    "Believed ahead of seen [mm]",
    "Believed left of seen [mm]",
  ]);
  expect(page).toContain("a drive of 3 laps");
  expect(page).toMatch(/\d+ poses came from outside, 100\.0 % of them were believed/);
  const rows = [...page.matchAll(/<tr><th scope="row">(\d)<\/th>(.*?)<\/tr>/g)];
  expect(rows.map(([, lap]) => lap)).toStrictEqual(["1", "2", "3"]);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

test("without poses the place gets less sure from lap to lap; without measurements there is nothing to show", () => {
  const page = reported(measuredOf(false));
  expect(page).toContain("No pose came from outside");
  const most = [...page.matchAll(/<tr><th scope="row">\d<\/th><td>([\d.]+)</g)].map(([, value]) => Number(value));
  expect(most).toHaveLength(3);
  expect(most[2]).toBeGreaterThan(most[1]);
  expect(most[1]).toBeGreaterThan(most[0]);
  expect(renderPlace(reportOf(2))).toBe("");
});
