/** State and covariance moved on by what a car measured of its movement; equations (E2) to (E6), (E13). */
import { addNoise, Transition } from "./covariance.js";
import { ENTRIES, Entry } from "./entries.js";
import type { Motion } from "./motion.js";
import { isSteeringKnown, learnSteering } from "./steering.js";
import { Unrest } from "./unrest.js";

/**
 * Standard deviations of what a movement is wrong by at random: a wheel that is not quite round and slips [m per √m], a
 * gyro [rad per √s], the speed and the yaw rate that are measured beside them [m/s], [rad/s].
 */
const ALONG = 0.004;
const TURN = 0.0004;
/**
 * The same without poses from outside, where nothing can tell scales and biases: they stand for these too [m per √m],
 * [rad per √s], and [rad per √m].
 */
const UNSEEN_ALONG = 0.02;
const UNSEEN_TURN = 0.002;
const UNSEEN_TURN_BY_WAY = 0.005;
const SPEED = 0.03;
const RATE = 0.02;
/** Turn by steering, of a car that slides [rad per √m], and its yaw rate [rad/s]. */
const STEERED = 0.25;
const STEERED_RATE = 0.5;
/** What nothing measures wanders: speed [m/s per √s], yaw rate [rad/s per √s]. */
const ACCELERATION = 2.5;
const TURNING = 6;
/**
 * Speed to the left beyond that of a steady curve: how long it lasts [s], and its standard deviation [m/s], in any case
 * and per lateral acceleration [m/s²].
 */
const SIDEWAYS_LASTS = 0.25;
const SIDEWAYS_LEAST = 0.005;
const SIDEWAYS_PART = 0.012;
/** What hardly changes wanders: entries, and how much per √s in their units; the others only where poses come. */
const STEERING_WANDERS: readonly (readonly [Entry, number])[] = [
  [Entry.curvature, 0.01],
  [Entry.trim, 0.001],
];
const WANDERS: readonly (readonly [Entry, number])[] = [
  [Entry.gyroBias, 3e-5],
  [Entry.gyroScale, 1e-5],
  [Entry.travelScale, 5e-5],
  [Entry.latency, 2e-5],
  [Entry.lever, 1e-3],
  [Entry.slip, 2e-4],
];

const rowOf = (entry: Entry) => entry * ENTRIES;

export class Movement {
  /** state, then the covariance of its error, row by row: {@link ENTRIES} and their square */
  readonly numbers = new Float64Array(ENTRIES + ENTRIES * ENTRIES);
  /** poses come from outside: then scales, biases and sideways speed count, without them nothing could tell them */
  isSeen = false;
  /** how much it slides */
  readonly unrest = new Unrest();
  /** derivatives of distance, turn and way to the left by the state */
  readonly #byDistance = new Float64Array(ENTRIES);
  readonly #byTurn = new Float64Array(ENTRIES);
  readonly #bySide = new Float64Array(ENTRIES);
  /** derivatives of the new state by the old */
  readonly transition = new Transition();
  // of the movement
  #seconds = 0;
  #distance = 0;
  #turn = 0;
  /** to the left of the body's mean direction [m] */
  #side = 0;
  #cos = 0;
  #sin = 0;
  /** of the sideways speed */
  #decay = 0;
  #isDriven = false;
  #isTurned = false;
  #isSteered = false;

  /** Moves on by a movement. */
  move(motion: Motion): void {
    const { numbers } = this;
    this.#isDriven = !Number.isNaN(motion.distance);
    this.#isTurned = !Number.isNaN(motion.turn);
    this.#seconds = motion.seconds;
    this.#isSteered = !this.#isTurned && !Number.isNaN(motion.steering) && isSteeringKnown(numbers);
    if (!(this.#seconds > 0)) {
      this.#takeRates(motion);
      return;
    }
    this.#takeDistance(motion);
    this.#takeTurn(motion);
    this.#takeSide();
    const middle = numbers[Entry.phi] + 0.5 * this.#turn;
    this.#cos = Math.cos(middle);
    this.#sin = Math.sin(middle);
    this.#differentiatePose();
    this.#differentiateRates(motion);
    this.#moveState(motion);
    this.transition.spread(numbers);
    this.#addPoseNoise();
    this.#addOtherNoise();
    if (!this.#isSteered && !Number.isNaN(motion.steering)) learnSteering(numbers, motion.steering);
    // nothing tells how late poses are
    if (!this.#isDriven && !this.#isTurned) this.#fixLatency();
  }

  #fixLatency(): void {
    for (let j = 0; j < ENTRIES; j++) {
      this.numbers[ENTRIES + Entry.latency * ENTRIES + j] = 0;
      this.numbers[ENTRIES + j * ENTRIES + Entry.latency] = 0;
    }
  }

  /** Distance and its derivatives (E2). */
  #takeDistance(motion: Motion): void {
    const { numbers } = this;
    const by = this.#byDistance;
    by.fill(0);
    if (this.#isDriven) {
      this.#distance = motion.distance * (1 + numbers[Entry.travelScale]);
      by[Entry.travelScale] = motion.distance;
    } else {
      this.#distance = numbers[Entry.v] * this.#seconds;
      by[Entry.v] = this.#seconds;
    }
  }

  /** Turn and its derivatives (E3). */
  #takeTurn(motion: Motion): void {
    const { numbers } = this;
    const by = this.#byTurn;
    by.fill(0);
    if (this.#isTurned) {
      this.#turn = motion.turn * (1 + numbers[Entry.gyroScale]) - numbers[Entry.gyroBias] * this.#seconds;
      by[Entry.gyroScale] = motion.turn;
      by[Entry.gyroBias] = -this.#seconds;
    } else if (this.#isSteered) {
      const steered = motion.steering - numbers[Entry.trim];
      const curvature = numbers[Entry.curvature] * steered;
      this.#turn = curvature * this.#distance;
      for (let i = 0; i < ENTRIES; i++) by[i] = curvature * this.#byDistance[i];
      by[Entry.curvature] = steered * this.#distance;
      by[Entry.trim] = -numbers[Entry.curvature] * this.#distance;
    } else {
      this.#turn = numbers[Entry.rate] * this.#seconds;
      by[Entry.rate] = this.#seconds;
    }
  }

  /** Way to the left and its derivatives (E4). */
  #takeSide(): void {
    const { numbers } = this;
    const by = this.#bySide;
    const pace = this.#distance / this.#seconds;
    const lever = numbers[Entry.lever] - numbers[Entry.slip] * pace * pace;
    const bend = (-2 * numbers[Entry.slip] * pace * this.#turn) / this.#seconds;
    this.#side = lever * this.#turn + numbers[Entry.sideways] * this.#seconds;
    for (let i = 0; i < ENTRIES; i++) by[i] = lever * this.#byTurn[i] + bend * this.#byDistance[i];
    by[Entry.lever] += this.#turn;
    by[Entry.slip] -= pace * pace * this.#turn;
    by[Entry.sideways] += this.#seconds;
  }

  #differentiatePose(): void {
    const F = this.transition.rows;
    const cos = this.#cos;
    const sin = this.#sin;
    const dx = -(this.#distance * sin + this.#side * cos);
    const dy = this.#distance * cos - this.#side * sin;
    for (let i = 0; i < ENTRIES; i++) {
      const distance = this.#byDistance[i];
      const turn = this.#byTurn[i];
      const side = this.#bySide[i];
      F[rowOf(Entry.x) + i] = cos * distance - sin * side + 0.5 * dx * turn;
      F[rowOf(Entry.y) + i] = sin * distance + cos * side + 0.5 * dy * turn;
      F[rowOf(Entry.phi) + i] = turn;
    }
    F[rowOf(Entry.x) + Entry.x] += 1;
    F[rowOf(Entry.x) + Entry.phi] += dx;
    F[rowOf(Entry.y) + Entry.y] += 1;
    F[rowOf(Entry.y) + Entry.phi] += dy;
    F[rowOf(Entry.phi) + Entry.phi] += 1;
  }

  #differentiateRates(motion: Motion): void {
    const { numbers } = this;
    const F = this.transition.rows;
    F.fill(0, rowOf(Entry.v));
    if (this.#isDriven) F[rowOf(Entry.v) + Entry.travelScale] = motion.speed;
    else F[rowOf(Entry.v) + Entry.v] = 1;
    const rate = rowOf(Entry.rate);
    if (this.#isTurned) {
      F[rate + Entry.gyroScale] = motion.rate;
      F[rate + Entry.gyroBias] = -1;
    } else if (this.#isSteered) {
      const steered = motion.steering - numbers[Entry.trim];
      const curvature = numbers[Entry.curvature];
      const speed = this.#speedAfter(motion);
      for (let i = 0; i < ENTRIES; i++) F[rate + i] = curvature * steered * F[rowOf(Entry.v) + i];
      F[rate + Entry.curvature] += steered * speed;
      F[rate + Entry.trim] -= curvature * speed;
    } else F[rate + Entry.rate] = 1;
    this.#decay = Math.exp(-this.#seconds / SIDEWAYS_LASTS);
    F[rowOf(Entry.sideways) + Entry.sideways] = this.#decay;
  }

  #speedAfter(motion: Motion): number {
    const { numbers } = this;
    return this.#isDriven ? motion.speed * (1 + numbers[Entry.travelScale]) : numbers[Entry.v];
  }

  #moveState(motion: Motion): void {
    const { numbers } = this;
    numbers[Entry.x] += this.#distance * this.#cos - this.#side * this.#sin;
    numbers[Entry.y] += this.#distance * this.#sin + this.#side * this.#cos;
    numbers[Entry.phi] += this.#turn;
    numbers[Entry.sideways] *= this.#decay;
    this.#takeRates(motion);
  }

  /** Speed and yaw rate at the end (E2), (E3). */
  #takeRates(motion: Motion): void {
    const { numbers } = this;
    numbers[Entry.v] = this.#speedAfter(motion);
    if (this.#isTurned) {
      numbers[Entry.rate] = motion.rate * (1 + numbers[Entry.gyroScale]) - numbers[Entry.gyroBias];
    } else if (this.#isSteered) {
      numbers[Entry.rate] = numbers[Entry.curvature] * (motion.steering - numbers[Entry.trim]) * numbers[Entry.v];
    }
  }

  /** Equation (E6), of the pose. */
  #addPoseNoise(): void {
    const { numbers } = this;
    const cos = this.#cos;
    const sin = this.#sin;
    const way = Math.abs(this.#distance);
    const ofWay = this.isSeen ? ALONG : UNSEEN_ALONG;
    const ofTime = this.isSeen ? TURN : UNSEEN_TURN;
    const along = this.#isDriven ? ofWay * ofWay * way : 0;
    let turn = this.#isTurned || this.#isSteered ? ofTime * ofTime * this.#seconds : 0;
    if (this.#isSteered) turn += STEERED * STEERED * way;
    else if (this.#isTurned && !this.isSeen) turn += UNSEEN_TURN_BY_WAY * UNSEEN_TURN_BY_WAY * way;
    const dx = -0.5 * (this.#distance * sin + this.#side * cos);
    const dy = 0.5 * (this.#distance * cos - this.#side * sin);
    addNoise(numbers, Entry.x, Entry.x, along * cos * cos + turn * dx * dx);
    addNoise(numbers, Entry.x, Entry.y, along * cos * sin + turn * dx * dy);
    addNoise(numbers, Entry.y, Entry.y, along * sin * sin + turn * dy * dy);
    addNoise(numbers, Entry.x, Entry.phi, turn * dx);
    addNoise(numbers, Entry.y, Entry.phi, turn * dy);
    addNoise(numbers, Entry.phi, Entry.phi, turn);
  }

  #addOtherNoise(): void {
    const { numbers } = this;
    const seconds = this.#seconds;
    addNoise(numbers, Entry.v, Entry.v, this.#isDriven ? SPEED * SPEED : ACCELERATION * ACCELERATION * seconds);
    let rate = TURNING * TURNING * seconds;
    if (this.#isTurned) rate = RATE * RATE;
    else if (this.#isSteered) rate = STEERED_RATE * STEERED_RATE;
    addNoise(numbers, Entry.rate, Entry.rate, rate);
    this.#wander(STEERING_WANDERS);
    if (!this.isSeen) return;
    this.#wander(WANDERS);
    const lateral = Math.abs(this.#distance * this.#turn) / (seconds * seconds);
    const sideways = SIDEWAYS_LEAST + SIDEWAYS_PART * this.unrest.factor * lateral;
    addNoise(numbers, Entry.sideways, Entry.sideways, sideways * sideways * (1 - this.#decay * this.#decay));
  }

  #wander(entries: readonly (readonly [Entry, number])[]): void {
    for (let i = 0; i < entries.length; i++) {
      const wander = entries[i][1];
      addNoise(this.numbers, entries[i][0], entries[i][0], wander * wander * this.#seconds);
    }
  }
}
