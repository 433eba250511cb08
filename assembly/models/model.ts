/**
 * F̂, the approximate physics model [W23 eq. 1]: only differentiated, along recorded trajectories. Rows of doubles are
 * passed as addresses. `tape` is the model's own room per control step, `tapeSize` doubles: {@link linearise} puts
 * there what {@link tangent} and {@link transpose} need, so that those two are free of trigonometry and branches.
 */
export abstract class Model {
  constructor(
    readonly stateSize: i32,
    readonly inputSize: i32,
    readonly parameterCount: i32,
    readonly tapeSize: i32,
  ) {}

  /** next = F̂(x, u) after `dt` seconds; `next` may be `x`. */
  abstract step(parameters: usize, x: usize, u: usize, dt: f64, next: usize): void;
  /**
   * Turn rate [rad/s] at (x, u) if only `gripLeft` of the grip is left; NaN if the model knows no grip. For models
   * whose state is that of models/planar.ts.
   */
  turnRate(_parameters: usize, _x: usize, _u: usize, _gripLeft: f64): f64 {
    return NaN;
  }
  /** Fills the tape at (x, u) [W23 eq. 6]. */
  abstract linearise(parameters: usize, x: usize, u: usize, dt: f64, tape: usize): void;
  /** dNext = Â dx + B̂ du. */
  abstract tangent(tape: usize, dx: usize, du: usize, dNext: usize): void;
  /** px = Â^T p, pu = B̂^T p (both set). */
  abstract transpose(tape: usize, p: usize, px: usize, pu: usize): void;
}
