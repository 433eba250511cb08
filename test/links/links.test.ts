/** What every link leaves in the core; src/links/link.ts says it in words. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Core, RegionName } from "../../src/core/core.js";
import { setWindows } from "../../src/core/windows.js";
import { stopBoardsAfterEachTest } from "../in-the-loop/boards.js";
import { newFolder } from "../support/runs.js";
import { type Drive, harnesses } from "./harness.js";
import { onHostPlant } from "./harnesses/sim.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** Rows of a region of rollout `slot`, `from` up to before `to`. */
function rows(core: Core, region: RegionName, slot: number, from: number, to: number, width: number): number[] {
  return Array.from(core.view(region, slot).subarray(from * width, to * width));
}

/** Steps and segments of a rollout, checked for what every rollout is. */
function expectRollout(core: Core, slot: number, segments: number, driven: number): void {
  const [steps = 0, count = 0] = core.view("counts", slot);
  expect(count).toBe(segments);
  expect(steps).toBe(driven);
  const times = core.view("times", slot).subarray(0, steps);
  for (let i = 1; i < steps; i++) expect(times[i]).toBeGreaterThan(times[i - 1]);
  const starts = Array.from(core.view("segmentStarts", slot).subarray(0, segments));
  expect(starts[0]).toBe(0);
  for (let i = 1; i < segments; i++) expect(starts[i]).toBeGreaterThan(starts[i - 1]);
  const costs = core.view("stageCosts", slot).subarray(0, steps);
  expect(costs.every((cost) => Number.isFinite(cost) && cost >= 0)).toBe(true);
  setWindows(core, { start: 0, length: 0, stride: 0 });
  expect(core.gradient(slot, 1)).toBeGreaterThan(0);
  const gradient = core.view("gradient");
  expect(gradient.every(Number.isFinite)).toBe(true);
  expect(gradient.some((value) => value !== 0)).toBe(true);
}

for (const [name, harness] of [...(await harnesses()), ["sim, plant mujoco", onHostPlant] as const])
  describe(`link: ${name}`, () => {
    if (harness instanceof Error) {
      test("has a harness", () => {
        throw harness;
      });
      return;
    }
    const { task, leaves, open } = harness.drives;
    const withLink = async (given: object, run: (drive: Drive) => Promise<void>) => {
      const drive = await open({ task, ...given }, folder);
      await run(drive);
      await drive.link.stop();
      await drive.link.close();
    };

    harness.test("leaves the rollout that was asked for, then goes on behind what it keeps, with new parameters", () =>
      withLink({}, async ({ core, link, speed }) => {
        const n = core.setup.task.columns.state.length;
        const m = core.setup.task.columns.setpoint.length;
        const first = await link.drive(core, 0, 12, true);
        expect(first.stopped).toBeUndefined();
        expectRollout(core, 0, 12, first.steps);
        const outputs = core.view("outputs", 0).length / core.setup.segments;
        const before = rows(core, "outputs", 0, 0, 12, outputs);

        const parameters = core.view("parameters");
        for (let i = 0; i < parameters.length; i++) parameters[i] = parameters[i] + 0.05;
        const kept = 5;
        const second = await link.driveOn(core, 1, 10, 0, kept);
        expect(second.stopped).toBeUndefined();
        expectRollout(core, 1, kept + 10, second.steps);

        // bit for bit what was kept
        const [from = 0, to = 0] = [core.view("segmentStarts", 0)[12 - kept], first.steps];
        const overlap = to - from;
        expect(core.view("segmentStarts", 1)[kept]).toBe(overlap);
        expect(rows(core, "states", 1, 0, overlap + 1, n)).toEqual(rows(core, "states", 0, from, to + 1, n));
        expect(rows(core, "setpoints", 1, 0, kept, m)).toEqual(rows(core, "setpoints", 0, 12 - kept, 12, m));
        expect(rows(core, "outputs", 1, 0, kept, outputs)).toEqual(before.slice((12 - kept) * outputs));
        // and the new parameters in what follows: untrained outputs are 0, these are not
        expect(before.every((value) => value === 0)).toBe(true);
        const after = rows(core, "outputs", 1, kept + 1, kept + 10, outputs);
        expect(after.some((value) => Math.abs(value) > 0.01)).toBe(true);

        await link.stop();
        if (speed) expect(Math.abs(speed())).toBeLessThan(0.01); // a pulse that is 1 µs beside neutral creeps by less
      }),
    );

    harness.test("drives again after a stop, from the start", () =>
      withLink({}, async ({ core, link, carryBack }) => {
        const { initialState } = core.setup.task;
        const costs: number[] = [];
        for (let i = 0; i < 2; i++) {
          core.view("states").set(initialState);
          await carryBack?.();
          const { steps, stopped } = await link.drive(core, 0, 4, false);
          expect(stopped).toBeUndefined();
          expectRollout(core, 0, 4, steps);
          const start = core.view("states").subarray(0, initialState.length);
          initialState.forEach((value, k) => {
            expect(Math.abs(start[k] - value)).toBeLessThan(0.02);
          });
          costs.push(
            core
              .view("stageCosts")
              .subarray(0, steps)
              .reduce((sum, cost) => sum + cost, 0),
          );
        }
        expect(costs[1] / costs[0]).toBeCloseTo(1, 1);
      }),
    );

    harness.test("a state that leaves its limits stops it, in words, with what was driven up to there", () =>
      withLink(leaves.given, async ({ core, link, speed }) => {
        if (leaves.start) core.view("states").set(leaves.start);
        const { steps, stopped } = await link.drive(core, 0, 25, true);
        expect(stopped).toMatch(leaves.words);
        expect(steps).toBeGreaterThan(0);
        expect(steps).toBe(core.view("counts")[0]);
        expect(core.view("stageCosts").subarray(0, steps).every(Number.isFinite)).toBe(true);
        if (speed) expect(Math.abs(speed())).toBeLessThan(0.01);
      }),
    );
  });
