/**
 * Refit of the model's few parameters to the last rollouts (not in paper): what lets training start from the raw model.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { type FitData, LONGEST_DELAY, unwrap } from "../identification/fit-data.js";
import type { Recording } from "../recording/recording.js";
import { describeChange, forgetful, judgeWindow, whereGrown } from "./change.js";
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
  private readonly changes = forgetful();
  /** after a change of the world: the rollout in which it was noticed, and the step of it where the fit's data begin */
  private since = { rollout: -1, step: 0 };
  /** the next refit is the first after a change */
  private isNew = false;
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
   * Whether the world changed in the drive that was kept last: by its cost, what was expected of it, and whether the
   * reflex fired in it. If so the drives before are forgotten, and it says from which step on, and what people should
   * know.
   */
  notice(core: Core, cost: number, expected: number | undefined, fired: boolean): Noticed | undefined {
    const { kind, refit } = core.setup.task.model;
    const last = this.recordings.length - 1;
    const recording = this.recordings[last];
    const drive = this.driveAt(core, last);
    if (!refit || !recording || !drive || !this.model) return undefined;
    const errors = fits[kind].errorsOf(drive, modelIn(core));
    const fitted = this.said[ERROR + refit.error];
    const from = whereGrown(errors.rows, fitted);
    const window = { cost, expected, error: rootMeanSquare(errors.rows.subarray(from)), fitted, fired };
    const verdict = judgeWindow(this.changes, window);
    if (verdict === "dismissed") core.dismissFiring();
    if (verdict !== "changed") return undefined;
    const missing = recording.times.length - drive.periods.length;
    const step = Math.max(LONGEST_DELAY, missing + from * errors.steps);
    this.recordings.splice(0, last);
    this.drives.delete(recording);
    this.since = { rollout: recording.info.rollout, step };
    this.isNew = true;
    return { step, text: describeChange(window, refit.unit) };
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
    const fit = fitKind.fit(
      found,
      modelIn(core),
      this.isNew ? "changed" : this.refits++ % SEARCH_EVERY > 0 ? "near" : "all",
    );
    this.isNew = false;
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
    const { rollout, step } = this.since;
    if (recording.info.rollout === rollout) return withoutBeginning(core, drive, step);
    if (goesOn && !previous)
      return drive.periods.length > LONGEST_DELAY ? withoutBeginning(core, drive, LONGEST_DELAY) : undefined;
    this.drives.set(recording, drive);
    return drive;
  }

  /** For the checkpoint, beside the core's model. */
  state(): Record<string, number> {
    if (!this.model) return {};
    const { rollout, step } = this.since;
    const changes = prefixed(CHANGE, Object.entries({ ...this.changes, rollout, step }));
    return { ...this.said, [REFITS]: this.refits, ...changes };
  }

  /** Takes both back. */
  restore(core: Core, state: Readonly<Record<string, number>>): void {
    const { [REFITS]: refits, ...others } = state;
    if (refits === undefined) return;
    this.refits = refits;
    const memory: Record<string, number> = { ...this.changes, ...this.since };
    for (const name of Object.keys(memory)) memory[name] = others[CHANGE + name] ?? memory[name];
    const { rollout, step, ...changes } = memory;
    this.since = { rollout, step };
    Object.assign(this.changes, changes);
    this.said = Object.fromEntries(Object.entries(others).filter(([name]) => SAID.some((one) => name.startsWith(one))));
    this.model = modelIn(core);
  }
}

const SAID = [ERROR, STANDARD_ERROR, DETERMINED, CORRELATION];
const REFITS = "modelRefits";
/** Before the numbers of what was noticed. */
const CHANGE = "change.";

/** A change of the world: the step of the last drive from which on it shows, and what people should know. */
export interface Noticed {
  readonly step: number;
  readonly text: string;
}

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

/**
 * A drive from a step on: where the longest delay has passed, if it is not known how it was commanded before, or where
 * the world changed.
 */
function withoutBeginning(core: Core, { states, inputs, periods }: FitData, step: number): FitData {
  const { state, input } = core.setup.task.columns;
  return {
    states: states.subarray(state.length * step),
    inputs: inputs.subarray(input.length * step),
    periods: periods.slice(step),
    earlier: inputs.subarray(0, input.length * step),
  };
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
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
