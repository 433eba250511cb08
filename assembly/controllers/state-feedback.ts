import { DOUBLE_SHIFT } from "../math/doubles";
import { Controller } from "./controller";

/**
 * Parameters of the {@link StateFeedback} with four states and two inputs, e.g. an LQR: what the policy does not move.
 */
export enum StateFeedback42Parameter {
  /** inputs on the setpoint itself */
  input1,
  input2,
  /** gains of input 1 on states 2 and 4, of input 2 on states 1 and 3 */
  K12,
  K14,
  K21,
  K23,
  count,
}

/** Parameters of the {@link StateFeedback} with one state and one input: a proportional controller. */
export enum StateFeedback11Parameter {
  /** input on the setpoint itself */
  input1,
  count,
}

/**
 * Linear state feedback u = u_0 + K (x_d - x), K m x n: an LQR, or for one state a proportional controller [W23 sec.
 * 6]. The n gains that the policy may move are the diagonals of K's m x m blocks, gain j = K[j mod m, j]: of a robot
 * whose state is m positions and m speeds, stiffness and damping of every joint. The other entries and u_0 are
 * parameters. Reference: x_d.
 */
export class StateFeedback extends Controller {
  /** `n`: of the state; `m`: of the input. */
  constructor(n: i32, m: i32) {
    // the reference is a state, the gains are as many; the rest of K and the inputs are parameters
    super(n, m, n, n, n * m - n + m, n * m);
  }

  /** Tape: the error x_d - x, then the entries of K that are parameters, row by row. */
  act(parameters: usize, x: usize, reference: usize, gains: usize, u: usize, tape: usize): void {
    const fixed = parameters + (usize(this.inputSize) << DOUBLE_SHIFT);
    const room = tape + (usize(this.stateSize) << DOUBLE_SHIFT);
    memory.copy(room, fixed, usize(this.stateSize * this.inputSize - this.stateSize) << DOUBLE_SHIFT);
    for (let j: usize = 0, end = usize(this.stateSize) << DOUBLE_SHIFT; j < end; j += 8) {
      store<f64>(tape + j, load<f64>(reference + j) - load<f64>(x + j));
    }
    for (let i: i32 = 0; i < this.inputSize; i++) {
      store<f64>(
        u + (usize(i) << DOUBLE_SHIFT),
        load<f64>(parameters + (usize(i) << DOUBLE_SHIFT)) + this.row(i, room, gains, tape),
      );
    }
  }

  /** du = K (dx_d - dx) + the errors times dK. */
  tangent(tape: usize, gains: usize, dx: usize, dReference: usize, dGains: usize, du: usize): void {
    const n = this.stateSize;
    const m = this.inputSize;
    let fixed = tape + (usize(n) << DOUBLE_SHIFT);
    for (let i: i32 = 0; i < m; i++) {
      let sum: f64 = 0.0;
      for (let j: i32 = 0; j < n; j++) {
        const at = usize(j) << DOUBLE_SHIFT;
        const de = load<f64>(dReference + at) - load<f64>(dx + at);
        if (j % m == i) {
          sum += load<f64>(gains + at) * de + load<f64>(tape + at) * load<f64>(dGains + at);
        } else {
          sum += load<f64>(fixed) * de;
          fixed += 8;
        }
      }
      store<f64>(du + (usize(i) << DOUBLE_SHIFT), sum);
    }
  }

  transpose(tape: usize, gains: usize, pu: usize, px: usize, pReference: usize, pGains: usize): void {
    const n = this.stateSize;
    const m = this.inputSize;
    memory.fill(pReference, 0, usize(n) << DOUBLE_SHIFT);
    let fixed = tape + (usize(n) << DOUBLE_SHIFT);
    for (let i: i32 = 0; i < m; i++) {
      const pui = load<f64>(pu + (usize(i) << DOUBLE_SHIFT));
      for (let j: i32 = 0; j < n; j++) {
        const at = usize(j) << DOUBLE_SHIFT;
        let pe = pui;
        if (j % m == i) {
          store<f64>(pGains + at, load<f64>(pGains + at) + load<f64>(tape + at) * pui);
          pe *= load<f64>(gains + at);
        } else {
          pe *= load<f64>(fixed);
          fixed += 8;
        }
        store<f64>(pReference + at, load<f64>(pReference + at) + pe);
        store<f64>(px + at, load<f64>(px + at) - pe);
      }
    }
  }

  /** Row i of K times the error. */
  private row(i: i32, fixed: usize, gains: usize, error: usize): f64 {
    const n = this.stateSize;
    const m = this.inputSize;
    let entry = fixed + (usize(i * (n - n / m)) << DOUBLE_SHIFT);
    let sum: f64 = 0.0;
    for (let j: i32 = 0; j < n; j++) {
      const at = usize(j) << DOUBLE_SHIFT;
      if (j % m == i) {
        sum += load<f64>(gains + at) * load<f64>(error + at);
      } else {
        sum += load<f64>(entry) * load<f64>(error + at);
        entry += 8;
      }
    }
    return sum;
  }
}

/** @part stateFeedback42 StateFeedback42Parameter */
export const stateFeedback42 = new StateFeedback(4, 2);
/** @part stateFeedback11 StateFeedback11Parameter */
export const stateFeedback11 = new StateFeedback(1, 1);
