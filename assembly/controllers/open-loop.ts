import { DOUBLE_SHIFT } from "../math/doubles";
import { Controller } from "./controller";

/** Parameters of the {@link OpenLoop} controller with two inputs. */
export enum OpenLoop2Parameter {
  /** inputs that the policy's are added to */
  input1,
  input2,
  count,
}

/** Parameters of the {@link OpenLoop} controller with one input. */
export enum OpenLoop1Parameter {
  input1,
  count,
}

/**
 * No feedback: u = u_0 + u_d, the reference being the inputs themselves [W23 sec. 5]. What low-level feedback is
 * compared with.
 */
export class OpenLoop extends Controller {
  /** `n`: of the state; `m`: of the input. */
  constructor(n: i32, m: i32) {
    // reference and parameters are inputs; neither gains nor tape
    super(n, m, m, 0, m, 0);
  }

  act(parameters: usize, _x: usize, reference: usize, _gains: usize, u: usize, _tape: usize): void {
    for (let i: usize = 0, end = usize(this.inputSize) << DOUBLE_SHIFT; i < end; i += 8) {
      store<f64>(u + i, load<f64>(parameters + i) + load<f64>(reference + i));
    }
  }

  tangent(_tape: usize, _gains: usize, _dx: usize, dReference: usize, _dGains: usize, du: usize): void {
    memory.copy(du, dReference, usize(this.inputSize) << DOUBLE_SHIFT);
  }

  transpose(_tape: usize, _gains: usize, pu: usize, _px: usize, pReference: usize, _pGains: usize): void {
    memory.copy(pReference, pu, usize(this.inputSize) << DOUBLE_SHIFT);
  }
}

/** @part openLoop42 OpenLoop2Parameter */
export const openLoop42 = new OpenLoop(4, 2);
/** @part openLoop11 OpenLoop1Parameter */
export const openLoop11 = new OpenLoop(1, 1);
