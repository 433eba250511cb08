/** How a quantity grows with the horizon: exponents by least squares on logarithms. */
import { multiply, solve, transposed } from "../../control/riccati.js";
import { UserError } from "../../errors.js";

/** q ~ T^power e^(rate T). */
export interface Growth {
  readonly power: number;
  /** per step; 0 where a power alone was fitted */
  readonly rate: number;
}

/** q ~ T^power: slope of log q over log T. */
export function powerGrowth(horizons: readonly number[], values: readonly number[]): Growth {
  const [, power] = leastSquares(
    horizons.map((T) => [1, Math.log(T)]),
    values,
  );
  return { power, rate: 0 };
}

/** q ~ T^power e^(rate T), both fitted. */
export function exponentialGrowth(horizons: readonly number[], values: readonly number[]): Growth {
  const [, power, rate] = leastSquares(
    horizons.map((T) => [1, Math.log(T), T]),
    values,
  );
  return { power, rate };
}

/**
 * Coefficients of the columns that describe log |value| best.
 * @throws UserError with too few rows
 */
function leastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const transpose = transposed(rows);
  const right = multiply(
    transpose,
    values.map((value) => [Math.log(Math.abs(value))]),
  );
  const solution = solve(multiply(transpose, rows), right);
  if (!solution) throw new UserError(`growth is not defined by the values at ${rows.length} horizons; give more`);
  return solution.map(([value]) => value);
}
