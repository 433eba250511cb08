import { DeadReckoning } from "../odometry/dead-reckoning.js";
import { PlanarState } from "../tasks/planar.js";
import { Fault } from "./faults.js";
import { ageOf, newReading, type Reading, type Robot, RobotPhase } from "./robot.js";

/** A robot in the plane: its state is x, y, v, phi of a dead reckoning that is carried forward; it keeps one fault. */
export abstract class PlanarRobot implements Robot {
  readonly reading: Reading = newReading(4, 2);
  readonly neutral = new Float64Array(2);
  abstract readonly placeable: boolean;
  phase = RobotPhase.connecting;
  faultValue = Number.NaN;
  followedUntil = Number.NaN;
  protected readonly odometry = new DeadReckoning();
  #fault = Fault.none;

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
    this.odometry.predict(ageOf(this.reading, now), state);
  }

  place(state: Float64Array): void {
    this.odometry.place(state[PlanarState.x], state[PlanarState.y], state[PlanarState.phi]);
    this.updateReading();
  }

  protected updateReading(): void {
    this.odometry.predict(0, this.reading.state);
    this.reading.uncertainty = this.odometry.uncertainty;
  }

  protected fail(fault: Fault, value: number, followedUntil = Number.NaN): void {
    this.#fault = fault;
    this.faultValue = value;
    this.followedUntil = followedUntil;
  }
}
