/** A car that learns by wheel, gyro and late poses from outside, through the control loop and all of its gates. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { reEstimate } from "../../src/estimation/re-estimate.js";
import { Fault } from "../../src/links/faults.js";
import { readRecording } from "../../src/recording/reader.js";
import { type LyingHost, tryLie } from "../support/lying-car.js";
import { OutsideView } from "../support/outside-view.js";
import { newFolder } from "../support/runs.js";
import { ERRORS } from "../support/sensed-drive.js";

const GIVEN = { hidden: [8] };
const SEED = 11;

/** Blind from `from` on for a while [s]; how far off the estimate was, and the uncertainty that it gave [m]. */
async function driven(plant: string, from: number, seconds: number, drives?: string) {
  let [worst, uncertainty] = [0, 0];
  const view = new OutsideView(ERRORS, SEED);
  const watch = ({ car, now }: LyingHost) => {
    const isBlind = now >= from && now < from + seconds;
    view.isBlind = isBlind;
    const [x = 0, y = 0] = car.reading.state;
    worst = Math.max(worst, Math.hypot(x - car.state[0], y - car.state[1]));
    uncertainty = Math.max(uncertainty, car.reading.uncertainty);
  };
  const result = await tryLie({
    plant,
    by: "outside",
    noise: 0,
    view,
    seed: SEED,
    laps: 3,
    given: GIVEN,
    watch,
    ...(drives && { drives }),
  });
  return { ...result, worst, uncertainty };
}

test.each(["identified", "single-track"])("%s goes on through a second without poses", async (plant) => {
  const drives = await newFolder();
  const { fault, laps, worst, uncertainty } = await driven(plant, 8, 1, drives);
  expect(fault).toBeUndefined();
  expect(laps).toBe(3);
  expect(worst).toBeLessThan(0.08);
  expect(uncertainty).toBeLessThan(0.2);
  // what was measured is in the recording, and says again what was believed then
  const { measured } = await readRecording(join(drives, "0001.mcap"));
  if (measured === undefined) throw new Error("nothing was measured");
  const { recorded, estimated, largest, heading, seconds, beginsAsRecorded } = reEstimate(measured);
  expect([largest, heading, beginsAsRecorded]).toStrictEqual([0, 0, true]);
  expect(estimated).toStrictEqual(recorded);
  expect(seconds).toBeGreaterThan(15);
  expect(recorded.believed / seconds).toBeGreaterThan(20);
  expect(recorded.contradicted).toBeGreaterThan(0);
  expect(recorded.uncertainty).toBeLessThanOrEqual(uncertainty);
  await rm(drives, { recursive: true });
});

test("five seconds without poses stop it, near the track", async () => {
  const { fault, untilStop } = await driven("identified", 8, 5);
  expect(Fault[fault ?? Fault.none]).toBe(Fault[Fault.poseLost]);
  expect(untilStop).toBeLessThan(1.5);
});
