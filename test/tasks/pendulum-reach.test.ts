/** The double pendulum's numbers: the LQR's linear arm is the core's, and the start is where it is meant to be. */
import { describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { Core } from "../../src/core/core.js";
import { pendulumReach, pendulumReachOpen, uprightArm } from "../../src/tasks/pendulum-reach.js";

const ROW = 64;
const UPRIGHT = [Math.PI / 2, 0, 0, 0, 0, 0];
const arms = [
  { mass1: 0.1, mass2: 0.1, length1: 1, length2: 1, gravity: 1 },
  { mass1: 0.05, mass2: 0.05, length1: 1, length2: 1, gravity: 1 },
  { mass1: 0.3, mass2: 0.2, length1: 0.7, length2: 1.3, gravity: 9.81 },
];

async function coreOf(task: typeof pendulumReach, parameters = task.model.parameters): Promise<Core> {
  const { nominal } = task.plants;
  if (!nominal) throw new Error("no plant");
  const model = { ...task.model, parameters };
  return Core.load({ task: { ...task, model }, plant: nominal, rollouts: 1, steps: 300, segments: 300 });
}

describe("the arm about upright", () => {
  test.each(arms)("is the Jacobian of the core's model: %j", async (arm) => {
    const core = await coreOf(pendulumReach, arm);
    const probe = core.view("probe");
    probe.set(UPRIGHT);
    core.evaluateLaw("model");
    const { A, B } = uprightArm(arm);
    for (let column = 0; column < 6; column++) {
      probe.fill(0, ROW, 2 * ROW);
      probe[ROW + column] = 1;
      core.tangentOfLaw("model");
      for (let row = 0; row < 4; row++) {
        const expected = (column < 4 ? A[row]?.[column] : B[row]?.[column - 4]) ?? Number.NaN;
        const size = Math.max(1, Math.abs(expected));
        expect(Math.abs((probe[3 * ROW + row] ?? Number.NaN) - expected)).toBeLessThan(1e-12 * size);
      }
    }
  });

  test.each(arms)("rests there without torque: %j", async (arm) => {
    const core = await coreOf(pendulumReach, arm);
    const probe = core.view("probe");
    probe.set(UPRIGHT);
    core.evaluateLaw("model");
    for (let row = 0; row < 4; row++)
      expect(Math.abs((probe[2 * ROW + row] ?? Number.NaN) - (UPRIGHT[row] ?? 0))).toBeLessThan(1e-15);
  });
});

test("the mean start has its end at the height of the target, 0.148 m beyond it", async () => {
  const [start = 0] = pendulumReach.initialState;
  const { targetX = 0, targetY = 0 } = pendulumReach.reward.parameters;
  expect(2 * Math.sin(start)).toBeCloseTo(targetY, 14);
  expect(2 * Math.cos(start) - targetX).toBeCloseTo(0.14776, 5);
});

test("open loop begins with the torques that would hold an arm of half the masses at the mean start", async () => {
  const { mass1 = 0, mass2 = 0, ...rest } = pendulumReach.model.parameters;
  const core = await coreOf(pendulumReachOpen, { ...rest, mass1: mass1 / 2, mass2: mass2 / 2 });
  const probe = core.view("probe");
  const { input1 = 0, input2 = 0 } = pendulumReachOpen.controller.parameters;
  const start = [...pendulumReachOpen.initialState, input1, input2];
  probe.set(start);
  core.evaluateLaw("model");
  for (let row = 0; row < 4; row++)
    expect(Math.abs((probe[2 * ROW + row] ?? Number.NaN) - (start[row] ?? 0))).toBeLessThan(1e-15);
});

test("open loop learns from batches of five, fewer where there are fewer, none in one drive", () => {
  const batch = (given: Parameters<typeof completeConfig>[0]) =>
    completeConfig({ task: "pendulum-reach-open", ...given }).batch;
  expect(batch({})).toBe(5);
  expect(batch({ rollouts: 3 })).toBe(3);
  expect(batch({ batch: 2 })).toBe(2);
  expect(batch({ "update-every": "100" })).toBe(1);
  expect(completeConfig({ task: "pendulum-reach" }).batch).toBe(1);
});
