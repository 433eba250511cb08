/** What a motor controller counts of its motor, made into distance and speed; docs/equations.md, section 43. */

/** The counter counts this often per electrical revolution. */
const PER_REVOLUTION = 6;

export class ElectricalOdometry {
  /** forward, since the count before [m] */
  distance = 0;
  /** forward [m/s] */
  speed = 0;
  readonly #travel: number;
  #hasBefore = false;
  #count = 0;

  /** `travel`: distance per electrical revolution, negative where forwards is backwards for the controller [m]. */
  constructor(travel: number) {
    this.#travel = travel;
  }

  /** As if nothing had been counted yet: the next count brings no distance. */
  forget(): void {
    this.#hasBefore = false;
  }

  /** Takes a count of 32 bits, which wraps, and electrical revolutions per minute (V1). */
  take(count: number, erpm: number): void {
    this.distance = this.#hasBefore ? (((count - this.#count) | 0) / PER_REVOLUTION) * this.#travel : 0;
    this.speed = (erpm / 60) * this.#travel;
    this.#hasBefore = true;
    this.#count = count;
  }
}
