/** The ladder: the cheapest of what is there is driven, from the rung on that is still trusted. */
import { expect, test } from "@jest/globals";
import type { Core } from "../../src/core/core.js";
import { chooseRung, fasterPace, halved as halvedOf, lowestPace, RUNGS } from "../../src/rules/ladder.js";
import type { ModelRollouts } from "../../src/rules/model-rollouts.js";
import { smallCore } from "../support/cores.js";

/**
 * A core that only has parameters, of the policy and of a model that keeps a reserve, and a model in which a policy (a
 * single number) costs what is said.
 */
function stage(costOf: (policy: number, pace: number) => number) {
  const theta = Float64Array.of(7);
  const modelParameters = Float64Array.of(5, 0.2);
  const core = {
    view: (name: string) => (name === "parameters" ? theta : modelParameters),
    parameterNames: () => ["gain", "inverseGrip"],
    setup: { task: { model: { kind: "car", reserve: { inverseGrip: 1.5 } } } },
  } as unknown as Core;
  const model = { rollOut: (pace: number) => costOf(theta[0], pace) } as unknown as ModelRollouts;
  return { theta, modelParameters, core, model };
}

const [present, halved, confirmed, untrained] = [1, 1.5, 2, 3].map((value) => Float64Array.of(value));
const policies = [present, halved, confirmed, untrained, untrained];

test("the cheapest policy at its cheapest pace, of equals the topmost; the core keeps its own parameters", () => {
  const { theta, core, model } = stage((policy, pace) => (policy === 2 ? 1 : 2) + (pace - 0.76) ** 2);
  expect(chooseRung(core, model, policies, 0)).toMatchObject({ rung: 2, policy: confirmed, pace: 0.76, cost: 1 });
  expect(theta[0]).toBe(7);
  const equal = stage(() => 1);
  expect(chooseRung(equal.core, equal.model, policies, 0)).toMatchObject({ rung: 0, pace: 1 });
});

test("rungs above the one that is trusted are not tried, nor policies that are not there", () => {
  const { core, model } = stage((policy, pace) => policy + pace);
  expect(chooseRung(core, model, policies, 1)).toMatchObject({ rung: 1, policy: halved, pace: 0.55 });
  expect(chooseRung(core, model, policies, 3)?.rung).toBe(3);
  const none = new Float64Array(0);
  expect(chooseRung(core, model, [present, halved, none, untrained, untrained], 2)?.rung).toBe(3);
});

test("the lowest rung drives slowly, whatever the model says of going faster", () => {
  const { core, model } = stage((_, pace) => -pace);
  expect(chooseRung(core, model, policies, 4)).toMatchObject({ rung: 4, pace: 0.76 });
  expect(RUNGS[4].most).toBe(0.8);
});

test("no pace above the one that is allowed is tried, and below it all", () => {
  const paces: number[] = [];
  const { core, model } = stage((_, pace) => {
    paces.push(pace);
    return -pace;
  });
  expect(chooseRung(core, model, policies, 3, 0.82)).toMatchObject({ rung: 3, pace: 0.82 });
  expect(paces).toEqual([0.82, 0.76, 0.7, 0.65, 0.55, 0.76, 0.7, 0.65, 0.55]);
});

test("paces are parts of that of the settings, and none is slower than the core drives", () => {
  const paces: number[] = [];
  const { core, model } = stage((_, pace) => {
    paces.push(pace);
    return -pace;
  });
  expect(chooseRung(core, model, policies, 4, 0.5, 0.5)).toMatchObject({ rung: 4, pace: 0.5 * 0.76 });
  expect(paces).toEqual([0.76, 0.7, 0.65, 0.6].map((part) => expect.closeTo(0.5 * part, 12)));
  expect([lowestPace(1), lowestPace(0.5)]).toEqual([0.55, 0.3]);
});

test("policies are tried in a model with less grip than was fitted, which is left as it was", () => {
  const { core, model, modelParameters } = stage((policy) => policy + modelParameters[0] + modelParameters[1]);
  expect(chooseRung(core, model, policies, 0)?.cost).toBeCloseTo(1 + 5 + 0.2 * 1.5, 12);
  expect([...modelParameters]).toEqual([5, 0.2]);
});

test("nothing is chosen if the model leaves its bounds with everything", () => {
  const { core, model } = stage(() => Number.POSITIVE_INFINITY);
  expect(chooseRung(core, model, policies, 0)).toBeUndefined();
});

test("half the corrections: the last layer halved, and with it outputs that are small", async () => {
  const core = await smallCore(3, { hidden: [5, 4] });
  const { setpoint, gain } = core.setup.task.columns;
  const theta = core.view("parameters");
  const last = (4 + 1) * (setpoint.length + gain.length);
  for (let i = theta.length - last; i < theta.length; i++) theta[i] *= 0.02;
  const outputs = () => {
    core.view("probe").set(Array.from({ length: core.lawSizes("network").domain }, (_, i) => 0.1 * (i - 3)));
    core.evaluateLaw("network");
    return core.view("probe").slice(128, 128 + setpoint.length + gain.length);
  };
  const whole = outputs();
  const policy = halvedOf(core, theta.slice());
  expect(policy.slice(0, -last)).toEqual(theta.slice(0, -last));
  expect(policy.slice(-last)).toEqual(theta.slice(-last).map((value) => value / 2));
  theta.set(policy);
  for (const [i, output] of outputs().entries()) {
    expect(Math.abs(whole[i])).toBeGreaterThan(1e-4);
    expect(output / whole[i]).toBeCloseTo(0.5, 3);
  }
});

test("the pace comes back in steps, to 1 and no further", () => {
  expect([0, 1, 2].map((turn) => fasterPace(0.8, turn))).toEqual([0.8 * 1.04, 0.8 * 1.12, 0.8 * 1.04]);
  expect([fasterPace(0.95, 1), fasterPace(0.95, 1, 0.97)]).toEqual([1, 0.97]);
});
