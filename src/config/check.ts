/** What settings ask of each other, and of the task. */
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import { meantInstead } from "../spelling.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { taskNamed } from "../tasks/tasks.js";
import { checkRace } from "./race.js";
import { resolveTask } from "./resolve.js";
import type { RunConfig } from "./schema.js";
import { parseWindow } from "./window.js";

/** Parts whose parameters a configuration may override. */
const PARTS = ["model", "plant", "controller", "reward", "reference", "task"];

/** Refuses settings that make no sense together, or for the task. */
export function checkAgainstTask(config: RunConfig, task: TaskDefinition): void {
  resolveTask(config); // names the plants if this one is unknown
  if (config.features === "path" && !task.track)
    throw new UserError(`features is path, and ${task.name} has no track: leave --features out, or train car-track`);
  for (const [part, given] of Object.entries(config.parameters)) {
    if (!PARTS.includes(part))
      throw new UserError(
        `"parameters" has an unknown part "${shortened(part)}"; ${meantInstead(part, PARTS)}` +
          `parts are: ${PARTS.join(", ")}`,
      );
    const definition = part === "plant" ? task.plants[config.plant] : task[part as "model"];
    const known = Object.keys(definition?.parameters ?? {});
    for (const name of Object.keys(given)) {
      if (!known.includes(name))
        throw new UserError(
          `${part} of ${task.name} has no parameter "${shortened(name)}"; ${meantInstead(name, known)}` +
            `it has: ${known.join(", ")}`,
        );
    }
  }
  if (config["model-fit"] && !task.model.refit)
    throw new UserError(`the model of ${task.name} cannot be fitted to its driving: leave out model-fit`);
  if (config.pace !== 1 && task.unpaced !== undefined)
    throw new UserError(`pace is ${config.pace}, but ${task.name} ${task.unpaced}; allowed is 1`);
  checkFence(config);
  checkRace(config, resolveTask(config).task);
  checkWindow(config);
  checkOneDrive(config, task);
  checkTimes(config);
  if (config.batch > config.rollouts) {
    throw new UserError(
      `batch ${config.batch} is larger than rollouts ${config.rollouts}: there would be no whole batch; ` +
        "lower batch or raise rollouts",
    );
  }
}

/** A track that leaves the geofence is refused before anything moves. */
function checkFence(config: RunConfig): void {
  const { track } = resolveTask(config).task;
  if (!track || config.geofence.length === 0) return;
  const [xLow, xHigh, yLow, yHigh] = config.geofence;
  const isOut = (x: number, y: number) => x < xLow || x > xHigh || y < yLow || y > yHigh;
  const at = track.x.findIndex((x, i) => isOut(x, track.y[i]));
  if (at < 0) return;
  const place = `x ${track.x[at].toFixed(2)}, y ${track.y[at].toFixed(2)} m`;
  throw new UserError(
    `the track ${track.name} leaves the geofence ${config.geofence.join()} at ${place}, ` +
      `${(at * track.step).toFixed(2)} m from its start: move the track (lapgrad track convert), or widen the geofence`,
  );
}

/** One drive without stops has no batches, and its windows are its rollouts. */
function checkOneDrive(config: RunConfig, task: TaskDefinition): void {
  const every = config["update-every"];
  if (every === "rollout") return;
  if (config.batch > 1)
    throw new UserError(`batch ${config.batch} needs separate rollouts: use batch 1, or update-every rollout`);
  if (every === "lap" && task.timing.lapTime === undefined)
    throw new UserError(`${task.name} has no laps: use update-every rollout, or a number of segments`);
}

function checkWindow(config: RunConfig): void {
  const { start, length, stride } = parseWindow(config.window);
  const segments = config["rollout-segments"];
  if (start + Math.max(length, 1) > segments) {
    throw new UserError(
      `window ${config.window} lies outside a rollout of ${segments} segments; ` +
        `make it end at or before segment ${segments}, or raise rollout-segments`,
    );
  }
  if (stride > 0 && length === 0)
    throw new UserError(
      `window ${config.window} has a stride but no length; give a length, e.g. ${start}:30:${stride}`,
    );
}

/** Commands that the core remembers [control periods]. */
const MOST_DELAY = 64;

/** The clocks of controller and network must agree: a simulated segment lasts a whole number of control steps. */
function checkTimes(config: RunConfig): void {
  const control = config["control-period"];
  const network = config["network-period"];
  const { reference } = taskNamed(config.task);
  // a spline needs time between its setpoints
  if (network < control || (network === control && "duration" in reference.parameters))
    throw new UserError(`network-period ${network} s must be longer than control-period ${control} s`);
  const steps = config["steps-per-segment"];
  if (Math.abs(steps * control - network) >= control) {
    const fitting = Math.max(1, Math.round(network / control));
    throw new UserError(
      `steps-per-segment ${steps} with control-period ${control} s is not within one control step of ` +
        `network-period ${network} s; use steps-per-segment ${fitting}, or other periods`,
    );
  }
  const longest = MOST_DELAY * control;
  const seconds = (time: number) => `${Number(time.toPrecision(6))} s`;
  for (const [name, delay] of [
    ["model-delay", config["model-delay"]],
    ["plant-delay", Math.max(0, ...config["plant-delay"])],
  ] as const) {
    if (delay > longest)
      throw new UserError(
        `${name} ${delay} s is above ${MOST_DELAY} control periods (${seconds(longest)}); the unit is seconds`,
      );
  }
  const duration = config["rollout-segments"] * network;
  if (config["model-delay"] >= duration) {
    throw new UserError(
      `model-delay ${config["model-delay"]} s is not below the ${seconds(duration)} of a rollout; the unit is seconds`,
    );
  }
}
