/** The car in MuJoCo as a plant of the core: docs/tasks/mujoco-car.md. */
import { PlanarState } from "../../tasks/planar.js";
import type { HostPlant, OnBoard } from "../host-plant.js";
import { type CarBody, MODELLED } from "./car-body.js";
import { brakeDuty, motorDuty } from "./drive-train.js";
import { beginCapture, CAPTURE_SIZE, capture, writeCaptured } from "./motion-capture.js";
import { ackermann, servoAngle } from "./steering.js";

/** What its first numbers say of the body: see `showBody`. */
const BODY_COLUMNS = ["roll [rad]", "slip sideways, front", "slip sideways, rear", "slip along"] as const;
/** What it remembers; behind it the engine's positions, speeds, lags and last accelerations. */
const Kept = { shown: 0, isPlaced: 4, time: 5, servo: 6, heading: 7, cosine: 8, sine: 9, capture: 10 } as const;
const BODY = Kept.capture + CAPTURE_SIZE;
/** Below this the chassis leans more than 60°. */
const LEAST_UPRIGHT = 0.5;
/** Below this [m/s] slip means nothing. */
const LEAST_SPEED = 0.75;
/** From the centre of mass to either axle [m]. */
const HALF_WHEELBASE = 0.1735 / 2;
/** No part of a car is as fast [m/s, rad/s]. */
const MOST_SPEED = 1e4;

export class MujocoCar implements HostPlant {
  readonly memorySize: number;
  readonly body = BODY_COLUMNS;
  readonly sensed: OnBoard = { wheelSpeed: 0, yawRate: 0, forward: 0, left: 0, up: 0 };
  problem: string | undefined;
  readonly #body: CarBody;
  /** where among the plant's parameters those of the body stand, and two more */
  readonly #modelled: readonly number[];
  readonly #steeringGain: number;
  readonly #gyroBias: number;
  readonly #values = new Float64Array(MODELLED.length);

  /** `names`: the parameters in the order in which the core has them. */
  constructor(body: CarBody, names: readonly string[]) {
    this.#body = body;
    this.#modelled = MODELLED.map((name) => names.indexOf(name));
    this.#steeringGain = names.indexOf("steeringGain");
    this.#gyroBias = names.indexOf("gyroBias");
    this.memorySize = BODY + body.qpos.length + body.qvel.length + body.act.length + body.warmstart.length;
  }

  step(numbers: Float64Array, parameters: number, memory: number, x: number, u: number, dt: number, next: number) {
    const body = this.#body;
    for (let i = 0; i < this.#modelled.length; i++) this.#values[i] = numbers[parameters + this.#modelled[i]];
    body.setParameters(this.#values);
    if (numbers[memory + Kept.isPlaced] === 0) this.#place(numbers, memory, x);
    else this.#load(numbers, memory);

    const steering = numbers[parameters + this.#steeringGain] * numbers[u + 1];
    const servo = servoAngle(numbers[memory + Kept.servo], steering, dt);
    const turned = ackermann(servo);
    body.command(motorDuty(numbers[u]), brakeDuty(numbers[u]), servo + turned, servo - turned);
    const { qvel } = body;
    body.step(dt, qvel[0] * numbers[memory + Kept.cosine] + qvel[1] * numbers[memory + Kept.sine]);

    numbers[memory + Kept.servo] = servo;
    numbers[memory + Kept.time] += dt;
    this.#keep(numbers, memory);
    this.#turn(numbers, memory);
    this.#showBody(numbers, memory);
    this.problem = this.#findProblem();
    if (this.problem === undefined) this.#measure(numbers, memory, numbers[parameters + this.#gyroBias], next);
    else numbers.fill(Number.NaN, next, next + 4);
  }

  #place(numbers: Float64Array, memory: number, x: number): void {
    const [at, y, v, phi] = [PlanarState.x, PlanarState.y, PlanarState.v, PlanarState.phi].map((i) => numbers[x + i]);
    this.#body.place(at, y, v, phi);
    const { qpos } = this.#body;
    const [w, , , z] = qpos.subarray(3, 7);
    const cosine = 1 - 2 * z * z;
    const sine = 2 * w * z;
    numbers[memory + Kept.isPlaced] = 1;
    numbers[memory + Kept.heading] = phi;
    numbers[memory + Kept.cosine] = cosine;
    numbers[memory + Kept.sine] = sine;
    beginCapture(numbers, memory + Kept.capture, [at, y, v, phi], cosine, sine);
  }

  #load(numbers: Float64Array, memory: number): void {
    let at = memory + BODY;
    for (const part of this.#parts()) {
      for (let i = 0; i < part.length; i++) part[i] = numbers[at + i];
      at += part.length;
    }
  }

  #keep(numbers: Float64Array, memory: number): void {
    let at = memory + BODY;
    for (const part of this.#parts()) {
      numbers.set(part, at);
      at += part.length;
    }
  }

  #parts(): readonly Float64Array[] {
    const { qpos, qvel, act, warmstart } = this.#body;
    return [qpos, qvel, act, warmstart];
  }

  /** Follows the heading by what it turns in every step. */
  #turn(numbers: Float64Array, memory: number): void {
    const [w, x, y, z] = this.#body.qpos.subarray(3, 7);
    const forward = 1 - 2 * (y * y + z * z);
    const left = 2 * (w * z + x * y);
    const length = Math.sqrt(forward * forward + left * left);
    const cosine = forward / length;
    const sine = left / length;
    const s = numbers[memory + Kept.cosine] * sine - numbers[memory + Kept.sine] * cosine;
    numbers[memory + Kept.heading] += arcSine(s); // to the last bit, for what it turns in a step
    numbers[memory + Kept.cosine] = cosine;
    numbers[memory + Kept.sine] = sine;
  }

  /** Roll to the left, and slip of the axles in parts of the speed: sideways, and how much faster the rims are. */
  #showBody(numbers: Float64Array, memory: number): void {
    const { qpos, qvel, rimSpeed } = this.#body;
    const [w, x, y, z] = qpos.subarray(3, 7);
    const cosine = numbers[memory + Kept.cosine];
    const sine = numbers[memory + Kept.sine];
    const forward = qvel[0] * cosine + qvel[1] * sine;
    const left = qvel[1] * cosine - qvel[0] * sine;
    const speed = Math.max(LEAST_SPEED, Math.abs(forward));
    const front = (left + HALF_WHEELBASE * qvel[5]) / speed;
    const steered = tangent(numbers[memory + Kept.servo]);
    const at = memory + Kept.shown;
    numbers[at] = arcSine(2 * (w * x + y * z));
    numbers[at + 1] = (front - steered) / (1 + front * steered);
    numbers[at + 2] = (left - HALF_WHEELBASE * qvel[5]) / speed;
    numbers[at + 3] = (rimSpeed - forward) / speed;
  }

  #findProblem(): string | undefined {
    const { qvel, upright } = this.#body;
    for (let i = 0; i < qvel.length; i++)
      if (!(Math.abs(qvel[i]) < MOST_SPEED)) return "the physics engine's simulation diverged";
    return upright > LEAST_UPRIGHT ? undefined : "the car rolled over";
  }

  #measure(numbers: Float64Array, memory: number, gyroBias: number, next: number): void {
    const { qpos, sensors } = this.#body;
    capture(
      numbers,
      memory + Kept.capture,
      numbers[memory + Kept.time],
      qpos[0],
      qpos[1],
      numbers[memory + Kept.heading],
      numbers[memory + Kept.cosine],
      numbers[memory + Kept.sine],
    );
    writeCaptured(numbers, memory + Kept.capture, next);
    const { sensed } = this;
    sensed.wheelSpeed = this.#body.wheelSpeed;
    sensed.yawRate = sensors[2] + gyroBias;
    sensed.forward = sensors[3];
    sensed.left = sensors[4];
    sensed.up = sensors[5];
  }
}

// without JavaScript's own functions and powers, which differ between builds of Node
/** Of small numbers: below 0.1 right to 1e-13. */
function arcSine(s: number): number {
  const t = s * s;
  return s * (1 + t * (1 / 6 + t * (3 / 40 + t * (15 / 336 + t * (105 / 3456)))));
}

/** Of the angles of front wheels: below 0.5 right to 1e-4. */
function tangent(angle: number): number {
  const t = angle * angle;
  return (angle * (15 - t)) / (15 - 6 * t);
}
