/** The settings table as command line options. */
import type { Argv } from "yargs";
import { checkSetting, mergeConfigs, type PartialConfig, readConfig } from "../config/config.js";
import { robotSettings } from "../config/robot-settings.js";
import { type SettingName, settings } from "../config/schema.js";
import { UserError } from "../errors.js";
import type { Permission } from "./connect.js";

const all = Object.keys(settings) as SettingName[];

/** Settings of a training; its task is a positional. */
export const TRAINING = all.filter((name) => name !== "task");
/** Settings that a drive without learning depends on. */
export const DRIVING: readonly SettingName[] = [
  "task",
  "link",
  "plant",
  "control-period",
  "network-period",
  "steps-per-segment",
  "parameters",
  ...(Object.keys(robotSettings) as SettingName[]),
];
/** Settings that a simulated robot as a node depends on. */
export const PLANT: readonly SettingName[] = ["link", "plant", "plant-delay", "plant-lag", "parameters", "ros2"];
/** Settings that cost and gradient of a recording depend on. */
export const REPLAYING: readonly SettingName[] = [
  "truncation",
  "window",
  "network-state-feedback",
  "model-scale",
  "model-delay",
  "control-period",
  "network-period",
  "steps-per-segment",
  "parameters",
];

/** How settings that are no single value are typed. */
const FORMS: Partial<Record<SettingName, string>> = {
  parameters: ", as part.name=value",
  servo: ", as name=value,name=value",
  ros2: ", as name=value,name=value",
};

/** Adds --config and one option per setting. */
export function withSettings<T>(argv: Argv<T>, names: readonly SettingName[]): Argv<T> {
  argv.option("config", {
    type: "string",
    describe: "YAML file of settings, e.g. a run's config.yaml",
    group: "Settings:",
    requiresArg: true,
  });
  for (const name of names) {
    const setting = settings[name];
    const shown = "default" in setting && typeof setting.default !== "object" ? ` [default: ${setting.default}]` : "";
    argv.option(name, {
      type: setting.schema.type === "boolean" ? "boolean" : "string",
      array: setting.schema.type === "record",
      describe: `${setting.describe}${FORMS[name] ?? ""}${shown}`,
      group: "Settings:",
      requiresArg: setting.schema.type !== "boolean",
    });
  }
  return argv;
}

/** Adds what allows a robot to move. */
export function withPermission<T>(argv: Argv<T>): Argv<T> {
  argv.option("arm", { type: "boolean", describe: "a robot may move: somebody stands by (docs/safety.md)" });
  return argv.option("dead-man", { type: "boolean", describe: "a robot drives only while a key is held" }) as Argv<T>;
}

export function permissionFrom(argv: Readonly<Record<string, unknown>>): Permission {
  return { arm: argv.arm === true, deadMan: argv["dead-man"] === true };
}

/** Settings from the command line over those of --config. */
export async function givenSettings(
  argv: Readonly<Record<string, unknown>>,
  names: readonly SettingName[],
): Promise<PartialConfig> {
  const given: Record<string, unknown> = {};
  for (const name of names) {
    const raw = argv[name];
    if (raw === undefined) continue;
    const value =
      name === "parameters" ? parseParameters(raw as string[]) : parseValue(settings[name].schema.type, raw);
    given[name] = checkSetting(name, value, "command line");
  }
  const file = argv.config === undefined ? {} : await readConfig(String(argv.config));
  return mergeConfigs(file, given);
}

/** Text to number or list where the setting wants one; what does not parse is left for the schema to refuse. */
function parseValue(type: string, raw: unknown): unknown {
  if (typeof raw !== "string") return raw;
  if (type === "number") return parseNumber(raw);
  if (type === "array") return raw.split(",").map(parseNumber);
  if (type === "strict_object") return parseEntries(raw);
  return raw;
}

/** The object that name=value,name=value means. */
function parseEntries(raw: string): unknown {
  const entries = raw.split(",").map((entry) => entry.split("="));
  if (!entries.every((entry) => entry.length === 2)) return raw;
  const meant = (text: string) => (text === "true" ? true : text === "false" ? false : parseNumber(text));
  return Object.fromEntries(entries.map(([name = "", value = ""]) => [name.trim(), meant(value)]));
}

/** A number if it reads as one, otherwise the text itself. */
export function parseNumber(text: string): number | string {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? text : value;
}

/** The whole number of 1 or more in an option's text. */
export function wholeNumber(text: string, option: string): number {
  const value = parseNumber(text);
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new UserError(`${option} is ${text}; allowed is a whole number of 1 or more`);
}

function parseParameters(entries: readonly string[]): Record<string, Record<string, unknown>> {
  const parameters: Record<string, Record<string, unknown>> = {};
  for (const entry of entries) {
    const match = /^([a-z]\w*)\.([a-z]\w*)=(.+)$/i.exec(entry);
    if (!match)
      throw new UserError(`--parameters ${entry}: allowed is part.name=value, e.g. controller.throttleLimit=0.65`);
    const [, part = "", name = "", value = ""] = match;
    parameters[part] = { ...parameters[part], [name]: parseNumber(value) };
  }
  return parameters;
}
