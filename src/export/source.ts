/** What is exported: a checkpoint of a run, in a core that is ready to say what it does. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkpointPath, numberOf } from "../checkpoint/checkpoint.js";
import { restorePolicy } from "../checkpoint/policy.js";
import { completeConfig, mergeConfigs, readCompleteConfig } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { checkpointNamed, limitedBySpins, paceOf } from "../policy-file.js";
import { timingOf } from "../recording/timing.js";
import { coreFor } from "../session.js";
import { RunFolder } from "../training/run-folder.js";
import { VERSION } from "../version.js";
import { segmentsOf } from "./closed-loop.js";
import { describePolicy, type PolicyDescription, partNamed, type Timing } from "./description.js";
import { tasks } from "./parts/parts.js";

/** Room for the random drives of src/export/samples.ts, however few steps a segment has. */
const LEAST_SEGMENTS = 30;

export interface ExportSource {
  readonly policy: PolicyDescription;
  /** with the policy's parameters and timing, and the nominal plant */
  readonly core: Core;
}

/**
 * Opens a run's checkpoint (best, last, or its number); without `timing`, that of the link it was driven over.
 */
export async function openSource(run: string, which: string, timing: Timing | undefined): Promise<ExportSource> {
  const checkpoint = await checkpointNamed(run, which);
  const settings = await readCompleteConfig(join(run, "config.yaml"));
  const { spins = 0 } = checkpoint.optimiser;
  const config = spins > 0 ? limitedBySpins(settings, spins) : settings;
  const pace = paceOf(checkpoint) ?? config.pace;
  if (pace !== 1 && config.features === "path")
    throw new UserError(
      `the policy of ${run} drives at pace ${pace.toFixed(2)}, and its network sees the speeds asked for at pace 1: ` +
        "such an export is not there yet; drive it with lapgrad drive, or publish it",
      1,
    );
  const core = await exportCore(atPace({ ...config, hidden: checkpoint.layers.slice(1, -1) }, pace));
  restorePolicy(core, checkpoint, checkpointPath(run, numberOf(checkpoint)));
  const metrics = await new RunFolder(run).readMetrics();
  const driven = metrics.slice(0, checkpoint.rollouts);
  const provenance = {
    lapgrad: VERSION,
    updates: checkpoint.updates,
    trainingMinutes: driven.reduce((sum, { seconds }) => sum + seconds, 0) / 60,
    finalCost: finite((metrics.at(checkpoint.rollouts) ?? driven.at(-1))?.windowCost),
    checkpoint: createHash("sha256")
      .update(await readFile(checkpointPath(run, numberOf(checkpoint))))
      .digest("hex"),
  };
  return { policy: describePolicy(core, timing ?? timingOf(config), provenance), core };
}

/** Of a rollout that was stopped there is none. */
function finite(cost: number | undefined): number | null {
  return cost !== undefined && Number.isFinite(cost) ? cost : null;
}

/** The same driving as a task of its own, whose time passes as clocks do: its period is longer at a lower pace. */
export function atPace(config: RunConfig, pace: number): RunConfig {
  if (pace === 1) return { ...config, race: false, pace };
  const { kind, parameters } = resolveTask(config).task.task;
  const times = [partNamed("task", tasks, kind).period, "window"].filter((name) => name in parameters);
  const slower = Object.fromEntries(times.map((name) => [name, parameters[name] / pace]));
  return completeConfig({ ...mergeConfigs(config, { parameters: { task: slower } }), race: false, pace: 1 });
}

/** A core for a configuration's policy on the nominal plant, with room for the drives that exports are checked on. */
export async function exportCore(config: RunConfig): Promise<Core> {
  const { plant: _, ...parameters } = config.parameters;
  const plain = completeConfig({
    ...config,
    link: "sim",
    parameters: config.plant === "nominal" ? config.parameters : parameters,
    plant: "nominal",
    "plant-model": "",
    "plant-delay": [],
    "plant-lag": [],
    "plant-noise": [],
    "control-jitter": 0,
    "network-jitter": 0,
    window: "0:0:0",
  });
  return coreFor(plain, 1, Math.max(LEAST_SEGMENTS, segmentsOf(resolveTask(plain).task)));
}
