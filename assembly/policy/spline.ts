import { Reference } from "./reference";

/** Parameters of {@link Spline}. */
export enum SplineParameter {
  /** time between the two setpoints, D [s] */
  duration,
  /** weight of the squared position misfits at both ends, against 1 for the squared velocity misfits [1/s^2] */
  positionWeight,
  count,
}

/**
 * Quadratic per axis, q(s) = c0 + c1 s + c2 s^2 in local time, that best meets four conditions with three coefficients:
 *   minimise  W ((q(0) - p0)^2 + (q(D) - pD)^2) + (q'(0) - v0)^2 + (q'(D) - vD)^2.
 * Its solution is linear, c = L (p0, v0, pD, vD); the 3x4 matrix L is computed once, in local time (in absolute time the problem is
 * ill-conditioned). Setpoint: x, y, xdot, ydot; reference: x, y, xdot, ydot, xddot, yddot; coefficients: c0, c1, c2 of x, then of y.
 */
export class Spline extends Reference {
  /** L, 3 x 4, row-major; columns p0, v0, pD, vD */
  private matrix: usize = heap.alloc(96);

  setpointSize(): i32 {
    return 4;
  }
  referenceSize(): i32 {
    return 6;
  }
  coefficientSize(): i32 {
    return 6;
  }
  parameterCount(): i32 {
    return SplineParameter.count;
  }

  /**
   * Normal equations N c = V^T diag(W, 1, W, 1) (p0, v0, pD, vD), V the 4x3 matrix of the conditions; N is symmetric, solved by
   * its adjugate (D is of the order of the time unit once scaled: c_k D^k is solved for, so that N is well conditioned).
   */
  prepare(parameters: usize): void {
    const D = load<f64>(parameters);
    const W = load<f64>(parameters, 8) * D * D; // position weight in units of D
    // scaled unknowns b = (c0, c1 D, c2 D^2); rows of V: (1,0,0), (0,1,0), (1,1,1), (0,1,2); velocities scaled by D
    const n00 = 2.0 * W;
    const n01 = W;
    const n02 = W;
    const n11 = W + 2.0;
    const n12 = W + 2.0;
    const n22 = W + 4.0;
    const a00 = n11 * n22 - n12 * n12;
    const a01 = n02 * n12 - n01 * n22;
    const a02 = n01 * n12 - n02 * n11;
    const a11 = n00 * n22 - n02 * n02;
    const a12 = n01 * n02 - n00 * n12;
    const a22 = n00 * n11 - n01 * n01;
    const perDeterminant = 1.0 / (n00 * a00 + n01 * a01 + n02 * a02);
    let scale = perDeterminant;
    for (let row: i32 = 0; row < 3; row++) {
      const r0 = row == 0 ? a00 : row == 1 ? a01 : a02;
      const r1 = row == 0 ? a01 : row == 1 ? a11 : a12;
      const r2 = row == 0 ? a02 : row == 1 ? a12 : a22;
      const out = this.matrix + (usize(row) << 5);
      store<f64>(out, scale * W * r0);
      store<f64>(out, scale * D * r1, 8);
      store<f64>(out, scale * W * (r0 + r1 + r2), 16);
      store<f64>(out, scale * D * (r1 + 2.0 * r2), 24);
      scale /= D;
    }
  }

  begin(previous: usize, next: usize, coefficients: usize): void {
    this.fitAxis(previous, next, coefficients);
    this.fitAxis(previous + 8, next + 8, coefficients + 24);
  }

  evaluate(coefficients: usize, s: f64, reference: usize): void {
    evaluateAxis(coefficients, s, reference);
    evaluateAxis(coefficients + 24, s, reference + 8);
  }

  evaluateTranspose(pReference: usize, s: f64, pCoefficients: usize): void {
    evaluateAxisTranspose(pReference, s, pCoefficients);
    evaluateAxisTranspose(pReference + 8, s, pCoefficients + 24);
  }

  beginTranspose(pCoefficients: usize, pPrevious: usize, pNext: usize): void {
    this.fitAxisTranspose(pCoefficients, pPrevious, pNext);
    this.fitAxisTranspose(pCoefficients + 24, pPrevious + 8, pNext + 8);
  }

  /** c = L (p0, v0, pD, vD) of one axis. */
  private fitAxis(previous: usize, next: usize, c: usize): void {
    const p0 = load<f64>(previous);
    const v0 = load<f64>(previous, 16);
    const pD = load<f64>(next);
    const vD = load<f64>(next, 16);
    const L = this.matrix;
    for (let row: usize = 0; row < 3; row++) {
      const at = L + (row << 5);
      store<f64>(c + (row << 3), load<f64>(at) * p0 + load<f64>(at, 8) * v0 + load<f64>(at, 16) * pD + load<f64>(at, 24) * vD);
    }
  }

  private fitAxisTranspose(pc: usize, pPrevious: usize, pNext: usize): void {
    const c0 = load<f64>(pc);
    const c1 = load<f64>(pc, 8);
    const c2 = load<f64>(pc, 16);
    const L = this.matrix;
    store<f64>(pPrevious, load<f64>(L) * c0 + load<f64>(L, 32) * c1 + load<f64>(L, 64) * c2);
    store<f64>(pPrevious, load<f64>(L, 8) * c0 + load<f64>(L, 40) * c1 + load<f64>(L, 72) * c2, 16);
    store<f64>(pNext, load<f64>(L, 16) * c0 + load<f64>(L, 48) * c1 + load<f64>(L, 80) * c2);
    store<f64>(pNext, load<f64>(L, 24) * c0 + load<f64>(L, 56) * c1 + load<f64>(L, 88) * c2, 16);
  }
}

/** @part spline SplineParameter */
export const spline = new Spline();

// @ts-ignore: decorator
@inline
function evaluateAxis(c: usize, s: f64, reference: usize): void {
  const c1 = load<f64>(c, 8);
  const c2 = load<f64>(c, 16);
  store<f64>(reference, load<f64>(c) + s * (c1 + s * c2));
  store<f64>(reference, c1 + 2.0 * s * c2, 16);
  store<f64>(reference, 2.0 * c2, 32);
}

// @ts-ignore: decorator
@inline
function evaluateAxisTranspose(pReference: usize, s: f64, pc: usize): void {
  const position = load<f64>(pReference);
  const velocity = load<f64>(pReference, 16);
  store<f64>(pc, load<f64>(pc) + position);
  store<f64>(pc, load<f64>(pc, 8) + s * position + velocity, 8);
  store<f64>(pc, load<f64>(pc, 16) + s * (s * position + 2.0 * velocity) + 2.0 * load<f64>(pReference, 32), 16);
}
