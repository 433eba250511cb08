/**
 * What a policy costs: deterministic, from fixed starts, on the plant as it was at first, the first lap not counted. Of
 * every rule the same, and charged to none.
 */
import { parseWindow } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { SimLink } from "../links/kinds/sim.js";
import { setTiming } from "../recording/timing.js";
import { coreFor } from "../session.js";
import { CarEnvironment, type Observation } from "./car-environment.js";

/** Starts of an evaluation, all drawn from one seed. */
export const STARTS = 5;
const SEED = 20_231_106;

/** A policy that says what to do: an action from what is observed, and from the task time [s]. */
export type Act = (observation: Float64Array, taskTime: number) => ArrayLike<number>;

/** Parameters of the core's network, and the pace at which they are driven. */
export interface NetworkPolicy {
  readonly parameters: Float64Array;
  readonly pace: number;
}

/** Evaluates policies on one plant; costs are means over the control steps that count. */
export class Evaluation {
  private constructor(
    private readonly environment: CarEnvironment,
    private readonly core: Core,
    private readonly config: RunConfig,
  ) {}

  static async load(config: RunConfig, observation: Observation = "full"): Promise<Evaluation> {
    const environment = await CarEnvironment.load({ ...config, "plant-change": [] }, observation);
    const core = await coreFor(
      { ...config, "plant-change": [], reflex: false, pace: 1 },
      1,
      config["rollout-segments"],
    );
    setTiming(core, "simulation");
    return new Evaluation(environment, core, config);
  }

  /** Of the policy without a network. */
  untrained(): number {
    const action = new Float64Array(this.environment.actionSize);
    return this.ofActions(() => action);
  }

  /** Of a policy that acts by itself; infinite if it leaves its bounds. */
  ofActions(act: Act): number {
    const { environment } = this;
    const uncounted = parseWindow(this.config.window).start;
    let sum = 0;
    let steps = 0;
    environment.drive.core.seed(SEED, 0);
    for (let start = 0; start < STARTS; start++) {
      let observation = environment.begin();
      for (let segment = 0; ; segment++) {
        const step = environment.step(act(observation, environment.drive.taskTime));
        if (environment.stopped !== undefined) return Number.POSITIVE_INFINITY;
        if (segment >= uncounted) {
          sum -= step.reward;
          steps += environment.costs.length;
        }
        if (step.truncated) break;
        observation = step.observation;
      }
    }
    return sum / steps;
  }

  /** Of parameters of the core's network; infinite if the car leaves its bounds. */
  async ofNetwork({ parameters, pace }: NetworkPolicy): Promise<number> {
    const { core, config } = this;
    const link = new SimLink();
    core.write("parameters", parameters);
    core.setPace(pace);
    core.seed(SEED, 0);
    let sum = 0;
    let steps = 0;
    for (let start = 0; start < STARTS; start++) {
      core.sampleStart(0);
      const { stopped } = await link.drive(core, 0, config["rollout-segments"]);
      if (stopped !== undefined) return Number.POSITIVE_INFINITY;
      const first = core.view("segmentStarts", 0)[parseWindow(config.window).start];
      const [driven] = core.view("counts", 0);
      sum += core.windowCost(0);
      steps += driven - first;
    }
    return sum / steps;
  }
}
