/** The commands of the last time, in a ring. Nothing is allocated after construction. */
export class Commands {
  readonly #inputs: number;
  readonly #kept: number;
  readonly #back: number;
  readonly #longest: number;
  readonly #rows: Float64Array;
  #count = 0;
  #low = 0;
  #high = 0;

  /** `back`: control steps that are looked back upon; `longest`: delay that a command may have [control steps]. */
  constructor(inputs: number, back: number, longest: number) {
    this.#inputs = inputs;
    this.#back = back;
    this.#longest = longest;
    this.#kept = 2 + Math.max(back, longest);
    this.#rows = new Float64Array(this.#kept * inputs);
  }

  reset(): void {
    this.#rows.fill(0);
    this.#count = 0;
  }

  remember(command: Float64Array): void {
    const row = (this.#count % this.#kept) * this.#inputs;
    for (let i = 0; i < this.#inputs; i++) this.#rows[row + i] = command[i];
    this.#count++;
  }

  /** The command of input `i` that acts on the last reading, `delay` control steps back; zero before the drive. */
  at(i: number, delay: number): number {
    const back = this.#count - 1 - delay;
    return back < 0 ? 0 : this.#rows[(back % this.#kept) * this.#inputs + i];
  }

  /** Whether input `i` was commanded to move by more than part `by` of its range lately. */
  moved(i: number, by: number): boolean {
    this.#lookBack(i);
    return this.#high - this.#low > by;
  }

  /** 1 or -1: all commands of input `i` of the last time were beyond `most` on this side; 0: they were not. */
  beyond(i: number, most: number): -1 | 0 | 1 {
    this.#lookBack(i);
    return this.#low > most ? 1 : this.#high < -most ? -1 : 0;
  }

  /** The largest amount of input `i` that was commanded lately. */
  most(i: number): number {
    this.#lookBack(i);
    return Math.max(this.#high, -this.#low);
  }

  /** The least amount of input `i` that was commanded lately; 0 if it was to both sides. */
  least(i: number): number {
    this.#lookBack(i);
    return Math.max(0, this.#low, -this.#high);
  }

  /** The largest change of input `i` from one command to the next that may act now. */
  mostChange(i: number): number {
    let most = 0;
    for (let k = 0; k < this.#longest; k++) most = Math.max(most, Math.abs(this.at(i, k) - this.at(i, k + 1)));
    return most;
  }

  #lookBack(i: number): void {
    this.#low = Number.POSITIVE_INFINITY;
    this.#high = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.#back; k++) {
      const command = this.at(i, k);
      if (command < this.#low) this.#low = command;
      if (command > this.#high) this.#high = command;
    }
  }
}
