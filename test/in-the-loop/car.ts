/**
 * A car around a simulated board: its plant is driven by the pulses on the board's pins, and its wheel and gyro answer.
 */
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { withinDeadZone } from "../../src/links/dead-zone.js";
import { coreFor } from "../../src/session.js";
import { slowed } from "../support/fake-vesc.js";
import type { SimulatedBoard } from "./simulated-board.js";

/** distance per tick of the simulated encoder [m] */
export const WHEEL_TRAVEL = 0.005;
/** raw units of the gyro per rad/s: 16 bits for ±1000 °/s */
const GYRO = 32.8 * (180 / Math.PI);
/** weight [m/s²], and what the accelerometer makes of it */
const GRAVITY = 9.81;
const GRAVITY_RAW = 2048;
const US = 1e-6;
const SLICE_MS = 10;
/** what a motor at neutral brakes with [m/s²] */
const NEUTRAL_BRAKE = 3;

export class SimulatedCar {
  readonly #core: Core;
  readonly #board: SimulatedBoard;
  #pulses = 0;
  #timeUs: number;
  #rate = 0;
  /** part of the throttle at which its motor still stands */
  deadZone = 0;
  /** the encoder's cable is off */
  isWheelDead = false;
  /** what its accelerometer measures instead of the curve, raw */
  acceleration: string | undefined;
  /** what its sensors make of yaw rate [rad/s] and speed [m/s] */
  lie: (sensed: { rate: number; speed: number }) => void = () => {};
  /** what the servos hold: throttle, steering */
  readonly inputs: Float64Array;
  /** x, y, v, phi as they truly are */
  readonly state: Float64Array;
  /** every state after a step, with its time [s] */
  readonly path: { readonly time: number; readonly state: Float64Array }[] = [];

  private constructor(core: Core, board: SimulatedBoard) {
    this.#core = core;
    this.#board = board;
    this.#timeUs = board.nowUs;
    this.inputs = core.view("inputs");
    this.state = core.view("plantState");
    this.put();
  }

  static async make(board: SimulatedBoard, given: PartialConfig): Promise<SimulatedCar> {
    const { "update-every": _, ...config } = completeConfig(given);
    return new SimulatedCar(await coreFor(completeConfig({ ...config, window: "0:0:0" }), 1, 1, 1), board);
  }

  /** At rest at the start of the task. */
  put(): void {
    this.state.set(this.#core.setup.task.initialState);
    this.#core.restPlant();
  }

  /** Lets time pass in slices that are short against what the car does in them. */
  async run(ms: number): Promise<void> {
    const slices = Math.ceil(ms / SLICE_MS);
    for (let i = 0; i < slices; i++) await this.#runSlice(ms / slices);
  }

  /** Lets the board run, drives the car by the pulses that ended meanwhile, and tells the sensors. */
  async #runSlice(ms: number): Promise<void> {
    await this.#board.run(ms);
    const { throttle, steering } = this.#board;
    for (; this.#pulses < Math.min(throttle.length, steering.length); this.#pulses++) {
      const pulse = throttle[this.#pulses];
      const turn = steering[this.#pulses];
      if (!pulse || !turn) break;
      this.#drive(pulse.riseUs + pulse.widthUs);
      this.inputs[0] = withinDeadZone((pulse.widthUs - 1500) / 500, this.deadZone);
      this.inputs[1] = (turn.widthUs - 1500) / 500;
    }
    this.#drive(this.#board.nowUs);
    await this.#tellSensors();
  }

  #drive(untilUs: number): void {
    const seconds = (untilUs - this.#timeUs) * US;
    if (seconds <= 0) return;
    const before = this.state[3];
    const v = this.state[2];
    const isNeutral = this.inputs[0] === 0;
    const { hostPlant } = this.#core;
    if (!isNeutral || v !== 0 || hostPlant) this.#core.drivePlant(seconds);
    // the core's plants are fitted to driving and know no rest
    if (isNeutral && !hostPlant) this.state[2] = slowed(v, NEUTRAL_BRAKE * seconds);
    this.#rate = (this.state[3] - before) / seconds;
    this.#timeUs = untilUs;
    this.path.push({ time: untilUs * US, state: this.state.slice() });
  }

  async #tellSensors(): Promise<void> {
    const { hostPlant } = this.#core;
    const onBoard = hostPlant?.sensed;
    const sensed = { rate: onBoard?.yawRate ?? this.#rate, speed: onBoard?.wheelSpeed ?? this.state[2] };
    this.lie(sensed);
    const { rate, speed } = sensed;
    const period = this.isWheelDead || Math.abs(speed) < 0.01 ? 0 : Math.round((WHEEL_TRAVEL / speed) * 1e6);
    const gyro = Math.max(-32768, Math.min(32767, Math.round(rate * GYRO)));
    const felt = onBoard ?? { forward: 0, left: this.state[2] * this.#rate, up: GRAVITY };
    const raw = [felt.forward, felt.left, felt.up].map((value) => Math.round((value * GRAVITY_RAW) / GRAVITY));
    const orders = [`WHEEL ${period}`, `GYRO ${gyro}`, `ACCEL ${this.acceleration ?? raw.join(" ")}`];
    await Promise.all(orders.map((order) => this.#board.order(order)));
  }
}
