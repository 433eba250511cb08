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
export const powerGrowth = (horizons: readonly number[], values: readonly number[]): Growth =>
  growthBy((T) => [1, Math.log(T)], horizons, values);

/** q ~ T^power e^(rate T), both fitted. */
export const exponentialGrowth = (horizons: readonly number[], values: readonly number[]): Growth =>
  growthBy((T) => [1, Math.log(T), T], horizons, values);

/** By the terms whose sum is closest to log |value|. */
function growthBy(terms: (T: number) => number[], horizons: readonly number[], values: readonly number[]): Growth {
  const rows = horizons.map(terms);
  const transpose = transposed(rows);
  const right = multiply(
    transpose,
    values.map((value) => [Math.log(Math.abs(value))]),
  );
  const solution = solve(multiply(transpose, rows), right);
  if (!solution) throw new UserError(`values at ${rows.length} horizons do not say how they grow; give more horizons`);
  const [, power, rate = 0] = solution.flat();
  return { power, rate };
}
