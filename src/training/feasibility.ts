/**
 * Whether a robot can drive its track in time at all, known before anything is driven: what the track asks for against
 * what the equations of the simulated robot, or of a robot's model, give at the controller's limits.
 */
import { isSimulated } from "../config/links.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { digits } from "../output.js";
import { isPlanar } from "../runtime/track.js";
import { PlanarState } from "../tasks/planar.js";
import { type Demand, demandOf } from "./demand.js";

/** How long a robot is driven to see what it reaches [s], and how long a curve until it is steady. */
const LAUNCH = 20;
const SETTLING = 1;
/** Parts of the most steering that are tried: the most need not turn it the most. */
const STEERINGS = [0.25, 0.5, 0.75, 1];
/** What is asked for may be above what is reached by this factor: a policy that cuts its curves still does it. */
const MARGIN = 1.2;

/**
 * Refuses a track that leaves the task's bounds; a warning if it asks for more than the robot can do, undefined if not,
 * or if that is not known.
 */
export async function infeasibility(config: RunConfig): Promise<string | undefined> {
  const { task, plant } = resolveTask(config);
  const { lapTime } = task.timing;
  if (!isPlanar(task) || lapTime === undefined) return undefined;
  // what a robot's model knows before it was fitted: nothing, unless gains were given; a plant outside the core cannot
  // be held at a speed
  const isKnown = isSimulated(config) ? plant.host === undefined : config.model !== "raw";
  const driven =
    isSimulated(config) && plant.host === undefined
      ? { kind: plant.kind, parameters: plant.parameters }
      : { kind: "nominal", parameters: task.model.parameters };
  const core = await Core.load({
    task: { ...task, network: { ...task.network, hidden: [] } },
    plant: driven,
    rollouts: 1,
    steps: 1,
    segments: 1,
  });
  const demand = demandOf(core, lapTime, config.pace);
  for (const i of [0, 1]) {
    const isLow = demand.low[i] <= task.bounds.low[i];
    const reach = Math.abs(isLow ? demand.low[i] : demand.high[i]);
    const bound = Math.abs(isLow ? task.bounds.low[i] : task.bounds.high[i]);
    if (isLow || demand.high[i] >= task.bounds.high[i])
      throw new UserError(
        `the track of ${task.name} reaches ${digits(reach, 3)} m from the middle, but its bounds end at ` +
          `${digits(bound, 3)} m: make it smaller${task.track ? "" : ", --parameters task.radius"}`,
      );
  }
  const speedLimit = config["max-speed"];
  if (!isSimulated(config) && demand.speed > speedLimit) {
    const asked = `asks for ${digits(demand.speed, 3)} m/s, and max-speed stops it at ${speedLimit} m/s`;
    return warning(asked, "raise task.lapTime or max-speed");
  }
  if (!isKnown) return undefined;
  const remedies = task.track
    ? { wider: "make them wider", slower: "or lower --pace or --track-speed", at: ` at ${placeOf(demand)}` }
    : { wider: "raise task.radius", slower: "or lower task.radius", at: "" };
  const who = isSimulated(config) ? `plant ${config.plant}` : "the model";
  return shortfall(core, demand, who, lapTime / config.pace, remedies);
}

/** What a robot lacks for its track, and what would do. */
function shortfall(
  core: Core,
  { speed, lateral, corner }: Demand,
  who: string,
  lapTime: number,
  { wider, slower, at }: Readonly<Record<"wider" | "slower" | "at", string>>,
): string | undefined {
  const topSpeed = reachedSpeed(core);
  const most = reachedLateral(core, corner);
  const [faster, harder] = [speed / topSpeed, lateral / most];
  if (faster <= MARGIN && harder <= MARGIN) return undefined;
  const inTime = `in its curves in ${digits(lapTime, 3)} s`;
  const asked = `asks for ${digits(speed, 3)} m/s and${at} ${digits(lateral, 3)} m/s² ${inTime}`;
  const reached = `${who} reaches ${digits(topSpeed, 3)} m/s and ${digits(most, 3)} m/s² at the controller's limits`;
  const half = reachedLateral(core, corner / 2);
  if (lateral / 4 > MARGIN * half)
    return warning(`${asked}; ${reached}`, `its curves are too tight at any speed: ${wider}`);
  const possible = lapTime * Math.max(faster, Math.sqrt(harder));
  return warning(`${asked}; ${reached}`, `raise task.lapTime to ${digits(possible, 3)} or more, ${slower}`);
}

/** Where most is asked for, for people. */
function placeOf({ place }: Demand): string {
  return `x ${digits(place[0], 3)}, y ${digits(place[1], 3)} m`;
}

function warning(what: string, remedy: string): string {
  return `warning: the track cannot be driven in time: it ${what}; ${remedy}`;
}

/** Largest input of the controller: throttle (or speed), steering (or turn rate), as its parameters begin. */
function limitsOf({ setup }: Core): number[] {
  return Object.values(setup.task.controller.parameters).slice(0, 2);
}

/** Speed straight on with the most throttle [m/s]. */
function reachedSpeed(core: Core): number {
  const state = core.view("plantState").fill(0);
  const { controlPeriod } = core.setup.task.timing;
  core.restPlant();
  core.view("inputs").set([limitsOf(core)[0], 0]);
  for (let time = 0; time < LAUNCH; time += controlPeriod) core.drivePlant(controlPeriod);
  return state[PlanarState.v];
}

/** Largest acceleration across the path at a speed that is held [m/s²]. */
function reachedLateral(core: Core, speed: number): number {
  const { controlPeriod } = core.setup.task.timing;
  const state = core.view("plantState");
  const [throttle, steering] = limitsOf(core);
  const steps = Math.ceil(SETTLING / controlPeriod);
  let most = 0;
  for (const part of STEERINGS) {
    state.fill(0);
    core.restPlant();
    core.view("inputs").set([Math.min(throttle, speed), part * steering]);
    let [dx, dy, mean] = [speed * controlPeriod, 0, 0];
    for (let step = 0; step < 2 * steps; step++) {
      const [x, y] = state;
      state[PlanarState.v] = speed;
      core.drivePlant(controlPeriod);
      const [nextX, nextY] = [state[0] - x, state[1] - y];
      const turned = Math.atan2(dx * nextY - dy * nextX, dx * nextX + dy * nextY);
      if (step >= steps) mean += (Math.abs(turned) * Math.hypot(nextX, nextY)) / controlPeriod ** 2 / steps;
      [dx, dy] = [nextX, nextY];
    }
    most = Math.max(most, mean);
  }
  return most;
}
