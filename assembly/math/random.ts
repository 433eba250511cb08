/**
 * Small fast counting generator (sfc32: Doty-Humphrey, PractRand): 128 bits of state in four 32-bit words, only additions,
 * shifts and xors, so that the plain JavaScript twin draws the same numbers. The state lies in the arena: a checkpoint keeps it.
 */

/** Next 32 bits. */
function next(state: usize): i32 {
  const a = load<i32>(state);
  const b = load<i32>(state, 4);
  const c = load<i32>(state, 8);
  const counter = load<i32>(state, 12);
  const sum = (((a + b) | 0) + counter) | 0;
  store<i32>(state, b ^ (b >>> 9), 0);
  store<i32>(state, (c + (c << 3)) | 0, 4);
  store<i32>(state, (((c << 21) | (c >>> 11)) + sum) | 0, 8);
  store<i32>(state, (counter + 1) | 0, 12);
  return sum;
}

/** Starts the generator from a 64-bit seed. */
export function seedRandom(state: usize, low: i32, high: i32): void {
  store<i32>(state, low, 0);
  store<i32>(state, high, 4);
  store<i32>(state, 0x6c617067, 8); // "lapg"
  store<i32>(state, 1, 12);
  for (let i: i32 = 0; i < 16; i++) next(state);
}

/** Uniform in [0, 1), 53 bits. */
export function uniform(state: usize): f64 {
  const high = f64(next(state) >>> 5);
  const low = f64(next(state) >>> 6);
  return (high * 67108864.0 + low) * 1.1102230246251565e-16;
}

/** Mean 0, variance 1: the sum of twelve uniform numbers less six; within [-6, 6], and the same bits everywhere. */
export function normal(state: usize): f64 {
  let sum: f64 = -6.0;
  for (let i: i32 = 0; i < 12; i++) sum += uniform(state);
  return sum;
}
