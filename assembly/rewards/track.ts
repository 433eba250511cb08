import { sincos, sine } from "../math/trig";
import { Reward } from "./reward";

/** Parameters of {@link TrackReward}. */
export enum TrackRewardParameter {
  /** of the sine that is to be tracked */
  amplitude,
  /** of the sine [s] */
  period,
  /** its phase at time 0 [rad] */
  phase,
  /** error from which on the cost grows linearly; 0: never */
  knee,
  count,
}

const TWO_PI: f64 = 6.283185307179586;

/**
 * Tracking a sine with one state, e = x - amplitude sin(2 pi t / period + phase): cost e^2 / 2 or, with a knee d,
 * d^2 (sqrt(1 + e^2/d^2) - 1), whose first and second derivative are bounded as Theorem 1 assumes.
 */
export class TrackReward extends Reward {
  prepare(_parameters: usize): void {}

  constructor() {
    // state, residuals, parameters, tape
    super(1, 1, TrackRewardParameter.count, 1);
  }

  /** r = e / sqrt(1 + s) with s = sqrt(1 + e^2/d^2), so that r^2 is the cost above. Tape: dr/dx. */
  residuals(parameters: usize, x: usize, _u: usize, t: f64, residuals: usize, tape: usize): void {
    sincos(
      (TWO_PI / load<f64>(parameters, 8 * TrackRewardParameter.period)) * t +
        load<f64>(parameters, 8 * TrackRewardParameter.phase),
    );
    const e = load<f64>(x) - load<f64>(parameters, 8 * TrackRewardParameter.amplitude) * sine;
    const knee = load<f64>(parameters, 8 * TrackRewardParameter.knee);
    const ratio = knee > 0.0 ? e / knee : 0.0;
    const s = Math.sqrt(1.0 + ratio * ratio);
    const perRoot = 1.0 / Math.sqrt(1.0 + s);
    store<f64>(residuals, e * perRoot);
    // dr/de = (1 + s)^(-1/2) (1 - (s^2 - 1) / (2 s (1 + s))) = (1 + s)^(-1/2) (s + 1) / (2 s)
    store<f64>(tape, perRoot * (s < 1e100 ? (s + 1.0) / (2.0 * s) : 0.5));
  }

  /** dr = (dr/dx) dx */
  tangent(tape: usize, dx: usize, _du: usize, dResiduals: usize): void {
    store<f64>(dResiduals, load<f64>(tape) * load<f64>(dx));
  }

  /** px += (dr/dx) w */
  transpose(tape: usize, w: usize, px: usize, _pu: usize): void {
    store<f64>(px, load<f64>(px) + load<f64>(tape) * load<f64>(w));
  }
}

/** @part track TrackRewardParameter */
export const track = new TrackReward();
