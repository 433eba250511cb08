/**
 * Learning without a model: the adjustment of a policy by the Jacobian that shaking measures (equations (PD10) and
 * (PD11)). Knows neither link nor disk: it says what the next lap is to be driven with, and takes what was driven.
 */
import { solveSymmetric } from "../identification/least-squares.js";
import { costOf } from "../recording/recording.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { type AdjustmentSpace, shortened } from "./adjustment.js";
import { residualCells } from "./cells.js";
import { shakeDesign } from "./design.js";
import { designRow, deviationsOf, nuisancesOf, pathOf, type ShakenLap } from "./estimate.js";
import { shiftsOf } from "./time-shift.js";

export type MeasuredRule = "sgd" | "gauss-newton";

export interface MeasuredOptions {
  readonly rule: MeasuredRule;
  /** sgd: step per gradient; gauss-newton: part of a step that is taken */
  readonly rate: number;
  /** size of the perturbations, in units of the parameters' scales */
  readonly size: number;
  readonly seed: number;
}

/** A prior of the sensitivities, such as the model's: cells x residuals x parameters, row-major, per unit. */
export type PriorOf = (laps: readonly ShakenLap[], base: Float64Array) => Float64Array;

/** Default of {@link MeasuredOptions.rate}. */
export const RATES: Readonly<Record<MeasuredRule, number>> = { sgd: 0.004, "gauss-newton": 0.8 };
/** Default of {@link MeasuredOptions.size}. */
export const SIZE = 0.1;
/** Laps between two updates, an even number. */
export const ROUND = 10;
/** Laps that an update looks at: later ones count more. */
export const KEPT = 60;
/** Weight of a lap in parts of one a round later. */
const FORGETS = 0.8;
/** What a residual of a cell scatters [m], and changes per unit of a parameter, and of a start. */
const SCATTER = 0.03;
const CHANGES = 0.5;
const STARTS = 1;
/** The same of what the model has wrong, where it is the prior. */
const WRONG = 0.15;
/** Damping in parts of the cost: at the start, and its bounds. */
const KAPPA = { start: 0.05, least: 0.002, most: 2, factor: 3 } as const;
/** Largest adjustment, in units of the parameters' scales: beyond it the scale means nothing. */
const LIMIT = 3;
/** A round that costs so many times the best one was a mistake. */
const WORSE = 1.3;
const POOR = 0.25;
const GOOD = 0.75;

interface Best {
  readonly cost: number;
  readonly base: Float64Array;
}

/** Learns from laps, {@link ROUND} at a time. */
export class MeasuredLearner {
  readonly #space: AdjustmentSpace;
  readonly #task: TaskDefinition;
  readonly #options: MeasuredOptions;
  readonly #prior: PriorOf | undefined;
  readonly #laps: { readonly lap: ShakenLap; readonly round: number }[] = [];
  #base: Float64Array;
  #kappa: number = KAPPA.start;
  #best: Best | undefined;
  /** mean cost of a lap that was promised of the round */
  #promised = Number.NaN;
  #before = Number.NaN;
  #driven = 0;
  #signs: Float64Array[] = [];

  constructor(space: AdjustmentSpace, task: TaskDefinition, options: MeasuredOptions, prior?: PriorOf) {
    this.#space = space;
    this.#task = task;
    this.#options = options;
    this.#prior = prior;
    this.#base = new Float64Array(space.size);
  }

  /** The adjustment that perturbations are around, in units: where the last update led. */
  get base(): Float64Array {
    return this.#base.slice();
  }

  /** That of the round that cost least: what was driven, not only promised. */
  get best(): Float64Array {
    return (this.#best?.base ?? this.#base).slice();
  }

  /** The adjustment for the next lap. */
  next(): Float64Array {
    return this.nextAfter(0);
  }

  /** That for the lap `laps` laps later, if there were no update meanwhile. */
  nextAfter(laps: number): Float64Array {
    return this.#base.map((value, i) => value + this.#options.size * this.#sign(this.#driven + laps, i));
  }

  #sign(lap: number, i: number): number {
    const { seed } = this.#options;
    if (this.#signs.length <= lap) this.#signs = shakeDesign(this.#space.size, 64 * Math.ceil((lap + 1) / 64), seed);
    return this.#signs[lap][i];
  }

  /** What a checkpoint must hold. */
  state(): { numbers: Record<string, number>; arrays: Record<string, Float64Array> } {
    const { cost = Number.NaN, base = this.#base } = this.#best ?? {};
    return {
      numbers: {
        kappa: this.#kappa,
        promised: this.#promised,
        before: this.#before,
        driven: this.#driven,
        bestCost: cost,
      },
      arrays: { base: this.#base.slice(), bestBase: base.slice() },
    };
  }

  /** Goes on from a {@link state}; `laps`: the last ones that it had taken, as many as are at hand. */
  restore({ numbers, arrays }: ReturnType<MeasuredLearner["state"]>, laps: readonly ShakenLap[]): void {
    this.#kappa = numbers.kappa;
    this.#promised = numbers.promised;
    this.#before = numbers.before;
    this.#driven = numbers.driven;
    this.#base = arrays.base.slice();
    this.#best = Number.isNaN(numbers.bestCost) ? undefined : { cost: numbers.bestCost, base: arrays.bestBase.slice() };
    for (const [i, lap] of laps.slice(-KEPT).entries()) {
      const age = Math.min(KEPT, laps.length) - i;
      this.#laps.push({ lap, round: Math.floor((this.#driven - age) / ROUND) });
    }
  }

  /** Takes a lap that was driven with {@link next}; true if an update was made of it. */
  take(lap: ShakenLap): boolean {
    this.#laps.push({ lap, round: Math.floor(this.#driven / ROUND) });
    if (this.#laps.length > KEPT) this.#laps.shift();
    this.#driven++;
    if (this.#driven % ROUND !== 0) return false;
    this.#update();
    return true;
  }

  #update(): void {
    const round = this.#driven / ROUND - 1;
    const newest = this.#laps.filter((one) => one.round === round);
    const cost = newest.reduce((sum, { lap }) => sum + costOf(lap.recording), 0) / newest.length;
    this.#judge(cost);
    if (this.#best && cost > WORSE * this.#best.cost) {
      this.#base = this.#best.base.slice();
      this.#promised = Number.NaN;
      return;
    }
    if (!this.#best || cost < this.#best.cost) this.#best = { cost, base: this.#base.slice() };
    const { H, g, constant } = this.#normal(round);
    const step = this.#step(H, g, constant);
    const p = this.#space.size;
    this.#base = this.#base.map((value, i) => Math.max(-LIMIT, Math.min(LIMIT, value + step[i])));
    let change = 0;
    for (let i = 0; i < p; i++) {
      change += 2 * g[i] * step[i];
      for (let k = 0; k < p; k++) change += step[i] * H[i * p + k] * step[k];
    }
    // what the shaking itself costs stays
    this.#promised = constant + change + (cost - constant);
    this.#before = cost;
  }

  /** Whether the last promise was kept: how far the next step is trusted. */
  #judge(cost: number): void {
    const promised = this.#before - this.#promised;
    if (!(promised > 0.02 * this.#before)) return;
    const ratio = (this.#before - cost) / promised;
    if (ratio < POOR) this.#kappa = Math.min(KAPPA.most, KAPPA.factor * this.#kappa);
    else if (ratio > GOOD) this.#kappa = Math.max(KAPPA.least, this.#kappa / KAPPA.factor);
  }

  #step(H: Float64Array, g: Float64Array, cost: number): Float64Array {
    const { rule, rate } = this.#options;
    const damping = new Float64Array(g.length).fill(this.#kappa * cost);
    const solved = rule === "sgd" ? g.map((value) => 2 * value) : solveSymmetric(H, g, damping);
    return shortened((solved ?? g).map((value) => -rate * value));
  }

  /** J^T J, J^T r and |r|² at the base, residuals weighted by the steps of their cells. */
  #normal(round: number): { H: Float64Array; g: Float64Array; constant: number } {
    const task = this.#task;
    const p = this.#space.size;
    const laps = this.#laps.map(({ lap }) => lap);
    const lapTime = task.timing.lapTime as number;
    const path = pathOf(laps, task);
    const deviations = deviationsOf(laps, path, shiftsOf(laps.map(({ recording }) => recording)));
    const { columns, values, mean } = residualCells(deviations, path, task);
    const nuisances = nuisancesOf(task) - 1;
    const unknowns = p + nuisances;
    const prior = this.#prior?.(laps, this.#base);
    const rows = laps.map((lap, i) => {
      const offset = { ...lap, values: lap.values.map((value, k) => value - this.#base[k]) };
      return designRow(offset, deviations[i], 0, task).subarray(0, unknowns);
    });
    const weights = this.#laps.map((one) => FORGETS ** (round - one.round));
    const A = new Float64Array(unknowns * unknowns);
    rows.forEach((row, lap) => {
      for (let i = 0; i < unknowns; i++)
        for (let k = 0; k < unknowns; k++) A[i * unknowns + k] += weights[lap] * row[i] * row[k];
    });
    const ridge = new Float64Array(unknowns);
    ridge.fill((SCATTER / (prior ? WRONG : CHANGES)) ** 2, 0, p);
    ridge.fill((SCATTER / STARTS) ** 2, p, unknowns - 1);
    const H = new Float64Array(p * p);
    const g = new Float64Array(p);
    let constant = 0;
    const weight = lapTime / task.timing.controlPeriod / (columns / task.columns.residual.length);
    const b = new Float64Array(unknowns);
    for (let column = 0; column < columns; column++) {
      b.fill(0);
      const expected = prior?.subarray(column * p, (column + 1) * p);
      rows.forEach((row, lap) => {
        let y = values[lap][column];
        if (expected) for (let i = 0; i < p; i++) y -= expected[i] * row[i];
        for (let i = 0; i < unknowns; i++) b[i] += weights[lap] * row[i] * y;
      });
      const x = solveSymmetric(A, b, ridge) ?? new Float64Array(unknowns);
      const J = expected ? x.subarray(0, p).map((value, i) => value + expected[i]) : x;
      const r = mean[column] + x[unknowns - 1];
      constant += weight * r * r;
      for (let i = 0; i < p; i++) {
        g[i] += weight * J[i] * r;
        for (let k = 0; k < p; k++) H[i * p + k] += weight * J[i] * J[k];
      }
    }
    return { H, g, constant };
  }
}
