/** From the command line, a file, the task and the table of settings to one complete configuration. */

import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { isMap, isNode, LineCounter, stringify } from "yaml";
import { canonicalJson } from "../canonical.js";
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";
import { shortened } from "../output.js";
import { updateRules } from "../rules/rules.js";
import { meantInstead, nearest } from "../spelling.js";
import { taskNamed } from "../tasks/tasks.js";
import { checkAgainstTask } from "./check.js";
import { plantModelText } from "./plant-model.js";
import { raceRoom } from "./race.js";
import { resolveTask } from "./resolve.js";
import { type RunConfig, type SettingName, settings } from "./schema.js";
import { staleAfter } from "./timeouts.js";
import { trackText } from "./track.js";
import { parseYaml, plainValue } from "./yaml.js";

/** Settings that were given, not yet complete. */
export type PartialConfig = { -readonly [K in SettingName]?: RunConfig[K] };

const names = Object.keys(settings) as SettingName[];

/** The setting of that name or, if it is misspelt, an error that names the nearest one. */
function settingNamed(name: string, where: string): SettingName {
  const found = names.find((candidate) => candidate === name);
  if (found) return found;
  const near = nearest(name, names);
  const hint = near ? `did you mean "${near}"?` : `settings are: ${names.join(", ")}`;
  throw new UserError(`${where}: unknown setting "${shortened(name)}"; ${hint}`);
}

/** Checks one value against its setting; `where` says for the user where it came from. */
export function checkSetting(name: SettingName, value: unknown, where: string): unknown {
  const { schema, describe } = settings[name];
  const result = v.safeParse(schema, value);
  // a record leaves out names like "constructor" without a word
  if (result.success && isSame(result.output, value)) return result.output;
  const issue = result.issues?.[0] ?? { input: value, message: "ordinary names", path: undefined };
  const path = issue.path?.map((item) => String(item.key)).join(".");
  const text =
    typeof issue.input === "number" ? String(issue.input) : (JSON.stringify(issue.input) ?? String(issue.input));
  const shown = shortened(text);
  const meaning = describe.includes(issue.message) ? "" : ` (${describe})`;
  if (schema.type === "strict_object" && issue.path?.length === 1 && !Object.hasOwn(schema.entries, path ?? "")) {
    const known = Object.keys(schema.entries);
    const hint = meantInstead(path ?? "", known);
    throw new UserError(`${where}: "${name}" has no "${shortened(path ?? "")}"; ${hint}it has: ${known.join(", ")}`);
  }
  const hint = schema.type === "picklist" ? meantInstead(String(issue.input), schema.options) : "";
  throw new UserError(
    `${where}: "${name}${path ? `.${path}` : ""}" is ${shown}; ${hint}allowed is ${issue.message}${meaning}`,
  );
}

/** Checks settings that a program gives, names and values; those that are undefined count as not given. */
export function checkSettings(given: object, where: string): PartialConfig {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const name = settingNamed(key, where);
    config[name] = checkSetting(name, value, where);
  }
  return config as PartialConfig;
}

/** Whether two values of a setting are the same, in whatever order the names of an object stand. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** Reads a configuration file; every error names file, line, key, the value got and what is allowed. */
export async function readConfig(path: string): Promise<PartialConfig> {
  let source: string;
  try {
    source = await readFile(path, "utf8");
  } catch (error) {
    throw new UserError(`cannot read the configuration ${path}: ${problemOf(error)}`);
  }
  const lines = new LineCounter();
  const document = parseYaml(path, source, lines);
  const root = document.contents;
  if (root === null) return {};
  if (!isMap(root)) throw new UserError(`${path} must hold lines of the form "setting: value"; ${EXAMPLE}`);
  const config: Record<string, unknown> = {};
  for (const pair of root.items) {
    const where = `${path}, line ${lines.linePos(isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0).line}`;
    const name = settingNamed(String(pair.key), where);
    config[name] = checkSetting(name, isNode(pair.value) ? plainValue(pair.value, document, where) : pair.value, where);
  }
  return config as PartialConfig;
}

const EXAMPLE = "e.g. the config.yaml of a run";

/** Settings that runs of earlier versions lack: they were driven as by the defaults of these. */
const LATER: readonly SettingName[] = [
  "pace",
  "least-pace",
  "reflex",
  "plant-model",
  "plant-change",
  "nominal-gains",
  "track",
  "track-line",
  "track-speed",
  "track-limits",
  "features",
  "start-from",
  "race",
  "race-margin",
  "robot-traits",
  "min-distance",
  "vesc",
  "pca9685",
  "gamepad",
  "gamepad-map",
  "pose",
  "pose-name",
  "pose-frame",
  "pose-mount",
  "pose-noise",
  "pose-heading-noise",
  "pose-jitter",
  "pose-latency",
];

/** The configuration in a run's config.yaml, which must be whole. */
export async function readCompleteConfig(path: string): Promise<RunConfig> {
  const config = await readConfig(path);
  const missing = names.find((name) => config[name] === undefined && !LATER.includes(name));
  if (missing) throw new UserError(`${path} lacks "${missing}": it was cut off or edited; put the line back`);
  return completeConfig({ "least-pace": 1, ...config }); // earlier versions kept to the pace
}

/** Segments between two updates of one drive, by default. */
const OFTEN = "3";

/** `over` wins; of `parameters`, name by name. */
export function mergeConfigs(base: PartialConfig, over: PartialConfig): PartialConfig {
  const merged: PartialConfig = { ...base, ...over };
  if (!base.parameters || !over.parameters) return merged;
  const parameters = { ...base.parameters };
  for (const [part, given] of Object.entries(over.parameters)) parameters[part] = { ...parameters[part], ...given };
  return { ...merged, parameters };
}

/** Fills in what was not given, from the task and the table, and checks what depends on the task. */
export function completeConfig(given: PartialConfig): RunConfig {
  const task = taskNamed(given.task ?? settings.task.default);
  // of files that may change or be moved a run keeps the texts
  const texts = { track: trackText(task, given), "plant-model": plantModelText(given["plant-model"]) };
  const known: PartialConfig = { ...given, ...texts };
  const rule = updateRules[given.update ?? settings.update.default];
  const { training, timing } = task;
  const fit = given["model-fit"] ?? (rule.needs.fitsModel === true && task.model.refit !== undefined);
  const model = given.model ?? (fit && given["model-scale"] === undefined ? "raw" : "nominal");
  // settings that only make sense for separate rollouts ask for them
  const separate = ["rollout-segments", "window", "batch"].some((name) => given[name as SettingName] !== undefined);
  const every = rule.needs.prefersLaps && timing.lapTime !== undefined && !separate ? OFTEN : "rollout";
  // the task's own batch gives way to a run that is too short for it, and to one drive without stops
  const batch =
    (given["update-every"] ?? every) === "rollout" && training.batch !== undefined
      ? Math.min(training.batch, given.rollouts ?? training.rollouts)
      : undefined;
  const fromTask: PartialConfig = {
    "update-every": every,
    rollouts: training.rollouts,
    ...(batch === undefined ? {} : { batch }),
    "rollout-segments": training.rolloutSegments,
    "learning-rate":
      training.learningRate[rule.name]?.[given.truncation ?? settings.truncation.default] ?? rule.learningRate,
    window: `${training.window.start}:${training.window.length}:${training.window.stride}`,
    "model-fit": fit,
    model,
    "model-scale": model === "raw" ? 1 : training.modelScale,
    "control-period": timing.controlPeriod,
    "stale-after": staleAfter(given["control-period"] ?? timing.controlPeriod),
    "network-period": timing.networkPeriod,
    "steps-per-segment": timing.stepsPerSegment,
    hidden: [...task.network.hidden],
  };
  const complete: Record<string, unknown> = {};
  for (const name of names) {
    const setting = settings[name];
    complete[name] = known[name] ?? fromTask[name] ?? ("default" in setting ? setting.default : undefined);
  }
  const config = complete as RunConfig;
  if (config.race) complete.corridor = Math.min(config.corridor, raceRoom(resolveTask(config).task));
  checkAgainstTask(config, task);
  return config;
}

/** The configuration as YAML, every setting with its meaning: config.yaml of a run, and the example. */
export function formatConfig(config: RunConfig): string {
  return names.map((name) => `# ${settings[name].describe}\n${stringify({ [name]: config[name] })}`).join("");
}
