/**
 * Lanczos' method with full reorthogonalisation: an extreme eigenvalue of a symmetric matrix of which only products are
 * known.
 */
import { UserError } from "../errors.js";
import { dot } from "../statistics.js";
import type { SymmetricProduct } from "./hessian.js";

export interface LanczosOptions {
  /** `magnitude`: largest absolute value; `largest`: largest value */
  readonly of?: "magnitude" | "largest";
  /**
   * it stops at this residual |A y - lambda y| of the unit eigenvector y, relative to the largest absolute eigenvalue
   * found
   */
  readonly tolerance?: number;
  /** products at most */
  readonly products?: number;
}

export interface Eigenvalue {
  readonly value: number;
  /** |A y - lambda y|: an eigenvalue lies within this distance, and at a gap g from the others within its square / g */
  readonly residual: number;
  /** products taken */
  readonly products: number;
}

/** One eigenvalue of the tridiagonal matrix, and the last component of its unit eigenvector. */
interface Ritz {
  readonly value: number;
  readonly last: number;
}

/**
 * The extreme eigenvalue of A, size x size. A V = V T + beta v e^T with orthonormal V; T's eigenvalues tend to A's
 * extreme ones, and |A y - lambda y| = beta |last component of T's eigenvector|. The start is always the same.
 * @throws UserError if it does not converge
 */
export function extremeEigenvalue(product: SymmetricProduct, size: number, options: LanczosOptions = {}): Eigenvalue {
  const { of = "magnitude", tolerance = 1e-8, products: most = 300 } = options;
  if (!Number.isInteger(size) || size < 1)
    throw new UserError(`an eigenvalue needs a matrix of at least 1 x 1, got ${size}`);
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let v = startVector(size);
  let residual = Number.POSITIVE_INFINITY;
  while (diagonal.length < Math.min(size, most)) {
    basis.push(v);
    const w = product(v);
    diagonal.push(dot(v, w));
    // twice is enough (Kahan and Parlett); once leaves rounding errors that bring back converged eigenvalues
    for (let pass = 0; pass < 2; pass++) for (const q of basis) subtract(w, dot(q, w), q);
    const beta = Math.sqrt(dot(w, w));
    const ritz = tridiagonalEigenvalues(diagonal, beside);
    const scale = Math.max(...ritz.map(({ value }) => Math.abs(value)));
    if (!Number.isFinite(beta) || !Number.isFinite(scale))
      throw new UserError("the matrix has products that are not finite", 1);
    const rank = ({ value }: Ritz) => (of === "largest" ? value : Math.abs(value));
    const found = ritz.reduce((best, candidate) => (rank(candidate) > rank(best) ? candidate : best));
    residual = beta * Math.abs(found.last);
    if (residual <= tolerance * scale || diagonal.length === size)
      return { value: found.value, residual, products: diagonal.length };
    beside.push(beta);
    v = w.map((value) => value / beta);
  }
  throw new UserError(
    `Lanczos' method did not converge within ${most} products: residual ${residual.toPrecision(3)}; ` +
      `allow more products or a larger tolerance than ${tolerance}`,
    1,
  );
}

/**
 * Numbers in [-1, 1) from a multiplicative congruence, of length 1: the same on every machine, orthogonal to nothing in
 * particular.
 */
function startVector(size: number): Float64Array {
  let state = 1;
  const v = Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const length = Math.sqrt(dot(v, v));
  return v.map((value) => value / length);
}

/**
 * All eigenvalues of the symmetric tridiagonal matrix with this diagonal and these n - 1 numbers beside it, with the
 * last components of their eigenvectors: QL with implicit shifts [Golub and Van Loan 8.3], rotating only the last row
 * of the eigenvectors.
 */
export function tridiagonalEigenvalues(diagonal: readonly number[], beside: readonly number[]): Ritz[] {
  const n = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = Float64Array.from([...beside, 0]);
  const last = Float64Array.from({ length: n }, (_, i) => (i === n - 1 ? 1 : 0));
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; sweep < 60; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > 1e-16 * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      // shift of Wilkinson: the eigenvalue of the leading 2 x 2 block that is closer to d_l
      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      for (let i = m - 1; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        s = r === 0 ? 0 : f / r;
        c = r === 0 ? 1 : g / r;
        g = d[i + 1] - p;
        const t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        const high = last[i + 1];
        last[i + 1] = s * last[i] + c * high;
        last[i] = c * last[i] - s * high;
      }
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
  return Array.from(d, (value, i) => ({ value, last: last[i] }));
}

/** a -= factor b. */
function subtract(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] -= factor * b[i];
}
