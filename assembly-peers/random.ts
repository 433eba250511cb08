/** Random numbers of a training: one generator per instance of the module. */
import { seedRandom, uniform as uniformOf } from "../assembly/math/random";
import { floats } from "./floats";

/** Four words of 32 bits. */
const state: usize = memory.data(16, 8);
/** The second of a pair of normal numbers, kept for the next call. */
let spare: f64 = NaN;

export function seed(low: i32, high: i32): void {
  seedRandom(state, low, high);
  spare = NaN;
}

/** Uniform in [0, 1). */
export function uniform(): f64 {
  return uniformOf(state);
}

/** Mean 0, variance 1: Marsaglia's polar method. */
export function normal(): f64 {
  if (!isNaN(spare)) {
    const kept = spare;
    spare = NaN;
    return kept;
  }
  let x: f64 = 0.0;
  let y: f64 = 0.0;
  let square: f64 = 0.0;
  do {
    x = 2.0 * uniformOf(state) - 1.0;
    y = 2.0 * uniformOf(state) - 1.0;
    square = x * x + y * y;
  } while (square >= 1.0 || square == 0.0);
  const factor = Math.sqrt((-2.0 * NativeMath.log(square)) / square);
  spare = y * factor;
  return x * factor;
}

/** Dropout's mask: each of `count` floats 0 with probability `rate`, otherwise 1 / (1 - rate). */
export function dropoutMask(mask: usize, count: i32, rate: f64): void {
  const kept = f32(1.0 / (1.0 - rate));
  for (const end = mask + floats(count); mask < end; mask += 4)
    store<f32>(mask, uniformOf(state) < rate ? <f32>0 : kept);
}
