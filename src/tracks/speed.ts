/**
 * The fastest speed along a path that a robot's limits allow (docs/equations.md, section 34): what corners allow, then
 * forwards what acceleration and backwards what braking allow, each with the part of the grip that cornering leaves.
 */
import { around, type Limits, type SpeedPlan } from "./track.js";

/** Slower than this it is not asked to drive, however tight the path [m/s]. */
const LEAST_SPEED = 0.2;
/** Times around that both passes go: the second begins with the speed that the first ended with. */
const ROUNDS = 2;

/** A car as those of the examples: what all simulated ones can do. */
const CAUTIOUS: Limits = { lateral: 6.5, accelerate: 4.5, brake: 1.2, top: 4.4 };
/** Part of the limits that is used unless told otherwise. */
const USAGE = 0.7;

/** Parameters of a car's model, as they are fitted (docs/equations.md, section 14). */
export interface CarModel {
  readonly throttleGain: number;
  readonly offset: number;
  readonly linearDrag: number;
  readonly drag: number;
  readonly inverseGrip: number;
}
/** Speed at which braking without brakes is measured [m/s], and the least that is assumed [m/s²]. */
const COASTING = 2.5;
const LEAST_BRAKE = 0.3;

/** What a car of this model can do with so much throttle; it brakes by rolling: not every car has brakes. */
export function limitsOfModel(model: CarModel, throttle: number): Limits {
  const { throttleGain, offset, linearDrag, drag, inverseGrip } = model;
  const rolling = (v: number) => offset - linearDrag * v - drag * v * v;
  const accelerate = throttleGain * throttle + offset;
  // where the throttle holds the drag: drag v² + linearDrag v = accelerate
  const root = Math.sqrt(linearDrag ** 2 + 4 * drag * accelerate);
  const top = drag > 0 ? (root - linearDrag) / (2 * drag) : accelerate / linearDrag;
  return {
    lateral: inverseGrip > 0 ? 1 / inverseGrip : CAUTIOUS.lateral,
    accelerate,
    brake: Math.max(LEAST_BRAKE, -rolling(COASTING)),
    top: Number.isFinite(top) && top > 0 ? top : CAUTIOUS.top,
  };
}

/** Acceleration [m/s²] that is left along the path: all at standstill, none at the top speed. */
function pull({ accelerate, top }: Limits, v: number): number {
  return accelerate * Math.max(0, 1 - v / top);
}

/** What is left at most where nothing is: the root of a rounding error would differ from processor to processor. */
const ROUNDING = 1e-9;

/** Part of a limit along the path that is left beside cornering: the friction ellipse. */
function left(limits: Limits, v: number, curvature: number): number {
  const share = (v * v * Math.abs(curvature)) / limits.lateral;
  const rest = 1 - share * share;
  return rest > ROUNDING ? Math.sqrt(rest) : 0;
}

/**
 * The fastest profile [m/s] at points `step` [m] apart, by limits of which the part `usage` is used: all accelerations
 * times it, so that where `top` does not bind every speed goes with its square root.
 */
export function fastestProfile(curvature: Float64Array, step: number, all: Limits, usage: number): Float64Array {
  const limits = {
    lateral: usage * all.lateral,
    accelerate: usage * all.accelerate,
    brake: usage * all.brake,
    top: all.top,
  };
  return profileWithin(curvature, step, {
    corner: (k) => Math.min(limits.top, Math.sqrt(limits.lateral / Math.max(Math.abs(k), 1e-9))),
    accelerate: (v, k) => pull(limits, v) * left(limits, v, k),
    brake: (v, k) => limits.brake * left(limits, v, k),
  });
}

/** What a robot can do where the path has a curvature k [1/m]. */
export interface Abilities {
  /** speed that it holds there, at most [m/s] */
  corner(k: number): number;
  /** how it gains and loses speed there at speed v [m/s²], 0 or more */
  accelerate(v: number, k: number): number;
  brake(v: number, k: number): number;
}

/** The fastest profile [m/s] within these abilities, at points `step` [m] apart. */
export function profileWithin(curvature: Float64Array, step: number, can: Abilities): Float64Array {
  const n = curvature.length;
  const speed = curvature.map((k) => Math.max(LEAST_SPEED, can.corner(k)));
  const pass = (from: number, to: number, most: (v: number, k: number) => number) => {
    const v = speed[from];
    speed[to] = Math.min(speed[to], Math.sqrt(v * v + 2 * step * most(v, curvature[from])));
  };
  for (let k = 0; k < ROUNDS * n; k++) pass(k % n, (k + 1) % n, (v, k) => can.accelerate(v, k));
  for (let k = ROUNDS * n; k > 0; k--) pass(k % n, around((k % n) - 1, n), (v, k) => can.brake(v, k));
  return speed;
}

/** The limits of a plan; what it does not say is of a cautious car. */
export function limitsOf(plan: SpeedPlan | undefined): Limits {
  return { ...CAUTIOUS, ...plan };
}

/** What a plan asks for at points with these curvatures; `own`: speeds that the file gives. */
export function plannedSpeed(
  plan: SpeedPlan | undefined,
  own: Float64Array | undefined,
  curvature: Float64Array,
  step: number,
): Float64Array {
  if (plan?.constant !== undefined) return new Float64Array(curvature.length).fill(plan.constant);
  if (plan === undefined && own !== undefined) return own;
  return fastestProfile(curvature, step, limitsOf(plan), plan?.usage ?? USAGE);
}
