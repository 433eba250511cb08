/** Spins: noticed where a car turns much further than its model says, and driven out of. */
import { describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { trainingInMemory } from "../../src/training/in-memory.js";
import { Spins, spinIn } from "../../src/training/spin.js";

/** Rows of two steps; `over`: what the model does not explain of `measured`. */
function errorsOf(measured: number[], over: number[]) {
  return { measured: Float64Array.from(measured), rows: Float64Array.from(over), steps: 2 };
}

describe("a spin", () => {
  const quiet = Array.from({ length: 20 }, () => 0);

  test("begins where the mean of three rows is far beyond the model's, with what led to it and follows it", () => {
    const turned = [...quiet, -8, -8, -8, ...quiet];
    const over = [...quiet, -7, -7, -7, ...quiet];
    // the first mean beyond has one of the three rows, and so has the last
    expect(spinIn(errorsOf(turned, over), 0)).toEqual({ from: 2 * (18 - 7), until: 2 * (25 + 10) });
    expect(spinIn(errorsOf(turned, over), 25)).toBeUndefined();
    expect(spinIn(errorsOf([...turned.slice(0, 23)], over.slice(0, 23)), 22)).toEqual({ from: 26, until: 66 });
  });

  test("needs 2.2 times the modelled turn rate and 1.5 rad/s, whatever the side", () => {
    const at = (measured: number, modelled: number) =>
      spinIn(errorsOf([measured, measured, measured], Array(3).fill(measured - modelled)), 0);
    expect(at(5.9, 2)).toBeUndefined();
    expect(at(5.91, 2)).toEqual({ from: 0, until: 26 });
    expect(at(-5.91, 2)).toEqual({ from: 0, until: 26 });
    expect(at(1.49, 0)).toBeUndefined();
  });

  test("must be further beyond by three deviations of what noise of the heading does to a mean", () => {
    // headings that are off by .05 rad in turn: rows of .1 s err by 1 rad/s to either side, and change by 2
    const noise = Array.from({ length: 40 }, (_, i) => (i % 2 ? 1 : -1));
    const spun = (turned: number) => {
      const extra = noise.map((error, i) => error + (i >= 20 && i < 23 ? turned : 0));
      return spinIn(errorsOf(extra, extra), 0);
    };
    const needed = 1.5 + 3 * ((1.4826 * 2) / (3 * Math.sqrt(3)));
    expect(spun(needed - 0.34)).toBeUndefined(); // 1/3 of the noise is left in a mean of three
    // only the mean of the three rows that span, 20 to 22
    expect(spun(needed + 0.34)).toEqual({ from: 2 * (20 - 7), until: 2 * (23 + 10) });
  });

  test("shows in no model whose main error is no turn rate", () => {
    expect(spinIn({ rows: Float64Array.of(9, 9, 9), steps: 1 }, 0)).toBeUndefined();
  });
});

test("spins of a rollout are one span, and lie in the drive that ends with the last of them", () => {
  const spins = new Spins();
  spins.add(2, { from: 30, until: 50 });
  spins.add(2, { from: 70, until: 120 });
  const rollouts = [1, 2, 3].map((rollout) => ({ rollout, steps: 100 }));
  expect(spins.within(300, rollouts)).toEqual([{ from: 130, until: 220 }]);
  expect(spins.within(150, rollouts)).toEqual([{ from: 0, until: 70 }]);
  expect(spins.within(150, [undefined, { rollout: 3, steps: 50 }])).toEqual([]);
  const again = new Spins();
  again.restore(spins.state(0));
  expect(again.within(300, rollouts)).toEqual([{ from: 130, until: 220 }]);
  expect(spins.state(3)).toEqual([]);
});

test("a car whose rear breaks away under power is driven within its grip after a lap or two", async () => {
  const config = completeConfig({
    plant: "single-track",
    seed: 702,
    "stop-factor": 1e9,
    parameters: { plant: { combinedSlip: 1 } },
  });
  const { core, rollouts } = await trainingInMemory(config);
  const costs: number[] = [];
  for await (const { windowCost, recording } of rollouts()) {
    costs.push(windowCost / recording.times.length);
    if (costs.length === 4) break;
  }
  const untrained = 2.16; // lap 6 of `drive --without-network`, which spins in every lap
  expect(costs[3]).toBeLessThan(0.1 * untrained);
  expect(core.view("controllerParameters")[0]).toBeLessThanOrEqual(0.42);
  expect(core.pace).toBeLessThanOrEqual(0.97);
}, 120_000);
