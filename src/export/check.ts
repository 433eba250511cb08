import type { Precision } from "./onnx/print.js";

/** One comparison with the core. */
export interface Check {
  readonly what: "network" | "step" | "drive" | "weights";
  /** states, control steps of the drive, or weights */
  readonly states: number;
  /**
   * states left out, where the core's own answer changes by more than half the limit with one rounding of what it is
   * given
   */
  readonly undecided: number;
  /**
   * network: in parts of its scale; step: in parts of the largest value of the same number, or of 1; drive: largest
   * distance of a state, or in float32 the relative error of the cost
   */
  readonly error: number;
  readonly limit: number;
  readonly precision: Precision;
  readonly passed: boolean;
}
