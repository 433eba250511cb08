/**
 * What an update rule is made of [W23, Algorithm 1, lines 6 and 7]; every file of this folder with a default export is
 * one.
 */
import type { Core, RegionName } from "../core/core.js";
import type { Windows } from "../core/windows.js";
import type { Traits } from "./traits.js";

/** The rollouts that an update learns from: slots [first, first + count) of the core. */
export interface Batch {
  readonly first: number;
  readonly count: number;
  /** mean window cost */
  readonly cost: number;
  /** what was driven is a whole rollout: its cost can be compared with that of another */
  readonly isWhole: boolean;
  /** of the rollout that is over with it; of one that is not: undefined */
  readonly rolloutCost?: number;
  /** a window is over, in which what was promised can be compared with what was kept */
  readonly isJudged: boolean;
  /** part of a lap that a window is long */
  readonly windowPart: number;
  /** step of the last rollout from which on the world was seen to be another; undefined: it was not */
  readonly changedFrom?: number;
  /** the robot spins in what was driven last; and steps of the last rollout that belong to spins, at any time */
  readonly spins?: boolean;
  readonly spun?: readonly { readonly from: number; readonly until: number }[];
  readonly modelRollouts: ModelRolloutRoom;
  readonly paces: PaceRange;
  /** upper bounds of the controller's parameters that hold while a changed world is not known yet */
  readonly unhurried?: Readonly<Record<string, number>>;
}

/** Paces among which a rule may choose the cheapest. After a change of the world, or a spin, it may be less. */
export interface PaceRange {
  readonly least: number;
  /** that of the settings: what is never exceeded */
  readonly most: number;
}

/**
 * Where in the core, and how far, the model may be driven between two rollouts; there is room only for rules that need
 * it.
 */
export interface ModelRolloutRoom {
  /** the first of count + 1 slots */
  readonly first: number;
  /** segments that are driven on with the present parameters until new ones act */
  readonly foreseen: number;
  /** segments of a continuation, from where the robot is; 0: the rollouts are replayed from their starts instead */
  readonly continuation: number;
  /** segments of a restart */
  readonly restart: number;
  /** what counts of the next rollout, or piece, and of the window that begins with it, if one does */
  readonly counted: Windows;
  readonly window: Windows;
}

/**
 * What a rule needs of the training around it; what is absent is not needed. Needs that rules to come will have
 * (exploration noise while driving, a replay memory) are further entries here; networks of a rule's own are arrays of
 * its state.
 */
export interface RuleNeeds {
  /** room in the core to drive the model instead of the plant */
  readonly modelRollouts?: boolean;
  /** by default the model is fitted to the driving before every update, where the task's model can be */
  readonly fitsModel?: boolean;
  /** by default parameters change after every lap of one drive without stops, where the task has laps */
  readonly prefersLaps?: boolean;
  /** it moves the pace of laps without stops within the range of the batch, and begins with the lowest */
  readonly choosesPace?: boolean;
}

/** State of a rule in one training: checkpoints hold numbers and arrays under their names here. */
export interface RuleState {
  readonly learningRate: number;
  readonly numbers: Record<string, number>;
  readonly arrays: Record<string, Float64Array>;
}

/** What was found along the recorded trajectories; a rule may add what its update needs. */
export interface Estimate {
  readonly loss: number;
  /** of the gradient or step; 0 only if nothing can be learned */
  readonly norm: number;
  /** why nothing may be driven any more; undefined: something may */
  readonly hopeless?: string;
}

/** A metric that a rule expects of the next rollout, and its column in the table of a training. */
export interface Expectation {
  readonly name: string;
  readonly heading: string;
  readonly unit: string;
}

/** One of several robots that share a policy: in a core of its own, with what the rule remembers of it. */
export interface Member<State extends RuleState = RuleState> {
  readonly core: Core;
  readonly batch: Batch;
  readonly state: State;
  /** by which the common parameters become its own; undefined: they are */
  readonly traits?: Traits | undefined;
  /** it has driven nothing new: what it drove was judged before, and only counts again in the common plan */
  readonly isKnown?: boolean;
}

export interface UpdateRule<State extends RuleState = RuleState, Found extends Estimate = Estimate> {
  /** as a user types it: the name of its file */
  readonly name: string;
  /** default, for every task that gives none of its own (`training.learningRate` of src/tasks) */
  readonly learningRate: number;
  /** what the learning rate is, where it is not the step size */
  readonly learningRateMeaning?: string;
  /** what mends a cost that grew, as an order without a full stop, where a smaller learning rate does not */
  readonly remedy?: string;
  readonly needs: RuleNeeds;
  /** of its curves in comparisons; names of src/report/document.ts */
  readonly colour: "blue" | "green" | "orange" | "purple";
  readonly expects: readonly Expectation[];
  /** regions of the core that belong to its state, beside the parameters */
  readonly regions: readonly RegionName[];
  /** the state before the first update */
  start(learningRate: number): State;
  /** numbers of its state that count, whole from 0 on, with the largest that each can have; a file's are checked */
  readonly counts?: Readonly<Record<string, number>>;
  /** values of what it {@link expects}; empty while it expects nothing */
  outlook(state: State): Readonly<Record<string, number>>;
  /**
   * the cost that it expected of the first so many segments of the window that is being driven, when that began;
   * undefined if it expected nothing
   */
  expectedCost?(state: State, segments: number): number | undefined;
  /** a robot was stopped and begins anew, at rest: what was expected was of a drive that goes on */
  beginAnew?(state: State): void;
  /** the task is another from here on: what driving cost before is no measure for what comes */
  taskChanged?(state: State): void;
  /** the model was seen to be wrong in a way that the rule cannot see itself: what it promises is trusted less */
  distrust?(state: State): void;
  /**
   * what updates.jsonl keeps of the last update beside the driving: numbers by name, of which `expectedCost` is the
   * window cost that it expected of what is driven until the next
   */
  account?(state: State): Readonly<Record<string, number>>;
  /** what the last update did that a person should know of the next rollout; empty: nothing */
  remarks?(state: State): readonly string[];
  /** line 6: the gradient, or step, along the recorded trajectories */
  estimate(core: Core, batch: Batch, state: State): Found;
  /** line 7: new parameters in the core, from the last estimate */
  update(core: Core, batch: Batch, state: State, found: Found): void;
  /**
   * lines 6 and 7 for several robots, whose mean cost counts [W23 eq. 8]: changes the parameters `common` to them,
   * those in their cores, and their paces; what was found for each. Absent: the rule learns from one robot.
   */
  together?(members: readonly Member<State>[], common: Float64Array): readonly Found[];
}
