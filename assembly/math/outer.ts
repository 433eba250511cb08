import { DOUBLE, DOUBLE_SHIFT } from "./doubles";
import { multiplyAdd, PAIR } from "./simd";

/*
 * The weight gradient of a fully connected layer. Weights W are stored [in][out] (one row per input). V8 keeps about 15
 * vectors live: accumulators, operands and splats of one loop must fit. Every scalar branch performs the SIMD branch's
 * operations in the same order.
 */

/**
 * G += sum over samples of x d^T and g += sum of d: the gradient of a layer from `samples` recorded inputs (rows of x,
 * `xStride` bytes apart) and output adjoints (rows of d, `dStride` bytes apart). G: inputs x outputs, g: outputs.
 */
export function accumulateOuter(
  x: usize,
  xStride: usize,
  d: usize,
  dStride: usize,
  samples: i32,
  inputs: i32,
  outputs: i32,
  G: usize,
  g: usize,
): void {
  const row = usize(outputs) << DOUBLE_SHIFT;
  const xSpan = xStride * usize(samples);
  let o: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; o + 4 <= outputs; o += 4) {
      const at = usize(o) << DOUBLE_SHIFT;
      outerColumns(true, x, xStride, xSpan, d + at, dStride, inputs, G + at, row);
    }
    for (; o + 2 <= outputs; o += 2) {
      const at = usize(o) << DOUBLE_SHIFT;
      outerColumns(false, x, xStride, xSpan, d + at, dStride, inputs, G + at, row);
    }
  }
  for (; o < outputs; o++) {
    const at = usize(o) << DOUBLE_SHIFT;
    for (let i: i32 = 0; i < inputs; i++) {
      const G0 = G + usize(i) * row + at;
      let a = load<f64>(G0);
      let q = d + at;
      const first = x + (usize(i) << DOUBLE_SHIFT);
      for (let p = first, end = first + xSpan; p < end; p += xStride) {
        a += load<f64>(p) * load<f64>(q);
        q += dStride;
      }
      store<f64>(G0, a);
    }
  }
  sumRows(d, dStride, samples, outputs, g);
}

/** Two columns of G, or four: the pairs `a` and, where it is `wide`, `b`; rows by fours, then one by one. */
// @ts-ignore: decorator
@inline
function outerColumns(
  wide: bool,
  x: usize,
  xStride: usize,
  xSpan: usize,
  d: usize,
  dStride: usize,
  inputs: i32,
  G: usize,
  row: usize,
): void {
  let i: i32 = 0;
  for (; i + 4 <= inputs; i += 4) {
    const G0 = G + usize(i) * row;
    const G1 = G0 + row;
    const G2 = G1 + row;
    const G3 = G2 + row;
    let a0 = v128.load(G0);
    let b0 = wide ? v128.load(G0, PAIR) : a0;
    let a1 = v128.load(G1);
    let b1 = wide ? v128.load(G1, PAIR) : a1;
    let a2 = v128.load(G2);
    let b2 = wide ? v128.load(G2, PAIR) : a2;
    let a3 = v128.load(G3);
    let b3 = wide ? v128.load(G3, PAIR) : a3;
    let q = d;
    const first = x + (usize(i) << DOUBLE_SHIFT);
    for (let p = first, end = first + xSpan; p < end; p += xStride) {
      const da = v128.load(q);
      const db = wide ? v128.load(q, PAIR) : da;
      const x0 = v128.load64_splat(p);
      a0 = multiplyAdd(x0, da, a0);
      if (wide) b0 = multiplyAdd(x0, db, b0);
      const x1 = v128.load64_splat(p, DOUBLE);
      a1 = multiplyAdd(x1, da, a1);
      if (wide) b1 = multiplyAdd(x1, db, b1);
      const x2 = v128.load64_splat(p, 2 * DOUBLE);
      a2 = multiplyAdd(x2, da, a2);
      if (wide) b2 = multiplyAdd(x2, db, b2);
      const x3 = v128.load64_splat(p, 3 * DOUBLE);
      a3 = multiplyAdd(x3, da, a3);
      if (wide) b3 = multiplyAdd(x3, db, b3);
      q += dStride;
    }
    v128.store(G0, a0);
    if (wide) v128.store(G0, b0, PAIR);
    v128.store(G1, a1);
    if (wide) v128.store(G1, b1, PAIR);
    v128.store(G2, a2);
    if (wide) v128.store(G2, b2, PAIR);
    v128.store(G3, a3);
    if (wide) v128.store(G3, b3, PAIR);
  }
  for (; i < inputs; i++) {
    const G0 = G + usize(i) * row;
    let a0 = v128.load(G0);
    let b0 = wide ? v128.load(G0, PAIR) : a0;
    let q = d;
    const first = x + (usize(i) << DOUBLE_SHIFT);
    for (let p = first, end = first + xSpan; p < end; p += xStride) {
      const x0 = v128.load64_splat(p);
      a0 = multiplyAdd(x0, v128.load(q), a0);
      if (wide) b0 = multiplyAdd(x0, v128.load(q, PAIR), b0);
      q += dStride;
    }
    v128.store(G0, a0);
    if (wide) v128.store(G0, b0, PAIR);
  }
}

/** g += sum of `samples` rows of `count` doubles, `stride` bytes apart. */
function sumRows(rows: usize, stride: usize, samples: i32, count: i32, g: usize): void {
  const span = stride * usize(samples);
  let o: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; o + 8 <= count; o += 8) {
      const at = usize(o) << DOUBLE_SHIFT;
      let a0 = v128.load(g + at);
      let a1 = v128.load(g + at, PAIR);
      let a2 = v128.load(g + at, 2 * PAIR);
      let a3 = v128.load(g + at, 3 * PAIR);
      for (let q = rows + at, end = q + span; q < end; q += stride) {
        a0 = f64x2.add(a0, v128.load(q));
        a1 = f64x2.add(a1, v128.load(q, PAIR));
        a2 = f64x2.add(a2, v128.load(q, 2 * PAIR));
        a3 = f64x2.add(a3, v128.load(q, 3 * PAIR));
      }
      v128.store(g + at, a0);
      v128.store(g + at, a1, PAIR);
      v128.store(g + at, a2, 2 * PAIR);
      v128.store(g + at, a3, 3 * PAIR);
    }
  }
  for (; o < count; o++) {
    const at = usize(o) << DOUBLE_SHIFT;
    let a = load<f64>(g + at);
    for (let q = rows + at, end = q + span; q < end; q += stride) a += load<f64>(q);
    store<f64>(g + at, a);
  }
}
