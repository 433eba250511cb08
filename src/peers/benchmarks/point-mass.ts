/**
 * The line of mbrl-lib's own test of MBPO (facebookresearch/mbrl-lib, tests/algorithms/test_algorithms.py): a point
 * that starts at rest at 1 is to be brought to 0 by changes of its velocity.
 *
 *   velocity += action in [-1, 1];  position += velocity;  reward -0.001 position^2;  30 steps
 *
 * Observation: position, velocity. There is only one start.
 */
import type { Environment, Outcome } from "../peer.js";

const STEPS = 30;
const COST = 0.001;

export class PointMass implements Environment {
  readonly observationSize = 2;
  readonly actionSize = 1;
  private position = 0;
  private velocity = 0;
  private steps = 0;

  reset(): Float64Array {
    this.position = 1;
    this.velocity = 0;
    this.steps = 0;
    return Float64Array.of(this.position, this.velocity);
  }

  step(action: Float64Array): Outcome {
    this.velocity += Math.min(Math.max(action[0], -1), 1);
    this.position += this.velocity;
    this.steps++;
    return {
      observation: Float64Array.of(this.position, this.velocity),
      reward: -COST * this.position ** 2,
      terminated: false,
      truncated: this.steps >= STEPS,
      seconds: 1,
    };
  }
}
