/** A policy that drives below the task's own pace is exported as one of a slower task: the drive is the same. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { atPace, exportCore } from "../../src/export/source.js";
import { initialisePolicy } from "../../src/session.js";

const SEGMENTS = 60;

async function driven(config: Parameters<typeof exportCore>[0]) {
  const core = await exportCore(config);
  initialisePolicy(core, 3);
  core.writeStart(core.setup.task.initialState, 0);
  core.rollOut(0, SEGMENTS);
  const [steps] = core.view("counts");
  return [...core.view("inputs").subarray(0, 2 * steps)];
}

test.each(["car-figure8", "car-track", "quadruped-figure8"])("%s at pace 0.9", async (task) => {
  const config = completeConfig({ task, hidden: [5], pace: 0.9 });
  const slower = atPace(config, 0.9);
  expect(slower.pace).toBe(1);
  const [own, exported] = [await driven(config), await driven(slower)];
  expect(own.length).toBeGreaterThan(500);
  const worst = Math.max(...own.map((value, i) => Math.abs(value - exported[i])));
  expect(worst).toBeLessThan(1e-7);
  const ownPace = await driven({ ...config, pace: 1 });
  expect(Math.max(...own.map((value, i) => Math.abs(value - ownPace[i])))).toBeGreaterThan(0.01);
});
