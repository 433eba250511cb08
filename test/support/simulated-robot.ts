/**
 * A robot that is its plant, without bytes: what the contract of robots looks like where nothing can go wrong on a
 * line.
 */
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { Estimator } from "../../src/estimation/estimator.js";
import { newMotion } from "../../src/estimation/motion.js";
import { Fault } from "../../src/links/faults.js";
import { ageOf, isCommand, newReading, type Robot, RobotPhase } from "../../src/links/robot.js";
import { coreFor } from "../../src/session.js";

/** most forward speed [m/s] and turn rate [rad/s], either way */
export const SIMULATED_LIMITS = [1.5, 4] as const;

export class SimulatedRobot implements Robot {
  readonly reading = newReading(4, 2);
  readonly neutral = new Float64Array(2);
  readonly placeable = true;
  readonly faultValue = Number.NaN;
  readonly followedUntil = Number.NaN;
  phase = RobotPhase.connecting;
  /** it measures nothing */
  isSilent = false;
  /** commands as they are followed */
  readonly commands: number[][] = [];
  /** x, y, v, phi as they truly are */
  readonly state: Float64Array;
  readonly #core: Core;
  readonly #inputs: Float64Array;
  readonly #estimator = new Estimator();
  /** x, y, v, phi when they were last measured */
  readonly #measured = new Float64Array(4);
  #now = 0;

  private constructor(core: Core) {
    this.#core = core;
    this.state = core.view("plantState");
    this.#inputs = core.view("inputs");
    this.state.set(core.setup.task.initialState);
    this.#measured.set(this.state);
    core.restPlant();
  }

  static async make(): Promise<SimulatedRobot> {
    const config = completeConfig({ task: "quadruped-figure8", "update-every": "rollout", window: "0:0:0" });
    return new SimulatedRobot(await coreFor(config, 1, 1, 1));
  }

  takeFault(): Fault {
    return Fault.none;
  }

  listen(): void {}

  receive(now: number): void {
    const seconds = now - this.#now;
    this.#now = now;
    if (this.#inputs.every((value) => value === 0)) this.state[2] = 0;
    else if (seconds > 0) this.#core.drivePlant(seconds);
    if (this.isSilent) return;
    if (this.phase === RobotPhase.connecting) this.phase = RobotPhase.ready;
    this.#measure(ageOf(this.reading, now));
    this.reading.time = now;
    this.reading.heard = now;
    this.#updateReading();
  }

  #measure(seconds: number): void {
    const [x = 0, y = 0, , phi = 0] = this.#measured;
    this.#measured.set(this.state);
    const [nextX = 0, nextY = 0, v = 0, nextPhi = 0] = this.state;
    const turn = nextPhi - phi;
    const middle = phi + 0.5 * turn;
    this.#estimator.move({
      ...newMotion(),
      time: this.#now,
      seconds,
      distance: (nextX - x) * Math.cos(middle) + (nextY - y) * Math.sin(middle),
      turn,
      speed: v,
      rate: seconds > 0 ? turn / seconds : 0,
    });
  }

  stateAt(now: number, state: Float64Array): void {
    this.#estimator.predict(ageOf(this.reading, now), state);
  }

  place(state: Float64Array): void {
    this.#estimator.place(state[0], state[1], state[3]);
    this.#updateReading();
  }

  send(_now: number, input: Float64Array): void {
    const follows = this.phase === RobotPhase.armed && isCommand(input);
    const limited = SIMULATED_LIMITS.map((limit, i) => Math.max(-limit, Math.min(limit, input[i])));
    const command = follows ? limited : [0, 0];
    this.commands.push(command);
    this.#inputs.set(command);
    this.reading.applied.set(command);
  }

  arm(_now: number): void {
    if (this.phase === RobotPhase.ready) this.phase = RobotPhase.armed;
  }

  disarm(_now: number): void {
    if (this.phase === RobotPhase.armed) this.phase = RobotPhase.ready;
    this.#inputs.fill(0);
  }

  #updateReading(): void {
    this.#estimator.predict(0, this.reading.state);
    this.reading.uncertainty = this.#estimator.uncertainty;
  }
}
