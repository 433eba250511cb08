import { DOUBLE_SHIFT } from "./doubles";
import { multiplyAdd, PAIR } from "./simd";

/*
 * The product of a fully connected layer. Weights W are stored [in][out] (one row per input), so that it streams rows
 * and keeps outputs in registers: as many accumulators as hide the latency of an addition, and V8 has 15 vector
 * registers for them, the operands and the splats. Every scalar branch performs the SIMD branch's operations in the
 * same order.
 *
 * The loops below take two inputs per turn and may end after either. These exits also cut them into blocks without a
 * branch: V8 loads all operands of a block before it computes, and more than four to six at once would not fit into
 * registers.
 */

/** Whether blocks are cut between pairs of vectors, which V8 then puts into one twice as wide; the same sums. */
export let wide: bool = false;

export function computeWide(value: bool): void {
  wide = value;
}

/** y = b + W^T x, or y += W^T x where `bias` is 0. W: inputs x outputs, at least one input. */
export function affine(weights: usize, bias: usize, x: usize, inputs: i32, outputs: i32, y: usize): void {
  const row = usize(outputs) << DOUBLE_SHIFT;
  const end = x + (usize(inputs) << DOUBLE_SHIFT);
  const start = bias != 0 ? bias : y;
  const broad = outputs & ~15;
  const rest = outputs - broad;
  const narrow = rest >= 10 ? 10 : rest & 8;
  let o: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    if (broad != 0) {
      if (wide) affine16Wide(weights, row, start, x, end, y, broad);
      else affine16(weights, row, start, x, end, y, broad);
    }
    const at = usize(broad) << DOUBLE_SHIFT;
    if (narrow == 10) affine10(weights + at, row, start + at, x, end, y + at);
    else if (narrow == 8) affine8(weights + at, row, start + at, x, end, y + at);
    for (o = broad + narrow; o + 2 <= outputs; o += 2) {
      const at = usize(o) << DOUBLE_SHIFT;
      let a0 = v128.load(start + at);
      let w = weights + at;
      for (let p = x; p < end; p += 8) {
        a0 = multiplyAdd(v128.load(w), v128.load64_splat(p), a0);
        w += row;
      }
      v128.store(y + at, a0);
    }
  }
  for (; o < outputs; o++) {
    const at = usize(o) << DOUBLE_SHIFT;
    const twoSums = o >= broad && o < broad + narrow;
    let even = load<f64>(start + at);
    let odd: f64 = 0.0;
    let w = weights + at;
    for (let p = x; p < end; p += 8) {
      const product = load<f64>(w) * load<f64>(p);
      if (twoSums && ((p - x) & 8) != 0) odd += product;
      else even += product;
      w += row;
    }
    store<f64>(y + at, twoSums ? even + odd : even);
  }
}

/** The first `outputs` outputs of {@link affine}, a multiple of 16. */
function affine16(weights: usize, row: usize, start: usize, x: usize, end: usize, y: usize, outputs: i32): void {
  for (const last = y + (usize(outputs) << DOUBLE_SHIFT); y < last; y += 8 * PAIR) {
    let a0 = v128.load(start);
    let a1 = v128.load(start, PAIR);
    let a2 = v128.load(start, 2 * PAIR);
    let a3 = v128.load(start, 3 * PAIR);
    let a4 = v128.load(start, 4 * PAIR);
    let a5 = v128.load(start, 5 * PAIR);
    let a6 = v128.load(start, 6 * PAIR);
    let a7 = v128.load(start, 7 * PAIR);
    let w = weights;
    let p = x;
    while (true) {
      let xi = v128.load64_splat(p);
      a0 = multiplyAdd(v128.load(w), xi, a0);
      a1 = multiplyAdd(v128.load(w, PAIR), xi, a1);
      a2 = multiplyAdd(v128.load(w, 2 * PAIR), xi, a2);
      a3 = multiplyAdd(v128.load(w, 3 * PAIR), xi, a3);
      a4 = multiplyAdd(v128.load(w, 4 * PAIR), xi, a4);
      a5 = multiplyAdd(v128.load(w, 5 * PAIR), xi, a5);
      p += 8;
      if (p == end) {
        a6 = multiplyAdd(v128.load(w, 6 * PAIR), xi, a6);
        a7 = multiplyAdd(v128.load(w, 7 * PAIR), xi, a7);
        break;
      }
      a6 = multiplyAdd(v128.load(w, 6 * PAIR), xi, a6);
      a7 = multiplyAdd(v128.load(w, 7 * PAIR), xi, a7);
      w += row;
      xi = v128.load64_splat(p);
      a0 = multiplyAdd(v128.load(w), xi, a0);
      a1 = multiplyAdd(v128.load(w, PAIR), xi, a1);
      a2 = multiplyAdd(v128.load(w, 2 * PAIR), xi, a2);
      p += 8;
      if (p == end) {
        a3 = multiplyAdd(v128.load(w, 3 * PAIR), xi, a3);
        a4 = multiplyAdd(v128.load(w, 4 * PAIR), xi, a4);
        a5 = multiplyAdd(v128.load(w, 5 * PAIR), xi, a5);
        a6 = multiplyAdd(v128.load(w, 6 * PAIR), xi, a6);
        a7 = multiplyAdd(v128.load(w, 7 * PAIR), xi, a7);
        break;
      }
      a3 = multiplyAdd(v128.load(w, 3 * PAIR), xi, a3);
      a4 = multiplyAdd(v128.load(w, 4 * PAIR), xi, a4);
      a5 = multiplyAdd(v128.load(w, 5 * PAIR), xi, a5);
      a6 = multiplyAdd(v128.load(w, 6 * PAIR), xi, a6);
      a7 = multiplyAdd(v128.load(w, 7 * PAIR), xi, a7);
      w += row;
    }
    v128.store(y, a0);
    v128.store(y, a1, PAIR);
    v128.store(y, a2, 2 * PAIR);
    v128.store(y, a3, 3 * PAIR);
    v128.store(y, a4, 4 * PAIR);
    v128.store(y, a5, 5 * PAIR);
    v128.store(y, a6, 6 * PAIR);
    v128.store(y, a7, 7 * PAIR);
    start += 8 * PAIR;
    weights += 8 * PAIR;
  }
}

/**
 * {@link affine16} with an input per turn and a single exit in its middle, after four of eight vectors. In vectors of
 * 128 bits it takes a fifth longer. `stride`: bytes from one input to the next.
 */
export function affine16Wide(
  weights: usize,
  row: usize,
  start: usize,
  x: usize,
  end: usize,
  y: usize,
  outputs: i32,
  stride: usize = 8,
): void {
  for (const last = y + (usize(outputs) << DOUBLE_SHIFT); y < last; y += 8 * PAIR) {
    let a0 = v128.load(start);
    let a1 = v128.load(start, PAIR);
    let a2 = v128.load(start, 2 * PAIR);
    let a3 = v128.load(start, 3 * PAIR);
    let a4 = v128.load(start, 4 * PAIR);
    let a5 = v128.load(start, 5 * PAIR);
    let a6 = v128.load(start, 6 * PAIR);
    let a7 = v128.load(start, 7 * PAIR);
    let w = weights;
    let p = x;
    while (true) {
      const xi = v128.load64_splat(p);
      a0 = multiplyAdd(v128.load(w), xi, a0);
      a1 = multiplyAdd(v128.load(w, PAIR), xi, a1);
      a2 = multiplyAdd(v128.load(w, 2 * PAIR), xi, a2);
      a3 = multiplyAdd(v128.load(w, 3 * PAIR), xi, a3);
      p += stride;
      if (p == end) {
        a4 = multiplyAdd(v128.load(w, 4 * PAIR), xi, a4);
        a5 = multiplyAdd(v128.load(w, 5 * PAIR), xi, a5);
        a6 = multiplyAdd(v128.load(w, 6 * PAIR), xi, a6);
        a7 = multiplyAdd(v128.load(w, 7 * PAIR), xi, a7);
        break;
      }
      a4 = multiplyAdd(v128.load(w, 4 * PAIR), xi, a4);
      a5 = multiplyAdd(v128.load(w, 5 * PAIR), xi, a5);
      a6 = multiplyAdd(v128.load(w, 6 * PAIR), xi, a6);
      a7 = multiplyAdd(v128.load(w, 7 * PAIR), xi, a7);
      w += row;
    }
    v128.store(y, a0);
    v128.store(y, a1, PAIR);
    v128.store(y, a2, 2 * PAIR);
    v128.store(y, a3, 3 * PAIR);
    v128.store(y, a4, 4 * PAIR);
    v128.store(y, a5, 5 * PAIR);
    v128.store(y, a6, 6 * PAIR);
    v128.store(y, a7, 7 * PAIR);
    start += 8 * PAIR;
    weights += 8 * PAIR;
  }
}

/** 10 outputs of {@link affine}. */
function affine10(weights: usize, row: usize, start: usize, x: usize, end: usize, y: usize): void {
  affineNarrow(true, weights, row, start, x, end, y);
}

/** 8 outputs of {@link affine}. */
function affine8(weights: usize, row: usize, start: usize, x: usize, end: usize, y: usize): void {
  affineNarrow(false, weights, row, start, x, end, y);
}

/**
 * 8 outputs, or 10: in two sums, of the even and of the odd inputs, so that an addition need not wait for the one
 * before.
 */
// @ts-ignore: decorator
@inline
function affineNarrow(ten: bool, weights: usize, row: usize, start: usize, x: usize, end: usize, y: usize): void {
  let a0 = v128.load(start);
  let a1 = v128.load(start, PAIR);
  let a2 = v128.load(start, 2 * PAIR);
  let a3 = v128.load(start, 3 * PAIR);
  let a4 = ten ? v128.load(start, 4 * PAIR) : a3;
  let b0 = f64x2.splat(0.0);
  let b1 = b0;
  let b2 = b0;
  let b3 = b0;
  let b4 = b0;
  let w = weights;
  let p = x;
  while (true) {
    const even = v128.load64_splat(p);
    a0 = multiplyAdd(v128.load(w), even, a0);
    a1 = multiplyAdd(v128.load(w, PAIR), even, a1);
    a2 = multiplyAdd(v128.load(w, 2 * PAIR), even, a2);
    p += 8;
    if (p == end) {
      a3 = multiplyAdd(v128.load(w, 3 * PAIR), even, a3);
      if (ten) a4 = multiplyAdd(v128.load(w, 4 * PAIR), even, a4);
      break;
    }
    a3 = multiplyAdd(v128.load(w, 3 * PAIR), even, a3);
    if (ten) a4 = multiplyAdd(v128.load(w, 4 * PAIR), even, a4);
    w += row;
    const odd = v128.load64_splat(p);
    b0 = multiplyAdd(v128.load(w), odd, b0);
    p += 8;
    if (p == end) {
      b1 = multiplyAdd(v128.load(w, PAIR), odd, b1);
      b2 = multiplyAdd(v128.load(w, 2 * PAIR), odd, b2);
      b3 = multiplyAdd(v128.load(w, 3 * PAIR), odd, b3);
      if (ten) b4 = multiplyAdd(v128.load(w, 4 * PAIR), odd, b4);
      break;
    }
    b1 = multiplyAdd(v128.load(w, PAIR), odd, b1);
    b2 = multiplyAdd(v128.load(w, 2 * PAIR), odd, b2);
    b3 = multiplyAdd(v128.load(w, 3 * PAIR), odd, b3);
    if (ten) b4 = multiplyAdd(v128.load(w, 4 * PAIR), odd, b4);
    w += row;
  }
  v128.store(y, f64x2.add(a0, b0));
  v128.store(y, f64x2.add(a1, b1), PAIR);
  v128.store(y, f64x2.add(a2, b2), 2 * PAIR);
  v128.store(y, f64x2.add(a3, b3), 3 * PAIR);
  if (ten) v128.store(y, f64x2.add(a4, b4), 4 * PAIR);
}
