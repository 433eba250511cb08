/**
 * The same on a real ROS 2, where one is sourced: the laws of the port, a training between two processes, the death of
 * the plant.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, jest } from "@jest/globals";
import { LOCAL_GRAPH, rosTest } from "../../support/ros.js";
import { newFolder } from "../../support/runs.js";
import { laws } from "./port-laws.js";

// when it is loaded first, rclnodejs writes its message classes
// a control loop that is late stops its robot, as it should: on a busy machine that may happen
jest.retryTimes(2, { logErrorsBeforeRetry: true });

const lawProgram = fileURLToPath(new URL("./law-process.js", import.meta.url));
const main = fileURLToPath(new URL("../../../src/cli/main.js", import.meta.url));
let folder: string;
let children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  await rm(folder, { recursive: true });
});

function start(...args: readonly string[]) {
  const env = { ...process.env, ...LOCAL_GRAPH };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (data) => (texts[name] += data));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const said = async (pattern: RegExp) => {
    while (!pattern.test(texts.stderr)) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { child, texts, ended, said };
}

const startPlant = () => start(main, "plant", "--link", "ros2", "--plant", "identified", "--json");
const SHORT = "--update-every 8 --hidden 16,16 --plant identified --arm --json".split(" ");

for (const law of Object.keys(laws))
  rosTest(`ROS 2: ${law}`, async () => {
    const { texts, ended } = start(lawProgram, law);
    expect({ code: await ended, ...texts }).toMatchObject({ code: 0, stdout: expect.stringMatching(/held$/) });
  });

rosTest("ROS 2: a training between two processes", async () => {
  const plant = startPlant();
  await plant.said(/Ctrl-C ends it/);
  const learner = start(main, "train", "--link", "ros2", ...SHORT, "--rollouts", "2");
  const code = await learner.ended;
  expect({ code, stderr: learner.texts.stderr }).toMatchObject({ code: 0 });
  expect(JSON.parse(learner.texts.stdout)).toMatchObject({ complete: true });
  plant.child.kill("SIGINT");
  expect(await plant.ended).toBe(0);
  const { commands, finalState } = JSON.parse(plant.texts.stdout) as { commands: number; finalState: number[] };
  expect(commands).toBeGreaterThan(150);
  expect(Math.abs(finalState[2])).toBeLessThan(0.05);
});

rosTest("ROS 2: the plant is killed while driving", async () => {
  const plant = startPlant();
  await plant.said(/Ctrl-C ends it/);
  const learner = start(main, "train", "--link", "ros2", ...SHORT, "--rollouts", "100");
  await learner.said(/^ +1 /m);
  plant.child.kill("SIGKILL");
  const killed = performance.now();
  expect(await learner.ended).toBe(1);
  const [, age] = /no message with the state came for (\d\.\d+) s/.exec(learner.texts.stderr) ?? [];
  expect(Number(age)).toBeLessThan(0.1);
  expect(performance.now() - killed).toBeLessThan(10_000);
});
