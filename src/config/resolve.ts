/** From a complete configuration to the task and the plant that it means. */
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import { meantInstead } from "../spelling.js";
import type { PartDefinition, PlantDefinition, TaskDefinition } from "../tasks/definition.js";
import { onTrack } from "../tasks/path.js";
import { taskNamed } from "../tasks/tasks.js";
import { trackOfText } from "../tracks/text.js";
import { isSimulated } from "./links.js";
import { resolveChanges } from "./plant-change.js";
import type { RunConfig } from "./schema.js";

/** The task with a configuration's timing, network and parameters put in, and the chosen plant. */
export function resolveTask(config: RunConfig): { task: TaskDefinition; plant: PlantDefinition } {
  const named = taskNamed(config.task);
  const base = config.track === "" ? named : onTrack(named, trackOfText(config.track), config.features);
  const plant = Object.hasOwn(base.plants, config.plant) ? base.plants[config.plant] : undefined;
  const plants = Object.keys(base.plants);
  if (!plant)
    throw new UserError(
      `unknown plant "${shortened(config.plant)}" for ${base.name}; ${meantInstead(config.plant, plants)}` +
        `plants are: ${plants.join(", ")}`,
    );
  const override = (part: string, definition: PartDefinition): PartDefinition => {
    const parameters = { ...definition.parameters, ...config.parameters[part] };
    checkSigns(base.name, part, { ...definition, parameters });
    return { kind: definition.kind, parameters };
  };
  const start = config.model === "raw" ? base.model.raw : base.model.parameters;
  const scaled = Object.fromEntries(
    Object.entries(start).map(([name, value]) => [
      name,
      base.model.scalable.includes(name) ? value * config["model-scale"] : value,
    ]),
  );
  const lookahead = config["network-period"] - config["control-period"];
  const duration = "duration" in base.reference.parameters ? { duration: lookahead } : {};
  const reference = { ...base.reference, parameters: { ...base.reference.parameters, ...duration } };
  const course = override("task", base.task);
  const lapTime = base.timing.lapTime && (course.parameters.lapTime ?? base.timing.lapTime);
  const task: TaskDefinition = {
    ...base,
    model: { ...base.model, ...override("model", { kind: base.model.kind, parameters: scaled }) },
    controller: { ...base.controller, ...override("controller", base.controller) },
    reward: override("reward", followTask(base, course, config.parameters.reward)),
    reference: override("reference", reference),
    task: course,
    network: { ...base.network, hidden: config.hidden },
    nominalGains: nominalGains(base, config["nominal-gains"]),
    timing: {
      ...base.timing,
      ...(lapTime === undefined ? {} : { lapTime }),
      controlPeriod: config["control-period"],
      networkPeriod: config["network-period"],
      stepsPerSegment: config["steps-per-segment"],
    },
  };
  const resolved = {
    ...plant,
    ...override("plant", plant),
    ...disturbances(config, base, plant),
    ...hostModel(config, plant),
  };
  const changes = resolveChanges(config["plant-change"], task, resolved, config.plant, lapSeconds(config, task));
  return { task, plant: { ...resolved, changes } };
}

function nominalGains({ name, columns, nominalGains: own }: TaskDefinition, given: readonly number[]) {
  if (given.length === 0 || given.length === own.length) return given.length > 0 ? given : own;
  const allowed = own.length > 0 ? `${own.length} numbers: ${columns.gain.join(", ")}` : "none";
  throw new UserError(`nominal-gains has ${given.length} numbers; allowed for ${name} is ${allowed}`);
}

/** The model file of a plant outside the core; others have none. */
function hostModel({ plant: name, "plant-model": text }: RunConfig, plant: PlantDefinition) {
  if (text === "") return {};
  if (plant.host !== undefined) return { hostModel: text };
  throw new UserError(`plant ${name} has no model file: leave --plant-model out, or drive --plant mujoco`);
}

/** Refuses parameters on the wrong side of 0. */
function checkSigns(task: string, part: string, { parameters, positive = [], notNegative = [] }: PartDefinition): void {
  for (const [name, value] of Object.entries(parameters)) {
    const isWrong = positive.includes(name) ? !(value > 0) : notNegative.includes(name) && value < 0;
    const allowed = positive.includes(name) ? "above 0" : "of 0 or more";
    if (isWrong)
      throw new UserError(
        `${part}.${name} of ${task} is ${value}; allowed is a number ${allowed}: change --parameters`,
      );
  }
}

/** The reward of the track that the task describes; refuses a reward of another one. */
function followTask(
  { name: task, reward }: TaskDefinition,
  course: PartDefinition,
  given: Readonly<Record<string, number>> = {},
): PartDefinition {
  const shared = Object.keys(reward.parameters).filter((name) => Object.hasOwn(course.parameters, name));
  for (const name of shared) {
    const value = course.parameters[name];
    if (Object.hasOwn(given, name) && given[name] !== value)
      throw new UserError(
        `reward.${name} of ${task} is ${given[name]} and task.${name} is ${value}, but both describe the same: ` +
          `give task.${name} alone, which moves both`,
      );
  }
  const followed = Object.fromEntries(shared.map((name) => [name, course.parameters[name]]));
  return { ...reward, parameters: { ...reward.parameters, ...followed } };
}

/** Network calls of a lap at a pace; undefined: the task has none. */
export function segmentsPerLap({ timing }: TaskDefinition, pace = 1): number | undefined {
  return timing.lapTime && Math.round(timing.lapTime / pace / timing.networkPeriod);
}

/** How long the network calls of a lap take [s]. */
function lapSeconds(config: RunConfig, task: TaskDefinition): number | undefined {
  const segments = segmentsPerLap(task);
  const { controlPeriod, networkPeriod, stepsPerSegment } = task.timing;
  return segments && segments * (isSimulated(config) ? stepsPerSegment * controlPeriod : networkPeriod);
}

/** Delays, lags, noise and jitter around the plant, as configured or its own. */
function disturbances(config: RunConfig, task: TaskDefinition, plant: PlantDefinition) {
  const { state, input } = task.columns;
  const positions = state.filter((name) => name.endsWith(" [m]")).length;
  const [delays, lags, noise] = (
    [
      ["plant-delay", input.length, input.length, plant.delays],
      ["plant-lag", input.length, input.length, plant.lags],
      ["plant-noise", state.length, positions, plant.noise],
    ] as const
  ).map(([name, length, spread, own]) => {
    const given = config[name];
    if (given.length === 0) return own ?? [];
    if (given.length === 1) return Array.from({ length }, (_, i) => (i < spread ? given[0] : 0));
    if (given.length === length) return given;
    throw new UserError(`${name} has ${given.length} numbers; allowed are 1, or ${length} for ${task.name}`);
  });
  return {
    delays,
    lags,
    noise,
    jitter: [config["control-jitter"], config["network-jitter"]] as const,
  };
}
