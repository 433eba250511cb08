/** The car in MuJoCo where real cars are: on topics, and behind the pins of the firmware's chip. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import type { Connect } from "../../src/cli/connect.js";
import type { PartialConfig } from "../../src/config/config.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "../in-the-loop/boards.js";
import { CAR, robotAround } from "../in-the-loop/robot.js";
import { connectOverTopics } from "../links/ros2/host.js";
import { Captured, metricsOf, newFolder } from "../support/runs.js";
import { tool } from "../support/tools.js";

const mujoco = tool("mujoco");

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const GIVEN: PartialConfig = { rollouts: 4, seed: 1, plant: "mujoco" };

async function costs(name: string, given: PartialConfig, connect?: Connect): Promise<number[]> {
  const out = join(folder, name);
  await trainCommand.run({ given: { ...GIVEN, ...given }, out }, new Captured(), connect);
  return (await metricsOf(out)).map(({ windowCost }) => windowCost);
}

mujoco.test("over topics it is learned as in the simulator", async () => {
  // almost nothing is learned; they begin in other places, one from rest, and have settled after two laps
  const untrained: PartialConfig = { rollouts: 3, "update-every": "lap", "learning-rate": 1e-9 };
  const [, , before] = await costs("untrained", { ...untrained, link: "ros2" }, connectOverTopics);
  const [, , direct] = await costs("direct", untrained);
  expect(before / direct).toBeGreaterThan(0.7);
  expect(before / direct).toBeLessThan(1.4);
  const topics = await costs("topics", { link: "ros2" }, connectOverTopics);
  expect(topics).toHaveLength(4);
  expect(topics[3]).toBeLessThan(0.5 * before);
});

if (mujoco.absent === undefined)
  atmega.test("through the firmware it is learned by wheel and gyro, with their faults", async () => {
    const { board } = await startBoard();
    const robot = robotAround(board, GIVEN);
    const driven = await costs("firmware", CAR, robot.connect);
    expect(driven).toHaveLength(4);
    expect(driven[0]).toBeGreaterThan(20);
    expect(driven[3]).toBeLessThan(0.5 * driven[0]);
    // it rolls on for a while when the motor stops, and ends at rest
    expect(Math.abs(robot.car().state[2])).toBeLessThan(0.05);
  });
else mujoco.test("through the firmware it is learned by wheel and gyro", () => {});
