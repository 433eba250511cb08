/**
 * Pendulum-v1 of Gymnasium, from its equations: a rod of mass 1 kg and length 1 m is swung up and held there by a
 * torque of at most 2 N m.
 *
 *   cost     angle^2 + 0.1 rate^2 + 0.001 torque^2,  the angle from upright, in [-pi, pi)
 *   rate     += (15 sin(angle) + 3 torque) 0.05 s,  within ±8 rad/s;  then  angle += rate 0.05 s
 *   start    angle in ±pi, rate in ±1, evenly;  an episode is cut short after 200 steps
 *
 * Observation: cos, sin of the angle, rate. The action is the torque in units of its largest.
 */
import { Kernels } from "../batch/kernels.js";
import type { Environment, Outcome } from "../peer.js";

const DT = 0.05;
const GRAVITY = 10;
const LARGEST_TORQUE = 2;
const LARGEST_RATE = 8;
const STEPS = 200;

export class Pendulum implements Environment {
  readonly observationSize = 3;
  readonly actionSize = 1;
  private readonly kernels = new Kernels(0, 8);
  private angle = 0;
  private rate = 0;
  private steps = 0;

  reset(seed: number): Float64Array {
    const { call } = this.kernels;
    call.seed(seed, 0);
    return this.begin(Math.PI * (2 * call.uniform() - 1), 2 * call.uniform() - 1);
  }

  /** Begins an episode at an angle [rad] and rate [rad/s]. */
  begin(angle: number, rate: number): Float64Array {
    this.angle = angle;
    this.rate = rate;
    this.steps = 0;
    return this.observe();
  }

  step(action: Float64Array): Outcome {
    const torque = LARGEST_TORQUE * Math.min(Math.max(action[0], -1), 1);
    const turns = Math.floor((this.angle + Math.PI) / (2 * Math.PI));
    const wrapped = this.angle - 2 * Math.PI * turns;
    const reward = -(wrapped ** 2 + 0.1 * this.rate ** 2 + 0.001 * torque ** 2);
    const acceleration = (3 * GRAVITY * this.kernels.call.sin(this.angle)) / 2 + 3 * torque;
    this.rate = Math.min(Math.max(this.rate + acceleration * DT, -LARGEST_RATE), LARGEST_RATE);
    this.angle += this.rate * DT;
    this.steps++;
    return {
      observation: this.observe(),
      reward,
      terminated: false,
      truncated: this.steps >= STEPS,
      seconds: DT,
    };
  }

  private observe(): Float64Array {
    const { call } = this.kernels;
    return Float64Array.of(call.cos(this.angle), call.sin(this.angle), this.rate);
  }
}
