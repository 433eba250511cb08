/**
 * `lapgrad train --link serial` through the real firmware: the car learns the figure-8 by the pulses on the chip's
 * pins.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import type { PartialConfig } from "../../src/config/config.js";
import { readRecording } from "../../src/recording/reader.js";
import { quantile } from "../../src/statistics.js";
import { lastLapOf, radialError } from "../support/last-lap.js";
import { Captured, metricsOf, newFolder } from "../support/runs.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { expectAll, widths } from "./pulses.js";
import { CAR, robotAround } from "./robot.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** A command acts with the next pulse, 10 ms later on average, and at its end when the next begins. */
const SERVO_DELAY = 0.03;
const LAPS = 6;

/** Window cost of the last three laps, their mean. */
function lastLaps(laps: readonly { readonly windowCost: number }[]): number {
  return laps.slice(-3).reduce((sum, { windowCost }) => sum + windowCost / 3, 0);
}

atmega.test("six laps cost what they cost in the simulator, and the car is where it believes to be", async () => {
  const { board } = await startBoard();
  const given: PartialConfig = { rollouts: LAPS, seed: 1, plant: "identified" };
  const robot = robotAround(board, given);
  const out = join(folder, "serial");
  await trainCommand.run({ given: { ...given, ...CAR }, out }, new Captured(), robot.connect);
  const delays = [0.1, 0.11].map((own) => own + SERVO_DELAY);
  const simulated: number[] = [];
  // a lap of one seed may cost twice that of another: three laps, and the median of five, tell what is reached
  for (const seed of [1, 2, 3, 4, 5]) {
    const direct = join(folder, `direct-${seed}`);
    await trainCommand.run({ given: { ...given, seed, "plant-delay": delays }, out: direct }, new Captured());
    simulated.push(lastLaps(await metricsOf(direct)));
  }
  const serial = await metricsOf(out);
  expect(serial).toHaveLength(LAPS);
  expect(serial[0]?.windowCost).toBeGreaterThan(20); // measured: 27
  expect(lastLaps(serial)).toBeLessThan(
    1.25 *
      quantile(
        simulated.sort((a, b) => a - b),
        0.5,
      ),
  );

  // by truth too: dead reckoning of this encoder and gyro is off by some centimetres after six laps
  const drive = await readRecording(join(out, "drives", "0001.mcap"));
  const { path } = robot.car();
  expect(drive.times.length).toBeGreaterThan(LAPS * 5.5 * 50);
  expect(radialError(lastLapOf(path, 5.5, 3))).toBeLessThan(0.12);

  // it ended at rest, and was disarmed
  expectAll(widths(board.throttle, board.nowUs - 200_000), 1500);
  expect(robot.car().state[2]).toBeLessThan(0.05);
  expect(drive.events.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["armed", "driving", "stopping", "idle"]),
  );
  expect(await readdir(join(out, "rollouts"))).toHaveLength(LAPS);
});
