/**
 * Fits the car's response to what the last seconds of a drive recorded, on the main thread, so that the control thread
 * can tell a sensor that lies from a car that turns (docs/equations.md, section 27).
 */
import { type CarParameters, fitCar, SLOWEST } from "../identification/car-fit.js";
import { LONGEST_DELAY } from "../identification/fit-data.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { HEAD, RecordKind } from "./records.js";
import { Response, responseRow } from "./response.js";

/** Driving that is fitted, at least and at most, and between two fits [s]. */
const SHORTEST = 3;
const LONGEST = 12;
const EVERY = 1;
/** Steps of curves to either side that are needed, and yaw rate that is one [rad/s]: gain and trim, told apart. */
const CURVES = 40;
const CURVE = 0.5;
const STATES = 4;
const INPUTS = 2;

export class ResponseFit {
  readonly #isCar: boolean;
  readonly #raw: Parameters<typeof fitCar>[1];
  readonly #rows: Float64Array[] = [];
  readonly #response = new Response();
  #fittedAt = 0;

  constructor({ model }: TaskDefinition) {
    this.#isCar = model.kind === "car";
    this.#raw = { parameters: model.raw as CarParameters, delays: [0, 0] };
  }

  /** Takes a row of the record; a new fit, as {@link responseRow}, where one was due and is sound. */
  take(row: Float64Array): Float64Array | undefined {
    if (!this.#isCar || row[0] !== RecordKind.step) return undefined;
    const rows = this.#rows;
    rows.push(row);
    const now = row[1];
    while (now - rows[0][1] > LONGEST) rows.shift();
    const moving = rows.findIndex((one) => one[HEAD + 2] > SLOWEST);
    if (moving < 0 || now - rows[moving][1] < SHORTEST || now - this.#fittedAt < EVERY) return undefined;
    if (!this.#turnsBothWays(moving)) return undefined;
    this.#fittedAt = now;
    return this.#fit(Math.max(0, moving - LONGEST_DELAY));
  }

  #turnsBothWays(from: number): boolean {
    const rows = this.#rows;
    let left = 0;
    let right = 0;
    for (let t = from + 1; t < rows.length; t++) {
      const rate = (rows[t][HEAD + 3] - rows[t - 1][HEAD + 3]) / (rows[t][1] - rows[t - 1][1]);
      if (rate > CURVE) left++;
      if (rate < -CURVE) right++;
    }
    return left >= CURVES && right >= CURVES;
  }

  #fit(from: number): Float64Array | undefined {
    const rows = this.#rows.slice(from);
    const steps = rows.length - 1;
    const states = Float64Array.from(rows.flatMap((row) => [...row.subarray(HEAD, HEAD + STATES)]));
    const inputs = Float64Array.from(
      rows.slice(0, steps).flatMap((row) => [...row.subarray(HEAD + STATES, HEAD + STATES + INPUTS)]),
    );
    const periods = Float64Array.from({ length: steps }, (_, t) => rows[t + 1][1] - rows[t][1]);
    const fit = fitCar([{ states, inputs, periods, earlier: new Float64Array(0) }], this.#raw);
    if (fit.refused.length > 0) return undefined;
    const response = this.#response;
    response.model.set(responseRow(fit, 0, 0));
    response.reset();
    let turns = 0;
    let speeds = 0;
    const [throttleDelay, steeringDelay] = fit.delays;
    for (let t = LONGEST_DELAY; t < steps; t++) {
      const v = states[STATES * t + 2];
      const turn = states[STATES * t + 7] - states[STATES * t + 3];
      const throttle = inputs[INPUTS * (t - throttleDelay)];
      const steering = inputs[INPUTS * (t - steeringDelay) + 1];
      response.step(v, states[STATES * t + 6], turn / periods[t], periods[t], throttle, steering);
      turns += response.turn ** 2;
      speeds += response.speed ** 2;
    }
    const count = Math.max(1, steps - LONGEST_DELAY);
    return responseRow(fit, Math.sqrt(turns / count), Math.sqrt(speeds / count));
  }
}
