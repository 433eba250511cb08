import { affine16Wide } from "./affine";
import { DOUBLE, DOUBLE_SHIFT } from "./doubles";
import { multiplyAdd, PAIR, sumLanes } from "./simd";

/*
 * The transposed product of a fully connected layer. Weights W are stored [in][out] (one row per input). V8 keeps about
 * 15 vectors live: accumulators, operands and splats of one loop must fit. Every scalar branch performs the SIMD
 * branch's operations in the same order.
 */

/** Bytes of a row of 64 doubles. */
// @ts-ignore: decorator
@inline
const ROW_64: usize = 64 * DOUBLE;

/** dx = W d, the transpose of the product in {@link affine}. */
export function affineTranspose(weights: usize, d: usize, inputs: i32, outputs: i32, dx: usize): void {
  if (ASC_FEATURE_SIMD && outputs == 64) {
    affineTranspose64(weights, d, inputs, dx);
    return;
  }
  const row = usize(outputs) << DOUBLE_SHIFT;
  const pairsEnd = d + ((usize(outputs) & ~1) << DOUBLE_SHIFT);
  const odd = (outputs & 1) != 0;
  let w = weights;
  let i: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 4 <= inputs; i += 4) {
      let a0 = f64x2.splat(0.0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let w0 = w;
      let w1 = w0 + row;
      let w2 = w1 + row;
      let w3 = w2 + row;
      for (let p = d; p < pairsEnd; p += PAIR) {
        const di = v128.load(p);
        a0 = multiplyAdd(v128.load(w0), di, a0);
        a1 = multiplyAdd(v128.load(w1), di, a1);
        a2 = multiplyAdd(v128.load(w2), di, a2);
        a3 = multiplyAdd(v128.load(w3), di, a3);
        w0 += PAIR;
        w1 += PAIR;
        w2 += PAIR;
        w3 += PAIR;
      }
      let s0 = sumLanes(a0);
      let s1 = sumLanes(a1);
      let s2 = sumLanes(a2);
      let s3 = sumLanes(a3);
      if (odd) {
        const last = load<f64>(pairsEnd);
        s0 += load<f64>(w0) * last;
        s1 += load<f64>(w1) * last;
        s2 += load<f64>(w2) * last;
        s3 += load<f64>(w3) * last;
      }
      const out = dx + (usize(i) << DOUBLE_SHIFT);
      store<f64>(out, s0);
      store<f64>(out, s1, DOUBLE);
      store<f64>(out, s2, 2 * DOUBLE);
      store<f64>(out, s3, 3 * DOUBLE);
      w += row << 2;
    }
  }
  for (; i < inputs; i++) {
    // two partial sums, as the two lanes above
    let even: f64 = 0.0;
    let uneven: f64 = 0.0;
    let w0 = w;
    for (let p = d; p < pairsEnd; p += PAIR) {
      even += load<f64>(w0) * load<f64>(p);
      uneven += load<f64>(w0, DOUBLE) * load<f64>(p, DOUBLE);
      w0 += PAIR;
    }
    let sum = even + uneven;
    if (odd) sum += load<f64>(w0) * load<f64>(pairsEnd);
    store<f64>(dx + (usize(i) << DOUBLE_SHIFT), sum);
    w += row;
  }
}

/**
 * {@link affineTranspose} for rows of 64: their distance is part of the instruction, which leaves room for more of them
 * at once.
 */
function affineTranspose64(weights: usize, d: usize, inputs: i32, dx: usize): void {
  const pairsEnd = d + ROW_64;
  let w = weights;
  let i: i32 = 0;
  for (; i + 6 <= inputs; i += 6) {
    let a0 = f64x2.splat(0.0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let a5 = a0;
    let q = w;
    for (let p = d; p < pairsEnd; p += PAIR) {
      const di = v128.load(p);
      a0 = multiplyAdd(v128.load(q), di, a0);
      a1 = multiplyAdd(v128.load(q, ROW_64), di, a1);
      a2 = multiplyAdd(v128.load(q, 2 * ROW_64), di, a2);
      a3 = multiplyAdd(v128.load(q, 3 * ROW_64), di, a3);
      a4 = multiplyAdd(v128.load(q, 4 * ROW_64), di, a4);
      a5 = multiplyAdd(v128.load(q, 5 * ROW_64), di, a5);
      q += PAIR;
    }
    const out = dx + (usize(i) << DOUBLE_SHIFT);
    store<f64>(out, sumLanes(a0));
    store<f64>(out, sumLanes(a1), DOUBLE);
    store<f64>(out, sumLanes(a2), 2 * DOUBLE);
    store<f64>(out, sumLanes(a3), 3 * DOUBLE);
    store<f64>(out, sumLanes(a4), 4 * DOUBLE);
    store<f64>(out, sumLanes(a5), 5 * DOUBLE);
    w += 6 * ROW_64;
  }
  for (; i + 4 <= inputs; i += 4) {
    let a0 = f64x2.splat(0.0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let q = w;
    for (let p = d; p < pairsEnd; p += PAIR) {
      const di = v128.load(p);
      a0 = multiplyAdd(v128.load(q), di, a0);
      a1 = multiplyAdd(v128.load(q, ROW_64), di, a1);
      a2 = multiplyAdd(v128.load(q, 2 * ROW_64), di, a2);
      a3 = multiplyAdd(v128.load(q, 3 * ROW_64), di, a3);
      q += PAIR;
    }
    const out = dx + (usize(i) << DOUBLE_SHIFT);
    store<f64>(out, sumLanes(a0));
    store<f64>(out, sumLanes(a1), DOUBLE);
    store<f64>(out, sumLanes(a2), 2 * DOUBLE);
    store<f64>(out, sumLanes(a3), 3 * DOUBLE);
    w += 4 * ROW_64;
  }
  for (; i + 1 <= inputs; i += 1) {
    let a0 = f64x2.splat(0.0);
    let q = w;
    for (let p = d; p < pairsEnd; p += PAIR) {
      const di = v128.load(p);
      a0 = multiplyAdd(v128.load(q), di, a0);
      q += PAIR;
    }
    const out = dx + (usize(i) << DOUBLE_SHIFT);
    store<f64>(out, sumLanes(a0));
    w += ROW_64;
  }
}

/** Whether {@link affineTransposeTurned} can do a layer. */
// @ts-ignore: decorator
@inline
export function canTurn(inputs: i32, outputs: i32): bool {
  return (inputs & 15) == 0 && (outputs & 1) == 0;
}

/** turned = W^T: outputs x inputs. */
export function turn(weights: usize, inputs: i32, outputs: i32, turned: usize): void {
  const row = usize(inputs) << DOUBLE_SHIFT;
  let w = weights;
  for (let column = turned, end = turned + row; column < end; column += 8) {
    let target = column;
    for (let o: i32 = 0; o < outputs; o++) {
      store<f64>(target, load<f64>(w));
      w += 8;
      target += row;
    }
  }
}

/**
 * {@link affineTranspose} from {@link turn}ed weights, which V8 can put into wider vectors; the same two sums, of even
 * and odd outputs, that the lanes of a vector are there. `work`: as large as dx.
 */
export function affineTransposeTurned(
  turned: usize,
  d: usize,
  inputs: i32,
  outputs: i32,
  dx: usize,
  work: usize,
): void {
  const row = usize(inputs) << DOUBLE_SHIFT;
  const end = d + (usize(outputs) << DOUBLE_SHIFT);
  memory.fill(dx, 0, row);
  memory.fill(work, 0, row);
  affine16Wide(turned, 2 * row, dx, d, end, dx, inputs, PAIR);
  affine16Wide(turned + row, 2 * row, work, d + DOUBLE, end + DOUBLE, work, inputs, PAIR);
  for (let i: usize = 0; i < row; i += PAIR) v128.store(dx + i, f64x2.add(v128.load(dx + i), v128.load(work + i)));
}
