/** How a quantity grows with the horizon: exponents by least squares on logarithms. */
import { multiply, solve, transposed } from "../../control/riccati.js";

/** q ~ T^power e^(rate T). */
export interface Growth {
  readonly power: number;
  /** per step; 0 where a power alone was fitted */
  readonly rate: number;
}

/** q ~ T^power: slope of log q over log T. */
export function powerGrowth(horizons: readonly number[], values: readonly number[]): Growth {
  const [, power = Number.NaN] = leastSquares(
    horizons.map((T) => [1, Math.log(T)]),
    values,
  );
  return { power, rate: 0 };
}

/** q ~ T^power e^(rate T), both fitted. */
export function exponentialGrowth(horizons: readonly number[], values: readonly number[]): Growth {
  const [, power = Number.NaN, rate = Number.NaN] = leastSquares(
    horizons.map((T) => [1, Math.log(T), T]),
    values,
  );
  return { power, rate };
}

/** Coefficients of the columns that describe log |value| best. */
function leastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const transpose = transposed(rows);
  const right = multiply(
    transpose,
    values.map((value) => [Math.log(Math.abs(value))]),
  );
  return solve(multiply(transpose, rows), right)?.map(([value]) => value ?? Number.NaN) ?? [];
}
