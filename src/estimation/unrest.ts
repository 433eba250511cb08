/** Whether a car slides by more than is usual, by how surprising poses from outside are; equation (E13). */

/** How much of the mean each pose makes: the last quarter of a second at 30 Hz. */
const SHARE = 0.15;
/** One pose counts for as much as this, in parts of what is expected. */
const MOST_OF_ONE = 6;
/** Poses that surprise by so much are usual. */
const USUAL = 1.1;
/** The sideways speed changes by so many times what it usually does. */
const MOST = 8;

export class Unrest {
  /** how many times its usual size the change of the sideways speed is */
  factor = 1;
  /** mean surprise of the last poses, in parts of what is expected */
  #mean = 1;

  reset(): void {
    this.#mean = 1;
    this.factor = 1;
  }

  /** `surprise`: of a pose, chi square with three degrees of freedom. */
  take(surprise: number): void {
    const counted = surprise / 3 < MOST_OF_ONE ? surprise / 3 : MOST_OF_ONE; // NaN too, which would stay in the mean
    this.#mean += SHARE * (counted - this.#mean);
    const part = this.#mean / USUAL;
    this.factor = Math.max(1, Math.min(MOST, part * part));
  }
}
