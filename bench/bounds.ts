/**
 * What a kernel costs at least on this processor: its products, at the rate at which products and sums leave the
 * processor's vectors, measured beside everything else. docs/results/bench.md derives the counts.
 */
import { SEGMENTS } from "./case.js";
import type { Kernel } from "./kernels.js";
import type { Side } from "./side.js";

export interface Bound {
  readonly kernel: Kernel;
  /** float64 products, each with a sum */
  readonly products: number;
  /** of weights, activations and tapes, each once */
  readonly bytes: number;
  /** in vectors of 128 and of 256 bits [ns] */
  readonly narrow: number;
  readonly wide: number;
}

const WIDTHS = [6, 64, 64, 10];
const WEIGHTS = WIDTHS.slice(1).reduce((sum, width, i) => sum + width * WIDTHS[i], 0);
const NEURONS = WIDTHS.slice(1).reduce((sum, width) => sum + width, 0);
const STEPS = 7 * SEGMENTS;
/** Products of tanh, and of its transpose. */
const TANH = 9;
const TANH_TRANSPOSE = 2;
/** Numbers that a control step leaves on tapes and elsewhere for the co-state pass. */
const TAPES = 40;
const DOUBLE = 8;
const PAIRS = 2;
const QUARTETS = 4;

const forward = { products: WEIGHTS + TANH * NEURONS, numbers: WEIGHTS + NEURONS };
const transposed = { products: 2 * WEIGHTS + TANH_TRANSPOSE * NEURONS, numbers: WEIGHTS + 3 * NEURONS };
const NEEDS: Partial<Readonly<Record<Kernel, typeof forward>>> = {
  forward,
  backward: { ...transposed, numbers: transposed.numbers + WEIGHTS },
  control: forward,
  rollout: { products: SEGMENTS * forward.products, numbers: WEIGHTS + SEGMENTS * NEURONS + STEPS * TAPES },
  costate: {
    products: SEGMENTS * transposed.products,
    numbers: 2 * WEIGHTS + SEGMENTS * 2 * NEURONS + STEPS * TAPES,
  },
};
/** Products of a run of the kernels `peak128` and `peak256` of bench/native/peak.hpp, in vectors. */
const PEAK = 8e4;
const ROUNDS = 15;

/** The bounds, from the best of several runs of the C++ that does nothing else; none without C++. */
export async function boundsOf(sides: readonly Side[]): Promise<Bound[]> {
  const native = sides.find(({ name }) => name === "native256");
  if (!native || process.arch !== "x64") return [];
  const perVector = { peak128: Number.POSITIVE_INFINITY, peak256: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++)
    for (const name of ["peak128", "peak256"] as const)
      perVector[name] = Math.min(perVector[name], (await native.run(name, 20)) / PEAK);
  return Object.entries(NEEDS).map(([kernel, { products, numbers }]) => ({
    kernel: kernel as Kernel,
    products,
    bytes: DOUBLE * numbers,
    narrow: (products / PAIRS) * perVector.peak128,
    wide: (products / QUARTETS) * perVector.peak256,
  }));
}
