/**
 * Alternating batches: every side runs a short batch in turn, over and over, so that whatever else the machine does
 * hits all alike.
 */
import type { Side, SideName, Timed } from "./side.js";

export interface Spread {
  readonly median: number;
  /** first and third quartile */
  readonly low: number;
  readonly high: number;
}

export interface SideTiming {
  readonly side: SideName;
  /** one run of the kernel */
  readonly nanoseconds: Spread;
  /** of the batch that was disturbed least [ns] */
  readonly fastest: number;
  /** to the batches of the sides that are compared with, of the same round */
  readonly ratios: Partial<Readonly<Record<SideName, Spread>>>;
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  /** length of a batch [ms] */
  readonly batch: number;
  /** least time of warming up per kernel and side [ms] */
  readonly warmUp: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** Times a kernel on all sides; `bases`: the sides that the others are compared with, where they are there. */
export async function compare(
  kernel: Timed,
  sides: readonly Side[],
  effort: Effort,
  bases: readonly SideName[] = ["native256", "native512"],
): Promise<SideTiming[]> {
  const repeats = new Map<Side, number>();
  for (const side of sides) {
    const single = await warm(kernel, side, effort.warmUp);
    repeats.set(side, Math.max(1, Math.round((effort.batch * 1e6) / single)));
  }
  const taken = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < effort.rounds; round++) {
    // every other round backwards: no side always follows the same one
    for (const side of round % 2 ? [...sides].reverse() : sides) {
      taken.get(side)?.push(await side.run(kernel, repeats.get(side) ?? 1));
    }
  }
  return sides.map((side) => {
    const times = taken.get(side) ?? [];
    const ratios: Partial<Record<SideName, Spread>> = {};
    for (const base of sides.filter(({ name }) => bases.includes(name))) {
      ratios[base.name] = spreadOf(times.map((time, i) => time / (taken.get(base)?.[i] ?? Number.NaN)));
    }
    return { side: side.name, nanoseconds: spreadOf(times), fastest: Math.min(...times), ratios };
  });
}

/**
 * Many short calls until the optimising compiler has been and gone: V8 replaces a WebAssembly function at its next
 * call, never within one. Returns nanoseconds per run at the end.
 */
async function warm(kernel: Timed, side: Side, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  for (let i = 0; i < 30; i++) await side.run(kernel, 1);
  let single = await side.run(kernel, 1);
  while (performance.now() < end) single = await side.run(kernel, Math.max(1, Math.round(1e6 / single)));
  return single;
}
