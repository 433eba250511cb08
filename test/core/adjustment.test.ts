/** Adjustments of the policy: their splines, their limits, and derivatives against whole rollouts. */
import { expect, test } from "@jest/globals";
import type { Core } from "../../src/core/core.js";
import { AdjustmentSpace, GROUPS } from "../../src/derivatives/adjustment.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { driveFrom, smallCore } from "../support/cores.js";

const SEGMENTS = 12;

function costOf(core: Core): number {
  const [steps] = core.view("counts", 0);
  return core
    .view("stageCosts")
    .subarray(0, steps)
    .reduce((sum, cost) => sum + cost, 0);
}

/** Derivative of the cost by the tangent pass along every parameter. */
function slopes(core: Core, space: AdjustmentSpace): number[] {
  core.view("direction").fill(0);
  const [steps] = core.view("counts", 0);
  return space.parameters.map((_, i) => {
    space.pointAlong(core, i);
    core.tangentPass(0, 0);
    const [r, dr] = [core.view("residuals"), core.view("residualTangents")];
    let sum = 0;
    for (let k = 0; k < 3 * steps; k++) sum += 2 * r[k] * dr[k];
    return sum;
  });
}

test.each([
  [1, [0, 0]],
  [3, [0, 0]],
  [6, [2, 5]],
])("with %i knots the tangent is the derivative of the rolled-out cost", async (knots, delays) => {
  const space = new AdjustmentSpace(carFigure8, GROUPS, knots);
  const core = await smallCore(4, { segments: SEGMENTS });
  if (delays[0] > 0) {
    core.write("inputDelays", delays);
    core.write(
      "plantDelays",
      delays.map((steps) => 0.02 * steps),
    );
  }
  const base = space.parameters.map((_, i) => 0.05 * Math.sin(1 + i));
  const cost = (i: number, change: number) => {
    space.apply(
      core,
      base.map((value, k) => value + (i === k ? change : 0)),
    );
    driveFrom(core, 0, 1.3, SEGMENTS);
    return costOf(core);
  };
  const size = 1e-5;
  const differences = base.map((_, i) => (cost(i, size) - cost(i, -size)) / (2 * size));
  cost(0, 0);
  const found = slopes(core, space);
  const length = Math.hypot(...differences);
  expect(length).toBeGreaterThan(1);
  for (const [i, slope] of found.entries()) expect(Math.abs(slope - differences[i])).toBeLessThan(1e-5 * length);
});

test("offsets of all knots together are one constant offset, and no adjustment changes no bit", async () => {
  const drive = async (adjust: (core: Core) => void) => {
    const core = await smallCore(5, { segments: SEGMENTS });
    adjust(core);
    driveFrom(core, 0, 0.4, SEGMENTS);
    return core.view("states").slice();
  };
  const space = (knots: number) => new AdjustmentSpace(carFigure8, ["offsets"], knots);
  const constant = await drive((core) => space(1).apply(core, [0.03, -0.02, 0.1, 0.05]));
  const all = await drive((core) => space(5).apply(core, Array(5).fill([0.03, -0.02, 0.1, 0.05]).flat()));
  for (const [i, value] of constant.entries()) expect(all[i]).toBeCloseTo(value, 12);
  const plain = await drive(() => {});
  expect(await drive((core) => space(3).apply(core, new Float64Array(12)))).toEqual(plain);
});

test("a trim moves the command, no farther than the controller may, and there it has no derivative", async () => {
  const space = new AdjustmentSpace(carFigure8, ["trims"], 1);
  const core = await smallCore(6, { segments: SEGMENTS });
  space.apply(core, [20, 0.3]); // 2 of throttle: all of it at its limit of 0.75
  driveFrom(core, 0, 0.4, SEGMENTS);
  const commands = core.view("commands");
  const [steps] = core.view("counts", 0);
  for (let t = 0; t < steps; t++) expect(commands[2 * t]).toBe(0.75);
  const [throttle, steering] = slopes(core, space);
  expect(throttle).toBe(0);
  expect(Math.abs(steering)).toBeGreaterThan(1e-3);
});

test("knots outside 1 to 6 are refused", () => {
  expect(() => new AdjustmentSpace(carFigure8, ["offsets"], 7)).toThrow("knots is 7; allowed is a whole number from 1");
});
