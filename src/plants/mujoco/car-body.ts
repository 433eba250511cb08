/**
 * The car in the engine: model, state, and what the parameters of the plant are in them. One in a process, of a model
 * file, serves all cores, since everything that it remembers is put back before every step.
 */
import { UserError } from "../../errors.js";
import { BRAKE_DAMPING, motorDamping, motorForce } from "./drive-train.js";
import { checkParts, compile, type Engine, loadPackage, MODEL_FILE, ownModel } from "./engine.js";
import { STIFFNESS, setFriction, setSlip } from "./tyres.js";

/** Parameters of the plant `mujoco` (src/tasks/car-figure8.ts) that change the engine's model. */
export const MODELLED = ["friction", "mass", "voltage", "resistance", "throttleGain"] as const;

/** Places in the engine's arrays, by the order of the model file. */
const CHASSIS = 1;
/** rows of the actuators, and numbers in a row of their gains */
const Actuator = { motor: 0, brake: 1, steerLeft: 2, steerRight: 3 } as const;
const GAINS = 10;
/** speeds of the wheels about their axles: front left, front right, rear left, rear right */
const AXLES = [8, 11, 13, 15] as const;
/** [m] */
const WHEEL_RADIUS = 0.0325;
/** Time in which the car settles on its springs before anything is driven [s]. */
const SETTLING = 1;
const STEP = 0.002;
/** Below this nothing moves [m/s, rad/s]. */
const AT_REST = 0.01;

export class CarBody {
  // views of the engine's memory
  /** chassis, then spring, steering and axle of each wheel, where it has them */
  qpos = new Float64Array(0);
  qvel = this.qpos;
  /** lags of motor and brake */
  act = this.qpos;
  warmstart = this.qpos;
  ctrl = this.qpos;
  /** gyro and accelerometer, each forwards, left, up */
  sensors = this.qpos;
  #solreffriction = this.qpos;
  readonly engine: Engine;
  readonly #options: { timestep: number };
  readonly #quaternion;
  readonly #standing: { readonly qpos: Float64Array; readonly warmstart: Float64Array };
  /** of the four wheels [kg] */
  readonly wheelMass: number;
  /** once settled it is at rest, upright, and touches the floor with every wheel and nothing else */
  readonly stands: boolean;
  /** of the chassis, as in the model file [kg, kg m²] */
  readonly #chassisMass: number;
  readonly #chassisInertia: Float64Array;
  /** the engine's R of the tyres' contacts */
  readonly #regularisation: number;
  /** the parameters that stand in the engine's model */
  readonly #modelled = new Float64Array(MODELLED.length).fill(Number.NaN);
  #dt = STEP;

  constructor(engine: Engine) {
    const { mujoco, model, data } = engine;
    this.engine = engine;
    this.#options = model.opt;
    this.#options.timestep = STEP;
    this.#quaternion = new mujoco.DoubleBuffer(4);
    const masses: Float64Array = model.body_mass;
    this.#chassisMass = masses[CHASSIS];
    this.wheelMass = masses.subarray(CHASSIS + 1).reduce((sum, mass) => sum + mass, 0);
    this.#chassisInertia = model.body_inertia.slice(3 * CHASSIS, 3 * CHASSIS + 3);
    for (let time = 0; time < SETTLING; time += STEP) mujoco.mj_step(model, data);
    this.#regularisation = data.efc_R[data.nefc - 1];
    this.#view();
    this.stands =
      data.ncon === STIFFNESS.length && this.qvel.every((v) => Math.abs(v) < AT_REST) && this.upright > 0.99;
    this.#standing = { qpos: this.qpos.slice(), warmstart: this.warmstart.slice() };
  }

  /** Views its state anew, which is where it was: they end when the engine's memory grows. */
  #view(): void {
    const { model, data } = this.engine;
    this.qpos = data.qpos;
    this.qvel = data.qvel;
    this.act = data.act;
    this.warmstart = data.qacc_warmstart;
    this.ctrl = data.ctrl;
    this.sensors = data.sensordata;
    this.#solreffriction = model.pair_solreffriction;
  }

  /** Puts parameters into the engine's model, {@link MODELLED}; before anything else of a step. */
  setParameters(values: Float64Array): void {
    if (this.qpos.length === 0) this.#view();
    let isSame = true;
    for (let i = 0; i < MODELLED.length; i++) isSame = isSame && values[i] === this.#modelled[i];
    if (isSame) return;
    this.#modelled.set(values);
    const [friction, mass, voltage, resistance, gain] = this.#modelled;
    const { model } = this.engine;
    setFriction(model.pair_friction, friction);
    const chassis = mass - this.wheelMass;
    model.body_mass[CHASSIS] = chassis;
    for (let i = 0; i < 3; i++)
      model.body_inertia[3 * CHASSIS + i] = (this.#chassisInertia[i] * chassis) / this.#chassisMass;
    const gains: Float64Array = model.actuator_gainprm;
    gains[GAINS * Actuator.motor] = motorForce(gain, voltage, resistance);
    gains[GAINS * Actuator.motor + 2] = -motorDamping(gain, resistance);
    gains[GAINS * Actuator.brake + 2] = -BRAKE_DAMPING;
  }

  /** On its wheels at x, y [m], rolling straight on at `v` [m/s] along `phi` [rad]. */
  place(x: number, y: number, v: number, phi: number): void {
    this.qpos.set(this.#standing.qpos);
    this.warmstart.set(this.#standing.warmstart);
    this.qvel.fill(0);
    this.act.fill(0);
    this.engine.mujoco.mju_axisAngle2Quat(this.#quaternion, UP, phi);
    this.qpos.set(this.#quaternion.GetView(), 3);
    this.qpos[0] = x;
    this.qpos[1] = y;
    const [w, , , z] = this.qpos.subarray(3, 7);
    this.qvel[0] = v * (1 - 2 * z * z);
    this.qvel[1] = v * 2 * w * z;
    for (const axle of AXLES) this.qvel[axle] = v / WHEEL_RADIUS;
  }

  /** Duties of motor and brake, angles of the front wheels [rad]. */
  command(motor: number, brake: number, left: number, right: number): void {
    this.ctrl[Actuator.motor] = motor;
    this.ctrl[Actuator.brake] = brake;
    this.ctrl[Actuator.steerLeft] = left;
    this.ctrl[Actuator.steerRight] = right;
  }

  /** `dt` seconds [s] on; `speed`: how fast it rolls over the floor [m/s]. */
  step(dt: number, speed: number): void {
    if (dt !== this.#dt) {
      this.#options.timestep = dt;
      this.#dt = dt;
    }
    setSlip(this.#solreffriction, speed, this.#modelled[1], this.#regularisation);
    this.engine.mujoco.mj_step(this.engine.model, this.engine.data);
  }

  /** Mean speed of all wheels' rims [m/s]. */
  get rimSpeed(): number {
    return (WHEEL_RADIUS * AXLES.reduce((sum, axle) => sum + this.qvel[axle], 0)) / AXLES.length;
  }

  /** Mean speed of the rear wheels' rims [m/s]. */
  get wheelSpeed(): number {
    return (WHEEL_RADIUS * (this.qvel[AXLES[2]] + this.qvel[AXLES[3]])) / 2;
  }

  /** How upright it is: 1 on its wheels, 0 on its side. */
  get upright(): number {
    const [x, y] = this.qpos.subarray(4, 6);
    return 1 - 2 * (x * x + y * y);
  }
}

const UP = [0, 0, 1];
let own: Promise<CarBody> | undefined;
/** by the texts of their model files */
const others = new Map<string, Promise<CarBody>>();

/** The project's car, or that of a user's model file, whose text it is. */
export function carBody(text?: string): Promise<CarBody> {
  own ??= ownCar();
  if (text === undefined) return own;
  const known = others.get(text);
  if (known) return known;
  const made = own.then((car) => carOf(text, car));
  others.set(text, made);
  return made;
}

async function ownCar(): Promise<CarBody> {
  const mujoco = await loadPackage();
  const remedy = "mend it, or run `npm run build` again";
  return new CarBody(compile(mujoco, await ownModel(), MODEL_FILE, remedy));
}

function carOf(text: string, { engine: own }: CarBody): CarBody {
  const engine = compile(own.mujoco, text, GIVEN, "mend it, or leave --plant-model out");
  checkParts(engine, own, GIVEN);
  const car = new CarBody(engine);
  if (!car.stands)
    throw new UserError(`${GIVEN}: after ${SETTLING} s at rest it does not stand on its four wheels: mend it`, 1);
  return car;
}

const GIVEN = "the file of plant-model";
