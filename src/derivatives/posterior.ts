/**
 * What a gradient may truly be that was measured with errors (equation (PD9)). Errors turn a short vector away from any
 * direction, so the cosine of what was measured is too small, the more so the more parameters there are. So the truth
 * is taken as a part along the model's gradient and a rest of unknown size, and both sizes are inferred.
 */
import { inverse, logDeterminant } from "../identification/least-squares.js";
import { normalFrom, normOf, uniformFrom } from "../statistics.js";

/** Sizes of the rest that are tried, per parameter, in parts of what was measured. */
const SIZES = Array.from({ length: 25 }, (_, i) => 0.01 * 300 ** (i / 24));

/** One size of the rest: what is then likely. */
interface Candidate {
  readonly size: number;
  /** its log-likelihood */
  readonly likelihood: number;
  /** part along the model's direction, and its standard error */
  readonly along: number;
  readonly error: number;
  /** (size² I + covariance)^-1 */
  readonly inverted: Float64Array;
}

/** Draws of the truth: `measured` with its covariance, `model` the direction that it may lie in. */
export function truthsFrom(
  measured: readonly number[],
  covariance: readonly (readonly number[])[],
  model: readonly number[],
  draws: number,
): Float64Array[] {
  const p = measured.length;
  const length = normOf(Float64Array.from(model));
  const direction = model.map((value) => (length > 0 ? value / length : 0));
  const unit = normOf(Float64Array.from(measured)) / Math.sqrt(p);
  const candidates = SIZES.flatMap((part) => candidateOf(measured, covariance, direction, part * unit));
  const top = Math.max(...candidates.map(({ likelihood }) => likelihood));
  const weights = candidates.map(({ likelihood }) => Math.exp(likelihood - top));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const uniform = uniformFrom(1);
  const normal = normalFrom(uniform);
  const noise = rootOf(covariance);
  return Array.from({ length: draws }, () => {
    let rest = uniform() * sum;
    const { size, along, error, inverted } =
      candidates.find((_, i) => {
        rest -= weights[i];
        return rest <= 0;
      }) ?? candidates[candidates.length - 1];
    const s = along + error * normal();
    // a draw of the rest and of the errors, moved to where they add up to what was measured
    const drawn = measured.map(() => size * normal());
    const z = measured.map(() => normal());
    const missing = measured.map(
      (value, i) =>
        value - s * direction[i] - drawn[i] - noise[i].reduce((total, factor, k) => total + factor * z[k], 0),
    );
    return Float64Array.from(drawn, (value, i) => {
      let gain = 0;
      for (let k = 0; k < p; k++) gain += inverted[i * p + k] * missing[k];
      return s * direction[i] + value + size ** 2 * gain;
    });
  });
}

/** None where the matrix is singular to working precision. */
function candidateOf(
  measured: readonly number[],
  covariance: readonly (readonly number[])[],
  direction: readonly number[],
  size: number,
): Candidate[] {
  const p = measured.length;
  const sum = Float64Array.from(
    covariance.flatMap((row, i) => row.map((value, k) => value + (i === k ? size ** 2 : 0))),
  );
  const inverted = inverse(sum, p);
  const determinant = logDeterminant(sum, p);
  if (!inverted || determinant === undefined) return [];
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce(
      (total, value, i) => total + value * b.reduce((inner, other, k) => inner + inverted[i * p + k] * other, 0),
      0,
    );
  const precision = product(direction, direction);
  const along = precision > 0 ? product(direction, measured) / precision : 0;
  const rest = measured.map((value, i) => value - along * direction[i]);
  const likelihood = -0.5 * (determinant + product(rest, rest) + Math.log(Math.max(precision, Number.MIN_VALUE)));
  return [{ size, likelihood, along, error: precision > 0 ? 1 / Math.sqrt(precision) : 0, inverted }];
}

/** Lower triangle L with L L^T the matrix, whose diagonal may be 0. */
function rootOf(matrix: readonly (readonly number[])[]): number[][] {
  const root = matrix.map((row) => row.map(() => 0));
  matrix.forEach((row, i) => {
    for (let k = 0; k <= i; k++) {
      let rest = row[k];
      for (let l = 0; l < k; l++) rest -= root[i][l] * root[k][l];
      root[i][k] = i === k ? Math.sqrt(Math.max(0, rest)) : root[k][k] > 0 ? rest / root[k][k] : 0;
    }
  });
  return root;
}
