/** What the samples of a step mean: docs/equations.md, section 46. Pure numbers, no robot. */
import { quantile } from "../statistics.js";
import type { Sample } from "./step.js";

export const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Range of values, in parts of their median. */
export const spreadOf = (values: readonly number[]): number =>
  (Math.max(...values) - Math.min(...values)) / Math.abs(median(values));

/** A movement summed up: its way [m], its turn [rad], and how long it took [s]. */
export interface Way {
  readonly distance: number;
  readonly turn: number;
  readonly seconds: number;
}

export function wayOf(samples: readonly Sample[]): Way {
  let [distance, turn, seconds] = [0, 0, 0];
  for (const sample of samples) {
    distance += sample.distance;
    turn += sample.turn;
    seconds += sample.seconds;
  }
  return { distance, turn, seconds };
}

/** Mean speed [m/s] from `from` to `until` [s] after the first sample; 0 if nothing was measured then. */
export function speedOf(samples: readonly Sample[], from: number, until: number): number {
  const [first] = samples;
  const { distance, seconds } = wayOf(
    samples.filter(({ time }) => time - first.time >= from && time - first.time < until),
  );
  return seconds > 0 ? distance / seconds : 0;
}

/** Mean speed [m/s] of the fastest piece of this duration [s], forwards or backwards; 0 if there is none. */
export function topSpeedOf(samples: readonly Sample[], duration: number): number {
  let top = 0;
  let from = 0;
  let piece = { distance: 0, seconds: 0 };
  for (const { distance, seconds } of samples) {
    piece = { distance: piece.distance + distance, seconds: piece.seconds + seconds };
    if (piece.seconds < duration) continue;
    const speed = piece.distance / piece.seconds;
    if (Math.abs(speed) > Math.abs(top)) top = speed;
    for (; piece.seconds >= duration; from++)
      piece = {
        distance: piece.distance - samples[from].distance,
        seconds: piece.seconds - samples[from].seconds,
      };
  }
  return top;
}

/** Pieces of this length [m] are compared with each other; those at the beginning and the end are left out. */
const PIECE = 0.4;
const BEGINNING = 0.6;
/** Least pieces of a circle. */
const LEAST_PIECES = 3;

export interface Circle {
  /** turn per way [1/m], to the left */
  readonly curvature: number;
  /** range of its pieces [1/m] */
  readonly spread: number;
}

/** Curvature of a drive, (C5); undefined if it was too short. */
export function circleOf(samples: readonly Sample[]): Circle | undefined {
  const pieces: Way[] = [];
  let begun: Sample[] = [];
  let way = 0;
  for (const sample of samples) {
    way += Math.abs(sample.distance);
    if (way < BEGINNING) continue;
    begun.push(sample);
    const piece = wayOf(begun);
    if (Math.abs(piece.distance) < PIECE) continue;
    pieces.push(piece);
    begun = [];
  }
  pieces.pop(); // it may have braked in it
  if (pieces.length < LEAST_PIECES) return undefined;
  const curvatures = pieces.map(({ turn, distance }) => turn / distance);
  const [turn, distance] = [sum(pieces.map((piece) => piece.turn)), sum(pieces.map((piece) => piece.distance))];
  return { curvature: turn / distance, spread: Math.max(...curvatures) - Math.min(...curvatures) };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Straight line through curvatures at steerings `at` and -`at`: gain [1/m], and where it drives straight, (C6). */
export function steeringLine(at: number, left: number, right: number) {
  const gain = (left - right) / (2 * at);
  return { gain, straight: -(left + right) / (2 * gain) };
}

/** Steady speed [m/s] at a throttle, as it was sent. */
export interface Level {
  readonly throttle: number;
  readonly speed: number;
}

/**
 * Where the motor begins to turn, (C3): by the line through the first two levels at which it does, between the last one
 * at which it stood and the first of them. `turns`: slower than this it stands [m/s].
 */
export function deadZoneOf(levels: readonly Level[], turns: number): number {
  const first = levels.findIndex(({ speed }) => Math.abs(speed) > turns);
  const [one, two] = levels.slice(first);
  const low = first > 0 ? Math.abs(levels[first - 1].throttle) : 0;
  const high = Math.abs(one.throttle);
  const gained = two === undefined ? 0 : Math.abs(two.speed) - Math.abs(one.speed);
  if (!(gained > 0)) return (low + high) / 2;
  const rise = (Math.abs(two.throttle) - high) / gained;
  return Math.max(low, Math.min(high, high - rise * Math.abs(one.speed)));
}
