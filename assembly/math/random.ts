/**
 * Small fast counting generator (sfc32: Doty-Humphrey, PractRand): 128 bits of state in four 32-bit words, only
 * additions, shifts and xors, so that the plain JavaScript twin draws the same numbers. The state lies in the arena: a
 * checkpoint keeps it.
 */

/** The state, words of 32 bits. */
const enum Word {
  a,
  b,
  c,
  counter,
}

/** Next 32 bits. */
function next(state: usize): i32 {
  const a = load<i32>(state, 4 * Word.a);
  const b = load<i32>(state, 4 * Word.b);
  const c = load<i32>(state, 4 * Word.c);
  const counter = load<i32>(state, 4 * Word.counter);
  const sum = (((a + b) | 0) + counter) | 0;
  store<i32>(state, b ^ (b >>> 9), 4 * Word.a);
  store<i32>(state, (c + (c << 3)) | 0, 4 * Word.b);
  store<i32>(state, (((c << 21) | (c >>> 11)) + sum) | 0, 4 * Word.c);
  store<i32>(state, (counter + 1) | 0, 4 * Word.counter);
  return sum;
}

/** Starts the generator from a 64-bit seed. */
export function seedRandom(state: usize, low: i32, high: i32): void {
  store<i32>(state, low, 4 * Word.a);
  store<i32>(state, high, 4 * Word.b);
  store<i32>(state, 0x6c617067, 4 * Word.c); // "lapg"
  store<i32>(state, 1, 4 * Word.counter);
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
