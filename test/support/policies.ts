/** Policies for tests of exports: every task, both timings, weights that make every output count. */
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { describePolicy, type Timing } from "../../src/export/description.js";
import { type ExportSource, exportCore } from "../../src/export/source.js";
import { initialisePolicy } from "../../src/session.js";
import { tasks } from "../../src/tasks/tasks.js";
import { randomNumbers } from "./cores.js";

/** What is exported in tests: every task, and a track that the network sees along its path. */
export const POLICIES: Readonly<Record<string, PartialConfig>> = {
  ...Object.fromEntries(Object.keys(tasks).map((task) => [task, { task }])),
  "car-track-along": { task: "car-track", features: "path" },
};

/** Without a spline the timing changes two constants only: one is enough, and tests are to be quick. */
export function timingsOf(name: string): readonly Timing[] {
  return tasks[POLICIES[name].task ?? ""].reference.kind === "spline" ? ["simulation", "hardware"] : ["simulation"];
}

/** A policy whose last layer is small, but not zero as before a training. */
export async function randomPolicy(name: string, timing: Timing, hidden?: number[]): Promise<ExportSource> {
  const core = await exportCore(completeConfig({ ...POLICIES[name], ...(hidden ? { hidden } : {}) }));
  initialisePolicy(core, 3);
  const random = randomNumbers(5);
  const parameters = core.view("parameters");
  for (let i = 0; i < parameters.length; i++) parameters[i] = (parameters[i] ?? 0) + 0.02 * random();
  const provenance = { lapgrad: "0.0.0", updates: 0, trainingMinutes: 0, finalCost: null, checkpoint: "" };
  return { policy: describePolicy(core, timing, provenance), core };
}
