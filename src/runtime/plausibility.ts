/**
 * Whether what a robot in the plane measures can be true, by what it was commanded and by itself (docs/equations.md,
 * section 27). Each control step takes the last reading in; gates compare what stands in the fields then. Numbers in
 * fields and arrays, nothing is allocated after construction.
 */
import { LONGEST_DELAY } from "../identification/fit-data.js";
import type { Reading } from "../links/robot.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { AnswerDelay } from "./answer-delay.js";
import { Commands } from "./commands.js";
import { ExpectedPlace } from "./expected-place.js";
import { Places, PROGRESS_FOR } from "./places.js";
import { Response } from "./response.js";
import { SteeringGain } from "./steering-gain.js";

/** A car that is slower [m/s] need not turn, nor is it sure where it goes. */
export const MOVES = 0.5;
/** Commands of this time are looked back upon [s]. */
export const BACK = 0.5;
/** Averaging of the accelerometer [s]. */
const LATERAL = 0.3;
/** What the times between ticks of a wheel that is said to turn evenly differ by, as a speed [m/s]. */
const SAME_SPEED = 0.005;

export class Plausibility {
  readonly response = new Response();
  readonly commands: Commands;
  readonly places: Places;
  readonly expected: ExpectedPlace;
  readonly answer: AnswerDelay;
  readonly gain: SteeringGain;
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
  /** change of a moving car's yaw rate by its gyro [rad/s]; 0 without one */
  rateChange = 0;
  /** largest change of the steering that may have acted between the two [part of the range] */
  steered = 0;
  /** the least that the track has of {@link Places.extent} [m]; 0 without one */
  readonly leastExtent: number;
  /** v w less the measured lateral acceleration, and v w, averaged [m/s²]; 0 where it is not measured */
  lateral = 0;
  lateralSize = 0;

  readonly #reading: Reading;
  readonly #period: number;
  /** its steering turns it as a car's does: in proportion to its speed */
  readonly #isCar: boolean;
  #time = Number.NaN;
  #v = 0;
  #phi = 0;
  #sensed = Number.NaN;
  #steady = Number.NaN;
  #x = Number.NaN;
  #y = Number.NaN;

  constructor({ columns, timing, model }: TaskDefinition, track: Float64Array, reading: Reading) {
    const period = timing.controlPeriod;
    this.#reading = reading;
    this.#period = period;
    this.#isCar = model.kind === "car";
    this.commands = new Commands(columns.input.length, Math.ceil(BACK / period), LONGEST_DELAY);
    this.places = new Places(period);
    this.expected = new ExpectedPlace(track, timing.lapTime);
    this.answer = new AnswerDelay(period);
    this.gain = new SteeringGain(this.commands);
    this.leastExtent = leastExtentOf(track, timing.lapTime);
  }

  /** Forgets what was seen, not how the robot answers. */
  reset(): void {
    this.response.reset();
    this.commands.reset();
    this.places.reset();
    this.expected.reset();
    this.answer.reset();
    this.gain.reset();
    this.#time = Number.NaN;
    this.sameRate = 0;
    this.sameSpeed = 0;
    this.samePlace = 0;
    this.change = 0;
    this.rateChange = 0;
    this.lateral = 0;
    this.lateralSize = 0;
  }

  /** Keeps a command. */
  remember(command: Float64Array): void {
    this.commands.remember(command);
    this.answer.remember(command[1]);
  }

  /** Takes the last reading in, if it is new; `origin`: the clock at task time 0 [s]. */
  take(origin: number): void {
    const { state, time, yawRate } = this.#reading;
    if (time <= this.#time) return;
    const seconds = time - this.#time;
    const turn = state[3] - this.#phi;
    const sensed = Number.isNaN(yawRate) ? state[3] : yawRate;
    if (seconds > 0) {
      this.#compare(turn, sensed, seconds);
      if (this.#isCar) this.#compareAnswer(turn, seconds);
    }
    this.#time = time;
    this.#v = state[2];
    this.#phi = state[3];
    this.#sensed = sensed;
    this.#x = state[0];
    this.#y = state[1];
    this.places.take(time, state);
    this.expected.take(time - origin, state[0], state[1]);
  }

  #compare(turn: number, sensed: number, seconds: number): void {
    const { state, yawRate, lateralAcceleration } = this.#reading;
    const v = state[2];
    const isMeasured = !Number.isNaN(yawRate);
    const moves = Math.abs(v) > MOVES;
    this.speed = v;
    this.rate = isMeasured ? yawRate : turn / seconds;
    this.rateChange = isMeasured && moves && this.#isCar ? yawRate - this.#sensed : 0;
    this.steered = this.commands.mostChange(1) * Math.max(1, seconds / this.#period);
    // the first ticks of a wheel that starts tell little
    this.change = Math.abs(this.#v) > MOVES ? v - this.#v : 0;
    this.between = seconds;
    this.sameRate = moves && sensed === this.#sensed ? this.sameRate + seconds : 0;
    const isSame = moves && Math.abs(v - this.#steady) <= SAME_SPEED;
    this.sameSpeed = isSame ? this.sameSpeed + seconds : 0;
    if (!isSame) this.#steady = v;
    this.samePlace = moves && state[0] === this.#x && state[1] === this.#y ? this.samePlace + seconds : 0;
    if (Number.isNaN(lateralAcceleration)) return;
    const part = seconds / (LATERAL + seconds);
    const lateral = v * this.rate;
    this.lateral += part * (lateral - lateralAcceleration - this.lateral);
    this.lateralSize += part * (Math.abs(lateralAcceleration) - this.lateralSize);
  }

  /** What it measures against its commands. */
  #compareAnswer(turn: number, seconds: number): void {
    const { response, commands } = this;
    const v = this.speed;
    if (response.isFitted) {
      const throttle = commands.at(0, response.throttleDelay);
      const steering = commands.at(1, response.steeringDelay);
      response.step(this.#v, v, turn / seconds, seconds, throttle, steering);
    }
    if (!this.isMoving) return;
    const delay = response.steeringDelay * this.#period;
    this.answer.take(v, this.rate, seconds, response.steeringGain, -response.steeringBias, delay);
    this.gain.take(v, this.#reading.yawRate, seconds);
  }

  /** Whether it is fast enough to tell where it goes. */
  get isMoving(): boolean {
    return Math.abs(this.speed) > MOVES;
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
