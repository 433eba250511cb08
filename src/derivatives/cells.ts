/** Laps in cells of phase, short parts of a lap of equal duration, in which laps of other periods are compared. */
import type { TaskDefinition } from "../tasks/definition.js";
import { type Deviation, type MeanPath, meanAt } from "./alignment.js";

/** Duration of a cell [s], about. */
const CELL = 0.1;

/** Cells of a lap. */
export function cellsIn(lapTime: number): number {
  return Math.round(lapTime / CELL);
}

/** Which of `count` equal parts of the lap a phase belongs to; a lap may begin or end a little outside. */
export function placeIn(phase: number, lapTime: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor((count * phase) / lapTime)));
}

/**
 * Residuals in cells: what every lap deviates in each, laps x (cells x residuals), and the mean path's there; `columns`
 * in all.
 */
export function residualCells(deviations: readonly Deviation[], path: MeanPath, task: TaskDefinition) {
  const n = task.columns.state.length;
  const r = task.columns.residual.length;
  const count = cellsIn(path.lapTime);
  const residualsOf = (means: Float64Array) =>
    Float64Array.from({ length: count * r }, (_, at) => means[Math.floor(at / r) * (n + r) + n + (at % r)]);
  const values = cellMeans(deviations, path, n + r).map(residualsOf);
  const points = path.values.length / path.columns;
  const phases = Float64Array.from({ length: points }, (_, point) => (point * path.lapTime) / points);
  const along = new Float64Array(path.values.length);
  for (const [point, phase] of phases.entries())
    meanAt(path, phase, along.subarray(point * path.columns, (point + 1) * path.columns));
  const [mean] = cellMeans([{ phases, values: along }], path, n + r).map(residualsOf);
  return { columns: count * r, values, mean };
}

/**
 * Mean deviation of a lap in every cell, of the first `columns` columns: laps x cells x columns. A cell at the end of
 * the lap without a sample, as a lap may end a little early, has that of the cell before; so has one at its beginning.
 */
export function cellMeans(
  deviations: readonly Pick<Deviation, "phases" | "values">[],
  path: MeanPath,
  columns: number,
): Float64Array[] {
  const cells = cellsIn(path.lapTime);
  return deviations.map(({ phases, values }) => {
    const sums = new Float64Array(cells * columns);
    const counts = new Float64Array(cells);
    phases.forEach((phase, t) => {
      const cell = placeIn(phase, path.lapTime, cells);
      counts[cell]++;
      for (let i = 0; i < columns; i++) sums[cell * columns + i] += values[t * path.columns + i];
    });
    const means = sums.map((sum, at) => sum / counts[Math.floor(at / columns)]);
    const first = counts.findIndex((count) => count > 0);
    for (let cell = first - 1; cell >= 0; cell--) copyCell(means, cell + 1, cell, columns);
    for (let cell = first + 1; cell < cells; cell++) if (counts[cell] === 0) copyCell(means, cell - 1, cell, columns);
    return means;
  });
}

function copyCell(means: Float64Array, from: number, to: number, columns: number): void {
  means.copyWithin(to * columns, from * columns, (from + 1) * columns);
}
