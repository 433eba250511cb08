/**
 * Refit of the model's few parameters to the last rollouts (not in paper): what lets training start from the raw model.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { type FitData, LONGEST_DELAY, unwrap } from "../identification/fit-data.js";
import type { Recording } from "../recording/recording.js";
import type { FittedModel } from "./fits/contract.js";
import { fits } from "./fits/fits.js";

/** Rollouts, or laps, that a model is fitted to. */
const KEPT = { rollout: 3, lap: 5 };

/** Keeps the last drives and fits the model to them. */
export class ModelFitter {
  /** oldest first; undefined in the place of one that cannot be read any more: nothing is fitted to it */
  readonly recordings: (Recording | undefined)[] = [];
  private readonly kept: number;
  /** rollouts follow each other: the commands of one act on into the next */
  readonly isOneDrive: boolean;
  private errors: Readonly<Record<string, number>> = {};
  /** why the last refit was refused, if it was */
  refusal: string | undefined;
  private model: FittedModel | undefined;

  constructor(config: RunConfig) {
    this.isOneDrive = config["update-every"] !== "rollout";
    this.kept = config["model-fit"] ? (this.isOneDrive ? KEPT.lap : KEPT.rollout * config.batch) : 0;
  }

  /** How many drives it wants to know after a resume. */
  get size(): number {
    return this.kept > 0 && this.isOneDrive ? this.kept + 1 : this.kept;
  }

  keep(recording: Recording | undefined): void {
    this.recordings.push(recording);
    while (this.recordings.length > this.size) this.recordings.shift();
  }

  /**
   * Fits the core's model and takes the derivatives along a batch anew; a fit that is refused leaves the model as it
   * is.
   */
  refit(core: Core, batch: { readonly first: number; readonly count: number }): void {
    const { kind } = core.setup.task.model;
    const prior = modelIn(core);
    const fitKind = fits[kind];
    // of one drive a rollout more is kept, only for the commands with which the next begins
    const extra = Math.max(0, this.recordings.length - this.kept);
    const drives = this.recordings.slice(extra).map((_, i) => this.driveAt(core, extra + i));
    const found = drives.filter((drive) => drive !== undefined);
    const answer = fitKind ? fitKind(found, prior) : `a model of kind ${kind} cannot be fitted`;
    this.refusal = typeof answer === "string" ? answer : undefined;
    if (typeof answer === "string") return;
    this.errors = answer.errors;
    core.setParameters("model", { kind, parameters: answer.model.parameters });
    core.write("inputDelays", answer.model.delays);
    for (let slot = batch.first; slot < batch.first + batch.count; slot++) {
      core.linearise(slot);
    }
    this.model = modelIn(core);
  }

  /** The fitted model and its errors, for the metrics of the next rollout; empty if none was fitted. */
  numbers(): Record<string, number> {
    if (!this.model) return {};
    const { parameters, delays } = this.model;
    const prefixed = (prefix: string, values: Readonly<Record<string, number>>) =>
      Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value] as const);
    return Object.fromEntries([
      ...prefixed("model", parameters),
      ...delays.map((delay, i) => [`model.delay${i + 1}`, delay] as const),
      ...Object.entries(this.state()),
    ]);
  }

  /** The recording at `i` as a drive; undefined if there is none. */
  private driveAt(core: Core, i: number): FitData | undefined {
    const recording = this.recordings[i];
    if (!recording) return undefined;
    // what settles a robot, after a stop too, begins at rest
    if (!this.isOneDrive || recording.info.rollout === 0) return driveOf(core, recording, undefined);
    const previous = this.recordings[i - 1];
    const drive = driveOf(core, recording, previous);
    if (previous) return drive;
    return drive.periods.length > LONGEST_DELAY ? withoutBeginning(core, drive) : undefined;
  }

  /** For the checkpoint, beside the core's model: the errors of the last fit. */
  state(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.errors).map(([name, value]) => [ERROR + name, value]));
  }

  /** Takes both back. */
  restore(core: Core, state: Readonly<Record<string, number>>): void {
    const errors = Object.entries(state).filter(([name]) => name.startsWith(ERROR));
    if (errors.length === 0) return;
    this.errors = Object.fromEntries(errors.map(([name, value]) => [name.slice(ERROR.length), value]));
    this.model = modelIn(core);
  }
}

const ERROR = "modelError.";

/** The model that the core holds. */
function modelIn(core: Core): FittedModel {
  const names = core.parameterNames("model", core.setup.task.model.kind);
  const values = core.view("modelParameters");
  return {
    parameters: Object.fromEntries(names.map((name, i) => [name, values[i]])),
    delays: Array.from(core.view("inputDelays")),
  };
}

/** A drive of which it is not known how it was commanded before: the fit begins where the longest delay has passed. */
function withoutBeginning(core: Core, { states, inputs, periods }: FitData): FitData {
  const { state, input } = core.setup.task.columns;
  return {
    states: states.subarray(state.length * LONGEST_DELAY),
    inputs: inputs.subarray(input.length * LONGEST_DELAY),
    periods: periods.slice(LONGEST_DELAY),
    earlier: inputs.subarray(0, input.length * LONGEST_DELAY),
  };
}

/**
 * One recording as a drive, after `previous` if it went on from that: headings unwrapped, periods from the recorded
 * times.
 */
function driveOf(core: Core, recording: Recording, previous: Recording | undefined): FitData {
  const n = core.setup.task.columns.state.length;
  const steps = recording.times.length;
  const states = new Float64Array([...recording.states, ...recording.finalState]);
  const heading = core.setup.task.columns.state.findIndex((name) => name.startsWith("phi "));
  if (heading >= 0) unwrap(states, heading, n);
  const nominal = core.setup.task.timing.controlPeriod;
  const periods = recording.times.map((time, t) => (t + 1 < steps ? recording.times[t + 1] - time : nominal));
  return { states, inputs: recording.inputs, periods, earlier: previous?.inputs ?? new Float64Array(0) };
}
