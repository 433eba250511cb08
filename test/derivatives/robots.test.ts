/** Shaking over topics and through the firmware: perturbations act when they should, and every gate stops it. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import shakeCommand from "../../src/cli/commands/shake.js";
import type { PartialConfig } from "../../src/config/config.js";
import { agreementOf } from "../../src/derivatives/diagnosis.js";
import { ShakeFolder } from "../../src/derivatives/shake-folder.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "../in-the-loop/boards.js";
import { expectAll, widths } from "../in-the-loop/pulses.js";
import { CAR, robotAround } from "../in-the-loop/robot.js";
import { connectOverTopics, VirtualRosHost } from "../links/ros2/host.js";
import { Captured, newFolder } from "../support/runs.js";
import { TRIMS } from "./trims.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const SHORT = { ...TRIMS, minutes: 1.6 };
const GIVEN: PartialConfig = { plant: "identified", hidden: [8], seed: 1 };
/** Derivative of the cost of a lap by the two trims, from the simulator. */
const TRUTH = [-17.8, -2.5];

test("over topics a gate stops the shake, it goes on where it was, and finds what the simulator has", async () => {
  const out = join(folder, "topics");
  let states = 0;
  const stopped = shakeCommand.run(
    { ...SHORT, given: { ...GIVEN, link: "ros2" }, out },
    new Captured(),
    async (config, { signal, drives, parameters, output }) => {
      const host = new VirtualRosHost(config, parameters);
      await host.node.startPlant(config);
      host.before = () => {
        host.node.isPublishing = ++states < 2000; // 40 s: then nobody says where the car is
      };
      const operator = { signal, say: output.say, confirm: async () => true, takeHeartbeat: () => true };
      return new RobotLink(host, config, operator, new Recorder(drives));
    },
  );
  await expect(stopped).rejects.toThrow(/the shake was stopped: .*; what was driven is kept/);
  const shake = new ShakeFolder(out);
  const before = await shake.readLines();
  expect(before.at(-1)?.kind).toBe("passage");
  expect(before.length).toBeGreaterThan(6);
  const output = new Captured();
  await shakeCommand.run({ ...SHORT, given: {}, resume: out }, output, connectOverTopics);
  const lines = await shake.readLines();
  expect(lines.slice(0, before.length)).toEqual(before);
  const [{ parameters }] = output.results as { parameters: { gradient: number }[] }[];
  const found = parameters.map(({ gradient }) => gradient);
  expect(agreementOf(found, TRUTH).cosine).toBeGreaterThan(0.95);

  const laps = await shake.readLaps(lines);
  expect(laps).toHaveLength((await shake.readPlan()).laps);
});

atmega.test("through the firmware a gate stops the shake, and the car; what was driven is kept", async () => {
  const { board } = await startBoard();
  let began = 0;
  const robot = robotAround(board, GIVEN, (host, car) => {
    host.before = (now) => {
      began ||= now;
      car.isWheelDead = now > began + 16;
    };
  });
  const out = join(folder, "serial");
  const stopped = shakeCommand.run({ ...SHORT, given: { ...GIVEN, ...CAR }, out }, new Captured(), robot.connect);
  await expect(stopped).rejects.toThrow(/the shake was stopped: .*; what was driven is kept/);
  const lines = await new ShakeFolder(out).readLines();
  expect(lines.length).toBeGreaterThan(1);
  expectAll(widths(board.throttle, board.nowUs - 100_000), 1500);
});
