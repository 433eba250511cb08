/** How often a helper of a drive that ended may be started again: this many times within this time [ms]. */
const MOST = 3;
const WITHIN = 10_000;

export class Restarts {
  #times: number[] = [];

  /** Whether it may be started once more, which is then counted. */
  mayRestart(now = performance.now()): boolean {
    this.#times = this.#times.filter((time) => now - time < WITHIN);
    this.#times.push(now);
    return this.#times.length <= MOST;
  }
}
