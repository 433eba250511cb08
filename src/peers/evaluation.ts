/**
 * What a policy costs: deterministic, from fixed starts, on the plant as it is after so much driving, the first lap not
 * counted. The same for every rule, and charged to none.
 */
import { completeConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { parseWindow } from "../config/window.js";
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

/** Parameters of the core's network, the controller's, which limits after spins are among, and the pace of driving. */
export interface NetworkPolicy {
  readonly parameters: Float64Array;
  readonly controller: Float64Array;
  readonly pace: number;
}

/** Costs are means over the control steps that count. `driven`: before it, by which a plant changes [s]. */
export class Evaluation {
  private constructor(
    private readonly environments: Readonly<Record<Observation, CarEnvironment>>,
    private readonly core: Core,
    /** first segment that counts */
    private readonly first: number,
    private readonly segments: number,
  ) {}

  /** On the plant of a configuration, in rollouts of the task's own length. */
  static async load({ task, plant, parameters, ...others }: RunConfig): Promise<Evaluation> {
    const config = completeConfig({
      task,
      plant,
      parameters,
      "plant-model": others["plant-model"],
      "plant-change": others["plant-change"],
      reflex: false,
    });
    const environments = {
      policy: await CarEnvironment.load(config, "policy"),
      full: await CarEnvironment.load(config, "full"),
    };
    const segments = config["rollout-segments"];
    const core = await coreFor(config, 1, segments);
    setTiming(core, "simulation");
    return new Evaluation(environments, core, parseWindow(config.window).start, segments);
  }

  /** Of the policy without a network, on the plant before all changes. */
  untrained(): number {
    const { drive, actionSize } = this.environments.policy;
    const changes = drive.core.view("plantChanges");
    const present = changes.slice();
    changes.fill(0);
    const action = new Float64Array(actionSize);
    const cost = this.ofActions(() => action, 0);
    changes.set(present);
    return cost;
  }

  /** Of a policy that acts by itself; infinite if it leaves its bounds. */
  ofActions(act: Act, driven: number, observation: Observation = "policy"): number {
    const environment = this.environments[observation];
    const { drive } = environment;
    let sum = 0;
    let steps = 0;
    drive.core.seed(SEED, 0);
    for (let start = 0; start < STARTS; start++) {
      standAfter(drive.core, driven);
      let observed = environment.begin();
      for (let segment = 0; ; segment++) {
        const step = environment.step(act(observed, drive.taskTime));
        if (environment.stopped !== undefined) return Number.POSITIVE_INFINITY;
        if (segment >= this.first) {
          sum -= step.reward;
          steps += environment.costs.length;
        }
        if (step.truncated) break;
        observed = step.observation;
      }
    }
    return sum / steps;
  }

  /** Of parameters of the core's network; infinite if the car leaves its bounds. */
  async ofNetwork({ parameters, controller, pace }: NetworkPolicy, driven: number): Promise<number> {
    const { core, segments } = this;
    const link = new SimLink();
    core.write("parameters", parameters);
    core.write("controllerParameters", controller);
    core.setPace(pace);
    core.seed(SEED, 0);
    let sum = 0;
    let steps = 0;
    for (let start = 0; start < STARTS; start++) {
      standAfter(core, driven);
      core.sampleStart(0);
      const { stopped } = await link.drive(core, 0, segments);
      if (stopped !== undefined) return Number.POSITIVE_INFINITY;
      sum += core.windowCost(0);
      steps += core.view("counts", 0)[0] - core.view("segmentStarts", 0)[this.first];
    }
    return sum / steps;
  }
}

/** The plant as it is after so much driving [s]. */
function standAfter(core: Core, driven: number): void {
  core.restPlant(); // whose time since standstill would be added
  core.write("drivenBefore", [driven]);
}
