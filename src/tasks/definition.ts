/** What a task is made of: pure data; the mathematics behind each `kind` lies in assembly/. */
import type { Track } from "../tracks/track.js";

/** One of the core's parts with its parameters by name. */
export interface PartDefinition {
  /** name under which it is registered in its file of assembly/ */
  readonly kind: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** those that must be above 0, and those that must not be below */
  readonly positive?: readonly string[];
  readonly notNegative?: readonly string[];
}

/** A simulated robot: its equations, and what lies between them and the policy; absent or empty: none. */
export interface PlantDefinition extends PartDefinition {
  /** of the kind `external`: which file of src/plants/kinds steps it */
  readonly host?: string;
  /** text of a model file for it in place of its own */
  readonly hostModel?: string;
  /** names that parameters have on every plant of the task that has them, for changes: alias and own name */
  readonly aliases?: Readonly<Record<string, string>>;
  /** how parameters change while it is driven */
  readonly changes?: readonly PlantChange[];
  /** transport delay of each input [s] */
  readonly delays?: readonly number[];
  /** first-order lag of each input [s] */
  readonly lags?: readonly number[];
  /** standard deviation of the measured state, per component */
  readonly noise?: readonly number[];
  /** standard deviation of control period and network period [s] */
  readonly jitter?: readonly [number, number];
}

/** A parameter of a plant as a function: a factor that goes from `before` to `after`. */
export interface PlantChange {
  /** its own name */
  readonly parameter: string;
  readonly before: number;
  readonly after: number;
  /** evenly between two times driven since standstill, or at once if they are the same [s]; or inside a circle [m] */
  readonly where:
    | { readonly since: number; readonly until: number }
    | { readonly x: number; readonly y: number; readonly radius: number };
}

/** A number per rollout that people look at, beside the cost. */
export type MetricDefinition =
  | { readonly of: "rms" | "largest"; readonly residual: number; readonly unit: string }
  | { readonly of: "mean"; readonly state: number; readonly unit: string };

/** What a network sees of a track: the place on it, or how the path goes on from there, wherever that is. */
export const TRACK_FEATURES = ["place", "path"] as const;
export type TrackFeatures = (typeof TRACK_FEATURES)[number];

/** Robot, controller, reward and numbers of one task. */
export interface TaskDefinition {
  readonly name: string;
  readonly summary: string;
  /** the closed path that is driven, where that is data; another may be put in its place (path.ts) */
  readonly track?: Track;
  /** what the network sees of the track; absent: its places */
  readonly features?: TrackFeatures;
  /** half the robot's width, where that counts beside a track [m] */
  readonly halfWidth?: number;
  /** names with units, in the order of the arrays */
  readonly columns: {
    readonly state: readonly string[];
    readonly input: readonly string[];
    readonly setpoint: readonly string[];
    readonly gain: readonly string[];
    readonly reference: readonly string[];
    readonly residual: readonly string[];
  };
  /** F̂, differentiated; `scalable` parameters are multiplied by --model-scale */
  readonly model: PartDefinition & {
    readonly scalable: readonly string[];
    /** gains above 0 by which robots are told apart that share one policy; absent: none are */
    readonly traits?: readonly string[];
    /** if its kind can be fitted to driving (src/training/fits): which error of the fit people are shown */
    readonly refit?: { readonly error: string; readonly unit: string };
    /** the model that knows nothing of the robot but its equations */
    readonly raw: Readonly<Record<string, number>>;
    /** factors on fitted parameters, with which it is chosen what is driven on after a change; absent: none */
    readonly reserve?: Readonly<Record<string, number>>;
  };
  /** F, rolled out in simulation, by the name a user types */
  readonly plants: Readonly<Record<string, PlantDefinition>>;
  readonly controller: PartDefinition & {
    /** upper bounds of parameters after the first spin, the second and so on; absent: nothing is limited */
    readonly afterSpins?: Readonly<Record<string, readonly number[]>>;
  };
  /** what it has in common with `task`, by name, follows that: a track is described once */
  readonly reward: PartDefinition;
  readonly reference: PartDefinition;
  readonly task: PartDefinition;
  readonly network: {
    /** widths of the hidden layers */
    readonly hidden: readonly number[];
    /** factor of each output: setpoint offsets, then gain offsets */
    readonly scale: readonly number[];
  };
  readonly nominalGains: readonly number[];
  /** why it cannot be driven at another pace, if so; the end of a sentence that begins with its name */
  readonly unpaced?: string;
  readonly timing: {
    /** dt [s] */
    readonly controlPeriod: number;
    /** control steps per network call, in simulation */
    readonly stepsPerSegment: number;
    /** nominal network period h [s] */
    readonly networkPeriod: number;
    /** duration of one lap [s], if the task is periodic */
    readonly lapTime?: number;
  };
  /** the authors' robot, where it was run otherwise than the simulation: what its recordings are replayed with */
  readonly hardware?: {
    readonly lapTime: number;
    readonly networkPeriod: number;
    /** windows that count, in segments */
    readonly window: { readonly start: number; readonly length: number; readonly stride: number };
  };
  /** a rollout ends where a state component leaves these */
  readonly bounds: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** half-width of the uniform offset of a start, per state component */
  readonly startSpread: readonly number[];
  /** where `lapgrad drive` starts, at task time 0 */
  readonly initialState: readonly number[];
  /** defaults of training */
  readonly training: {
    readonly rolloutSegments: number;
    readonly window: { readonly start: number; readonly length: number; readonly stride: number };
    readonly rollouts: number;
    /** rollouts per update, where that is not 1 */
    readonly batch?: number;
    /** factor on the nominal model's parameters, where nothing is fitted */
    readonly modelScale: number;
    /** by update rule and truncation, where the rule's own default (src/rules) does not suit */
    readonly learningRate: Readonly<Partial<Record<string, Readonly<Record<"none" | "segment", number>>>>>;
  };
  readonly metrics: Readonly<Record<string, MetricDefinition>>;
  /** what a report draws beside its target; nothing needs to be said of states along a track */
  readonly aims?: readonly Aim[];
}

/**
 * A quantity that has a target, both found from a residual r: of a state x it is x - factor r; of something that is no
 * state, say the end of an arm, the target is a parameter p of the reward, and the quantity p + factor r.
 */
export interface Aim {
  /** with its unit */
  readonly name: string;
  /** place among the residuals */
  readonly residual: number;
  readonly factor: number;
  readonly of: { readonly state: number } | { readonly rewardParameter: string };
}
