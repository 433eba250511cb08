/** The settings table as command line options. */
import type { Argv } from "yargs";
import { checkSetting, type PartialConfig, readConfig } from "../config/config.js";
import { type SettingName, settings } from "../config/schema.js";
import { UserError } from "../errors.js";

/** Settings that a command does not take as an option of its own. */
type Hidden = "task";

const optionNames = (Object.keys(settings) as SettingName[]).filter((name) => name !== "task") as Exclude<
  SettingName,
  Hidden
>[];

/** Adds --config and one option per setting. */
export function withSettings<T>(argv: Argv<T>): Argv<T> {
  argv.option("config", {
    type: "string",
    describe: "YAML file with the same settings",
    group: "Settings:",
    requiresArg: true,
  });
  for (const name of optionNames) {
    const setting = settings[name];
    const shown = "default" in setting && typeof setting.default !== "object" ? ` [default: ${setting.default}]` : "";
    argv.option(name, {
      type: setting.schema.type === "boolean" ? "boolean" : "string",
      array: setting.schema.type === "record",
      describe: `${setting.describe}${name === "parameters" ? ", as part.name=value" : ""}${shown}`,
      group: "Settings:",
      requiresArg: setting.schema.type !== "boolean",
    });
  }
  return argv;
}

/** Settings from the command line over those of --config. */
export async function givenSettings(argv: Readonly<Record<string, unknown>>): Promise<PartialConfig> {
  const config: Record<string, unknown> = argv.config === undefined ? {} : await readConfig(String(argv.config));
  for (const name of optionNames) {
    const raw = argv[name];
    if (raw === undefined) continue;
    const value =
      name === "parameters" ? parseParameters(raw as string[]) : parseValue(settings[name].schema.type, raw);
    config[name] = checkSetting(name, value, "command line");
  }
  return config as PartialConfig;
}

/** Names of the settings that were given as options. */
export function givenNames(argv: Readonly<Record<string, unknown>>): string[] {
  return optionNames.filter((name) => argv[name] !== undefined);
}

/** Text to number or list where the setting wants one; what does not parse is left for the schema to refuse. */
function parseValue(type: string, raw: unknown): unknown {
  const last: unknown = Array.isArray(raw) ? raw.at(-1) : raw;
  if (typeof last !== "string") return last;
  if (type === "number") return parseNumber(last);
  if (type === "array") return last.split(",").map(parseNumber);
  return last;
}

/** A number if it reads as one, otherwise the text itself. */
export function parseNumber(text: string): number | string {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? text : value;
}

function parseParameters(entries: readonly string[]): Record<string, Record<string, unknown>> {
  const parameters: Record<string, Record<string, unknown>> = {};
  for (const entry of entries) {
    const match = /^(\w+)\.(\w+)=(.+)$/.exec(entry);
    if (!match)
      throw new UserError(`--parameters ${entry}: allowed is part.name=value, e.g. controller.throttleLimit=0.65`);
    const [, part = "", name = "", value = ""] = match;
    parameters[part] = { ...parameters[part], [name]: parseNumber(value) };
  }
  return parameters;
}
