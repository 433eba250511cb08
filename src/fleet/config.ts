/** From what was given for each robot of a fleet to their configurations; what does not go together is refused. */
import { basename } from "node:path";
import { completeConfig, isSame, mergeConfigs, type PartialConfig, readConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { resolveTask, segmentsPerLap } from "../config/resolve.js";
import type { RunConfig, SettingName } from "../config/schema.js";
import { UserError } from "../errors.js";
import { robotFor, transportOf } from "../links/links.js";
import { pca9685SettingsFrom } from "../links/pca9685/settings.js";
import { ros2SettingsFrom } from "../links/ros2/settings.js";
import { shortened } from "../output.js";
import { updateRules } from "../rules/rules.js";
import { taskNamed } from "../tasks/tasks.js";

/** A robot of a fleet, and what it is made of. */
export interface NamedConfig {
  readonly name: string;
  readonly config: RunConfig;
}

/** What says how robots learn is the same for all of a fleet. */
const COMMON: readonly SettingName[] = [
  ...(["task", "track", "track-line", "track-speed", "features", "start-from", "pace", "least-pace"] as const),
  ...(["rollouts", "update-every", "update-delay", "update", "learning-rate", "truncation", "model-fit"] as const),
  ...(["network-state-feedback", "hidden", "nominal-gains", "robot-traits", "control-period"] as const),
  ...(["network-period", "steps-per-segment"] as const),
];
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,30}$/;

/**
 * The robots of a command line: `texts` names a file of settings each, or the simulated robot of `given` with some
 * parameters of its plant times a factor (`heavy:mass=1.2,delay=0.08`, the delay in seconds). `given` counts where a
 * robot's own settings say nothing.
 * @throws UserError where they do not go together
 */
export async function fleetConfigs(texts: readonly string[], given: PartialConfig): Promise<NamedConfig[]> {
  if (texts.length < 2)
    throw new UserError("--robot is given once: several robots learn together; for a single one use --config");
  const robots = [];
  for (const [i, text] of texts.entries()) {
    const { name, own } = await robotIn(text, given);
    const seed = own.seed ?? (given.seed ?? 1) + i; // noise and starts of its own
    robots.push({ name, config: completeConfig({ ...mergeConfigs(given, own), seed }) });
  }
  refuseUnlessFleet(robots);
  return robots;
}

async function robotIn(text: string, given: PartialConfig): Promise<{ name: string; own: PartialConfig }> {
  if (/\.ya?ml$/.test(text)) return { name: basename(text).replace(/\.ya?ml$/, ""), own: await readConfig(text) };
  const [name, factors = "", ...rest] = text.split(":");
  const entries = factors === "" ? [] : factors.split(",").map((entry) => entry.split("="));
  const isForm = rest.length === 0 && entries.every((entry) => entry.length === 2);
  if (!isForm || !NAME.test(name))
    throw new UserError(
      `--robot ${shortened(text)}: allowed is a YAML file, or name:parameter=factor,… for a simulated robot, ` +
        "e.g. heavy:mass=1.2,grip=0.9,delay=0.08",
    );
  const task = taskNamed(given.task ?? "car-figure8");
  const plant = Object.hasOwn(task.plants, given.plant ?? "nominal")
    ? task.plants[given.plant ?? "nominal"]
    : undefined;
  const parameters: Record<string, number> = {};
  const own: PartialConfig = {};
  for (const [known, value] of entries) {
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) throw new UserError(`--robot ${name}: ${known} is ${value}; allowed is a number`);
    if (known === "delay") {
      own["plant-delay"] = [number];
      continue;
    }
    const parameter = plant?.aliases?.[known] ?? known;
    const present = given.parameters?.plant?.[parameter] ?? plant?.parameters[parameter];
    if (present === undefined)
      throw new UserError(
        `--robot ${name}: plant ${given.plant ?? "nominal"} has no "${known}"; it has: ` +
          `${[...Object.keys(plant?.parameters ?? {}), ...Object.keys(plant?.aliases ?? {}), "delay"].join(", ")}`,
      );
    parameters[parameter] = present * number;
  }
  return { name, own: { ...own, ...(entries.length > 0 && { parameters: { plant: parameters } }) } };
}

/** Refuses robots that cannot learn one policy, or not at the same time, each reason in a sentence. */
export function refuseUnlessFleet(robots: readonly NamedConfig[]): void {
  const [first, ...others] = robots;
  for (const { name } of robots)
    if (!NAME.test(name))
      throw new UserError(
        `a robot is called "${shortened(name)}"; allowed are letters, digits, _ and -, a letter first: rename its file`,
      );
  for (const other of others) {
    const different = COMMON.find((setting) => !isSame(first.config[setting], other.config[setting]));
    if (different !== undefined)
      throw new UserError(
        `robots ${first.name} and ${other.name} differ in ${different} ` +
          `(${shown(first.config[different])} and ${shown(other.config[different])}): one policy is learned in one ` +
          "way, so give both the same",
      );
    if (isSimulated(first.config) !== isSimulated(other.config))
      throw new UserError(
        `robot ${first.name} is on link ${first.config.link} and ${other.name} on ${other.config.link}: simulated ` +
          "robots drive in another time than real ones, so leave one kind out",
      );
  }
  const { config } = first;
  const lap = segmentsPerLap(resolveTask(config).task, config.pace);
  if (!updateRules[config.update].together)
    throw new UserError(`update ${config.update} learns from one robot: for several use gauss-newton`);
  if (lap === undefined || !(Number(config["update-every"]) < lap))
    throw new UserError(
      `several robots learn in laps without stops, and here update-every is ${config["update-every"]}: allowed are ` +
        `tasks with laps, and a number of segments below a lap${lap === undefined ? "" : ` (${lap})`}`,
    );
  if (config.race) throw new UserError("race is for one robot: its usage rises by its own laps; leave it out");
  const names = new Map<string, string>();
  for (const { name, config: own } of robots) {
    for (const place of [`name ${name}`, ...placesOf(own)]) {
      const before = names.get(place);
      if (before !== undefined)
        throw new UserError(`robots ${before} and ${name} have the same ${place}: give each its own`);
      names.set(place, name);
    }
    if (!isSimulated(own)) refuseUnlessWatched(name, own);
  }
}

/** What only one robot can have, in words. */
function placesOf(config: RunConfig): string[] {
  if (isSimulated(config)) return [];
  const poses = config.pose === "" ? [] : [`pose ${config.pose} of object "${config["pose-name"]}"`];
  const kind = transportOf(config.link)?.kind;
  if (kind === "serial")
    return [`port ${config.device === "" ? "(none is named: give each its device)" : config.device}`, ...poses];
  if (kind === "i2c") {
    return [`I²C bus ${pca9685SettingsFrom(config).bus}`, ...poses];
  }
  const { odometry, pose, command, throttle, steering } = ros2SettingsFrom(config, resolveTask(config).task);
  const topics = [odometry, pose, command, throttle, steering].filter((topic) => topic !== "");
  return [...topics.map((topic) => `topic ${topic} in the ROS domain of this process`), ...poses];
}

/** Refuses a real robot whose place among the others nobody would know, or whom a gamepad holds. */
function refuseUnlessWatched(name: string, config: RunConfig): void {
  if (config.gamepad !== "")
    throw new UserError(`robot ${name} has a gamepad: one dead man's switch covers all, so use --dead-man instead`);
  const isLocalised =
    transportOf(config.link)?.kind === "ros2" && robotFor(config, resolveTask(config).task) !== undefined;
  if (config["min-distance"] > 0 && config.pose === "" && !isLocalised)
    throw new UserError(
      `robot ${name} has no pose from outside, so nobody knows how far it is from the others: give it pose ` +
        "(docs/pose.md), or, where each has a place of its own, min-distance 0",
    );
}

function shown(value: unknown): string {
  return shortened(JSON.stringify(value) ?? "nothing");
}
