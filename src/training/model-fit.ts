/**
 * Refit of the model's few parameters to the last rollouts (not in paper): what lets training start from the raw model.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { type FitData, unwrap } from "../identification/fit-data.js";
import type { Recording } from "../recording/recording.js";
import type { FittedModel } from "./fits/contract.js";
import { fits } from "./fits/fits.js";

/** Rollouts, or laps, that a model is fitted to. */
const KEPT = { rollout: 3, lap: 5 };

/** Keeps the last drives and fits the model to them. */
export class ModelFitter {
  private readonly recordings: Recording[] = [];
  private readonly kept: number;
  /** rollouts follow each other: the commands of one act on into the next */
  private readonly isOneDrive: boolean;
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

  keep(recording: Recording): void {
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
    const drives = this.recordings.map((recording, i) =>
      // what settles a robot, after a stop too, begins at rest
      driveOf(core, recording, this.isOneDrive && recording.info.rollout > 0 ? this.recordings[i - 1] : undefined),
    );
    // of one drive a rollout more is kept, only for the commands with which the next begins
    if (drives.length > this.kept) drives.shift();
    const answer = fitKind ? fitKind(drives, prior) : `a model of kind ${kind} cannot be fitted`;
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
