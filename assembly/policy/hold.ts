import { DOUBLE_SHIFT } from "../math/doubles";
import { Reference } from "./reference";

/** The setpoint itself, held for the whole segment: reference = setpoint. */
export class Hold extends Reference {
  constructor(size: i32) {
    super(size, size, size, 0);
  }

  prepare(_parameters: usize): void {}

  begin(_previous: usize, next: usize, coefficients: usize): void {
    memory.copy(coefficients, next, usize(this.setpointSize) << DOUBLE_SHIFT);
  }

  evaluate(coefficients: usize, _s: f64, reference: usize): void {
    memory.copy(reference, coefficients, usize(this.setpointSize) << DOUBLE_SHIFT);
  }

  evaluateTranspose(pReference: usize, _s: f64, pCoefficients: usize): void {
    for (let i: usize = 0, end = usize(this.setpointSize) << DOUBLE_SHIFT; i < end; i += 8) {
      store<f64>(pCoefficients + i, load<f64>(pCoefficients + i) + load<f64>(pReference + i));
    }
  }

  beginTranspose(pCoefficients: usize, pPrevious: usize, pNext: usize): void {
    memory.fill(pPrevious, 0, usize(this.setpointSize) << DOUBLE_SHIFT);
    memory.copy(pNext, pCoefficients, usize(this.setpointSize) << DOUBLE_SHIFT);
  }
}

/** @part hold4 */
export const hold4 = new Hold(4);
/** @part hold2 */
export const hold2 = new Hold(2);
/** @part hold1 */
export const hold1 = new Hold(1);
