/**
 * Refit of the model's few parameters to the last rollouts (not in paper): what lets training start from the raw model.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { type FitData, LONGEST_DELAY } from "../identification/fit-data.js";
import type { Recording } from "../recording/recording.js";
import type { Batch } from "../rules/definition.js";
import { rootMeanSquare } from "../statistics.js";
import { describeChange, forgetful, judgeWindow, LAP, whereGrown } from "./change.js";
import { demandOf } from "./demand.js";
import { driveOf, withoutBeginning } from "./fit-drives.js";
import type { FittedModel, Refit } from "./fits/contract.js";
import { fits } from "./fits/fits.js";
import { CORRELATION, DETERMINED, ERROR, PARAMETER, prefixed, STANDARD_ERROR } from "./model-numbers.js";
import { added, NOTHING, type Piece, type Pieces } from "./pieces.js";
import { Spins, type Steps, spinIn } from "./spin.js";

/** Rollouts, or laps, that a model is fitted to. */
const KEPT = { rollout: 3, lap: 5 };

/** After a change of the world the fit is held to the model before it until so many control steps were driven. */
const NEW = 280;
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
  private readonly isOneDrive: boolean;
  /** numbers of the last fit, by the names that metrics and checkpoints have for them */
  private said: Record<string, number> = {};
  private refits = 0;
  private readonly changes = forgetful();
  /**
   * after a change of the world: the rollout in which it was noticed, the step of it where the fit's data begin, and
   * the mean of the first input before
   */
  private since = { rollout: -1, step: 0, held: 0 };
  /** the model before the last change */
  private before: FittedModel | undefined;
  /** rollouts that begin at rest, though others were driven before them */
  private readonly beginnings = new Set<number>();
  private readonly spins = new Spins();
  /** what was driven since windows were last judged */
  private window: Pieces = { ...NOTHING };
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

  /**
   * Keeps a drive; one that goes on with the last one's rollout takes its place. `begins`: the robot stood before it.
   */
  keep(recording: Recording | undefined, begins?: boolean): void {
    if (recording && this.recordings.at(-1)?.info.rollout === recording.info.rollout) this.recordings.pop();
    if (recording && begins && this.isOneDrive) this.beginnings.add(recording.info.rollout);
    this.recordings.push(recording);
    while (this.recordings.length > this.size) this.recordings.shift();
  }

  /**
   * Whether the world changed in what was driven last, the end of the drive that was kept last: by its cost, what was
   * expected of it, and whether the reflex fired in it; `isJudged`: a window is over with it; `windowPart`: how much of
   * a lap windows are. If so the drives before are forgotten, and it says from which step of the last drive on, and
   * what people should know.
   */
  notice(core: Core, piece: Piece, { isJudged: isWhole, isWhole: isRollout, windowPart }: Judged): Noticed | undefined {
    const { kind, refit } = core.setup.task.model;
    const last = this.recordings.length - 1;
    const recording = this.recordings[last];
    const drive = this.driveAt(core, last);
    if (!refit || !recording || !drive || !this.model) return undefined;
    const errors = fits[kind].errorsOf(drive, modelIn(core));
    const missing = recording.times.length - drive.periods.length;
    const { rollout } = recording.info;
    const spin = spinIn(errors, this.window.rollout === rollout ? this.window.end : 0);
    if (spin) {
      const step = spin.from + missing;
      this.spins.add(rollout, { from: step, until: spin.until + missing });
      this.window = { ...NOTHING, rollout, end: errors.rows.length };
      return { step, spins: true, text: SPINS };
    }
    const fitted = this.window.errors.length > 0 ? this.window.fitted : this.said[ERROR + refit.error];
    const pieces = { ...added(this.window, piece, recording.info.rollout, errors, missing), fitted };
    this.window = isWhole ? { ...NOTHING, rollout: pieces.rollout, end: pieces.end } : pieces;
    const from = whereGrown(pieces.errors, fitted);
    const error = rootMeanSquare(pieces.errors.subarray(from));
    const quarters = isRollout ? LAP : LAP * windowPart;
    const window = {
      cost: pieces.cost,
      expected: pieces.expected,
      error,
      fitted,
      fired: pieces.fired,
      isWhole,
      quarters,
    };
    const verdict = judgeWindow(this.changes, window);
    if (verdict === "dismissed") core.dismissFiring();
    if (verdict !== "changed") return undefined;
    const step = Math.max(LONGEST_DELAY, pieces.first + from * errors.steps);
    const held = meanFirstInput(core, this.recordings, step);
    this.recordings.splice(0, last);
    this.drives.delete(recording);
    this.since = { rollout: recording.info.rollout, step, held: Math.max(this.since.held, held) };
    this.before = this.model;
    this.window = { ...NOTHING, rollout: pieces.rollout, end: pieces.end };
    return { step, spins: false, text: describeChange(window, refit.unit) };
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
    if (this.before && found.reduce((sum, { periods }) => sum + periods.length, 0) > NEW) this.before = undefined;
    const search = this.before ? "changed" : this.refits++ % SEARCH_EVERY > 0 ? "near" : "all";
    const fit = fitKind.fit(found, modelIn(core), search, this.before);
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

  /**
   * Upper bounds of the controller's parameters with which a robot that was thrown off its track by a change comes
   * back; `pace`: of the settings. Undefined before a change, and where the model or the task does not tell.
   */
  unhurried(core: Core, pace: number): Readonly<Record<string, number>> | undefined {
    const { model, timing } = core.setup.task;
    if (!this.model || this.since.rollout < 0 || timing.lapTime === undefined) return undefined;
    const { lateral } = demandOf(core, timing.lapTime, pace);
    return fits[model.kind]?.unhurried?.(this.model, lateral, this.since.held);
  }

  /** The fitted model and what is known of it, for the metrics of the next rollout; empty if none was fitted. */
  numbers(): Record<string, number> {
    if (!this.model) return {};
    return { ...prefixed(PARAMETER, entriesOf(this.model)), ...this.said };
  }

  /** The recording at `i` as a drive; undefined if there is none. */
  private driveAt(core: Core, i: number): FitData | undefined {
    const recording = this.recordings[i];
    if (!recording) return undefined;
    const known = this.drives.get(recording);
    if (known) return known;
    const goesOn = this.isOneDrive && recording.info.rollout > 1 && !this.beginnings.has(recording.info.rollout);
    const previous = goesOn ? this.recordings[i - 1] : undefined;
    const drive = driveOf(core, recording, previous);
    const { rollout, step } = this.since;
    if (recording.info.rollout === rollout) return withoutBeginning(core, drive, step);
    if (goesOn && !previous)
      return drive.periods.length > LONGEST_DELAY ? withoutBeginning(core, drive, LONGEST_DELAY) : undefined;
    this.drives.set(recording, drive);
    return drive;
  }

  /** Where it span in the last `driven` steps: there the model's errors say nothing of the place. */
  spunWithin(driven: number): readonly Steps[] {
    const rollouts = this.recordings.map((one) => one && { rollout: one.info.rollout, steps: one.times.length });
    return this.spins.within(driven, rollouts);
  }

  /** For the checkpoint, beside the core's model. */
  state(): Record<string, number> {
    if (!this.model) return {};
    const changes = prefixed(CHANGE, Object.entries({ ...this.changes, ...this.since }));
    const before = this.before ? prefixed(BEFORE, entriesOf(this.before)) : {};
    const kept = this.recordings.flatMap((recording) => recording?.info.rollout ?? []);
    const begun = kept.filter((index) => index > 1 && this.beginnings.has(index));
    const beginnings = prefixed(
      BEGINNING,
      begun.map((index) => [`${index}`, 1]),
    );
    const spins = prefixed(SPIN, this.spins.state((this.recordings.at(-1)?.info.rollout ?? 0) - this.size));
    return { ...this.said, [REFITS]: this.refits, ...changes, ...before, ...beginnings, ...spins };
  }

  /** Takes both back. */
  restore(core: Core, state: Readonly<Record<string, number>>): void {
    const { [REFITS]: refits, ...others } = state;
    if (refits === undefined) return;
    this.refits = refits;
    const memory: Record<string, number> = { ...this.changes, ...this.since };
    for (const name of Object.keys(memory)) memory[name] = others[CHANGE + name] ?? memory[name];
    const { rollout, step, held, ...changes } = memory;
    this.since = { rollout, step, held };
    Object.assign(this.changes, changes);
    this.said = Object.fromEntries(Object.entries(others).filter(([name]) => SAID.some((one) => name.startsWith(one))));
    this.model = modelIn(core);
    for (const name of Object.keys(others))
      if (name.startsWith(BEGINNING)) this.beginnings.add(Number(name.slice(BEGINNING.length)));
    const spins = Object.entries(others).filter(([name]) => name.startsWith(SPIN));
    this.spins.restore(spins.map(([name, value]) => [name.slice(SPIN.length), value]));
    const before = entriesOf(this.model).map(([name]) => [name, others[BEFORE + name]] as const);
    if (before.every(([, value]) => value !== undefined)) this.before = modelFrom(before, this.model);
  }
}

const SAID = [ERROR, STANDARD_ERROR, DETERMINED, CORRELATION];
const REFITS = "modelRefits";
/** Before the numbers of what was noticed. */
const CHANGE = "change.";
/** Before those of spins. */
const SPIN = "spin.";
/** Before those of the model before a change. */
const BEFORE = "before.";
/** Before the indices of rollouts that begin at rest. */
const BEGINNING = "begins.";

/** Whether a window is over with what was driven, and whether that is a whole rollout. */
type Judged = Pick<Batch, "isJudged" | "isWhole" | "windowPart">;

/** Parameters and delays by name. */
function entriesOf({ parameters, delays }: FittedModel): [string, number][] {
  return [...Object.entries(parameters), ...delays.map((delay, i): [string, number] => [`delay${i + 1}`, delay])];
}

/** What {@link entriesOf} gave, of a model like `like`. */
function modelFrom(entries: readonly (readonly [string, number])[], { delays, parameters }: FittedModel): FittedModel {
  const values = Object.fromEntries(entries);
  return {
    parameters: Object.fromEntries(Object.keys(parameters).map((name) => [name, values[name]])),
    delays: delays.map((_, i) => values[`delay${i + 1}`]),
  };
}

const SPINS = "the robot spins: it turns much further than its model says";

/** A change of the world, or a spin: the step of the last drive from which on it shows, and what people should know. */
export interface Noticed {
  readonly step: number;
  readonly spins: boolean;
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

/** Mean of the first input over drives, of the last one up to a step. */
function meanFirstInput(core: Core, drives: readonly (Recording | undefined)[], until: number): number {
  const width = core.setup.task.columns.input.length;
  let [sum, count] = [0, 0];
  for (const [i, drive] of drives.entries()) {
    const steps = i < drives.length - 1 ? (drive?.times.length ?? 0) : until;
    for (let step = 0; step < steps; step++) sum += drive?.inputs[width * step] ?? 0;
    count += steps;
  }
  return count > 0 ? sum / count : 0;
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
