/** The configuration of a run that is resumed: its own, with the few settings that may change. */
import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { completeConfig, isSame, type PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import { readText } from "../files.js";

/**
 * What may change when a run is resumed: how long it is, in which vectors the same is computed, the robot's port, and
 * what stops it. What the policy learned from stays.
 */
const CHANGEABLE: readonly string[] = [
  "rollouts",
  "revectorise",
  "device",
  "max-speed",
  "corridor",
  "geofence",
  "max-jump",
  "min-distance",
  "max-uncertainty",
  "min-battery",
  "stale-after",
  "ros2",
];

/** The settings that a run keeps, as JSON has them. */
export function lastingSettings(config: RunConfig): Record<string, unknown> {
  const lasting = Object.entries(config).filter(([name]) => !CHANGEABLE.includes(name));
  return JSON.parse(JSON.stringify(Object.fromEntries(lasting)));
}

/** The run's own configuration, with what may be changed. */
export function resumedConfig(config: RunConfig, given: PartialConfig): RunConfig {
  for (const [name, value] of Object.entries(given)) {
    const kept = config[name as keyof RunConfig];
    if (!CHANGEABLE.includes(name) && !isSame(value, kept)) {
      const found = `${name} is ${JSON.stringify(kept)}, got ${JSON.stringify(value)}`;
      throw new UserError(`a resumed run keeps its configuration: ${found}; ${CHANGEABLE.join(", ")} may change`);
    }
  }
  return completeConfig({ ...config, ...given });
}

/** Refuses a config.yaml that says something else than the run was made with. */
export async function refuseEdited(path: string, config: RunConfig, { config: made = {} }: Checkpoint): Promise<void> {
  const edited = Object.keys(made).find(
    (name) => name in config && !CHANGEABLE.includes(name) && !isSame(config[name as keyof RunConfig], made[name]),
  );
  if (edited === undefined) return;
  const { names, was, is } = difference([edited], made[edited], config[edited as keyof RunConfig]);
  const line = lineOf(await readText(path), names);
  const [got, first] = [JSON.stringify(is) ?? "gone", JSON.stringify(was) ?? "none"];
  throw new UserError(
    `${path}, line ${line}: ${names.join(".")} is ${got}, the run was made with ${first}: put it back; ` +
      `${CHANGEABLE.join(", ")} may change`,
  );
}

interface Difference {
  /** where it is: a setting, and names in it */
  readonly names: readonly string[];
  readonly was: unknown;
  readonly is: unknown;
}

/** The first difference of two values, as deep as it lies. */
function difference(names: readonly string[], was: unknown, is: unknown): Difference {
  if (!isObject(was) || !isObject(is)) return { names, was, is };
  const name = Object.keys({ ...was, ...is }).find((key) => !isSame(was[key], is[key]));
  return name === undefined ? { names, was, is } : difference([...names, name], was[name], is[name]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The line of YAML, from 1, that says what stands under these names; if it is gone, where it would. */
function lineOf(text: string, names: readonly string[]): number {
  const lines = text.split("\n");
  let at = 0;
  for (const name of names) {
    const found = lines.findIndex((line, i) => i >= at && line.trim().replaceAll('"', "").startsWith(`${name}:`));
    if (found >= 0) at = found;
  }
  return at + 1;
}
