/**
 * Cameras that tell place and heading a hundred times a second; speed is the slope of the last five places along the
 * heading, so it is two frames old. Their noise is the plant's (src/tasks/car-figure8.ts), added by the core.
 */

/** Time between frames [s]. */
const FRAME = 0.01;
const KEPT = 5;

/** What is kept in the car's memory, from an offset on. */
const Kept = { frames: 0, heading: 1, cosine: 2, sine: 3, places: 4 } as const;
export const CAPTURE_SIZE = Kept.places + 2 * KEPT;

/** As if the car had come here at speed `v` along its heading. */
export function beginCapture(
  numbers: Float64Array,
  at: number,
  [x, y, v, phi]: readonly [number, number, number, number],
  cosine: number,
  sine: number,
): void {
  numbers[at + Kept.frames] = 0;
  numbers[at + Kept.heading] = phi;
  numbers[at + Kept.cosine] = cosine;
  numbers[at + Kept.sine] = sine;
  for (let i = 0; i < KEPT; i++) {
    const back = (i + 1 - KEPT) * FRAME * v;
    numbers[at + Kept.places + 2 * i] = x + back * cosine;
    numbers[at + Kept.places + 2 * i + 1] = y + back * sine;
  }
}

/** Takes a frame if one is due by `time` since the start [s]. */
export function capture(
  numbers: Float64Array,
  at: number,
  time: number,
  x: number,
  y: number,
  phi: number,
  cosine: number,
  sine: number,
): void {
  const frames = Math.floor(time / FRAME + 1e-6);
  if (frames <= numbers[at + Kept.frames]) return;
  numbers[at + Kept.frames] = frames;
  numbers[at + Kept.heading] = phi;
  numbers[at + Kept.cosine] = cosine;
  numbers[at + Kept.sine] = sine;
  const places = at + Kept.places;
  numbers.copyWithin(places, places + 2, places + 2 * KEPT);
  numbers[places + 2 * KEPT - 2] = x;
  numbers[places + 2 * KEPT - 1] = y;
}

/** Writes x, y, v, phi of the last frame. */
export function writeCaptured(numbers: Float64Array, at: number, to: number): void {
  const places = at + Kept.places;
  const vx = slope(numbers, places);
  const vy = slope(numbers, places + 1);
  numbers[to] = numbers[places + 2 * KEPT - 2];
  numbers[to + 1] = numbers[places + 2 * KEPT - 1];
  numbers[to + 2] = vx * numbers[at + Kept.cosine] + vy * numbers[at + Kept.sine];
  numbers[to + 3] = numbers[at + Kept.heading];
}

/** Least squares over the five frames. */
function slope(numbers: Float64Array, at: number): number {
  return (2 * (numbers[at + 8] - numbers[at]) + numbers[at + 6] - numbers[at + 2]) / (10 * FRAME);
}
