/**
 * What shakes say: the sensitivity of the lap to every parameter, in cells of phase, and the gradient of its cost, both
 * with standard errors (equations (PD4) to (PD6)).
 */
import type { Recording } from "../recording/recording.js";
import { upperMedian } from "../statistics.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { AdjustmentSpace } from "./adjustment.js";
import { type Deviation, deviationOf, type MeanPath, meanAt, meanPathOf } from "./alignment.js";
import { cellMeans, cellsIn, placeIn, residualCells } from "./cells.js";
import { Regression } from "./regression.js";
import { shiftsOf } from "./time-shift.js";

/** A lap driven with a perturbation. */
export interface ShakenLap {
  /** what was added to the base, in units of each parameter's scale; all 0: a nominal lap */
  readonly values: Float64Array;
  readonly recording: Recording;
  /** the lap that ended where this one began, if there is one */
  readonly before: Recording | undefined;
}

/** A gradient of the cost of a lap, or of a part of it, by the parameters in their units. */
export interface GradientEstimate {
  readonly values: Float64Array;
  /** parameters x parameters */
  readonly covariance: Float64Array;
}

/** dx/dtheta at the middle of a cell: parameters x state columns, and its standard errors. */
export interface CellSensitivity {
  /** phase of the cell's middle [s] */
  readonly phase: number;
  readonly values: Float64Array;
  readonly errors: Float64Array;
}

export interface ShakeEstimate {
  readonly space: AdjustmentSpace;
  readonly laps: number;
  /** laps less unknowns */
  readonly freedom: number;
  /** cost of the mean lap */
  readonly cost: number;
  readonly gradient: GradientEstimate;
  /** gradients of the parts of the lap, of equal duration */
  readonly parts: readonly GradientEstimate[];
  readonly cells: readonly CellSensitivity[];
  readonly path: MeanPath;
  readonly deviations: readonly Deviation[];
  /** by how much the states of every lap lag behind those of the others [s]; 0 where that cannot be told */
  readonly shifts: Float64Array;
  readonly regression: Regression;
  /** t-value of the drift of what was measured over the laps: the cost's, or the largest of a state's mean */
  readonly drift: number;
  /** parameters without any effect that can be seen */
  readonly dead: readonly string[];
  /** error of a lap that the regression did not see, over its deviation: median over laps, of positions */
  readonly heldOut: number;
}

/** Parts of a lap whose gradients are told apart. */
export const PARTS = 4;
/** Mean square of an effect in parts of its standard error below which there may be none; without one it is 1. */
const DEAD = 5;

/** Unknowns of the regression beside those of the perturbation: start, constant, drift. */
export function nuisancesOf({ columns }: TaskDefinition): number {
  return columns.state.length + 2;
}

/** Undefined if the laps are too few, or too alike, to tell the parameters apart. */
export function estimateFrom(
  laps: readonly ShakenLap[],
  space: AdjustmentSpace,
  task: TaskDefinition,
): ShakeEstimate | undefined {
  if (laps.length <= space.size + nuisancesOf(task)) return undefined;
  const lapTime = task.timing.lapTime as number;
  const path = pathOf(laps, task);
  const shifts = shiftsOf(laps.map(({ recording }) => recording));
  const deviations = deviationsOf(laps, path, shifts);
  const regression = regressionOf(laps, deviations, task);
  if (!regression) return undefined;
  const p = space.size;
  const steps = Math.round(lapTime / task.timing.controlPeriod);
  const gradientOf = (column: readonly number[]) => gradientIn(regression, column, p);
  const { parts: byPart, total } = best(
    regression,
    [0, 1].map((share) => deviations.map((deviation) => costParts(deviation, path, steps, task, share))),
  );
  const cells = cellsOf(deviations, regression, path, task, p);
  return {
    space,
    laps: laps.length,
    freedom: regression.freedom,
    cost: meanCost(path, steps, task),
    gradient: gradientOf(total),
    parts: Array.from({ length: PARTS }, (_, part) => gradientOf(byPart.map((parts) => parts[part]))),
    cells,
    path,
    deviations,
    shifts,
    regression,
    drift: driftIn(regression, [total, ...stateMeans(deviations, path.columns, task)]),
    dead: space.parameters.filter((_, i) => effectOf(cells, i, task) < DEAD).map(({ name }) => name),
    heldOut: heldOutError(deviations, regression, path),
  };
}

/** What every lap deviates from the mean path, apart from the time by which its states lag. */
export function deviationsOf(laps: readonly ShakenLap[], path: MeanPath, shifts: ArrayLike<number>): Deviation[] {
  return laps.map(({ recording }, lap) => deviationOf(recording, path, shifts[lap]));
}

/** Perturbation, start, constant, drift. */
export function designRow(lap: ShakenLap, own: Deviation, place: number, task: TaskDefinition): Float64Array {
  return Float64Array.from([...lap.values, ...own.values.subarray(0, task.columns.state.length), 1, place]);
}

/**
 * (PD6): what a lap costs more than the mean path, per part of the lap: (2 r̄ + share dr)^T dr, as if the lap had as
 * many steps as it nominally has, all equally long.
 */
function costParts(
  { phases, durations, values }: Deviation,
  path: MeanPath,
  steps: number,
  task: TaskDefinition,
  share: number,
): number[] {
  const n = task.columns.state.length;
  const r = task.columns.residual.length;
  const sums = new Float64Array(PARTS);
  const mean = new Float64Array(path.columns);
  phases.forEach((phase, t) => {
    meanAt(path, phase, mean);
    const part = placeIn(phase, path.lapTime, PARTS);
    for (let i = n; i < n + r; i++) {
      const change = values[t * path.columns + i];
      sums[part] += durations[t] * (2 * mean[i] + share * change) * change;
    }
  });
  return Array.from(sums, (sum) => (sum * steps) / phases.length);
}

/** Of several columns of measurements, laps x parts, the one whose sum over the parts is explained best. */
function best(regression: Regression, candidates: readonly number[][][]): { parts: number[][]; total: number[] } {
  const judged = candidates.map((parts) => {
    const total = parts.map((lap) => lap.reduce((sum, part) => sum + part, 0));
    return { parts, total, variance: regression.solve(total).variance };
  });
  return judged.reduce((least, one) => (one.variance < least.variance ? one : least));
}

function gradientIn(regression: Regression, column: readonly number[], p: number): GradientEstimate {
  const { x, variance } = regression.solve(column);
  const covariance = new Float64Array(p * p);
  for (let i = 0; i < p; i++)
    for (let k = 0; k < p; k++) covariance[i * p + k] = variance * regression.covariance(i, k);
  return { values: x.slice(0, p), covariance };
}

function meanCost({ values, columns }: MeanPath, steps: number, task: TaskDefinition): number {
  const n = task.columns.state.length;
  const r = task.columns.residual.length;
  let cost = 0;
  for (let at = 0; at < values.length; at += columns) for (let i = n; i < n + r; i++) cost += values[at + i] ** 2;
  return (cost * steps * columns) / values.length;
}

/** The mean lap's residuals in cells, and what the parameters do to them: cells x residuals (x parameters). */
export function residualsBy({ space, path, deviations, regression }: ShakeEstimate, task: TaskDefinition) {
  const { columns, values, mean } = residualCells(deviations, path, task);
  const p = space.size;
  const jacobian = new Float64Array(columns * p);
  for (let column = 0; column < columns; column++)
    jacobian.set(regression.solve(values.map((lap) => lap[column])).x.subarray(0, p), column * p);
  return { mean, jacobian, cells: columns / task.columns.residual.length };
}

/** The mean path of laps. */
export function pathOf(laps: readonly ShakenLap[], { timing }: TaskDefinition): MeanPath {
  const recordings = laps.map(({ recording }) => recording);
  return meanPathOf(recordings, timing.lapTime as number, timing.controlPeriod);
}

/** (PD5) as one design. */
function regressionOf(
  laps: readonly ShakenLap[],
  deviations: readonly Deviation[],
  task: TaskDefinition,
): Regression | undefined {
  const placeOf = (lap: number) => (2 * lap) / (laps.length - 1) - 1;
  return Regression.of(laps.map((lap, i) => designRow(lap, deviations[i], placeOf(i), task)));
}

function cellsOf(
  deviations: readonly Deviation[],
  regression: Regression,
  path: MeanPath,
  task: TaskDefinition,
  p: number,
): CellSensitivity[] {
  const n = task.columns.state.length;
  const count = cellsIn(path.lapTime);
  const means = cellMeans(deviations, path, n);
  return Array.from({ length: count }, (_, cell) => {
    const values = new Float64Array(p * n);
    const errors = new Float64Array(p * n);
    for (let i = 0; i < n; i++) {
      const { x, variance } = regression.solve(means.map((lap) => lap[cell * n + i]));
      for (let k = 0; k < p; k++) {
        values[k * n + i] = x[k];
        errors[k * n + i] = Math.sqrt(variance * regression.covariance(k, k));
      }
    }
    return { phase: ((cell + 0.5) * path.lapTime) / count, values, errors };
  });
}

/** Mean square of a parameter's effect in parts of its standard error. */
function effectOf(cells: readonly CellSensitivity[], parameter: number, task: TaskDefinition): number {
  const n = task.columns.state.length;
  let sum = 0;
  for (const { values, errors } of cells)
    for (let at = parameter * n; at < (parameter + 1) * n; at++)
      if (values[at] !== 0) sum += (values[at] / errors[at]) ** 2;
  return sum / (cells.length * n);
}

function stateMeans(deviations: readonly Deviation[], columns: number, task: TaskDefinition): number[][] {
  return task.columns.state.map((_, i) =>
    deviations.map(({ phases, values }) => {
      let sum = 0;
      for (let at = i; at < values.length; at += columns) sum += values[at];
      return sum / phases.length;
    }),
  );
}

/** The largest t-value of the last unknown over columns of measurements. */
function driftIn(regression: Regression, columns: readonly (readonly number[])[]): number {
  const last = regression.unknowns - 1;
  const tValues = columns.map((column) => {
    const { x, variance } = regression.solve(column);
    return variance > 0 ? x[last] / Math.sqrt(variance * regression.covariance(last, last)) : 0;
  });
  return tValues.reduce((most, t) => (Math.abs(t) > Math.abs(most) ? t : most), 0);
}

/** What the others say of every lap, against what it was: cells of the position, the first two columns. */
function heldOutError(deviations: readonly Deviation[], regression: Regression, path: MeanPath): number {
  const columns = 2;
  const count = cellsIn(path.lapTime);
  const means = cellMeans(deviations, path, columns);
  const errors = new Float64Array(means.length);
  const sizes = new Float64Array(means.length);
  for (let at = 0; at < count * columns; at++) {
    const column = means.map((lap) => lap[at]);
    const { x } = regression.solve(column);
    column.forEach((value, lap) => {
      errors[lap] += ((value - regression.predict(lap, x)) / (1 - regression.leverage(lap))) ** 2;
      sizes[lap] += value ** 2;
    });
  }
  return upperMedian(errors.map((error, lap) => Math.sqrt(error / sizes[lap])));
}
