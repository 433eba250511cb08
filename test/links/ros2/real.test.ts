/**
 * The same on a real ROS 2, where one is sourced: the laws of the port, a training between two processes, the death of
 * the plant and of the learner, a learner that is suspended, a second one.
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

const watchProgram = fileURLToPath(new URL("./watch-process.js", import.meta.url));
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

/** Throttle commands on the graph as they come, oldest first, in a process of its own. */
async function startWatch() {
  const { texts, said } = start(watchProgram, "/jetracer/throttle");
  await said(/watches/);
  return (): number[] => texts.stdout.split("\n").slice(0, -1).map(Number);
}

/** A learner that has driven its first rollout. */
async function startDriving(...more: readonly string[]) {
  const learner = start(main, "train", "--link", "ros2", ...SHORT, "--rollouts", "100", ...more);
  await learner.said(/^ +1 /m);
  return learner;
}

rosTest("ROS 2: the learner is suspended: its node stops the car, and that stays", async () => {
  const plant = startPlant();
  await plant.said(/Ctrl-C ends it/);
  const commands = await startWatch();
  const learner = await startDriving();
  learner.child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 600));
  const lastMoving = commands().findLastIndex((value) => value !== 0);
  expect(lastMoving).toBeGreaterThan(20);
  expect(commands().length - lastMoving).toBeGreaterThan(4);
  learner.child.kill("SIGCONT");
  expect(await learner.ended).toBe(1);
  expect(learner.texts.stderr).toMatch(/was stopped: the ROS node stopped the robot: it heard nothing of the control/);
  expect(commands().findLastIndex((value) => value !== 0)).toBe(lastMoving);
});

rosTest("ROS 2: a second learner, whose node has the same name: the first one finds it, and stops", async () => {
  const plant = startPlant();
  await plant.said(/Ctrl-C ends it/);
  const first = await startDriving();
  start(main, "train", "--link", "ros2", ...SHORT, "--rollouts", "100", "--out", "second");
  expect(await first.ended).toBe(1);
  expect(first.texts.stderr).toMatch(/another \/lapgrad publishes on \/jetracer\/\w+ too: two drivers, one robot/);
  expect(first.texts.stderr).toMatch(/was stopped: somebody else gives the robot commands too/);
});

rosTest("ROS 2: the learner is killed: its node publishes neutral for three seconds, and leaves", async () => {
  const plant = startPlant();
  await plant.said(/Ctrl-C ends it/);
  const commands = await startWatch();
  const learner = await startDriving();
  learner.child.kill("SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const after = commands().slice(commands().findLastIndex((value) => value !== 0) + 1);
  expect(after.length).toBeGreaterThan(30); // 20 times a second
  expect(after.length).toBeLessThan(90); // it has left
});
