/** Policies from files: a run's checkpoint, or a network as JSON (the authors' layout, or that of a gradient case). */
import { stat } from "node:fs/promises";
import { checkpointPath, latestCheckpoint, listCheckpoints, readCheckpoint } from "./checkpoint/checkpoint.js";
import type { Core } from "./core/core.js";
import { messageOf, UserError } from "./errors.js";
import { type Layer, readLayers } from "./recording/layers.js";
import { restorePolicy } from "./training/loop.js";
import { RunFolder } from "./training/run-folder.js";

/** Where a policy comes from. */
export interface PolicySource {
  /** folder of a run, or undefined for a network file */
  readonly run: string | undefined;
  /** widths of the hidden layers */
  readonly hidden: readonly number[];
  /** puts the parameters into a core configured with these hidden layers */
  install(core: Core): void;
}

/**
 * Opens a run's folder (its `best` measured, its `last` trained, or the parameters after a number of updates) or a network file.
 */
export async function openPolicy(path: string, which: string): Promise<PolicySource> {
  if (await isFolder(path)) return policyOfRun(path, which);
  const layers = await readLayers(path);
  return { run: undefined, hidden: hiddenOf(layers), install: (core) => setLayers(core, layers, path) };
}

async function policyOfRun(run: string, which: string): Promise<PolicySource> {
  const checkpoint =
    which === "last"
      ? (await latestCheckpoint(run)).checkpoint
      : await readCheckpoint(checkpointPath(run, await updatesOf(run, which)));
  return { run, hidden: checkpoint.layers.slice(1, -1), install: (core) => restorePolicy(core, checkpoint) };
}

/** Number of updates before the best rollout, or the number that was given. */
async function updatesOf(run: string, which: string): Promise<number> {
  const known = await listCheckpoints(run);
  if (which !== "best") {
    const updates = Number(which);
    if (known.includes(updates)) return updates;
    throw new UserError(
      `${run} has no checkpoint "${which}"; allowed are best, last, or a number of updates from ${known[0]} to ${known.at(-1)}`,
    );
  }
  const { checkpoint } = await latestCheckpoint(run);
  const metrics = await new RunFolder(run).readMetrics();
  if (checkpoint.best.rollout === 0 || metrics.length === 0) return 0;
  return checkpoint.best.updates;
}

/** Hidden widths of a stack of layers that fit each other. */
export function hiddenOf(layers: readonly Layer[]): number[] {
  return layers.slice(0, -1).map((layer) => layer.outputs);
}

/** Copies layers (weights out x in, row-major) into the core's parameters (in x out). */
export function setLayers(core: Core, layers: readonly Layer[], source: string): void {
  const expected = [layers[0]?.inputs ?? 0, ...layers.map((layer) => layer.outputs)];
  const features = core.exports.domainSize(core.exports.Part.network);
  const outputs = core.exports.rangeSize(core.exports.Part.network);
  if (expected[0] !== features || expected.at(-1) !== outputs) {
    throw new UserError(
      `${source} holds a ${expected.join("-")} network; the task has ${features} inputs and ${outputs} outputs`,
    );
  }
  const parameters = core.view("parameters");
  let at = 0;
  for (const { inputs, outputs, weights, bias } of layers) {
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) parameters[at + i * outputs + o] = weights[o * inputs + i] ?? 0;
    at += inputs * outputs;
    parameters.set(bias, at);
    at += outputs;
  }
}

/** The core's gradient in the order of {@link setLayers}' files: per layer the weights out x in, then the bias. */
export function layeredGradient(core: Core, layers: readonly Layer[]): Float64Array {
  const gradient = core.view("gradient");
  const result = new Float64Array(gradient.length);
  let at = 0;
  for (const { inputs, outputs } of layers) {
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++) result[at + o * inputs + i] = gradient[at + i * outputs + o] ?? 0;
    at += inputs * outputs;
    result.set(gradient.subarray(at, at + outputs), at);
    at += outputs;
  }
  return result;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new UserError(`cannot open ${path}: ${messageOf(error)}; give a run's folder or a network as JSON`);
  }
}
