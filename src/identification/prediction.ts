/** How far a car's answer is from what was driven. */

import { predict, type Response } from "./response.js";
import { periodOf, type Span } from "./spans.js";

/** How far ahead it is predicted [s]. */
export const HORIZON = 0.5;
/** Steps between the starts of two predictions. */
const STRIDE = 5;

export interface PredictionErrors {
  /** one step ahead, root mean square: acceleration [m/s^2] and turn rate [rad/s] */
  readonly acceleration: number;
  readonly turnRate: number;
  /** after {@link HORIZON}, open loop from recorded commands: distance [m], speed [m/s], heading [rad] */
  readonly position: Spread;
  readonly speed: Spread;
  readonly heading: Spread;
  /** how many predictions */
  readonly predictions: number;
}

/** Of absolute errors. */
export interface Spread {
  readonly median: number;
  readonly percent95: number;
}

/** Steps of a prediction over the horizon. */
export function horizonSteps(spans: readonly Span[]): number {
  return Math.max(1, Math.round(HORIZON / periodOf(spans)));
}

export function predictionErrors(response: Response, spans: readonly Span[]): PredictionErrors {
  const ahead = horizonSteps(spans);
  const predicted = new Float64Array(4 * ahead);
  const position: number[] = [];
  const speed: number[] = [];
  const heading: number[] = [];
  let [acceleration, turnRate, steps] = [0, 0, 0];
  for (const span of spans) {
    const { states, periods } = span;
    for (let t = 0; t < periods.length; t++) {
      predict(response, span, t, 1, predicted);
      acceleration += ((predicted[2] - states[4 * t + 6]) / periods[t]) ** 2;
      turnRate += ((predicted[3] - states[4 * t + 7]) / periods[t]) ** 2;
      steps++;
    }
    for (let t = 0; t + ahead <= periods.length; t += STRIDE) {
      predict(response, span, t, ahead, predicted);
      const [x, y, v, phi] = predicted.subarray(4 * ahead - 4);
      const end = 4 * (t + ahead);
      position.push(Math.hypot(x - states[end], y - states[end + 1]));
      speed.push(Math.abs(v - states[end + 2]));
      heading.push(Math.abs(phi - states[end + 3]));
    }
  }
  return {
    acceleration: Math.sqrt(acceleration / steps),
    turnRate: Math.sqrt(turnRate / steps),
    position: spread(position),
    speed: spread(speed),
    heading: spread(heading),
    predictions: position.length,
  };
}

function spread(errors: readonly number[]): Spread {
  const sorted = Float64Array.from(errors).sort();
  const at = (share: number) => sorted.at(Math.floor(share * (sorted.length - 1))) ?? Number.NaN;
  return { median: at(0.5), percent95: at(0.95) };
}
