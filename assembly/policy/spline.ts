import { DOUBLE_SHIFT } from "../math/doubles";
import { PlanarReference, PlanarSetpoint } from "../models/planar";
import { Reference } from "./reference";

/** Parameters of {@link Spline}. */
export enum SplineParameter {
  /** time between the two setpoints, D [s] */
  duration,
  /** weight of the squared position misfits at both ends, against 1 for the squared velocity misfits [1/s^2] */
  positionWeight,
  count,
}

/** Where the entries of one axis lie in setpoint and reference, counted from its position; y's are one behind x's. */
const enum Axis {
  position = 0,
  velocity = 2,
  acceleration = 4,
}

/** Coefficients of one axis. */
const enum Coefficient {
  c0,
  c1,
  c2,
  count,
}

/** Columns of L: the ends of one axis. */
const enum Column {
  p0,
  v0,
  pD,
  vD,
  count,
}

/** Bytes of a row of L, one per coefficient, and their log2. */
// @ts-ignore: decorator
@inline
const ROW: usize = 8 * Column.count;
// @ts-ignore: decorator
@inline
const ROW_SHIFT: usize = 5;
/** Bytes from the coefficients of x to those of y. */
// @ts-ignore: decorator
@inline
const Y_COEFFICIENTS: usize = 8 * Coefficient.count;

/**
 * Quadratic per axis, q(s) = c0 + c1 s + c2 s^2 in local time, that best meets four conditions with three coefficients:
 *   minimise  W ((q(0) - p0)^2 + (q(D) - pD)^2) + (q'(0) - v0)^2 + (q'(D) - vD)^2.
 * Its solution is linear, c = L (p0, v0, pD, vD); the 3x4 matrix L is computed once, in local time (in absolute time
 * the problem is ill-conditioned). Setpoint: x, y, xdot, ydot; reference: x, y, xdot, ydot, xddot, yddot; coefficients:
 * c0, c1, c2 of x, then of y.
 */
export class Spline extends Reference {
  /** L, 3 x 4, row-major */
  private matrix: usize = heap.alloc(ROW * Coefficient.count);

  constructor() {
    super(PlanarSetpoint.count, PlanarReference.count, 2 * Coefficient.count, SplineParameter.count);
  }

  /**
   * Normal equations N c = V^T diag(W, 1, W, 1) (p0, v0, pD, vD), V the 4x3 matrix of the conditions; N is symmetric,
   * solved by its adjugate (D is of the order of the time unit once scaled: c_k D^k is solved for, so that N is well
   * conditioned).
   */
  prepare(parameters: usize): void {
    const D = load<f64>(parameters, 8 * SplineParameter.duration);
    const W = load<f64>(parameters, 8 * SplineParameter.positionWeight) * D * D; // position weight in units of D
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
      const out = this.matrix + (usize(row) << ROW_SHIFT);
      store<f64>(out, scale * W * r0, 8 * Column.p0);
      store<f64>(out, scale * D * r1, 8 * Column.v0);
      store<f64>(out, scale * W * (r0 + r1 + r2), 8 * Column.pD);
      store<f64>(out, scale * D * (r1 + 2.0 * r2), 8 * Column.vD);
      scale /= D;
    }
  }

  begin(previous: usize, next: usize, coefficients: usize): void {
    this.fitAxis(previous, next, coefficients);
    this.fitAxis(previous + 8 * PlanarSetpoint.y, next + 8 * PlanarSetpoint.y, coefficients + Y_COEFFICIENTS);
  }

  // @ts-ignore: decorator
  @inline
  evaluate(coefficients: usize, s: f64, reference: usize): void {
    evaluateAxis(coefficients, s, reference);
    evaluateAxis(coefficients + Y_COEFFICIENTS, s, reference + 8 * PlanarReference.y);
  }

  // @ts-ignore: decorator
  @inline
  evaluateTranspose(pReference: usize, s: f64, pCoefficients: usize): void {
    evaluateAxisTranspose(pReference, s, pCoefficients);
    evaluateAxisTranspose(pReference + 8 * PlanarReference.y, s, pCoefficients + Y_COEFFICIENTS);
  }

  beginTranspose(pCoefficients: usize, pPrevious: usize, pNext: usize): void {
    this.fitAxisTranspose(pCoefficients, pPrevious, pNext);
    this.fitAxisTranspose(
      pCoefficients + Y_COEFFICIENTS,
      pPrevious + 8 * PlanarSetpoint.y,
      pNext + 8 * PlanarSetpoint.y,
    );
  }

  /** c = L (p0, v0, pD, vD) of one axis. */
  private fitAxis(previous: usize, next: usize, c: usize): void {
    const p0 = load<f64>(previous, 8 * Axis.position);
    const v0 = load<f64>(previous, 8 * Axis.velocity);
    const pD = load<f64>(next, 8 * Axis.position);
    const vD = load<f64>(next, 8 * Axis.velocity);
    const L = this.matrix;
    for (let row: usize = 0; row < 3; row++) {
      const at = L + (row << ROW_SHIFT);
      store<f64>(
        c + (row << DOUBLE_SHIFT),
        load<f64>(at, 8 * Column.p0) * p0 +
          load<f64>(at, 8 * Column.v0) * v0 +
          load<f64>(at, 8 * Column.pD) * pD +
          load<f64>(at, 8 * Column.vD) * vD,
      );
    }
  }

  /** (p_p0, p_v0, p_pD, p_vD) = L^T pc of one axis. */
  private fitAxisTranspose(pc: usize, pPrevious: usize, pNext: usize): void {
    const c0 = load<f64>(pc, 8 * Coefficient.c0);
    const c1 = load<f64>(pc, 8 * Coefficient.c1);
    const c2 = load<f64>(pc, 8 * Coefficient.c2);
    const L = this.matrix;
    store<f64>(
      pPrevious,
      load<f64>(L, 8 * Column.p0) * c0 +
        load<f64>(L, ROW + 8 * Column.p0) * c1 +
        load<f64>(L, 2 * ROW + 8 * Column.p0) * c2,
      8 * Axis.position,
    );
    store<f64>(
      pPrevious,
      load<f64>(L, 8 * Column.v0) * c0 +
        load<f64>(L, ROW + 8 * Column.v0) * c1 +
        load<f64>(L, 2 * ROW + 8 * Column.v0) * c2,
      8 * Axis.velocity,
    );
    store<f64>(
      pNext,
      load<f64>(L, 8 * Column.pD) * c0 +
        load<f64>(L, ROW + 8 * Column.pD) * c1 +
        load<f64>(L, 2 * ROW + 8 * Column.pD) * c2,
      8 * Axis.position,
    );
    store<f64>(
      pNext,
      load<f64>(L, 8 * Column.vD) * c0 +
        load<f64>(L, ROW + 8 * Column.vD) * c1 +
        load<f64>(L, 2 * ROW + 8 * Column.vD) * c2,
      8 * Axis.velocity,
    );
  }
}

/** @part spline SplineParameter */
export const spline = new Spline();

/** q, q' and q'' of one axis at local time s. */
// @ts-ignore: decorator
@inline
function evaluateAxis(c: usize, s: f64, reference: usize): void {
  const c1 = load<f64>(c, 8 * Coefficient.c1);
  const c2 = load<f64>(c, 8 * Coefficient.c2);
  store<f64>(reference, load<f64>(c, 8 * Coefficient.c0) + s * (c1 + s * c2), 8 * Axis.position);
  store<f64>(reference, c1 + 2.0 * s * c2, 8 * Axis.velocity);
  store<f64>(reference, 2.0 * c2, 8 * Axis.acceleration);
}

/** pc += (p_q, s p_q + p_q', s^2 p_q + 2 s p_q' + 2 p_q'') */
// @ts-ignore: decorator
@inline
function evaluateAxisTranspose(pReference: usize, s: f64, pc: usize): void {
  const position = load<f64>(pReference, 8 * Axis.position);
  const velocity = load<f64>(pReference, 8 * Axis.velocity);
  store<f64>(pc, load<f64>(pc, 8 * Coefficient.c0) + position, 8 * Coefficient.c0);
  store<f64>(pc, load<f64>(pc, 8 * Coefficient.c1) + s * position + velocity, 8 * Coefficient.c1);
  store<f64>(
    pc,
    load<f64>(pc, 8 * Coefficient.c2) +
      s * (s * position + 2.0 * velocity) +
      2.0 * load<f64>(pReference, 8 * Axis.acceleration),
    8 * Coefficient.c2,
  );
}
