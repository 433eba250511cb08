/**
 * Plant and learner as processes of their own, in real time, on a graph without ROS: training, interrupts, and deaths
 * of each.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import type { PartialConfig } from "../../../src/config/config.js";
import { metricsOf, newFolder } from "../../support/runs.js";
import { Hub } from "./socket-graph.js";

// a control loop that is late stops its robot, as it should: on a busy machine that happens again and again
jest.retryTimes(9, { logErrorsBeforeRetry: true });

const program = fileURLToPath(new URL("./command-process.js", import.meta.url));
let folder: string;
let hub: Hub;
let children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await newFolder();
  hub = new Hub(join(folder, "graph"));
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  hub.close();
  await rm(folder, { recursive: true });
});

/**
 * Rollouts of a second, so that a training takes some seconds. Time-outs are long: the exact ones hold in virtual
 * time.
 */
const GIVEN: PartialConfig = {
  ...{ link: "ros2", plant: "identified", hidden: [16, 16], "update-every": "8", seed: 1 },
  ...{ ros2: { timeout: 0.3 }, "stale-after": 0.5 },
};

function start(command: "plant" | "train", given: PartialConfig, run = "run") {
  const args = [program, command, JSON.stringify(given), join(folder, run)];
  const env = { ...process.env, LAPGRAD_TEST_GRAPH: join(folder, "graph") };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (data) => (texts[name] += data));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, texts, ended };
}

const throttles = () => hub.graph.log.filter(({ topic }) => topic === "/jetracer/throttle");
const dataOf = (entry: { readonly message: unknown } | undefined) =>
  (entry?.message as { data: number } | undefined)?.data;

type Started = ReturnType<typeof start>;

/** Until so many commands moved the car; throws what the learner said if it ended before. */
async function driven(count: number, { child, texts }: Started): Promise<void> {
  while (throttles().filter((entry) => dataOf(entry) !== 0).length < count) {
    if (child.exitCode !== null) throw new Error(`the learner ended: ${texts.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Until everybody but the plant has left the graph. */
async function left(): Promise<void> {
  while (hub.graph.publications.some(({ node }) => node === "/lapgrad"))
    await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a training between two processes; live topics; the car stands at its end", async () => {
  const plant = start("plant", { link: "ros2", plant: "identified" });
  const learner = start("train", { ...GIVEN, rollouts: 2 });
  if ((await learner.ended) !== 0) throw new Error(`the learner failed: ${learner.texts.stderr}`);
  const result = JSON.parse(learner.texts.stdout) as { complete: boolean };
  expect(result.complete).toBe(true);
  const metrics = await metricsOf(join(folder, "run"));
  expect(metrics).toHaveLength(2);
  plant.child.kill("SIGTERM");
  expect(await plant.ended).toBe(0);
  const { states, commands, finalState } = JSON.parse(plant.texts.stdout) as Record<string, number & number[]>;
  expect(states).toBeGreaterThan(200); // some seconds at 50 Hz
  expect(commands).toBeGreaterThan(150);
  expect(Math.abs(finalState?.[2])).toBeLessThan(0.05);
  const live = new Set(hub.graph.log.map(({ topic }) => topic));
  for (const topic of ["pose", "reference", "command", "cost"]) expect(live).toContain(`/lapgrad/${topic}`);
  expect(JSON.stringify(hub.graph.last("/diagnostics"))).toContain("idle");
});

test.each(["SIGINT", "SIGTERM"] as const)("%s: the car is stopped before the learner ends", async (signal) => {
  start("plant", { link: "ros2", plant: "identified" });
  const learner = start("train", { ...GIVEN, rollouts: 100 });
  await driven(50, learner);
  learner.child.kill(signal);
  expect(await learner.ended).toBe(0);
  expect(throttles().slice(-5).map(dataOf)).toEqual([0, 0, 0, 0, 0]);
  expect(JSON.parse(learner.texts.stdout)).toMatchObject({ complete: false });
  expect(hub.graph.publications.some(({ node }) => node === "/lapgrad")).toBe(false);
});

test("signals to the node's process: its parent stops the car, so it drives on; no inspector opens", async () => {
  start("plant", { link: "ros2", plant: "identified" });
  const learner = start("train", { ...GIVEN, rollouts: 100 });
  await driven(50, learner);
  const { pid } = learner.child;
  const [node] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").map(Number);
  for (const signal of ["SIGUSR1", "SIGTSTP", "SIGUSR2", "SIGQUIT"]) process.kill(node, signal);
  await driven(throttles().length + 50, learner);
  learner.child.kill("SIGINT");
  expect(await learner.ended).toBe(0);
  expect(learner.texts.stderr).not.toMatch(/debugger/i);
});

test("the plant is killed: a fault within the time-out, not when the middleware notices", async () => {
  const plant = start("plant", { link: "ros2", plant: "identified" });
  const learner = start("train", { ...GIVEN, rollouts: 100 });
  await driven(50, learner);
  const killed = performance.now() / 1000;
  plant.child.kill("SIGKILL");
  expect(await learner.ended).toBe(1);
  expect(learner.texts.stderr).toMatch(/no message with the state came for 0\.\d+ s/);
  const lastMoving = throttles().findLast((entry) => dataOf(entry) !== 0);
  // the time-out and a control period, on a machine that may be busy; the middleware would take 10 s
  expect((lastMoving?.time ?? Number.NaN) - killed).toBeLessThan(1);
  expect(dataOf(throttles().at(-1))).toBe(0);
});

test("the learner is killed: its node publishes neutral for three seconds, stops the car and leaves", async () => {
  start("plant", { link: "ros2", plant: "identified" });
  const learner = start("train", { ...GIVEN, rollouts: 100 });
  await driven(50, learner);
  learner.child.kill("SIGKILL");
  const killed = performance.now() / 1000;
  await left();
  const after = throttles().slice(throttles().findLastIndex((entry) => dataOf(entry) !== 0) + 1);
  expect(after.length).toBeGreaterThan(20); // a beat is 0.05 s, on a machine that may be busy
  expect((after.at(-1)?.time ?? Number.NaN) - killed).toBeGreaterThan(2.5);
  expect((after[0]?.time ?? Number.NaN) - killed).toBeLessThan(1);
});

test("the learner is suspended for a while: its node stops the car, and that stays", async () => {
  start("plant", { link: "ros2", plant: "identified" });
  const learner = start("train", { ...GIVEN, rollouts: 100 });
  await driven(50, learner);
  learner.child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 600));
  const stopped = throttles().findLastIndex((entry) => dataOf(entry) !== 0);
  learner.child.kill("SIGCONT");
  expect(await learner.ended).toBe(1);
  expect(learner.texts.stderr).toMatch(/rollout \d+ was stopped: the ROS node stopped the robot: it heard nothing of/);
  expect(throttles().findLastIndex((entry) => dataOf(entry) !== 0)).toBe(stopped);
});

test("a second learner, whose node has the same name: the first one finds it, and stops", async () => {
  start("plant", { link: "ros2", plant: "identified" });
  const first = start("train", { ...GIVEN, rollouts: 100 });
  await driven(50, first);
  start("train", { ...GIVEN, rollouts: 100 }, "second");
  expect(await first.ended).toBe(1);
  expect(first.texts.stderr).toMatch(/another \/lapgrad publishes on \/jetracer\/throttle too: two drivers, one robot/);
  expect(first.texts.stderr).toMatch(/was stopped: somebody else gives the robot commands too: .*: 2; end the node/);
});
