import { Model } from "../models/model";

/**
 * F, the system that is really driven [W23 eq. 2], for simulation: only rolled out, never differentiated. A plant may keep
 * inner state (lags, delay lines) of its own behind what the policy sees.
 */
export abstract class Plant {
  abstract parameterCount(model: Model): i32;
  /** Back to rest at state `x`, before a rollout. */
  abstract reset(x: usize): void;
  /** next = F(x, u) after `dt` seconds. */
  abstract step(model: Model, parameters: usize, x: usize, u: usize, dt: f64, next: usize): void;
}
