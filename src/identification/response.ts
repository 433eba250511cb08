/**
 * How a car answers recorded commands, open loop: the equations of assembly/models/car.ts and
 * assembly/plants/identified.ts (the tests compare them), with transport delays in seconds. Not in paper.
 */
import { type CarParameters, MOST_TAKEN } from "./car-fit.js";
import { LONGEST_DELAY } from "./fit-data.js";
import type { Span } from "./spans.js";

const { abs, ceil, cos, max, min, sin, sqrt } = Math;

/** A car to predict with. */
export interface Response {
  readonly parameters: CarParameters;
  /** transport delay of throttle and steering [s] */
  readonly delays: readonly [number, number];
  /** longest integration step [s]: Infinity for a model, which takes one step per control period */
  readonly longestStep: number;
}

/** Longest integration step of the plant `identified` [s]. */
export const PLANT_STEP = 0.005;
/** Stands for a grip that no drive came near [m/s^2]. */
const HIGHEST_GRIP = 1000;

/** Parameters of the plant `identified`, by the names of its core enum. */
export type PlantParameters = Readonly<
  Record<
    "steeringGain" | "steeringTrim" | "gripLimit" | "throttleGain" | "offset" | "linearDrag" | "drag" | "corneringDrag",
    number
  >
>;

/** The plant `identified`, which is the model with a grip limit and a trim instead of their inverse and the bias. */
export function plantResponse(plant: PlantParameters, delays: readonly [number, number]): Response {
  const { steeringTrim, gripLimit, ...shared } = plant;
  const own = { steeringBias: plant.steeringGain * steeringTrim, inverseGrip: 1 / gripLimit, throttleGrip: 0 };
  return { parameters: { ...shared, ...own }, delays, longestStep: PLANT_STEP };
}

/** The inverse: the plant with the numbers of a model. */
export function plantParameters(p: CarParameters): PlantParameters {
  return {
    steeringGain: p.steeringGain,
    steeringTrim: p.steeringBias / p.steeringGain,
    gripLimit: 1 / Math.max(p.inverseGrip, 1 / HIGHEST_GRIP),
    throttleGain: p.throttleGain,
    offset: p.offset,
    linearDrag: p.linearDrag,
    drag: p.drag,
    corneringDrag: p.corneringDrag,
  };
}

/**
 * Drives `steps` steps from the recorded state of step `from` with the recorded commands. `predicted`, steps rows: x,
 * y, v, phi after each step.
 */
export function predict(
  { parameters: p, delays, longestStep }: Response,
  span: Span,
  from: number,
  steps: number,
  predicted: Float64Array,
): void {
  const { states, periods, commandTimes } = span;
  // a plant does not roll backwards
  const slowest = longestStep === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : 0;
  let x = states[4 * from];
  let y = states[4 * from + 1];
  let v = states[4 * from + 2];
  let phi = states[4 * from + 3];
  for (let t = 0; t < steps; t++) {
    const row = LONGEST_DELAY + from + t;
    const dt = periods[from + t];
    const pieces = dt <= longestStep ? 1 : ceil(dt / longestStep - 1e-9);
    const h = dt / pieces;
    for (let i = 0; i < pieces; i++) {
      const now = commandTimes[row] + i * h;
      const throttle = meanCommand(span, 0, now - delays[0], h, row);
      const steering = meanCommand(span, 1, now - delays[1], h, row);
      // w = w_l / (1 + (v w_l / a_max)^4)^(1/4), w_l = v (c_w u_w - c_b)
      const linear = v * (p.steeringGain * steering - p.steeringBias);
      const taken = min(MOST_TAKEN, p.throttleGrip * throttle * throttle);
      const q = (v * linear * p.inverseGrip) / sqrt(1 - taken);
      const w = linear / sqrt(sqrt(1 + q * q * q * q));
      const drag = p.linearDrag * v + p.drag * v * v + p.corneringDrag * abs(v * w);
      x += h * v * cos(phi);
      y += h * v * sin(phi);
      v = max(slowest, v + h * (p.throttleGain * throttle + p.offset - drag));
      phi += h * w;
    }
    predicted[4 * t] = x;
    predicted[4 * t + 1] = y;
    predicted[4 * t + 2] = v;
    predicted[4 * t + 3] = phi;
  }
}

/**
 * Mean command over the `h` seconds from `time` on: smooth in the delay, unlike the command at one moment. `row`: of
 * the newest command that may count. Before the first known command it is 0.
 */
function meanCommand(span: Span, input: 0 | 1, time: number, h: number, row: number): number {
  const { commandTimes } = span;
  const sums = span.integrals[input];
  let i = row;
  while (i > 0 && commandTimes[i] > time + h) i--;
  let k = i;
  while (k > 0 && commandTimes[k] > time) k--;
  return (integralAt(commandTimes, sums, time + h, i) - integralAt(commandTimes, sums, time, k)) / h;
}

/** Integral up to `time`, which lies between rows i and i + 1. */
function integralAt(times: Float64Array, sums: Float64Array, time: number, i: number): number {
  if (time <= times[i]) return sums[i];
  return sums[i] + ((sums[i + 1] - sums[i]) / (times[i + 1] - times[i])) * (time - times[i]);
}
