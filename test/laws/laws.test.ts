/**
 * Laws of every differentiable part of every task: its tangent is the derivative (central differences), its transpose
 * is the transpose of its tangent, and neither is ever NaN. A new part is covered by being used in a
 * task of the table or in a trial; test/core/parts.test.ts finds one that is in neither.
 */
import { describe, expect, test } from "@jest/globals";
import { Core } from "../../src/core/core.js";
import type { TaskDefinition } from "../../src/tasks/definition.js";
import { tasks } from "../../src/tasks/tasks.js";
import { dot, randomNumbers } from "../support/cores.js";
import { trials } from "./trials.js";

const ROW = 64;
const SAMPLES = 200;

/** The rows of the region `probe`, as assembly/laws.ts lays them out. */
function rows(core: Core) {
  const probe = core.view("probe");
  const row = (index: number) => probe.subarray(index * ROW, (index + 1) * ROW);
  return { z: row(0), dz: row(1), y: row(2), dy: row(3), pz: row(4), py: row(5) };
}

async function coreOf(task: TaskDefinition): Promise<Core> {
  const [plant] = Object.values(task.plants);
  if (!plant) throw new Error(`${task.name} has no plant`);
  const core = await Core.load({
    task: { ...task, network: { ...task.network, hidden: [7, 3] } },
    plant,
    rollouts: 1,
    steps: 14,
    segments: 2,
  });
  const random = randomNumbers(5);
  const parameters = core.view("parameters");
  for (let i = 0; i < parameters.length; i++) parameters[i] = random();
  return core;
}

const parts = ["model", "controller", "reward", "reference", "task", "network"] as const;

for (const task of [...Object.values(tasks), ...(await trials())]) {
  describe(task.name, () => {
    for (const name of parts) {
      test(`${name}: tangent against central differences, transpose against tangent`, async () => {
        const core = await coreOf(task);
        const { z, dz, y, dy, pz, py } = rows(core);
        const { domain: inputs, range: outputs } = core.lawSizes(name);
        const random = randomNumbers(11);
        let checked = 0;
        for (let sample = 0; sample < SAMPLES; sample++) {
          const point = Array.from({ length: inputs }, () => 2 * random());
          const direction = Array.from({ length: inputs }, random);
          const time = 2.75 + 2.7 * random();
          const at = (offset: number): number[] => {
            for (let i = 0; i < inputs; i++) z[i] = (point[i] ?? 0) + offset * (direction[i] ?? 0);
            core.evaluateLaw(name, time);
            return Array.from(y.subarray(0, outputs));
          };
          // step 1e-5: truncation h^2 f''' ~ 1e-10 f''' and rounding 1e-16 / h ~ 1e-11 balance; a kink or a jump
          // (clamps, the
          // switch between circles, wrapped angles) between the two points shows as a difference between two step sizes
          const differences = (h: number) => {
            const forward = at(h);
            const backward = at(-h);
            return forward.map((value, i) => (value - (backward[i] ?? 0)) / (2 * h));
          };
          const coarse = differences(2e-5);
          const fine = differences(1e-5);
          at(0);
          dz.set(direction);
          core.view("direction").fill(0);
          core.tangentOfLaw(name, time);
          const tangent = Array.from(dy.subarray(0, outputs));
          const size = 1 + Math.max(...tangent.map(Math.abs));
          const smooth = coarse.every((value, i) => Math.abs(value - (fine[i] ?? 0)) < 1e-6 * size);
          if (smooth) {
            checked++;
            for (let i = 0; i < outputs; i++)
              expect(Math.abs((tangent[i] ?? Number.NaN) - (fine[i] ?? 0))).toBeLessThan(1e-6 * size);
          }
          const adjoint = Array.from({ length: outputs }, random);
          py.set(adjoint);
          core.transposeOfLaw(name, time);
          const left = dot(adjoint, tangent);
          const right = dot(pz.subarray(0, inputs), direction);
          const scale =
            Math.hypot(...adjoint) * Math.hypot(...tangent) +
            Math.hypot(...pz.subarray(0, inputs)) * Math.hypot(...direction);
          expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-13 * scale);
        }
        // random points hit a kink only now and then
        expect(checked).toBeGreaterThan(0.9 * SAMPLES);
      });
    }

    test("network: derivative with respect to the parameters, both ways", async () => {
      const core = await coreOf(task);
      const { z, dz, y, dy, py } = rows(core);
      const { domain: inputs, range: outputs } = core.lawSizes("network");
      const random = randomNumbers(3);
      for (let i = 0; i < inputs; i++) z[i] = random();
      dz.fill(0);
      const theta = core.view("parameters").slice();
      const direction = theta.map(() => random());
      core.view("direction").set(direction);
      const at = (h: number): number[] => {
        core.view("parameters").set(theta.map((value, i) => value + h * (direction[i] ?? 0)));
        core.evaluateLaw("network");
        return Array.from(y.subarray(0, outputs));
      };
      const forward = at(1e-5);
      const backward = at(-1e-5);
      at(0);
      core.tangentOfLaw("network");
      const tangent = Array.from(dy.subarray(0, outputs));
      tangent.forEach((value, i) => {
        expect(Math.abs(value - ((forward[i] ?? 0) - (backward[i] ?? 0)) / 2e-5)).toBeLessThan(1e-7);
      });
      const adjoint = tangent.map(() => random());
      py.set(adjoint);
      core.view("gradient").fill(0);
      core.transposeOfLaw("network");
      expect(dot(core.view("gradient"), direction)).toBeCloseTo(dot(adjoint, tangent), 12);
    });

    test("nothing is NaN at standstill, at zero reference speed, and at the circles' centres", async () => {
      const core = await coreOf(task);
      const { z, dz, y, dy, pz, py } = rows(core);
      // zeros, denormals and huge values, in every combination of two neighbours
      const special = [0, -0, 1e-320, 1e-160, 1e-12, 1.5, -1.5, 1e6];
      for (const name of parts) {
        const { domain } = core.lawSizes(name);
        for (const a of special) {
          for (const b of special) {
            for (let i = 0; i < domain; i++) z[i] = i % 2 === 0 ? a : b;
            dz.fill(1);
            py.fill(1);
            for (const time of [0, 1.3, 2.75, 5.5]) {
              core.evaluateLaw(name, time);
              core.tangentOfLaw(name, time);
              core.transposeOfLaw(name, time);
              const values = [y, dy, pz].flatMap((row) => Array.from(row));
              if (values.some(Number.isNaN)) throw new Error(`${name} gives NaN at ${a}, ${b}, time ${time}`);
            }
          }
        }
      }
      expect(Number.isNaN(Math.hypot(...y, ...dy, ...pz))).toBe(false);
    });
  });
}
