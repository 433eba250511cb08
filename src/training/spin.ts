/**
 * Notices that the robot spins (not in paper; docs/equations.md, section 31): its rear breaks away, and it turns much
 * further than the fitted model says. A model that cannot slide will never explain that.
 */
import { DEVIATION_BY_MEDIAN, upperMedian } from "../statistics.js";
import type { ModelErrors } from "./fits/contract.js";

/** Control steps of a rollout, [from, until). */
export interface Steps {
  readonly from: number;
  readonly until: number;
}

/** Rows of the model's errors whose means are judged. */
const ROWS = 3;
/** It spins where it turns by this part more than the model says, and by so much more [rad/s]. */
const OVER = 1.2;
const ALLOWANCE = 1.5;
/** And by so many standard deviations of what noise of the measured heading makes of the mean of {@link ROWS} rows. */
const CERTAIN = 3;
/** Rows before, in which its rear begins to slide, and after, until it drives again, that belong to a spin. */
const BEFORE = 7;
const AFTER = 10;

/**
 * The steps of a drive that belong to spins, which show in its rows from row `seen` on; those after the last row are
 * still to be driven. Undefined if there are none, or if the model's main error is no turn rate.
 */
export function spinIn({ rows, measured, steps }: ModelErrors, seen: number): Steps | undefined {
  if (!measured) return undefined;
  const allowance = ALLOWANCE + CERTAIN * noiseOfMean(rows);
  let first = -1;
  let last = -1;
  for (let end = Math.max(ROWS, seen + 1); end <= rows.length; end++) {
    let turned = 0;
    let modelled = 0;
    for (let i = end - ROWS; i < end; i++) {
      turned += measured[i] / ROWS;
      modelled += (measured[i] - rows[i]) / ROWS;
    }
    if (Math.abs(turned) <= (1 + OVER) * Math.abs(modelled) + allowance) continue;
    if (first < 0) first = end - ROWS;
    last = end;
  }
  return first < 0 ? undefined : { from: Math.max(0, first - BEFORE) * steps, until: (last + AFTER) * steps };
}

/**
 * What independent noise of headings does to the mean of {@link ROWS} rows [rad/s], by how much errors change from row
 * to row, of which a spin, short or smooth, is not the median. With noise s of a heading and rows of time T a change is
 * sqrt(6) s / T, and the mean, in which all headings but the first and last cancel, sqrt(2) s / (ROWS T).
 */
function noiseOfMean(rows: Float64Array): number {
  if (rows.length < 2) return 0;
  const changes = Float64Array.from({ length: rows.length - 1 }, (_, i) => Math.abs(rows[i + 1] - rows[i]));
  return (DEVIATION_BY_MEDIAN * upperMedian(changes)) / (ROWS * Math.sqrt(3));
}

/** Spins of the last rollouts, by number: one span of steps each, from the first to the last. */
export class Spins {
  readonly #steps = new Map<number, Steps>();

  add(rollout: number, { from, until }: Steps): void {
    const known = this.#steps.get(rollout);
    this.#steps.set(rollout, { from: Math.min(from, known?.from ?? from), until });
  }

  /**
   * The same in the steps of a drive of `driven` steps that ends with the last of `rollouts`, oldest first, each with
   * its number and its steps; undefined in the place of one that is not known.
   */
  within(driven: number, rollouts: readonly ({ readonly rollout: number; readonly steps: number } | undefined)[]) {
    const found: Steps[] = [];
    let end = driven;
    for (let i = rollouts.length - 1; i >= 0 && end > 0; i--) {
      const one = rollouts[i];
      if (!one) break;
      const start = end - one.steps;
      const spin = this.#steps.get(one.rollout);
      const [from, until] = spin ? [Math.max(0, start + spin.from), Math.min(start + spin.until, driven)] : [0, 0];
      if (from < until) found.push({ from, until });
      end = start;
    }
    return found;
  }

  /** For the checkpoint; those before rollout `oldest` are forgotten. */
  state(oldest: number): [string, number][] {
    for (const rollout of this.#steps.keys()) if (rollout < oldest) this.#steps.delete(rollout);
    return [...this.#steps].flatMap(([rollout, { from, until }]): [string, number][] => [
      [`${rollout}.from`, from],
      [`${rollout}.until`, until],
    ]);
  }

  /** Takes that back. */
  restore(state: readonly (readonly [string, number])[]): void {
    const values = new Map(state);
    for (const [name, from] of state) {
      const [rollout, end] = name.split(".");
      const until = values.get(`${rollout}.until`);
      if (end === "from" && until !== undefined) this.#steps.set(Number(rollout), { from, until });
    }
  }
}
