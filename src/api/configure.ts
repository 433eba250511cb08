/** Settings that a program gives: checked, and made complete. */
import { completeConfig, readConfig } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import { checked } from "./checked.js";
import type { Settings } from "./settings.js";

/** All settings, each with its value. */
export type CompleteSettings = Required<Settings>;

/**
 * Checks settings and fills in those that are not given, from the task and the table of settings. Every other function
 * does the same with what it is given; this one shows what it will take.
 * @throws UserError that names the setting, its value and what is allowed
 */
export function configure(settings: Settings = {}): CompleteSettings {
  const config = completeConfig(checked(settings));
  resolveTask(config);
  return config;
}

/**
 * Settings in a YAML file, e.g. the `config.yaml` of a run.
 * @throws UserError that names file, line and setting
 */
export function readSettings(path: string): Promise<Settings> {
  return readConfig(path);
}
