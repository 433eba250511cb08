/**
 * What is to be done: the nominal setpoint over task time, what the network sees, and where rollouts start.
 * {@link observe} fills the tape (per segment) that the two derivatives read.
 */
export abstract class Task {
  /**
   * where four numbers of the tape lie, in which the policy keeps the turn of the setpoint's offsets: they count along
   * the nominal setpoint's direction and to its left, and the first two gains are one; -1: they count as the setpoint
   * and the gains do
   */
  turnAt: i32 = -1;

  constructor(
    readonly stateSize: i32,
    readonly setpointSize: i32,
    readonly featureSize: i32,
    readonly parameterCount: i32,
    readonly tapeSize: i32,
  ) {}

  /** Nominal setpoint at task time t [s], its rates those of task time that passes at `pace`. */
  abstract setpointAt(parameters: usize, t: f64, pace: f64, setpoint: usize): void;
  /** The setpoint that state x stands on: where the first reference of a rollout on hardware starts. */
  abstract setpointOf(parameters: usize, x: usize, setpoint: usize): void;
  /** State on the task at time t, driven at `pace`, before the random offset of a start. */
  abstract stateAt(parameters: usize, t: f64, pace: f64, x: usize): void;
  /** Largest start time drawn at random [s]. */
  abstract period(parameters: usize): f64;
  /** Network input at state x and task time t. */
  abstract observe(parameters: usize, x: usize, t: f64, features: usize, tape: usize): void;
  /** dFeatures = dfeatures/dx dx. */
  abstract tangent(tape: usize, dx: usize, dFeatures: usize): void;
  /** px += (dfeatures/dx)^T pFeatures. */
  abstract transpose(tape: usize, pFeatures: usize, px: usize): void;
}
