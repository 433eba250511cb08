/**
 * Whatever is in the table of tasks: it learns with its defaults, resumes bit for bit, drives, replays, reports, and
 * its gradient through the true model is the derivative of the rollout's cost. A new task needs no test of its own for
 * any of this.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import driveCommand from "../../src/cli/commands/drive.js";
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { writeReport } from "../../src/report/from-run.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { tasks } from "../../src/tasks/tasks.js";
import { trainingInMemory } from "../../src/training/in-memory.js";
import { replayRecordings } from "../../src/training/replay.js";
import { dot, randomNumbers } from "../support/cores.js";
import { changePaces } from "../support/pace.js";
import { withoutScript } from "../support/page-script.js";
import { Captured, fingerprint, newFolder, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * Part of the first rollout's cost that must be reached; without low-level feedback learning is as hard as the paper
 * says.
 */
const learnt = (task: string): number => (tasks[task]?.columns.gain.length === 0 ? 0.8 : 0.5);

/** The gradient along `direction` is the difference of losses at `h` along it. */
function expectSlope(core: Core, direction: Float64Array, lossAt: (h: number) => number): void {
  lossAt(0);
  const slope = dot(core.view("gradient"), direction);
  // fourth-order difference: error h^4 = 1e-16 of the fifth derivative, rounding 1e-16 of the loss / h
  const h = 1e-4;
  const measured = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
  expect(Math.abs(slope)).toBeGreaterThan(1e-6);
  expect(Math.abs(slope / measured - 1)).toBeLessThan(1e-6);
}

describe.each(Object.keys(tasks))("%s", (task) => {
  test("learns with its defaults within twelve rollouts, three seeds", async () => {
    for (const seed of [1, 2, 3]) {
      const { rollouts } = await trainingInMemory(completeConfig({ task, seed }));
      const costs: number[] = [];
      for await (const { index, windowCost } of rollouts()) {
        if (index > 0) costs.push(windowCost);
        if (costs.length === 12 || windowCost < learnt(task) * costs[0]) break; // the rest could change nothing
      }
      expect(Math.min(...costs)).toBeLessThan(learnt(task) * (costs[0] ?? 0));
    }
  });

  test("resumed, it ends as uninterrupted; it drives, replays exactly, and has a report", async () => {
    const given = { task, rollouts: 3, hidden: [6] };
    const [whole, resumed] = [join(folder, `${task}-whole`), join(folder, `${task}-resumed`)];
    await trainRun({ given, out: whole });
    await trainRun({ given, out: resumed }, 2);
    await trainRun({ given: {}, resume: resumed });
    expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));

    const driven = new Captured();
    const out = join(folder, `${task}.mcap`);
    const usual = { given: {}, laps: 2, startTime: 0, checkpoint: "best" };
    await driveCommand.run({ ...usual, policy: whole, out }, driven);
    expect(driven.results).toHaveLength(1);

    const [last = ""] = (await readdir(join(whole, "rollouts"))).sort().reverse();
    const [replayed] = await replayRecordings(join(whole, "rollouts", last), { hidden: [6] }, undefined);
    expect(replayed?.commandError.largest).toBe(0);
    expect(replayed?.cost).toBeGreaterThan(0);

    const { path } = await writeReport(whole);
    const page = await readFile(path, "utf8");
    expect(page).toContain(task);
    expect(withoutScript(page)).not.toMatch(/NaN|undefined/);
  });

  test.each(tasks[task].unpaced === undefined ? [1, 0.8] : [1])(
    "with the true model the gradient is the derivative of the rollout's cost, at pace %d",
    async (pace) => {
      const segments = 6;
      const config = completeConfig({
        task,
        pace,
        hidden: [5],
        "rollout-segments": segments,
        window: "0:0:0",
        model: "nominal",
        "model-scale": 1,
      });
      const core = await coreFor(config, 1, segments);
      // the plant is the model, whatever the task's own plant is like
      core.view("plantParameters").set(core.view("modelParameters"));
      initialisePolicy(core, 4);
      const random = randomNumbers(21);
      const theta = core.view("parameters").map((value) => value + 0.1 * random());
      const direction = theta.map(() => random());
      core.sampleStart(0);
      const start = core.view("states").slice(0, core.setup.task.columns.state.length);
      const lossAt = (h: number): number => {
        core.view("parameters").set(theta.map((value, i) => value + h * (direction[i] ?? 0)));
        core.view("states").set(start);
        core.rollOut(0, segments);
        return core.gradient(0, 1);
      };
      expectSlope(core, direction, lossAt);
    },
  );
});

const paced = Object.keys(tasks).filter((task) => tasks[task].unpaced === undefined);

test.each(paced)(
  "%s: the gradient is the derivative of the cost where the pace changes in mid-rollout",
  async (task) => {
    const segments = 9;
    const config = completeConfig({
      task,
      hidden: [5],
      "rollout-segments": segments,
      window: "0:0:0",
      model: "nominal",
    });
    const core = await coreFor(config, 2, segments);
    initialisePolicy(core, 4);
    const random = randomNumbers(22);
    const theta = core.view("parameters").map((value) => value + 0.1 * random());
    const direction = theta.map(() => random());
    core.view("parameters").set(theta);
    core.sampleStart(0);
    core.rollOut(0, segments);
    changePaces(core, 0, (segment) => [1.1, 0.7, 0.9][Math.floor(segment / 3)]);
    core.view("disturbances", 0).fill(0); // the model is driven alone
    const lossAt = (h: number): number => {
      core.view("parameters").set(theta.map((value, i) => value + h * direction[i]));
      core.tryRollOutModel(1, 0, "replay");
      return core.gradient(1, 1);
    };
    expectSlope(core, direction, lossAt);
  },
);
