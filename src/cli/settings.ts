/** The settings table as command line options. */

import { checkSetting, mergeConfigs, type PartialConfig, readConfig } from "../config/config.js";
import { changesIn } from "../config/plant-change.js";
import { robotSettings } from "../config/robot-settings.js";
import { type SettingName, settings } from "../config/schema.js";
import { UserError } from "../errors.js";
import {
  type Argument,
  type ArgumentTable,
  type ArgumentType,
  choicesLabel,
  parseNumber,
  path,
  valuesOf,
} from "./arguments.js";

/** All settings. */
export const ALL = Object.keys(settings) as SettingName[];

/** Settings of a training; its task is a positional. */
export const TRAINING = ALL.filter((name) => name !== "task");
/** Settings of a training that say how it learns. */
const LEARNING: readonly SettingName[] = [
  "rollouts",
  "batch",
  "batch-reduction",
  "rollout-segments",
  "update-every",
  "update-delay",
  "update",
  "learning-rate",
  "truncation",
  "window",
  "stop-factor",
  "reflex",
  "race",
  "race-margin",
];
/** Settings of a shake: of what drives, and of the model that is judged. */
export const SHAKING = TRAINING.filter((name) => !LEARNING.includes(name));
/** Settings that a drive without learning depends on. */
export const DRIVING: readonly SettingName[] = [
  "task",
  "track",
  "track-line",
  "track-speed",
  "track-limits",
  "features",
  "link",
  "plant",
  "plant-model",
  "plant-change",
  "pace",
  "control-period",
  "network-period",
  "steps-per-segment",
  "nominal-gains",
  "parameters",
  ...(Object.keys(robotSettings) as SettingName[]),
];

const config: Argument<string> = {
  type: path("a YAML file, e.g. runs/mine/config.yaml"),
  describe: "YAML file of settings, e.g. a run's config.yaml",
};

/** --config and one option per setting. */
export function settingArguments(names: readonly SettingName[]): ArgumentTable {
  return { config, ...Object.fromEntries(names.map((name) => [name, argumentOf(name)])) };
}

function argumentOf(name: SettingName): Argument {
  const setting = settings[name];
  const isConstant = "default" in setting && typeof setting.default !== "object" && setting.default !== "";
  return {
    type: typeOf(name),
    describe: setting.describe,
    ...(setting.schema.type === "record" || isTexts(name) ? { list: true } : {}),
    ...(isConstant ? { defaultNote: String(setting.default) } : {}),
  };
}

/** How a value is written, by the type of its schema. */
const FORMS: Readonly<Record<string, string>> = {
  array: "numbers, separated by commas",
  record: "part.name=value",
  strict_object: "name=value, separated by commas",
};

function typeOf(name: SettingName): ArgumentType<unknown> {
  const { schema } = settings[name];
  return {
    ...(schema.type === "picklist"
      ? { label: choicesLabel(schema.options), choices: schema.options }
      : { label: formOf(name) }),
    ...(schema.type === "boolean" ? { isFlag: true } : {}),
    parse: (given) =>
      checkSetting(name, isTexts(name) ? changesIn(given) : meaningOf(schema.type, given), "command line"),
  };
}

/** Whether a setting is a list of texts, each of which may be given by itself. */
function isTexts(name: SettingName): boolean {
  const { schema } = settings[name];
  return schema.type === "array" && schema.item.type === "string";
}

function formOf(name: SettingName): string {
  const { type } = settings[name].schema;
  return isTexts(name) ? "texts, separated by commas" : (FORMS[type] ?? type);
}

/** What the setting's schema is to check; a text that does not parse is left for it to refuse. */
function meaningOf(type: string, given: string): unknown {
  if (type === "boolean") return given === "true";
  if (type === "number") return parseNumber(given);
  if (type === "array") return given.split(",").map(parseNumber);
  if (type === "strict_object") return entriesIn(given);
  return type === "record" ? parameterIn(given) : given;
}

/** The object that name=value,name=value means. */
function entriesIn(given: string): unknown {
  const entries = given.split(",").map((entry) => entry.split("="));
  if (!entries.every((entry) => entry.length === 2)) return given;
  const meant = (value: string) => (value === "true" ? true : value === "false" ? false : parseNumber(value));
  return Object.fromEntries(entries.map(([name = "", value = ""]) => [name.trim(), meant(value)]));
}

function parameterIn(given: string): unknown {
  const match = /^([a-z]\w*)\.([a-z]\w*)=(.+)$/i.exec(given);
  if (!match)
    throw new UserError(`--parameters ${given}: allowed is part.name=value, e.g. controller.throttleLimit=0.65`);
  const [, part = "", name = "", value = ""] = match;
  return { [part]: { [name]: parseNumber(value) } };
}

/** Settings from the command line, by option name, over those of --config. */
export async function givenSettings(
  names: readonly SettingName[],
  typed: Readonly<Record<string, unknown>>,
): Promise<PartialConfig> {
  const { config: file, parameters = [], ...given } = valuesOf(settingArguments(names), typed);
  const base = file === undefined ? {} : await readConfig(file as string);
  const each = (parameters as PartialConfig["parameters"][]).map((one) => ({ parameters: one }) as PartialConfig);
  const whole = Object.entries(given).map(([name, value]) => [
    name,
    isTexts(name as SettingName) ? [value].flat(2) : value,
  ]);
  return [Object.fromEntries(whole) as PartialConfig, ...each].reduce(mergeConfigs, base);
}

/** The settings of a command whose task is a positional. */
export function withTask({ task, given }: { readonly task?: string; readonly given: PartialConfig }): PartialConfig {
  return task === undefined ? given : { ...given, task };
}
