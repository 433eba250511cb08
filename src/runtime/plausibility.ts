/**
 * Whether what a robot in the plane measures can be true, by what it was commanded and by itself (docs/equations.md,
 * section 27). Each control step takes the last reading in; gates compare what stands in the fields then. Numbers in
 * fields and arrays, nothing is allocated after construction.
 */
import { LONGEST_DELAY } from "../identification/fit-data.js";
import type { Reading } from "../links/robot.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { Response } from "./response.js";

/** A car that is slower [m/s] need not turn, nor is it sure where it goes. */
export const MOVES = 0.5;
/** Commands of this time are looked back upon [s]. */
export const BACK = 0.5;
/** Displacements that are compared with the heading [s]. */
const ALONG = 0.2;
/** Time in which a car must get somewhere [s]. */
export const PROGRESS_FOR = 2;
/** Averaging of the accelerometer [s]. */
const LATERAL = 0.3;
/** What the times between ticks of a wheel that is said to turn evenly differ by, as a speed [m/s]. */
const SAME_SPEED = 0.005;
/** Columns of a row of readings: time, x, y, v cos phi, v sin phi. */
const ROW = 5;

export class Plausibility {
  readonly response = new Response();
  /** a new reading came since the step before */
  isNew = false;
  /** measured [m/s], [rad/s] */
  speed = 0;
  rate = 0;
  /** for how long heading and place of a moving car were the same to the last bit, and its speed to SAME_SPEED [s] */
  sameRate = 0;
  sameSpeed = 0;
  samePlace = 0;
  /** change of a moving car's speed since the reading before [m/s], and the time between the two [s] */
  change = 0;
  between = 0;
  /** how far the last displacement lies from the one that speed and heading give [m], and the length of that */
  aside = 0;
  path = 0;
  /** diagonal of the box around the last places [m]; infinite as long as it drives for less than PROGRESS_FOR */
  extent = Number.POSITIVE_INFINITY;
  /** the least that the track has of it [m]; 0 without one */
  readonly leastExtent: number;
  /** v w less the measured lateral acceleration, and v w, averaged [m/s²]; 0 where it is not measured */
  lateral = 0;
  lateralSize = 0;

  readonly #reading: Reading;
  readonly #period: number;
  readonly #inputs: number;
  readonly #back: number;
  readonly #commands: Float64Array;
  readonly #kept: number;
  #count = 0;
  readonly #rows: Float64Array;
  readonly #rowsKept: number;
  readonly #along: number;
  #taken = 0;
  #time = Number.NaN;
  #v = 0;
  #phi = 0;
  #sensed = Number.NaN;
  #steady = Number.NaN;
  #x = Number.NaN;
  #y = Number.NaN;
  #low = 0;
  #high = 0;

  constructor({ columns, timing }: TaskDefinition, track: Float64Array, reading: Reading) {
    const steps = (seconds: number) => Math.ceil(seconds / timing.controlPeriod);
    this.#reading = reading;
    this.#period = timing.controlPeriod;
    this.#inputs = columns.input.length;
    this.#back = steps(BACK);
    this.#kept = 1 + Math.max(this.#back, LONGEST_DELAY);
    this.#commands = new Float64Array(this.#kept * this.#inputs);
    this.#along = steps(ALONG);
    this.#rowsKept = 1 + Math.max(steps(PROGRESS_FOR), this.#along);
    this.#rows = new Float64Array(this.#rowsKept * ROW);
    this.leastExtent = leastExtentOf(track, timing.lapTime);
  }

  /** Forgets what was seen, not how the robot answers. */
  reset(): void {
    this.response.reset();
    this.#commands.fill(0);
    this.#count = 0;
    this.#taken = 0;
    this.#time = Number.NaN;
    this.sameRate = 0;
    this.sameSpeed = 0;
    this.samePlace = 0;
    this.change = 0;
    this.aside = 0;
    this.extent = Number.POSITIVE_INFINITY;
    this.lateral = 0;
    this.lateralSize = 0;
  }

  /** Keeps a command. */
  remember(command: Float64Array): void {
    const row = (this.#count % this.#kept) * this.#inputs;
    for (let i = 0; i < this.#inputs; i++) this.#commands[row + i] = command[i];
    this.#count++;
  }

  /** Takes the last reading in, if it is new. */
  take(): void {
    const { state, time, yawRate } = this.#reading;
    this.isNew = !(time <= this.#time);
    if (!this.isNew) return;
    const seconds = time - this.#time;
    const v = state[2];
    const turn = state[3] - this.#phi;
    const sensed = Number.isNaN(yawRate) ? state[3] : yawRate;
    if (seconds > 0) this.#compare(v, turn, sensed, seconds);
    this.#time = time;
    this.#v = v;
    this.#phi = state[3];
    this.#sensed = sensed;
    this.#x = state[0];
    this.#y = state[1];
    this.#keepPlace();
  }

  #compare(v: number, turn: number, sensed: number, seconds: number): void {
    const { state, yawRate, lateralAcceleration } = this.#reading;
    const { response } = this;
    this.speed = v;
    this.rate = Number.isNaN(yawRate) ? turn / seconds : yawRate;
    // the first ticks of a wheel that starts tell little
    this.change = Math.abs(this.#v) > MOVES ? v - this.#v : 0;
    this.between = seconds;
    const moves = Math.abs(v) > MOVES;
    this.sameRate = moves && sensed === this.#sensed ? this.sameRate + seconds : 0;
    const isSame = moves && Math.abs(v - this.#steady) <= SAME_SPEED;
    this.sameSpeed = isSame ? this.sameSpeed + seconds : 0;
    if (!isSame) this.#steady = v;
    this.samePlace = moves && state[0] === this.#x && state[1] === this.#y ? this.samePlace + seconds : 0;
    if (response.isFitted) {
      const throttle = this.#command(0, response.throttleDelay);
      const steering = this.#command(1, response.steeringDelay);
      response.step(this.#v, v, turn / seconds, seconds, throttle, steering);
    }
    if (Number.isNaN(lateralAcceleration)) return;
    const part = seconds / (LATERAL + seconds);
    const lateral = v * this.rate;
    this.lateral += part * (lateral - lateralAcceleration - this.lateral);
    this.lateralSize += part * (Math.abs(lateralAcceleration) - this.lateralSize);
  }

  /** Places of the last seconds, and what they say of heading and progress. */
  #keepPlace(): void {
    const rows = this.#rows;
    const { state, time } = this.#reading;
    const at = (this.#taken % this.#rowsKept) * ROW;
    rows[at] = time;
    rows[at + 1] = state[0];
    rows[at + 2] = state[1];
    rows[at + 3] = state[2] * Math.cos(state[3]);
    rows[at + 4] = state[2] * Math.sin(state[3]);
    this.#taken++;
    const kept = Math.min(this.#taken, this.#rowsKept);
    let lowX = state[0];
    let highX = state[0];
    let lowY = state[1];
    let highY = state[1];
    let x = 0;
    let y = 0;
    let first = at;
    let oldest = at;
    for (let k = 1; k < kept; k++) {
      const row = ((this.#taken - 1 - k + this.#rowsKept) % this.#rowsKept) * ROW;
      if (time - rows[row] > PROGRESS_FOR) break;
      if (k <= this.#along) {
        // the speed holds from a reading to the next: the mean of both ends
        const seconds = rows[first] - rows[row];
        x += 0.5 * seconds * (rows[first + 3] + rows[row + 3]);
        y += 0.5 * seconds * (rows[first + 4] + rows[row + 4]);
        first = row;
      }
      oldest = row;
      lowX = Math.min(lowX, rows[row + 1]);
      highX = Math.max(highX, rows[row + 1]);
      lowY = Math.min(lowY, rows[row + 2]);
      highY = Math.max(highY, rows[row + 2]);
    }
    const dx = state[0] - rows[first + 1] - x;
    const dy = state[1] - rows[first + 2] - y;
    this.aside = Math.sqrt(dx * dx + dy * dy);
    this.path = Math.sqrt(x * x + y * y);
    const isLong = time - rows[oldest] > PROGRESS_FOR - 2 * this.#period;
    const width = highX - lowX;
    const height = highY - lowY;
    this.extent = isLong ? Math.sqrt(width * width + height * height) : Number.POSITIVE_INFINITY;
  }

  /** The command of input `i` that acts on the last reading, `delay` control steps back. */
  #command(i: number, delay: number): number {
    const back = this.#count - 1 - delay;
    return back < 0 ? 0 : this.#commands[(back % this.#kept) * this.#inputs + i];
  }

  /** Whether it is fast enough to tell where it goes. */
  get isMoving(): boolean {
    return Math.abs(this.speed) > MOVES;
  }

  /** Whether input `i` was commanded to move by more than part `by` of its range lately. */
  isCommanded(i: number, by: number): boolean {
    this.#lookBack(i);
    return this.#high - this.#low > by;
  }

  /** 1 or -1: all commands of input `i` of the last time were beyond `most` on this side; 0: they were not. */
  commandedBeyond(i: number, most: number): -1 | 0 | 1 {
    this.#lookBack(i);
    return this.#low > most ? 1 : this.#high < -most ? -1 : 0;
  }

  /** The largest amount of input `i` that was commanded lately. */
  mostCommanded(i: number): number {
    this.#lookBack(i);
    return Math.max(this.#high, -this.#low);
  }

  /** Smallest and largest command of input `i` of the last time; zeros before the drive. */
  #lookBack(i: number): void {
    this.#low = Number.POSITIVE_INFINITY;
    this.#high = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.#back; k++) {
      const command = this.#command(i, k);
      if (command < this.#low) this.#low = command;
      if (command > this.#high) this.#high = command;
    }
  }
}

/** Diagonal of the smallest box around a part of the track that takes PROGRESS_FOR [m]. */
function leastExtentOf(track: Float64Array, lapTime: number | undefined): number {
  const points = track.length / 2;
  if (points === 0 || lapTime === undefined) return 0;
  const long = Math.min(points, Math.ceil((points * PROGRESS_FOR) / lapTime));
  let least = Number.POSITIVE_INFINITY;
  for (let from = 0; from < points; from++) {
    const part = Array.from({ length: long }, (_, k) => (from + k) % points);
    const spread = (i: number) => {
      const values = part.map((point) => track[2 * point + i]);
      return Math.max(...values) - Math.min(...values);
    };
    least = Math.min(least, Math.hypot(spread(0), spread(1)));
  }
  return least;
}
