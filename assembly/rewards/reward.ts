/**
 * Stage cost (reward = -cost) as a sum of squared residuals, c(x, u, t) = sum r_i^2: the residual form is what a
 * Gauss-Newton step needs. `x` is the state before the step, `t` the task time of that step [s].
 */
export abstract class Reward {
  constructor(
    readonly stateSize: i32,
    readonly residualSize: i32,
    readonly parameterCount: i32,
    readonly tapeSize: i32,
  ) {}

  /** Once per configuration, after the parameters are set. */
  abstract prepare(parameters: usize): void;
  abstract residuals(parameters: usize, x: usize, u: usize, t: f64, residuals: usize, tape: usize): void;
  /** dResiduals = dr/dx dx + dr/du du. */
  abstract tangent(tape: usize, dx: usize, du: usize, dResiduals: usize): void;
  /** px += (dr/dx)^T w, pu += (dr/du)^T w. */
  abstract transpose(tape: usize, w: usize, px: usize, pu: usize): void;
}
