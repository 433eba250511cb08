/** Policies for tests of exports: every task, both timings, weights that make every output count. */
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { AdjustmentSpace, GROUPS } from "../../src/derivatives/adjustment.js";
import { describePolicy, type Timing } from "../../src/export/description.js";
import type { What } from "../../src/export/onnx/export.js";
import { type ExportSource, exportCore } from "../../src/export/source.js";
import { initialisePolicy } from "../../src/session.js";
import { tasks } from "../../src/tasks/tasks.js";
import { randomNumbers } from "./cores.js";

/** What is exported in tests: every task, and a track that the network sees along its path. */
export const POLICIES: Readonly<Record<string, PartialConfig>> = {
  ...Object.fromEntries(Object.keys(tasks).map((task) => [task, { task }])),
  "car-track-along": { task: "car-track", features: "path" },
};

/** What of it can be exported as ONNX: a network that sees the path is none without what turns its offsets. */
export const whatsOf = (name: string): readonly What[] =>
  POLICIES[name].features === "path" ? ["policy"] : ["network", "policy"];

/** Network calls with two steps each, on average, which are 10,000 steps and some more. */
export const STEP_CALLS = 5300;

/** Without a spline the timing changes two constants only: one is enough, and tests are to be quick. */
export function timingsOf(name: string): readonly Timing[] {
  return tasks[POLICIES[name].task ?? ""].reference.kind === "spline" ? ["simulation", "hardware"] : ["simulation"];
}

/** A policy whose last layer is small, but not zero as before a training; with `knots` 0 or more also an adjustment. */
export async function randomPolicy(
  name: string,
  timing: Timing,
  hidden?: number[],
  knots?: number,
): Promise<ExportSource> {
  const core = await exportCore(completeConfig({ ...POLICIES[name], ...(hidden ? { hidden } : {}) }));
  initialisePolicy(core, 3);
  const random = randomNumbers(5);
  const parameters = core.view("parameters");
  for (let i = 0; i < parameters.length; i++) parameters[i] = (parameters[i] ?? 0) + 0.02 * random();
  if (knots !== undefined) {
    const space = new AdjustmentSpace(core.setup.task, knots > 0 ? GROUPS : ["gains", "trims"], Math.max(1, knots));
    space.apply(
      core,
      space.parameters.map(() => 0.3 * random()),
    );
  }
  const provenance = { lapgrad: "0.0.0", updates: 0, trainingMinutes: 0, finalCost: null, checkpoint: "" };
  return { policy: describePolicy(core, timing, provenance), core };
}
