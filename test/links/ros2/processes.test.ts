/**
 * Plant and learner as processes of their own, in real time, on a graph without ROS: training, interrupts, and deaths
 * of each.
 */
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { metricsOf } from "../../support/runs.js";
import { childrenOf } from "../../support/stalls.js";
import { GIVEN, processesOfEachTest, type Started } from "./processes.js";

// a control loop that is late stops its robot, as it should: on a busy machine that happens again and again
jest.retryTimes(9, { logErrorsBeforeRetry: true });

const here = processesOfEachTest();
const throttles = () => here().throttles();

test("a training between two processes; live topics; the car stands at its end", async () => {
  const plant = here().start("plant", { link: "ros2", plant: "identified" });
  const learner = here().start("train", { ...GIVEN, rollouts: 2 });
  if ((await learner.ended) !== 0) throw new Error(`the learner failed: ${learner.texts.stderr}`);
  const result = JSON.parse(learner.texts.stdout) as { complete: boolean };
  expect(result.complete).toBe(true);
  const metrics = await metricsOf(join(here().folder, "run"));
  expect(metrics).toHaveLength(2);
  plant.child.kill("SIGTERM");
  expect(await plant.ended).toBe(0);
  const { states, commands, finalState } = JSON.parse(plant.texts.stdout) as Record<string, number & number[]>;
  expect(states).toBeGreaterThan(200); // some seconds at 50 Hz
  expect(commands).toBeGreaterThan(150);
  expect(Math.abs(finalState?.[2])).toBeLessThan(0.05);
  const live = new Set(here().hub.graph.log.map(({ topic }) => topic));
  for (const topic of ["pose", "reference", "command", "cost"]) expect(live).toContain(`/lapgrad/${topic}`);
  expect(JSON.stringify(here().hub.graph.last("/diagnostics"))).toContain("idle");
});

/** It was stopped in order: neutral at the end, and its node has left the graph. */
async function expectStopped(learner: Started): Promise<void> {
  expect(await learner.ended).toBe(0);
  const last = throttles().slice(-5);
  expect(last.map(({ value }) => value)).toEqual([0, 0, 0, 0, 0]);
  expect(JSON.parse(learner.texts.stdout)).toMatchObject({ complete: false });
  expect(here().hub.graph.publications.some(({ node }) => node === "/lapgrad")).toBe(false);
}

test("SIGTERM: the car is stopped before the learner ends", async () => {
  here().start("plant", { link: "ros2", plant: "identified" });
  const learner = here().start("train", { ...GIVEN, rollouts: 100 });
  await here().driven(50, learner);
  learner.child.kill("SIGTERM");
  await expectStopped(learner);
});

test("signals to the node's process: it drives on, no inspector opens; SIGINT to its parent stops it", async () => {
  here().start("plant", { link: "ros2", plant: "identified" });
  const learner = here().start("train", { ...GIVEN, rollouts: 100 });
  await here().driven(50, learner);
  const [node] = childrenOf(learner.child.pid);
  for (const signal of ["SIGUSR1", "SIGTSTP", "SIGUSR2", "SIGQUIT"]) process.kill(node, signal);
  await here().driven(throttles().length + 50, learner);
  learner.child.kill("SIGINT");
  await expectStopped(learner);
  expect(learner.texts.stderr).not.toMatch(/debugger/i);
});

test("the plant is killed: a fault within the time-out, not when the middleware notices", async () => {
  const plant = here().start("plant", { link: "ros2", plant: "identified" });
  const learner = here().start("train", { ...GIVEN, rollouts: 100 });
  await here().driven(50, learner);
  const killed = performance.now() / 1000;
  plant.child.kill("SIGKILL");
  expect(await learner.ended).toBe(1);
  expect(learner.texts.stderr).toMatch(/no message with the state came for 0\.\d+ s/);
  const lastMoving = throttles().findLast(({ value }) => value !== 0);
  // the time-out and a control period, on a machine that may be busy; the middleware would take 10 s
  expect((lastMoving?.time ?? Number.NaN) - killed).toBeLessThan(1);
  expect(throttles().at(-1)?.value).toBe(0);
});

test("the learner is killed: its node publishes neutral for three seconds, stops the car and leaves", async () => {
  here().start("plant", { link: "ros2", plant: "identified" });
  const learner = here().start("train", { ...GIVEN, rollouts: 100 });
  await here().driven(50, learner);
  learner.child.kill("SIGKILL");
  const killed = performance.now() / 1000;
  await here().left();
  const after = throttles().slice(throttles().findLastIndex(({ value }) => value !== 0) + 1);
  expect(after.length).toBeGreaterThan(20); // a beat is 0.05 s, on a machine that may be busy
  expect((after.at(-1)?.time ?? Number.NaN) - killed).toBeGreaterThan(2.5);
  expect((after[0]?.time ?? Number.NaN) - killed).toBeLessThan(1);
});

test("a second learner, whose node has the same name: the first one finds it, and stops", async () => {
  here().start("plant", { link: "ros2", plant: "identified" });
  const first = here().start("train", { ...GIVEN, rollouts: 100 });
  await here().driven(50, first);
  here().start("train", { ...GIVEN, rollouts: 100 }, "second");
  expect(await first.ended).toBe(1);
  expect(first.texts.stderr).toMatch(/another \/lapgrad publishes on \/jetracer\/throttle too: two drivers, one robot/);
  expect(first.texts.stderr).toMatch(/was stopped: somebody else gives the robot commands too: .*: 2; end the node/);
});
