import type { EstimatorSettings } from "../estimation/entries.js";
import { Estimator } from "../estimation/estimator.js";
import type { MeasuredLog } from "../estimation/measured.js";
import { PlanarState } from "../tasks/planar.js";
import { Fault } from "./faults.js";
import { ageOf, newReading, type Reading, type Robot, RobotPhase } from "./robot.js";

/** A robot in the plane: its state is x, y, v, phi of an estimator, carried forward; it keeps one fault. */
export abstract class PlanarRobot implements Robot {
  readonly reading: Reading = newReading(4, 2);
  readonly neutral = new Float64Array(2);
  phase = RobotPhase.connecting;
  faultValue = Number.NaN;
  followedUntil = Number.NaN;
  protected readonly estimator: Estimator;
  /** poses come from outside */
  protected readonly isSeen: boolean;
  #fault = Fault.none;

  constructor(settings: Partial<EstimatorSettings> = {}) {
    this.estimator = new Estimator(settings);
    this.isSeen = settings.outside === true;
    if (this.isSeen) this.reading.poseTime = Number.NEGATIVE_INFINITY;
  }

  /** Where poses come from outside they say where it is. */
  get placeable(): boolean {
    return !this.isSeen;
  }

  /** Most robots speak unasked. */
  listen(): void {}

  abstract receive(now: number): void;
  abstract send(now: number, input: Float64Array): void;
  abstract arm(now: number): void;
  abstract disarm(now: number): void;

  takeFault(): Fault {
    const fault = this.#fault;
    this.#fault = Fault.none;
    return fault;
  }

  stateAt(now: number, state: Float64Array): void {
    this.estimator.predict(ageOf(this.reading, now), state);
  }

  place(state: Float64Array): void {
    this.estimator.place(state[PlanarState.x], state[PlanarState.y], state[PlanarState.phi]);
    this.#showEstimate();
  }

  takePose(pose: Float64Array): void {
    if (this.isSeen) this.estimator.observe(pose);
  }

  logTo(log: MeasuredLog): void {
    this.estimator.logTo(log);
  }

  /** The estimate is of this time [s]; there is none before the first pose of a robot that is seen from outside. */
  protected updateReading(time: number): void {
    this.reading.time = this.isSeen && !this.estimator.isPlaced ? Number.NEGATIVE_INFINITY : time;
    this.#showEstimate();
  }

  #showEstimate(): void {
    const { estimator, reading } = this;
    estimator.predict(0, reading.state);
    reading.uncertainty = estimator.uncertainty;
    if (!this.isSeen) return;
    reading.poseTime = estimator.poseTime;
    reading.contradicted = estimator.contradictedInARow;
  }

  protected fail(fault: Fault, value: number, followedUntil = Number.NaN): void {
    this.#fault = fault;
    this.faultValue = value;
    this.followedUntil = followedUntil;
  }
}
