/**
 * Refit of the model's few parameters to the last rollouts (not in paper): what lets training start from the raw model.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { type FitData, LONGEST_DELAY, unwrap } from "../identification/fit-data.js";
import type { Recording } from "../recording/recording.js";
import type { FittedModel, Refit } from "./fits/contract.js";
import { fits } from "./fits/fits.js";
import { CORRELATION, DETERMINED, ERROR, PARAMETER, prefixed, STANDARD_ERROR } from "./model-numbers.js";

/** Rollouts, or laps, that a model is fitted to. */
const KEPT = { rollout: 3, lap: 5 };

/** All delays are searched at the first refit and every so many; between, those around the last ones. */
const SEARCH_EVERY = 5;

/** Keeps the last drives and fits the model to them. */
export class ModelFitter {
  /** oldest first; undefined in the place of one that cannot be read any more: nothing is fitted to it */
  readonly recordings: (Recording | undefined)[] = [];
  /** the same as data of a fit, made once each */
  private readonly drives = new WeakMap<Recording, FitData>();
  private readonly kept: number;
  /** rollouts follow each other: the commands of one act on into the next */
  readonly isOneDrive: boolean;
  /** numbers of the last fit, by the names that metrics and checkpoints have for them */
  private said: Record<string, number> = {};
  private refits = 0;
  /** why the last refit, or a part of it, was refused, if it was */
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
   * Fits the core's model and takes the derivatives along a batch anew; a part of the fit that is refused leaves its
   * parameters as they are.
   */
  refit(core: Core, batch: { readonly first: number; readonly count: number }): void {
    const { kind } = core.setup.task.model;
    const fitKind = fits[kind];
    if (!fitKind) {
      this.refusal = `a model of kind ${kind} cannot be fitted`;
      return;
    }
    // of one drive a rollout more is kept, only for the commands with which the next begins
    const extra = Math.max(0, this.recordings.length - this.kept);
    const drives = this.recordings.slice(extra).map((_, i) => this.driveAt(core, extra + i));
    const found = drives.filter((drive) => drive !== undefined);
    const fit = fitKind(found, modelIn(core), this.refits++ % SEARCH_EVERY > 0);
    this.refusal = fit.refused.length > 0 ? fit.refused.join("; ") : undefined;
    const present = Object.entries(this.said).filter(([name]) => !name.startsWith(CORRELATION));
    this.said = { ...Object.fromEntries(present), ...numbersOf(fit) };
    core.setParameters("model", { kind, parameters: fit.model.parameters });
    core.write("inputDelays", fit.model.delays);
    if (fit.refused.length === 0) core.write("modelFitted", [1]);
    for (let slot = batch.first; slot < batch.first + batch.count; slot++) {
      core.linearise(slot);
    }
    this.model = modelIn(core);
  }

  /** The fitted model and what is known of it, for the metrics of the next rollout; empty if none was fitted. */
  numbers(): Record<string, number> {
    if (!this.model) return {};
    const { parameters, delays } = this.model;
    return {
      ...prefixed(PARAMETER, Object.entries(parameters)),
      ...prefixed(
        PARAMETER,
        delays.map((delay, i) => [`delay${i + 1}`, delay]),
      ),
      ...this.said,
    };
  }

  /** The recording at `i` as a drive; undefined if there is none. */
  private driveAt(core: Core, i: number): FitData | undefined {
    const recording = this.recordings[i];
    if (!recording) return undefined;
    const known = this.drives.get(recording);
    if (known) return known;
    // what settles a robot, after a stop too, begins at rest
    const goesOn = this.isOneDrive && recording.info.rollout > 0;
    const previous = goesOn ? this.recordings[i - 1] : undefined;
    const drive = driveOf(core, recording, previous);
    if (goesOn && !previous) return drive.periods.length > LONGEST_DELAY ? withoutBeginning(core, drive) : undefined;
    this.drives.set(recording, drive);
    return drive;
  }

  /** For the checkpoint, beside the core's model. */
  state(): Record<string, number> {
    return this.model ? { ...this.said, [REFITS]: this.refits } : {};
  }

  /** Takes both back. */
  restore(core: Core, state: Readonly<Record<string, number>>): void {
    const { [REFITS]: refits, ...others } = state;
    if (refits === undefined) return;
    this.refits = refits;
    this.said = Object.fromEntries(Object.entries(others).filter(([name]) => SAID.some((one) => name.startsWith(one))));
    this.model = modelIn(core);
  }
}

const SAID = [ERROR, STANDARD_ERROR, DETERMINED, CORRELATION];
const REFITS = "modelRefits";

/** What is known of a fitted model beside its parameters: root mean square errors, and how sure it is. */
function numbersOf({ errors, standardErrors, undetermined, correlations }: Refit): Record<string, number> {
  const known = Object.keys(standardErrors).map((name) => [name, undetermined.includes(name) ? 0 : 1] as const);
  return {
    ...prefixed(
      ERROR,
      Object.entries(errors).filter(([, value]) => Number.isFinite(value)),
    ),
    ...prefixed(STANDARD_ERROR, Object.entries(standardErrors) as [string, number][]),
    ...prefixed(DETERMINED, known),
    ...prefixed(
      CORRELATION,
      correlations.map(({ between, value }) => [between.join("."), value]),
    ),
  };
}

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
