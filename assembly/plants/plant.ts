import { Model } from "../models/model";

/**
 * F, the system that is really driven [W23 eq. 2], for simulation: only rolled out, never differentiated. A plant may
 * keep inner state of its own behind what the policy sees, in `innerSize` doubles that are 0 at the start; delays and
 * lags of the inputs, noise and jitter are added around it (assembly/actuation.ts).
 */
export abstract class Plant {
  abstract parameterCount(model: Model): i32;
  /** Whether {@link step} is the model's own with other parameters. */
  isModel(): bool {
    return false;
  }
  /** Longest integration step [s]; a control period is divided into equal steps no longer than this. */
  abstract longestStep(): f64;
  /** Doubles of inner state, at most 16. */
  abstract innerSize(): i32;
  /** next = F(x, u) after `dt` seconds; `next` may be `x`. */
  abstract step(model: Model, parameters: usize, inner: usize, x: usize, u: usize, dt: f64, next: usize): void;
}
