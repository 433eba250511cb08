/** A shake: laps with perturbations on a link, on disk as they are driven. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import type { Link } from "../links/link.js";
import { costOf, type Recording, stepCount } from "../recording/recording.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { AdjustmentSpace } from "./adjustment.js";
import { deviationOf, meanPathOf } from "./alignment.js";
import { shakeDesign } from "./design.js";
import { findDirections } from "./directions.js";
import { nuisancesOf, type ShakenLap } from "./estimate.js";
import { LapDrive } from "./lap-drive.js";
import type { ShakeFolder, ShakeLine, ShakePlan } from "./shake-folder.js";

/** Laps at the beginning of a drive that do not count: it must have settled. */
export const PASSAGE = 3;
/** A nominal lap stands before every so many perturbed ones. */
const NOMINAL_EVERY = 8;
/**
 * Size of the pilot's perturbation, and the largest of any, in units of the parameters' scales; and how many times as
 * large as any before a perturbation may be.
 */
const PILOT = 0.05;
const LARGEST = 0.25;
const GROWTH = 2;
/** Degrees of freedom without which no standard error is worth its name. */
const LEAST_FREEDOM = 4;

/** Laps that count, of a shake that may drive for so many minutes; an error if they are too few. */
export function lapsWithin(minutes: number, space: AdjustmentSpace, task: TaskDefinition, pace: number): number {
  const lapTime = (task.timing.lapTime as number) / pace;
  // opposites tell of one direction together
  const paired = 2 * (space.size + LEAST_FREEDOM);
  const least = Math.max(space.size + nuisancesOf(task) + LEAST_FREEDOM, paired + Math.ceil(paired / NOMINAL_EVERY));
  const laps = Math.floor((60 * minutes) / lapTime) - PASSAGE;
  if (laps >= least) return laps;
  const needed = Math.ceil((10 * (least + PASSAGE) * lapTime) / 60) / 10;
  throw new UserError(
    `${minutes} minutes are ${Math.max(0, laps)} laps that count, too few for ${space.size} parameters, which need ` +
      `${least}: give --minutes ${needed} or more, or fewer groups or knots`,
  );
}

export interface ShakeRun {
  readonly config: RunConfig;
  readonly core: Core;
  readonly link: Link;
  readonly space: AdjustmentSpace;
  readonly plan: ShakePlan;
  /** where laps are kept */
  readonly folder: Pick<ShakeFolder, "keep" | "keepDirections" | "readRecordings">;
  readonly signal: AbortSignal;
  onLap(line: ShakeLine): void;
}

/** What is driven next. */
interface Planned {
  readonly kind: ShakeLine["kind"];
  readonly signs: Float64Array;
  /** which pair of opposites it belongs to, from 0; the pilot's is the first */
  readonly pair: number;
}

/**
 * Drives what is left of the plan after `lines`, in one drive. Whatever stops it, the laps up to then are on disk; what
 * it was is returned.
 */
export async function shake(run: ShakeRun, lines: readonly ShakeLine[]): Promise<string | undefined> {
  const { core, space, plan, folder } = run;
  const all = [...lines];
  const drive = new LapDrive(run.config, core, run.link, space);
  const number = Math.max(0, ...lines.map((line) => line.drive)) + 1;
  const left = plannedLaps(space.size, plan).slice(lines.filter(({ kind }) => kind !== "passage").length);
  const passage = Array.from({ length: PASSAGE }, () => nominal("passage", space.size));
  const queue = [...passage, ...left];
  const perturbed = lines.filter(({ kind }) => kind === "pilot" || kind === "shaken");
  const sizes = new PairSizes(plan.bound, core.setup.task);
  for (const [i, recording] of (await folder.readRecordings(perturbed)).entries())
    sizes.take(recording, sizeOf(perturbed[i].values));
  const valuesOf = ({ signs, pair }: Planned) => signs.map((sign) => sizes.of(pair) * sign);
  const driven = (planned: Planned) => valuesOf(planned).map((value, i) => plan.base[i] + value);
  let before: Recording | undefined;
  const settled: ShakenLap[] = [];
  for (const [i, planned] of queue.entries()) {
    if (run.signal.aborted) return undefined;
    if (planned.kind !== "passage" && space.lacksDirections) {
      const directions = await findDirections(core, run.config, plan.groups, plan.directions, settled);
      space.setDirections(core.view("parameters"), directions);
      await folder.keepDirections(directions);
    }
    const values = valuesOf(planned);
    const next = queue[i + 1] ?? nominal("passage", space.size);
    const index = (all.at(-1)?.index ?? 0) + 1;
    const lap = await drive.lap(driven(planned), driven(next), index);
    const { recording, stopped } = lap;
    if (stepCount(recording) === 0) return stopped ?? "nothing was driven";
    const cost = costOf(recording);
    const seconds = recording.times[stepCount(recording) - 1] + core.setup.task.timing.controlPeriod;
    const kind = stopped === undefined ? planned.kind : "passage";
    const line: ShakeLine = { index, drive: number, values: [...values], kind, seconds, cost };
    await folder.keep(line, recording);
    all.push(line);
    if (kind === "passage") settled.push({ values, recording, before });
    before = recording;
    if (kind === "pilot" || kind === "shaken") sizes.take(recording, sizeOf(values));
    run.onLap(line);
    if (stopped !== undefined) return lap.remedy === undefined ? stopped : `${stopped}; ${lap.remedy}`;
  }
  return undefined;
}

function nominal(kind: ShakeLine["kind"], size: number): Planned {
  return { kind, signs: new Float64Array(size), pair: 0 };
}

/** All laps that count: a nominal one, a pilot pair, then shaken ones with nominal ones between them. */
function plannedLaps(size: number, { laps, seed }: Pick<ShakePlan, "laps" | "seed">): Planned[] {
  const signs = shakeDesign(size, laps + (laps % 2), seed);
  const planned: Planned[] = [nominal("nominal", size)];
  for (let i = 0; planned.length < laps && i < signs.length; i++) {
    if (i > 2 && (i - 2) % NOMINAL_EVERY === 0) planned.push(nominal("nominal", size));
    planned.push({ kind: i < 2 ? "pilot" : "shaken", signs: signs[i], pair: Math.floor(i / 2) });
  }
  return planned.slice(0, laps);
}

/**
 * How large perturbations are: so that the largest deviation of the position is the bound, as the pairs before say
 * (equation (PD4a)). Both laps of a pair have the same size, which is known before the lap before it ends.
 */
class PairSizes {
  readonly #bound: number;
  readonly #task: TaskDefinition;
  /** pairs that were driven */
  readonly #pairs: { readonly size: number; readonly deviation: number }[] = [];
  #first: Recording | undefined;

  constructor(bound: number, task: TaskDefinition) {
    this.#bound = bound;
    this.#task = task;
  }

  /** A perturbed lap, in the order in which they are driven. */
  take(recording: Recording, size: number): void {
    if (this.#first) this.#pairs.push({ size, deviation: this.#largestBetween(this.#first, recording) });
    this.#first = this.#first ? undefined : recording;
  }

  /** In units of the parameters' scales. */
  of(pair: number): number {
    if (pair === 0) return PILOT;
    let [products, squares, most] = [0, 0, 0];
    for (const { size, deviation } of this.#pairs.slice(0, Math.max(1, pair - 1))) {
      products += size * deviation;
      squares += size ** 2;
      most = Math.max(most, size);
    }
    // also false of a deviation that is no number
    const isKnown = squares > 0 && products >= 0;
    return isKnown ? Math.min(LARGEST, GROWTH * most, (this.#bound * squares) / products) : PILOT;
  }

  /** Half the largest distance between two laps [m]. */
  #largestBetween(one: Recording, other: Recording): number {
    const path = meanPathOf([one, other], this.#task.timing.lapTime as number, this.#task.timing.controlPeriod);
    const { values } = deviationOf(one, path);
    let largest = 0;
    for (let at = 0; at < values.length; at += path.columns)
      largest = Math.max(largest, Math.hypot(values[at], values[at + 1]));
    return largest;
  }
}

/** Of what was added to the base: of any of the numbers. */
function sizeOf(values: ArrayLike<number>): number {
  return Math.abs(values[0]);
}
