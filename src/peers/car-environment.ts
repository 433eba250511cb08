/**
 * The car as an environment of learning peers: an action is the outputs of the policy's network, offsets of setpoint
 * and gains, and lasts a segment; the reward is minus the task's cost. Equations, starts, plants and controller are
 * those of every other rollout.
 */
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import { PlanarState } from "../tasks/planar.js";
import { taskNamed } from "../tasks/tasks.js";
import type { Environment, Outcome } from "./peer.js";
import { SegmentDrive } from "./segment-drive.js";

/** What is observed: the network inputs of the policy, or these and what a peer without a model wants to know too. */
export type Observation = "policy" | "full";

/** Network inputs of the car. */
const FEATURES = 6;
/** Setpoint offsets among the outputs, and inputs of the car. */
const SETPOINT = 4;
const INPUTS = 2;
/** v, direction of the heading, place of the task's clock. */
const EXTRA = 5;

/** Sizes of {@link Observation}. */
const SIZES = { policy: FEATURES, full: FEATURES + EXTRA + SETPOINT + INPUTS } as const;

/** Refuses a task whose policy does not have the outputs that peers act with. */
export function checkActionSpace(task: string): void {
  const { model, columns, timing } = taskNamed(task);
  if (model.kind === "car" && columns.setpoint.length === SETPOINT && timing.lapTime !== undefined) return;
  throw new UserError(
    `task ${task} has not what peers act with: a car's setpoints and gains, and laps; use car-figure8`,
  );
}

/** Episodes of the task's training rollouts; one that leaves its bounds is cut short. */
export class CarEnvironment implements Environment {
  readonly observationSize: number;
  readonly actionSize: number;
  /** stage costs of the last action's control steps; a view */
  costs: Float64Array = new Float64Array(0);
  /** what ended the last episode early, for people */
  stopped: string | undefined;
  readonly #observation: Float64Array;
  readonly #features = new Float64Array(FEATURES);
  readonly #lastSetpoint = new Float64Array(SETPOINT);
  #segment = 0;

  private constructor(
    readonly drive: SegmentDrive,
    readonly segmentsPerEpisode: number,
    observation: Observation,
  ) {
    this.observationSize = SIZES[observation];
    this.actionSize = drive.scale.length;
    this.#observation = new Float64Array(this.observationSize);
  }

  /** @throws UserError a task without the action space, or a plant whose package is not installed */
  static async load(config: RunConfig, observation: Observation = "full"): Promise<CarEnvironment> {
    checkActionSpace(config.task);
    return new CarEnvironment(await SegmentDrive.load(config, 1), config["rollout-segments"], observation);
  }

  reset(seed: number): Float64Array {
    this.drive.core.seed(seed | 0, 0);
    return this.begin();
  }

  /** Begins an episode from the next start of the core's random numbers. */
  begin(): Float64Array {
    this.#segment = 0;
    this.stopped = undefined;
    this.#lastSetpoint.fill(0);
    this.drive.begin();
    return this.#observe();
  }

  step(action: ArrayLike<number>): Outcome {
    const { drive } = this;
    this.stopped = drive.drive(action);
    this.#segment++;
    for (let k = 0; k < SETPOINT; k++) this.#lastSetpoint[k] = Math.min(1, Math.max(-1, action[k]));
    this.costs = drive.costsOfLast(1);
    let cost = 0;
    for (let t = 0; t < this.costs.length; t++) cost += this.costs[t];
    return {
      observation: this.#observe(),
      reward: -cost,
      terminated: false,
      truncated: this.stopped !== undefined || this.#segment >= this.segmentsPerEpisode,
      seconds: this.costs.length * drive.core.setup.task.timing.controlPeriod,
    };
  }

  #observe(): Float64Array {
    const { drive } = this;
    const { state, taskTime } = drive;
    const observation = this.#observation;
    drive.observe(state, taskTime, this.#features);
    observation.set(this.#features);
    if (this.observationSize === FEATURES) return observation;
    observation[FEATURES] = state[PlanarState.v];
    this.#observeClock(state[PlanarState.phi], taskTime, observation.subarray(FEATURES + 1));
    observation.set(this.#lastSetpoint, FEATURES + EXTRA);
    observation.set(drive.input, FEATURES + EXTRA + SETPOINT);
    return observation;
  }

  /**
   * cos phi, sin phi, and cos and sin of the task's clock, into `into`: network inputs of a car with speed 1 and that
   * heading, exactly where the task is.
   */
  #observeClock(phi: number, taskTime: number, into: Float64Array): void {
    const { core } = this.drive;
    core.nominalSetpoint(taskTime);
    const [x, y] = core.view("probe");
    this.drive.observe([x, y, 1, phi], taskTime, this.#features);
    into.set(this.#features.subarray(2));
  }
}
