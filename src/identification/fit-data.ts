/** Driving that a model is fitted to, and what all fits share. */

/** Driving without interruption, in one piece. */
export interface FitData {
  /** steps + 1 rows of state; headings unwrapped */
  readonly states: Float64Array;
  /** steps rows of inputs */
  readonly inputs: Float64Array;
  /** dt of every step [s] */
  readonly periods: Float64Array;
  /** inputs before the first step, newest last; may be empty */
  readonly earlier: Float64Array;
}

/** What a fitted parameter may come out as. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

/** Longest transport delay searched [control steps]. */
export const LONGEST_DELAY = 14;

/** Input `column` of `columns` at step t of a drive; before its first step those from before it, 0 before these. */
export function inputAt({ inputs, earlier }: FitData, t: number, column: number, columns: number): number {
  if (t >= 0) return inputs[columns * t + column];
  const from = earlier.length / columns + t;
  return from >= 0 ? earlier[columns * from + column] : 0;
}

/** Unwraps the angles of column `column` in rows of `columns`, in place: no two neighbours are more than pi apart. */
export function unwrap(rows: Float64Array, column: number, columns: number): void {
  for (let i = columns + column; i < rows.length; i += columns) {
    const turn = rows[i] - rows[i - columns];
    rows[i] = rows[i - columns] + turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));
  }
}

/** Says which parameter left its bounds, with the value and what is allowed; undefined if none did. */
export function beyond<Name extends string>(
  parameters: Readonly<Record<Name, number>>,
  bounds: Readonly<Record<Name, Bounds>>,
): string | undefined {
  for (const name of Object.keys(bounds) as Name[]) {
    const { low, high, unit } = bounds[name];
    const value = parameters[name];
    if (value >= low && value <= high) continue;
    const shown = `${Number(value.toPrecision(4))}${unit === "1" ? "" : ` ${unit}`}`;
    return `${name} would be ${shown}; allowed is ${low} to ${high}`;
  }
  return undefined;
}
