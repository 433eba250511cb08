/**
 * Whether a car answers its throttle and its steering, and with which sign: found in the first seconds of a drive, from
 * fits that know nothing of the car (docs/equations.md, section 27). It decides for each of the two once, as soon as
 * the driving tells.
 */

import { type FitData, inputAt, LONGEST_DELAY } from "../identification/fit-data.js";
import { solveSymmetric } from "../identification/least-squares.js";
import { Fault, type FoundFault } from "../links/faults.js";
import { PlanarState } from "../tasks/planar.js";

/**
 * Driving after which nothing is looked for any more, before which nothing is said, before which it is not said that
 * something does not answer, and between two looks [s].
 */
const LATEST = 3;
const EARLIEST = 0.5;
const NONE_EARLIEST = 1;
const EVERY = 0.1;
/** Control steps that are averaged to a row. */
const BLOCK = 5;
/** Deviations from which on a gain has a sign, and from which on there is none to speak of. */
const SURE = 4;
const SURELY_NONE = 2;
/** What a row may be wrong by, at least: [rad/s], [m/s²]. */
const TURN_NOISE = 0.3;
const PULL_NOISE = 0.15;
/**
 * Gains: below `dead` nothing answers, above `alive` something does, on the right side or on the wrong one: curvature
 * at full steering [1/m], acceleration at full throttle [m/s²].
 */
const TURNING = { dead: 0.5, alive: 0.3 };
const PULLING = { dead: 2.5, alive: 0.5 };
/** A car whose throttle is dead does not get faster by so much [m/s]. */
const FASTER = 0.4;
/** A dead throttle was pressed by this, up or down, for this time [s]: less may be less than a motor needs. */
const PRESSED = 0.3;
const PRESSED_FOR = 0.5;
/** A car whose steering is dead drives straight, but for its trim [1/m]. */
const STRAIGHT = 0.25;
/** Deviations of what is known before: gain and bias of the curvature [1/m]. */
const TURNING_PRIOR = { mean: [0, 0], deviation: [10, 0.3] };
/** The same of gain, offset [m/s²], linear [1/s] and quadratic drag [1/m], and drag by cornering. */
const PULLING_PRIOR = { mean: [0, 0, 0, 0.1, 0.2], deviation: [15, 0.5, 0.5, 0.3, 0.3] };
/** A car that is slower [m/s] stands; throttle that should move it, and for how long it need not [s]. */
const STANDS = 0.05;
const DRIVEN = 0.2;
const STANDS_FOR = 1;
/** What a fit leaves of the squares of a turn rate that steering does not explain; turn rate that is one [rad/s]. */
const UNEXPLAINED = 0.8;
const TURNS = 0.7;
const INPUTS = 2;
const STATES = 4;

/** A gain with its standard deviation, and the part of the squares that the fit leaves. */
interface Gain {
  readonly value: number;
  readonly deviation: number;
  readonly left: number;
}

/** Watches one drive, from its start on. */
export class WiringCheck {
  #looked = 0;
  #steers = false;
  #pulls = false;
  /** what the look before found: it takes two */
  #suspected = Fault.none;

  /** Nothing is left to be found. */
  isDone = false;

  /** What `drive` shows, which is longer than at the last look; undefined if nothing is wrong, or nothing is sure. */
  look(drive: FitData): FoundFault | undefined {
    const steps = drive.periods.length;
    let time = 0;
    for (let step = 0; step < steps; step++) time += drive.periods[step];
    if (this.isDone || time < EARLIEST || time - this.#looked < EVERY) return undefined;
    this.#looked = time;
    const rows = rowsOf(drive);
    const found =
      (this.#steers ? undefined : this.#lookAtSteering(rows, time)) ??
      (this.#pulls ? undefined : (this.#lookAtThrottle(rows, time) ?? standsUnderThrottle(drive)));
    const isSure = found !== undefined && (found.fault === this.#suspected || time >= LATEST - EVERY);
    this.#suspected = found?.fault ?? Fault.none;
    this.isDone = isSure || (this.#steers && this.#pulls) || time >= LATEST;
    return isSure ? found : undefined;
  }

  #lookAtSteering(rows: readonly Row[], time: number): FoundFault | undefined {
    const moving = rows.filter(({ v }) => Math.abs(v) > 2 * STANDS);
    const gain = bestGain(
      TURNING_PRIOR,
      TURN_NOISE,
      moving.map((row) => row.turnRate),
      (delay) => moving.map(({ v, steering }) => [v * steering[delay], -v]),
    );
    if (!gain) return undefined;
    const verdict = judge(gain, TURNING, time);
    this.#steers = verdict === "fine";
    if (verdict === "reversed") return { fault: Fault.steeringReversed, value: gain.value, limit: 0 };
    const curvature = rootMeanSquare(moving.map(({ v, turnRate }) => turnRate / v));
    if (verdict === "dead" && curvature < STRAIGHT)
      return { fault: Fault.steeringDead, value: gain.value, limit: TURNING.dead };
    const turns = rootMeanSquare(moving.map(({ turnRate }) => turnRate));
    if (time >= LATEST - EVERY && gain.left > UNEXPLAINED && turns > TURNS)
      return { fault: Fault.unexplained, value: 100 * (1 - gain.left), limit: 100 * (1 - UNEXPLAINED) };
    return undefined;
  }

  #lookAtThrottle(rows: readonly Row[], time: number): FoundFault | undefined {
    const moving = rows.filter(({ v }) => Math.abs(v) > 2 * STANDS);
    const gain = bestGain(
      PULLING_PRIOR,
      PULL_NOISE,
      moving.map((row) => row.acceleration),
      (delay) =>
        moving.map(({ v, turnRate, throttle }) => {
          const way = v < 0 ? -1 : 1;
          return [throttle[delay], way, -v, -way * v * v, -way * Math.abs(v * turnRate)];
        }),
    );
    if (!gain) return undefined;
    const verdict = judge(gain, PULLING, time);
    this.#pulls = verdict === "fine";
    if (verdict === "reversed") return { fault: Fault.throttleReversed, value: gain.value, limit: 0 };
    if (verdict === "dead" && secondsPressed(moving) >= PRESSED_FOR && speedGained(moving) < FASTER)
      return { fault: Fault.throttleDead, value: gain.value, limit: PULLING.dead };
    return undefined;
  }
}

/** How long the throttle was pressed [s]. */
function secondsPressed(rows: readonly Row[]): number {
  return rows.reduce((sum, { throttle, seconds }) => sum + (Math.abs(throttle[0]) >= PRESSED ? seconds : 0), 0);
}

/** By how much a car got faster after its slowest moment [m/s], at most. */
function speedGained(rows: readonly Row[]): number {
  let slowest = Number.POSITIVE_INFINITY;
  let gained = 0;
  for (const { v } of rows) {
    slowest = Math.min(slowest, v);
    gained = Math.max(gained, v - slowest);
  }
  return gained;
}

/** Means over {@link BLOCK} steps; inputs by how many steps they are delayed. */
interface Row {
  /** how long it lasts [s] */
  readonly seconds: number;
  readonly v: number;
  readonly turnRate: number;
  readonly acceleration: number;
  readonly throttle: Float64Array;
  readonly steering: Float64Array;
}

function rowsOf(drive: FitData): Row[] {
  const { states, periods } = drive;
  const rows: Row[] = [];
  for (let from = 0; from + BLOCK <= periods.length; from += BLOCK) {
    const [first, last] = [STATES * from, STATES * (from + BLOCK)];
    const throttle = new Float64Array(LONGEST_DELAY + 1);
    const steering = new Float64Array(LONGEST_DELAY + 1);
    let [seconds, v] = [0, 0];
    for (let step = from; step < from + BLOCK; step++) {
      seconds += periods[step];
      v += states[STATES * step + PlanarState.v] / BLOCK;
      for (let delay = 0; delay <= LONGEST_DELAY; delay++) {
        throttle[delay] += inputAt(drive, step - delay, 0, INPUTS) / BLOCK;
        steering[delay] += inputAt(drive, step - delay, 1, INPUTS) / BLOCK;
      }
    }
    const change = (entry: number) => (states[last + entry] - states[first + entry]) / seconds;
    rows.push({
      seconds,
      v,
      turnRate: change(PlanarState.phi),
      acceleration: change(PlanarState.v),
      throttle,
      steering,
    });
  }
  return rows;
}

/** The first parameter of the linear fit whose delay explains most. */
function bestGain(
  { mean, deviation }: { readonly mean: readonly number[]; readonly deviation: readonly number[] },
  noise: number,
  measured: readonly number[],
  regressorsAt: (delay: number) => readonly (readonly number[])[],
): Gain | undefined {
  const size = mean.length;
  const squares = measured.reduce((sum, y) => sum + y * y, 0);
  let best: (Gain & { readonly loss: number }) | undefined;
  for (let delay = 0; delay <= LONGEST_DELAY; delay++) {
    const rows = regressorsAt(delay);
    const A = new Array<number>(size * size).fill(0);
    const b = new Array<number>(size).fill(0);
    for (const [i, row] of rows.entries()) {
      for (let j = 0; j < size; j++) {
        for (let k = 0; k < size; k++) A[j * size + k] += (row[j] * row[k]) / noise ** 2;
        b[j] += (row[j] * measured[i]) / noise ** 2;
      }
    }
    const ridge = deviation.map((one) => 1 / one ** 2);
    const x = solveSymmetric(
      A,
      b.map((value, i) => value + ridge[i] * mean[i]),
      ridge,
    );
    const unit = solveSymmetric(
      A,
      b.map((_, i) => (i === 0 ? 1 : 0)),
      ridge,
    );
    if (!x || !unit) continue;
    const residuals = rows.map((row, i) => measured[i] - row.reduce((sum, value, j) => sum + value * x[j], 0));
    const left = residuals.reduce((sum, residual) => sum + residual * residual, 0);
    const loss = left / noise ** 2 + x.reduce((sum, value, i) => sum + ridge[i] * (value - mean[i]) ** 2, 0);
    if (best && loss >= best.loss) continue;
    const scatter = Math.max(1, left / noise ** 2 / Math.max(1, rows.length - size));
    best = { value: x[0], deviation: Math.sqrt(unit[0] * scatter), left: squares > 0 ? left / squares : 1, loss };
  }
  return best;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));
}

function judge(
  { value, deviation }: Gain,
  { dead, alive }: typeof TURNING,
  time: number,
): "fine" | "reversed" | "dead" | "open" {
  if (value - SURE * deviation > alive) return "fine";
  if (value + SURE * deviation < -alive) return "reversed";
  const isNone = time >= NONE_EARLIEST && Math.abs(value) + SURELY_NONE * deviation < dead;
  return isNone ? "dead" : "open";
}

/** A car that stands although it is driven: its throttle does nothing, or the wrong thing. */
function standsUnderThrottle({ states, inputs, periods }: FitData): FoundFault | undefined {
  let [seconds, distance] = [0, 0];
  let step = periods.length;
  while (step > 0 && seconds <= STANDS_FOR) {
    step--;
    if (inputs[INPUTS * step] < DRIVEN) return undefined;
    seconds += periods[step];
    distance += periods[step] * states[STATES * step + PlanarState.v];
  }
  const stands = seconds > STANDS_FOR && Math.abs(distance) < STANDS * seconds;
  return stands ? { fault: Fault.wheel, value: inputs[INPUTS * step], limit: STANDS_FOR } : undefined;
}
