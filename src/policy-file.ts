/** Policies from files: a run's checkpoint, or a network as JSON (the authors' layout, or that of a gradient case). */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  bestNumberOf,
  type Checkpoint,
  checkpointPath,
  latestCheckpoint,
  listCheckpoints,
  numberOf,
  readCheckpoint,
} from "./checkpoint/checkpoint.js";
import { restorePolicy } from "./checkpoint/policy.js";
import { mergeConfigs, type PartialConfig, readCompleteConfig } from "./config/config.js";
import { resolveTask } from "./config/resolve.js";
import type { RunConfig } from "./config/schema.js";
import type { Core } from "./core/core.js";
import { UserError } from "./errors.js";
import { problemOf } from "./files.js";
import { readJson } from "./recording/json.js";
import { type Layer, layersIn } from "./recording/layers.js";
import { limitsAfter } from "./rules/calm.js";
import { quoted } from "./shell.js";
import { taskNamed } from "./tasks/tasks.js";

/** The usage of a race, among the numbers of a checkpoint. */
const USAGE = "race.usage";

/** Where a policy comes from. */
export interface PolicySource {
  /** folder of a run, or undefined for a network file */
  readonly run: string | undefined;
  /** updates that made it, or undefined for a network file */
  readonly updates: number | undefined;
  /** widths of the hidden layers */
  readonly hidden: readonly number[];
  /** of a run, the pace that it drives at; undefined for a network file, and of runs that kept none */
  readonly pace: number | undefined;
  readonly isRace: boolean;
  /** how often the car span while it was learned: the controller was limited after that */
  readonly spins: number;
  /** puts the parameters into a core configured with these hidden layers */
  install(core: Core): void;
}

/**
 * Opens a run's folder (its `best` measured, its `last` trained, or the parameters of the checkpoint of a number) or a
 * network file.
 */
export async function openPolicy(path: string, which: string): Promise<PolicySource> {
  if (await isFolder(path)) return policyOfRun(path, which);
  const file = await readJson(path);
  if (typeof file === "object" && file !== null && "adjustment" in file)
    throw new UserError(
      `${path} has an adjustment beside its network: make a run of it, lapgrad import ${quoted(path)}, and use that`,
    );
  const layers = layersIn(path, file);
  const install = (core: Core) => setLayers(core, layers, path);
  return {
    run: undefined,
    updates: undefined,
    pace: undefined,
    isRace: false,
    spins: 0,
    hidden: hiddenOf(layers),
    install,
  };
}

async function policyOfRun(run: string, which: string): Promise<PolicySource> {
  const checkpoint = await checkpointNamed(run, which);
  const install = (core: Core) => restorePolicy(core, checkpoint, checkpointPath(run, numberOf(checkpoint)));
  const { updates, layers, optimiser } = checkpoint;
  const kept = { pace: paceOf(checkpoint), isRace: USAGE in optimiser, spins: optimiser.spins ?? 0 };
  return { run, updates, ...kept, hidden: layers.slice(1, -1), install };
}

/** The settings of a run with what so many spins left of the controller's limits. */
export function limitedBySpins(config: RunConfig, spins: number): RunConfig {
  const limits = limitsAfter(spins, resolveTask(config).task.controller);
  const { parameters } = config;
  return { ...config, parameters: { ...parameters, controller: { ...parameters.controller, ...limits } } };
}

/** The pace that a checkpoint's policy drives at: of a race that of its usage. Undefined: it was made without one. */
export function paceOf({ arrays, optimiser }: Checkpoint): number | undefined {
  const [asked] = arrays.pace ?? []; // enum Pace of assembly/regions.ts
  return asked && asked * Math.sqrt(optimiser[USAGE] ?? 1);
}

/** The last checkpoint, the one that the best rollout began with, or the one of that number. */
export async function checkpointNamed(run: string, which: string): Promise<Checkpoint> {
  if (which === "last" || which === "best") {
    const { checkpoint } = await latestCheckpoint(run);
    if (!checkpoint) throw new UserError(`${run} has no checkpoint yet: let it train first`);
    return which === "last" ? checkpoint : await readCheckpoint(checkpointPath(run, bestNumberOf(checkpoint)));
  }
  const known = await listCheckpoints(run);
  if (/^\d+$/.test(which) && known.includes(Number(which))) {
    const path = checkpointPath(run, Number(which));
    const checkpoint = await readCheckpoint(path);
    if (numberOf(checkpoint) === Number(which)) return checkpoint;
    throw new UserError(`${path} is checkpoint ${numberOf(checkpoint)}: it was renamed; choose another`);
  }
  throw new UserError(
    `${run} has no checkpoint "${which}"; allowed are best, last, or a number from ${spansOf(known)}`,
  );
}

/** Numbers for people: those that follow each other as a span. */
function spansOf(numbers: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const number of numbers) {
    const last = spans.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(", ");
}

/** Hidden widths of a stack of layers that fit each other. */
export function hiddenOf(layers: readonly Layer[]): number[] {
  return layers.slice(0, -1).map((layer) => layer.outputs);
}

/**
 * What a policy is driven with: the settings of its run with what is given beside them. Another task is refused: the
 * policy was learned for its own.
 */
export async function configOfPolicy(
  path: string,
  policy: PolicySource | undefined,
  given: PartialConfig,
): Promise<PartialConfig> {
  if (policy?.run === undefined) return given;
  const settings = await readCompleteConfig(join(policy.run, "config.yaml"));
  const ofRun = policy.spins > 0 ? limitedBySpins(settings, policy.spins) : settings;
  if (given.task !== undefined && taskNamed(given.task).name !== ofRun.task)
    throw new UserError(
      `${path} has learned ${ofRun.task} and cannot do ${given.task}: leave --task out, ` +
        `or learn that too: lapgrad train ${quoted(given.task)}`,
    );
  const { pace = ofRun.pace, isRace } = policy;
  if (!isRace) return mergeConfigs({ ...ofRun, pace }, given);
  // of a race: as fast as the policy was driven, by the pace, which needs no race
  const { speedFactor } = resolveTask(ofRun).task.reward.parameters;
  const asked = mergeConfigs(ofRun, { parameters: { reward: { speedFactor: pace * speedFactor } } });
  return mergeConfigs({ ...asked, race: false, pace }, given);
}

/** Copies layers (weights out x in, row-major) into the core's parameters (in x out). */
export function setLayers(core: Core, layers: readonly Layer[], source: string): void {
  const expected = [layers[0].inputs, ...layers.map((layer) => layer.outputs)];
  const features = core.lawSizes("network").domain;
  const outputs = core.lawSizes("network").range;
  if (expected[0] !== features || expected.at(-1) !== outputs) {
    throw new UserError(
      `${source} holds a ${expected.join("-")} network; the task has ${features} inputs and ${outputs} outputs`,
    );
  }
  const parameters = core.view("parameters");
  let at = 0;
  for (const { inputs, outputs, weights, bias } of layers) {
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) parameters[at + i * outputs + o] = weights[o * inputs + i];
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
      for (let i = 0; i < inputs; i++) result[at + o * inputs + i] = gradient[at + i * outputs + o];
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
    throw new UserError(`cannot open ${path}: ${problemOf(error)}; give a run's folder or a network as JSON`);
  }
}
