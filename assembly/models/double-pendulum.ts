import { cosine, sincos, sine } from "../math/trig";
import { Model } from "./model";

/** Parameters of {@link DoublePendulum}; all but gravity must be above 0. */
export enum DoublePendulumParameter {
  /** mass at the end of the first link [kg] */
  mass1,
  /** mass at the end of the second link [kg] */
  mass2,
  /** length of the first link [m] */
  length1,
  /** length of the second link [m] */
  length2,
  /** [m/s^2] */
  gravity,
  count,
}

/** State of {@link DoublePendulum}. */
export const enum DoublePendulumState {
  /** angle of the first link from the horizontal, of the second from the first [rad] */
  theta1,
  theta2,
  /** their rates [rad/s] */
  w1,
  w2,
  count,
}

/** Input of {@link DoublePendulum}: torques in the joints [N m]. */
export const enum DoublePendulumInput {
  torque1,
  torque2,
  count,
}

/** Columns of D = dt d(a1, a2) / d(theta1, theta2, w1, w2, u1, u2). */
const enum Column {
  theta1,
  theta2,
  w1,
  w2,
  torque1,
  torque2,
  count,
}

/** Rows of D, the entries of a column. */
const enum Row {
  a1,
  a2,
  count,
}

/** The tape is dt, then D column by column: offset of D, bytes of a column, size of the tape. */
// @ts-ignore: decorator
@inline
const D: usize = 8;
// @ts-ignore: decorator
@inline
const COLUMN: usize = 8 * Row.count;
// @ts-ignore: decorator
@inline
const TAPE: i32 = 1 + Row.count * Column.count;

/**
 * Two links in a vertical plane, point masses at their ends, motors in both joints [Lynch & Park, Modern Robotics, sec.
 * 8.1]. State: theta1 (from the horizontal), theta2 (from the first link) [rad], their rates w1, w2 [rad/s]; input:
 * torques [N m].
 *   M(theta2) a = u - c(theta2, w) - g(theta),   theta+ = theta + dt w,   w+ = w + dt a   (explicit Euler, as theirs)
 *   M11 = m1 l1^2 + m2 (l1^2 + 2 l1 l2 cos theta2 + l2^2),   M12 = m2 (l1 l2 cos theta2 + l2^2),   M22 = m2 l2^2
 *   c = h (-2 w1 w2 - w2^2, w1^2),   h = m2 l1 l2 sin theta2
 *   g = G ((m1 + m2) l1 cos theta1 + m2 l2 cos(theta1 + theta2),  m2 l2 cos(theta1 + theta2))
 */
export class DoublePendulum extends Model {
  private acceleration1: f64 = 0.0;
  private acceleration2: f64 = 0.0;

  constructor() {
    super(DoublePendulumState.count, DoublePendulumInput.count, DoublePendulumParameter.count, TAPE);
  }

  step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void {
    this.evaluate(parameters, x, u, dt, 0);
    const w1 = load<f64>(x, 8 * DoublePendulumState.w1);
    const w2 = load<f64>(x, 8 * DoublePendulumState.w2);
    store<f64>(next, load<f64>(x, 8 * DoublePendulumState.theta1) + dt * w1, 8 * DoublePendulumState.theta1);
    store<f64>(next, load<f64>(x, 8 * DoublePendulumState.theta2) + dt * w2, 8 * DoublePendulumState.theta2);
    store<f64>(next, w1 + dt * this.acceleration1, 8 * DoublePendulumState.w1);
    store<f64>(next, w2 + dt * this.acceleration2, 8 * DoublePendulumState.w2);
  }

  linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    this.evaluate(parameters, x, u, dt, tape);
  }

  /** The accelerations and, if there is a tape, their derivatives: M da = d(u - c - g) - dM a. */
  private evaluate(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void {
    const m1 = load<f64>(parameters, 8 * DoublePendulumParameter.mass1);
    const m2 = load<f64>(parameters, 8 * DoublePendulumParameter.mass2);
    const l1 = load<f64>(parameters, 8 * DoublePendulumParameter.length1);
    const l2 = load<f64>(parameters, 8 * DoublePendulumParameter.length2);
    const gravity = load<f64>(parameters, 8 * DoublePendulumParameter.gravity);
    const theta1 = load<f64>(x, 8 * DoublePendulumState.theta1);
    const theta2 = load<f64>(x, 8 * DoublePendulumState.theta2);
    const w1 = load<f64>(x, 8 * DoublePendulumState.w1);
    const w2 = load<f64>(x, 8 * DoublePendulumState.w2);
    sincos(theta1);
    const s1 = sine;
    const c1 = cosine;
    sincos(theta2);
    const s2 = sine;
    const c2 = cosine;
    const c12 = c1 * c2 - s1 * s2;
    const s12 = s1 * c2 + c1 * s2;
    const coupling = m2 * l1 * l2;
    const m22 = m2 * l2 * l2;
    const m12 = coupling * c2 + m22;
    const m11 = (m1 + m2) * l1 * l1 + 2.0 * coupling * c2 + m22;
    const h = coupling * s2;
    const upper = gravity * (m1 + m2) * l1;
    const lower = gravity * m2 * l2;
    const r1 = load<f64>(u, 8 * DoublePendulumInput.torque1) + h * (2.0 * w1 + w2) * w2 - upper * c1 - lower * c12;
    const r2 = load<f64>(u, 8 * DoublePendulumInput.torque2) - h * w1 * w1 - lower * c12;
    // det M = l1^2 l2^2 m2 (m1 + m2 sin^2 theta2) > 0: the masses are
    const perDeterminant = 1.0 / (m11 * m22 - m12 * m12);
    const i11 = m22 * perDeterminant;
    const i12 = -m12 * perDeterminant;
    const i22 = m11 * perDeterminant;
    const a1 = i11 * r1 + i12 * r2;
    const a2 = i12 * r1 + i22 * r2;
    this.acceleration1 = a1;
    this.acceleration2 = a2;
    if (tape == 0) return;
    store<f64>(tape, dt);
    const n11 = dt * i11;
    const n12 = dt * i12;
    const n22 = dt * i22;
    solved(tape + (D + COLUMN * Column.theta1), n11, n12, n22, upper * s1 + lower * s12, lower * s12);
    // theta2: h' = coupling cos theta2, M11' = -2 h, M12' = -h
    const hSlope = coupling * c2;
    solved(
      tape + (D + COLUMN * Column.theta2),
      n11,
      n12,
      n22,
      hSlope * (2.0 * w1 + w2) * w2 + lower * s12 + h * (2.0 * a1 + a2),
      lower * s12 - hSlope * w1 * w1 + h * a1,
    );
    solved(tape + (D + COLUMN * Column.w1), n11, n12, n22, 2.0 * h * w2, -2.0 * h * w1);
    solved(tape + (D + COLUMN * Column.w2), n11, n12, n22, 2.0 * h * (w1 + w2), 0.0);
    store<f64>(tape, n11, D + COLUMN * Column.torque1);
    store<f64>(tape, n12, D + COLUMN * Column.torque1 + 8 * Row.a2);
    store<f64>(tape, n12, D + COLUMN * Column.torque2);
    store<f64>(tape, n22, D + COLUMN * Column.torque2 + 8 * Row.a2);
  }

  /** dtheta+ = dtheta + dt dw,   dw+ = dw + D (dtheta1, dtheta2, dw1, dw2, du1, du2) */
  tangent(tape: usize, dx: usize, du: usize, dNext: usize): void {
    const dt = load<f64>(tape);
    const d1 = load<f64>(dx, 8 * DoublePendulumState.theta1);
    const d2 = load<f64>(dx, 8 * DoublePendulumState.theta2);
    const dw1 = load<f64>(dx, 8 * DoublePendulumState.w1);
    const dw2 = load<f64>(dx, 8 * DoublePendulumState.w2);
    const u1 = load<f64>(du, 8 * DoublePendulumInput.torque1);
    const u2 = load<f64>(du, 8 * DoublePendulumInput.torque2);
    store<f64>(dNext, d1 + dt * dw1, 8 * DoublePendulumState.theta1);
    store<f64>(dNext, d2 + dt * dw2, 8 * DoublePendulumState.theta2);
    for (let i: usize = 0; i < COLUMN; i += 8) {
      const row = tape + D + i;
      const da =
        load<f64>(row, COLUMN * Column.theta1) * d1 +
        load<f64>(row, COLUMN * Column.theta2) * d2 +
        load<f64>(row, COLUMN * Column.w1) * dw1 +
        load<f64>(row, COLUMN * Column.w2) * dw2 +
        load<f64>(row, COLUMN * Column.torque1) * u1 +
        load<f64>(row, COLUMN * Column.torque2) * u2;
      store<f64>(dNext + 8 * DoublePendulumState.w1 + i, (i == 0 ? dw1 : dw2) + da);
    }
  }

  /** ptheta = p_theta + D_theta^T p_w,   pw = p_w + dt p_theta + D_w^T p_w,   pu = D_u^T p_w */
  transpose(tape: usize, p: usize, px: usize, pu: usize): void {
    const dt = load<f64>(tape);
    const p1 = load<f64>(p, 8 * DoublePendulumState.theta1);
    const p2 = load<f64>(p, 8 * DoublePendulumState.theta2);
    const pw1 = load<f64>(p, 8 * DoublePendulumState.w1);
    const pw2 = load<f64>(p, 8 * DoublePendulumState.w2);
    store<f64>(px, p1 + column(tape + (D + COLUMN * Column.theta1), pw1, pw2), 8 * DoublePendulumState.theta1);
    store<f64>(px, p2 + column(tape + (D + COLUMN * Column.theta2), pw1, pw2), 8 * DoublePendulumState.theta2);
    store<f64>(px, pw1 + dt * p1 + column(tape + (D + COLUMN * Column.w1), pw1, pw2), 8 * DoublePendulumState.w1);
    store<f64>(px, pw2 + dt * p2 + column(tape + (D + COLUMN * Column.w2), pw1, pw2), 8 * DoublePendulumState.w2);
    store<f64>(pu, column(tape + (D + COLUMN * Column.torque1), pw1, pw2), 8 * DoublePendulumInput.torque1);
    store<f64>(pu, column(tape + (D + COLUMN * Column.torque2), pw1, pw2), 8 * DoublePendulumInput.torque2);
  }
}

/** @part doublePendulum DoublePendulumParameter */
export const doublePendulum = new DoublePendulum();

/** The column N r, N symmetric 2x2. */
// @ts-ignore: decorator
@inline
function solved(out: usize, n11: f64, n12: f64, n22: f64, r1: f64, r2: f64): void {
  store<f64>(out, n11 * r1 + n12 * r2, 8 * Row.a1);
  store<f64>(out, n12 * r1 + n22 * r2, 8 * Row.a2);
}

/** A column's product with (pw1, pw2). */
// @ts-ignore: decorator
@inline
function column(at: usize, pw1: f64, pw2: f64): f64 {
  return load<f64>(at, 8 * Row.a1) * pw1 + load<f64>(at, 8 * Row.a2) * pw2;
}
