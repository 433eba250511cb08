/**
 * Where a car is, and how sure that is, by wheel, gyro, steering and poses from outside, as far as it has them: an
 * error-state Kalman filter with a short history; docs/equations.md, section 38. It allocates nothing after
 * construction, and knows no clock.
 */
import { PlanarState } from "../tasks/planar.js";
import { Correction } from "./correction.js";
import { largestDeviation } from "./covariance.js";
import {
  CURVATURE_PRIOR,
  DEFAULT_SETTINGS,
  ENTRIES,
  Entry,
  type EstimatorSettings,
  OUTSIDE_PRIORS,
  PRIORS,
} from "./entries.js";
import { History } from "./history.js";
import { BeginColumn, type MeasuredLog, PoseColumn, Verdict } from "./measured.js";
import { MeasuredWriter } from "./measured-writer.js";
import type { Motion } from "./motion.js";
import { Movement } from "./movement.js";

/** Chi square with three degrees of freedom: one in a thousand is beyond it. */
const MOST_SURPRISE = 16.27;
/** A car is where poses say that it is once so many in a row contradicted, if it stands, and if it does not. */
const MOST_STANDING = 10;
const MOST_MOVING = 60;
/** A car that is slower stands [m/s]. */
const STANDS = 0.05;
/** A pose that says where the car was is compared with a place that is known no better than this [m, rad]. */
const LOOSE = { position: 0.5, heading: 0.5 } as const;

export class Estimator {
  /** position [m], heading [rad], speed [m/s], yaw rate [rad/s], after the last movement */
  x = 0;
  y = 0;
  phi = 0;
  v = 0;
  rate = 0;
  /** to the left [m/s] */
  sideways = 0;
  /** standard deviation of the position along its least certain direction [m] (E10) */
  uncertainty = 0;
  /** by the last pose: chi square with three degrees of freedom */
  surprise = Number.NaN;
  /** poses that were believed, that contradicted, and that came too late */
  believed = 0;
  contradicted = 0;
  tooLate = 0;
  /** in a row, until now */
  contradictedInARow = 0;
  /** when the newest pose that was believed was true [s]; -Infinity before the first */
  poseTime = Number.NEGATIVE_INFINITY;
  readonly #movement = new Movement();
  readonly #correction: Correction;
  readonly #history = new History();
  readonly #settings: EstimatorSettings;
  /** of the pose that came last */
  readonly #pose = new Float64Array(PoseColumn.count);
  readonly #writer = new MeasuredWriter();
  /** when what is to be applied again begins [s]; Infinity: nothing */
  #again = Number.POSITIVE_INFINITY;
  /** a place is known, be it by a first pose */
  isPlaced = false;

  constructor(settings: Partial<EstimatorSettings> = {}) {
    this.#settings = { ...DEFAULT_SETTINGS, ...settings };
    this.#correction = new Correction(this.#settings);
    const { numbers } = this.#movement;
    numbers[Entry.latency] = this.#settings.latency;
    numbers[Entry.curvature] = this.#settings.curvature;
    for (const [entry, deviation] of PRIORS) this.#setDeviation(entry, deviation);
    this.#movement.isSeen = this.#settings.outside;
    if (this.#settings.outside) for (const [entry, deviation] of OUTSIDE_PRIORS) this.#setDeviation(entry, deviation);
    this.#setDeviation(
      Entry.curvature,
      this.#settings.curvature === 0 ? CURVATURE_PRIOR.unknown : CURVATURE_PRIOR.given,
    );
    this.#show();
  }

  #setDeviation(entry: Entry, deviation: number): void {
    this.#movement.numbers[ENTRIES + entry * ENTRIES + entry] = deviation * deviation;
  }

  /** A number of the state. */
  value(entry: Entry): number {
    return this.#movement.numbers[entry];
  }

  /** Begins at a pose that is known, with what it learned of the sensors. */
  place(x: number, y: number, phi: number): void {
    this.#put(x, y, phi, 0, 0);
  }

  /** Takes over a state that something else estimated, such as a localisation with a filter of its own. */
  adopt(x: number, y: number, v: number, phi: number, rate: number): void {
    this.x = x;
    this.y = y;
    this.v = v;
    this.phi = phi;
    this.rate = rate;
    this.isPlaced = true;
  }

  #put(x: number, y: number, phi: number, position: number, heading: number): void {
    this.#locate(x, y, phi, position, heading);
    this.#forget();
    this.#show();
  }

  /** Replaces what is known of the place. */
  #locate(x: number, y: number, phi: number, position: number, heading: number): void {
    const { numbers } = this.#movement;
    numbers[Entry.x] = x;
    numbers[Entry.y] = y;
    numbers[Entry.phi] = phi;
    numbers[Entry.sideways] = 0;
    for (const entry of PLACED) {
      for (let j = 0; j < ENTRIES; j++) {
        numbers[ENTRIES + entry * ENTRIES + j] = 0;
        numbers[ENTRIES + j * ENTRIES + entry] = 0;
      }
    }
    this.#setDeviation(Entry.x, position);
    this.#setDeviation(Entry.y, position);
    this.#setDeviation(Entry.phi, heading);
    this.isPlaced = true;
    this.contradictedInARow = 0;
  }

  /**
   * From here on what it is given goes into `log` too, first of all what it knows now. Poses that were true before are
   * late, so that nothing of before is needed to estimate the same again.
   */
  logTo(log: MeasuredLog): void {
    this.#forget();
    this.#movement.unrest.reset();
    this.#writer.begin(log, this.#settings, this.contradictedInARow, this.isPlaced, this.#movement.numbers);
  }

  /** Takes up what another one knew, as {@link MeasuredLog.begin} was told. */
  resume(begin: Float64Array, numbers: Float64Array): void {
    this.#movement.numbers.set(numbers);
    this.contradictedInARow = begin[BeginColumn.contradicted];
    this.isPlaced = begin[BeginColumn.isPlaced] === 1;
    this.#forget();
    this.#show();
  }

  #forget(): void {
    this.#history.forget();
    this.#again = Number.POSITIVE_INFINITY;
  }

  /** Takes a movement in, that ends after the one before, and the poses that came since. */
  move(motion: Motion): void {
    const history = this.#history;
    if (history.end === 0) this.#begin(motion);
    history.addMotion(motion);
    const index = history.end - 1;
    if (this.#again <= motion.time) this.#goOver();
    else {
      this.#movement.move(motion);
      history.after(index).set(this.#movement.numbers);
    }
    this.#show();
    this.#writer.motion(motion, this);
  }

  /** Keeps the state before the first movement. */
  #begin(motion: Motion): void {
    const history = this.#history;
    history.addMotion(motion);
    const begin = history.motion(0);
    begin.time = motion.time - motion.seconds;
    begin.seconds = 0;
    history.after(0).set(this.#movement.numbers);
  }

  /**
   * Takes a pose in, seconds, arrived, x, y, heading of {@link PoseColumn}; it counts from the next movement on.
   * Numbers that are none are left out.
   */
  observe(came: Float64Array): void {
    const pose = this.#pose;
    for (let i = 0; i < PoseColumn.verdict; i++) {
      if (!Number.isFinite(came[i])) return;
      pose[i] = came[i];
    }
    pose[PoseColumn.surprise] = Number.NaN;
    pose[PoseColumn.after] = this.#writer.motions;
    pose[PoseColumn.verdict] = this.#admit();
    if (pose[PoseColumn.verdict] !== Verdict.believed) this.#writer.pose(pose, 0);
  }

  /** What becomes at once of the pose that came; {@link Verdict.believed} if it is to be compared. */
  #admit(): Verdict {
    const history = this.#history;
    const pose = this.#pose;
    const seconds = pose[PoseColumn.seconds];
    const most = Math.abs(this.v) < STANDS ? MOST_STANDING : MOST_MOVING;
    const isBegin = !this.isPlaced || this.contradictedInARow >= most;
    if (history.end === 0) {
      if (!isBegin) return Verdict.late; // nothing is known of its movement yet
      const { position, heading } = this.#settings;
      this.#put(pose[PoseColumn.x], pose[PoseColumn.y], pose[PoseColumn.heading], position, heading);
      this.poseTime = seconds;
      return Verdict.begin;
    }
    const time = seconds - this.#movement.numbers[Entry.latency];
    if (time < history.motion(history.start).time) {
      this.tooLate++;
      return Verdict.late;
    }
    if (isBegin) this.#beginAt(time);
    history.addPose(time, pose, isBegin);
    this.#again = Math.min(this.#again, time);
    return isBegin ? Verdict.begin : Verdict.believed;
  }

  /** The car is where the pose says, but was there at a time [s] since which it may have moved. */
  #beginAt(time: number): void {
    const history = this.#history;
    const pose = this.#pose;
    const index = history.before(time);
    this.#movement.numbers.set(history.after(index));
    this.#locate(pose[PoseColumn.x], pose[PoseColumn.y], pose[PoseColumn.heading], LOOSE.position, LOOSE.heading);
    history.after(index).set(this.#movement.numbers);
    history.beginAt(index);
    this.poseTime = time;
  }

  /** Applies all movements and poses again since the oldest pose that was not applied yet. */
  #goOver(): void {
    const history = this.#history;
    const { numbers } = this.#movement;
    let index = Math.min(history.before(this.#again), history.end - 2);
    numbers.set(history.after(index));
    let pose = 0;
    while (history.isWithin(pose, index)) pose++;
    for (index++; index < history.end; index++) {
      this.#movement.move(history.motion(index));
      for (; history.isWithin(pose, index); pose++) this.#correct(pose, index);
      history.after(index).set(numbers);
    }
    // a pose that is newer than the last movement waits for the next one
    this.#again = pose < history.poses ? history.poseTime(pose) : Number.POSITIVE_INFINITY;
  }

  /** By a pose that was true within a movement. */
  #correct(pose: number, movement: number): void {
    const history = this.#history;
    const { numbers } = this.#movement;
    const correction = this.#correction;
    const before = history.after(movement - 1);
    correction.compare(numbers, before, history.motion(movement), history.poseRows, history.poseAt(pose));
    const isBelieved = correction.surprise <= MOST_SURPRISE;
    if (history.countPose(pose)) this.#count(pose, isBelieved);
    if (isBelieved) correction.apply(numbers);
  }

  #count(pose: number, isBelieved: boolean): void {
    const rows = this.#history.poseRows;
    const at = this.#history.poseAt(pose);
    this.surprise = this.#correction.surprise;
    this.#movement.unrest.take(this.surprise);
    rows[at + PoseColumn.surprise] = this.surprise;
    rows[at + PoseColumn.verdict] = isBelieved ? Verdict.believed : Verdict.contradicted;
    this.#writer.pose(rows, at);
    if (isBelieved) {
      this.believed++;
      this.contradictedInARow = 0;
      this.poseTime = Math.max(this.poseTime, this.#history.poseTime(pose));
      return;
    }
    this.contradicted++;
    this.contradictedInARow++;
  }

  /** The state (x, y, v, phi) `seconds` after the last movement, at the same speed and yaw rate (E11). */
  predict(seconds: number, state: Float64Array): void {
    const turn = this.rate * seconds;
    const middle = this.phi + 0.5 * turn;
    const cos = Math.cos(middle);
    const sin = Math.sin(middle);
    state[PlanarState.x] = this.x + seconds * (this.v * cos - this.sideways * sin);
    state[PlanarState.y] = this.y + seconds * (this.v * sin + this.sideways * cos);
    state[PlanarState.v] = this.v;
    state[PlanarState.phi] = this.phi + turn;
  }

  #show(): void {
    const { numbers } = this.#movement;
    this.x = numbers[Entry.x];
    this.y = numbers[Entry.y];
    this.phi = numbers[Entry.phi];
    this.v = numbers[Entry.v];
    this.rate = numbers[Entry.rate];
    this.sideways =
      this.rate * (numbers[Entry.lever] - numbers[Entry.slip] * this.v * this.v) + numbers[Entry.sideways];
    const xx = numbers[ENTRIES + Entry.x * ENTRIES + Entry.x];
    const yy = numbers[ENTRIES + Entry.y * ENTRIES + Entry.y];
    const xy = numbers[ENTRIES + Entry.x * ENTRIES + Entry.y];
    this.uncertainty = largestDeviation(xx, yy, xy);
  }
}

/** What is known where a car is placed. */
const PLACED = [Entry.x, Entry.y, Entry.phi, Entry.sideways] as const;
