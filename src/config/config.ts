/** From the command line, a file, the task and the table of settings to one complete configuration. */
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { isMap, isScalar, LineCounter, parseDocument, stringify } from "yaml";
import { messageOf, UserError } from "../errors.js";
import type { PartDefinition, TaskDefinition } from "../tasks/definition.js";
import { taskNamed } from "../tasks/tasks.js";
import { type RunConfig, type SettingName, settings } from "./schema.js";

/** Settings that were given, not yet complete. */
export type PartialConfig = { -readonly [K in SettingName]?: RunConfig[K] };

const names = Object.keys(settings) as SettingName[];

/** The setting of that name or, if it is misspelt, an error that names the nearest one. */
export function settingNamed(name: string, where: string): SettingName {
  const found = names.find((candidate) => candidate === name);
  if (found) return found;
  const nearest = names
    .map((candidate) => [distance(name, candidate), candidate] as const)
    .sort((a, b) => a[0] - b[0])[0];
  const hint = nearest && nearest[0] <= 3 ? `; did you mean "${nearest[1]}"?` : ".";
  throw new UserError(`unknown setting "${name}" in ${where}${hint} Settings are: ${names.join(", ")}`);
}

/** Checks one value against its setting; `where` says for the user where it came from. */
export function checkSetting(name: SettingName, value: unknown, where: string): unknown {
  const result = v.safeParse(settings[name].schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = issue.path?.map((item) => String(item.key)).join(".");
  const got = JSON.stringify(issue.input) ?? String(issue.input);
  const shown = typeof issue.input === "number" ? String(issue.input) : got;
  throw new UserError(
    `${where}: "${name}${path ? `.${path}` : ""}" is ${shown}; allowed is ${issue.message} (${settings[name].describe})`,
  );
}

/** Reads a configuration file; every error names file, line, key, the value got and what is allowed. */
export async function readConfig(path: string): Promise<PartialConfig> {
  let source: string;
  try {
    source = await readFile(path, "utf8");
  } catch (error) {
    throw new UserError(`cannot read the configuration ${path}: ${messageOf(error)}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const problem = document.errors[0];
  if (problem) throw new UserError(`${path} is not YAML: ${problem.message}`);
  const root = document.contents;
  if (root === null) return {};
  if (!isMap(root))
    throw new UserError(`${path} must be a list of "setting: value" lines; see \`lapgrad train --help\``);
  const config: Record<string, unknown> = {};
  for (const pair of root.items) {
    const key = isScalar(pair.key) ? pair.key : undefined;
    const line = lines.linePos(key?.range?.[0] ?? 0).line;
    const name = settingNamed(String(key?.value), `${path}, line ${line}`);
    const value: unknown = (document.toJS() as Record<string, unknown>)[name];
    config[name] = checkSetting(name, value, `${path}, line ${line}`);
  }
  return config as PartialConfig;
}

/** Fills in what was not given, from the task and the table, and checks what depends on the task. */
export function completeConfig(given: PartialConfig): RunConfig {
  const task = taskNamed(given.task ?? settings.task.default);
  const update = given.update ?? settings.update.default;
  const { training, timing } = task;
  const fromTask: PartialConfig = {
    rollouts: training.rollouts,
    "rollout-segments": training.rolloutSegments,
    "learning-rate": training.learningRate[update][given.truncation ?? settings.truncation.default],
    window: `${training.window.start}:${training.window.length}:${training.window.stride}`,
    "model-scale": training.modelScale,
    "control-period": timing.controlPeriod,
    "network-period": timing.networkPeriod,
    "steps-per-segment": timing.stepsPerSegment,
    hidden: [...task.network.hidden],
  };
  const complete: Record<string, unknown> = {};
  for (const name of names) {
    const setting = settings[name];
    complete[name] = given[name] ?? fromTask[name] ?? ("default" in setting ? setting.default : undefined);
  }
  const config = complete as RunConfig;
  checkAgainstTask(config, task);
  return config;
}

/** The configuration as YAML, every setting with its meaning: config.yaml of a run, and the example. */
export function formatConfig(config: RunConfig): string {
  return names.map((name) => `# ${settings[name].describe}\n${stringify({ [name]: config[name] })}`).join("");
}

/** First segment, length and stride of the windows of segments that count. */
export function parseWindow(window: string): { start: number; length: number; stride: number } {
  const [start = 0, length = 0, stride = 0] = window.split(":").map(Number);
  return { start, length, stride };
}

/** The task with a configuration's timing, network and parameters put in, and the chosen plant. */
export function resolveTask(config: RunConfig): { task: TaskDefinition; plant: PartDefinition } {
  const base = taskNamed(config.task);
  const plant = base.plants[config.plant];
  if (!plant)
    throw new UserError(
      `unknown plant "${config.plant}" for ${base.name}; plants are: ${Object.keys(base.plants).join(", ")}`,
    );
  const override = (part: string, definition: PartDefinition): PartDefinition => ({
    kind: definition.kind,
    parameters: { ...definition.parameters, ...config.parameters[part] },
  });
  const scaled = Object.fromEntries(
    Object.entries(base.model.parameters).map(([name, value]) => [
      name,
      base.model.scalable.includes(name) ? value * config["model-scale"] : value,
    ]),
  );
  const lookahead = config["network-period"] - config["control-period"];
  const reference = { kind: base.reference.kind, parameters: { ...base.reference.parameters, duration: lookahead } };
  const task: TaskDefinition = {
    ...base,
    model: { ...override("model", { kind: base.model.kind, parameters: scaled }), scalable: base.model.scalable },
    controller: override("controller", base.controller),
    reward: override("reward", base.reward),
    reference: override("reference", reference),
    task: override("task", base.task),
    network: { ...base.network, hidden: config.hidden },
    timing: {
      ...base.timing,
      controlPeriod: config["control-period"],
      networkPeriod: config["network-period"],
      stepsPerSegment: config["steps-per-segment"],
    },
  };
  return { task, plant: override("plant", plant) };
}

/** Parts whose parameters a configuration may override. */
const PARTS = ["model", "plant", "controller", "reward", "reference", "task"];

function checkAgainstTask(config: RunConfig, task: TaskDefinition): void {
  for (const [part, given] of Object.entries(config.parameters)) {
    if (!PARTS.includes(part))
      throw new UserError(`"parameters" has an unknown part "${part}"; parts are: ${PARTS.join(", ")}`);
    const definition = part === "plant" ? task.plants[config.plant] : task[part as "model"];
    const known = Object.keys(definition?.parameters ?? {});
    for (const name of Object.keys(given)) {
      if (!known.includes(name))
        throw new UserError(`${part} of ${task.name} has no parameter "${name}"; it has: ${known.join(", ")}`);
    }
  }
  resolveTask(config); // names the plants if this one is unknown
  const { start, length, stride } = parseWindow(config.window);
  const segments = config["rollout-segments"];
  if (start + Math.max(length, 1) > segments) {
    throw new UserError(
      `window ${config.window} lies outside a rollout of ${segments} segments; make it end at or before segment ${segments}, or raise rollout-segments`,
    );
  }
  if (stride > 0 && length === 0)
    throw new UserError(
      `window ${config.window} has a stride but no length; give a length, e.g. ${start}:30:${stride}`,
    );
  if (config["network-period"] <= config["control-period"]) {
    throw new UserError(
      `network-period ${config["network-period"]} s must be longer than control-period ${config["control-period"]} s`,
    );
  }
}

/** Levenshtein distance, for spelling hints. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
