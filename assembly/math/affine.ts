import { multiplyAdd } from "./simd";

/*
 * The product of a fully connected layer. Weights W are stored [in][out] (one row per input), so that it streams rows and keeps
 * outputs in registers. V8 keeps about 15 vectors live: accumulators, operands and splats of one loop must fit. Every scalar
 * branch performs the SIMD branch's operations in the same order.
 */

/** y = b + W^T x, or y += W^T x where `bias` is 0. W: inputs x outputs. */
export function affine(weights: usize, bias: usize, x: usize, inputs: i32, outputs: i32, y: usize): void {
  const row = usize(outputs) << 3;
  const end = x + (usize(inputs) << 3);
  const start = bias != 0 ? bias : y;
  let o: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    // 64 outputs are 14 + 14 + 12 + 12 + 12: a narrow rest would wait for its additions
    while (outputs - o >= 10) {
      const left = outputs - o;
      const at = usize(o) << 3;
      if (left >= 14 && left % 12 != 0) {
        affine14(weights + at, row, start + at, x, end, y + at);
        o += 14;
      } else if (left >= 12) {
        affine12(weights + at, row, start + at, x, end, y + at);
        o += 12;
      } else {
        affine10(weights + at, row, start + at, x, end, y + at);
        o += 10;
      }
    }
    for (; o + 2 <= outputs; o += 2) {
      const at = usize(o) << 3;
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
    const at = usize(o) << 3;
    let a = load<f64>(start + at);
    let w = weights + at;
    for (let p = x; p < end; p += 8) {
      a += load<f64>(w) * load<f64>(p);
      w += row;
    }
    store<f64>(y + at, a);
  }
}

/** 14 outputs of {@link affine}. */
function affine14(weights: usize, row: usize, start: usize, x: usize, end: usize, y: usize): void {
  let a0 = v128.load(start);
  let a1 = v128.load(start, 16);
  let a2 = v128.load(start, 32);
  let a3 = v128.load(start, 48);
  let a4 = v128.load(start, 64);
  let a5 = v128.load(start, 80);
  let a6 = v128.load(start, 96);
  let w = weights;
  for (let p = x; p < end; p += 8) {
    const xi = v128.load64_splat(p);
    a0 = multiplyAdd(v128.load(w), xi, a0);
    a1 = multiplyAdd(v128.load(w, 16), xi, a1);
    a2 = multiplyAdd(v128.load(w, 32), xi, a2);
    a3 = multiplyAdd(v128.load(w, 48), xi, a3);
    a4 = multiplyAdd(v128.load(w, 64), xi, a4);
    a5 = multiplyAdd(v128.load(w, 80), xi, a5);
    a6 = multiplyAdd(v128.load(w, 96), xi, a6);
    w += row;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
  v128.store(y, a6, 96);
}

/** 12 outputs of {@link affine}. */
function affine12(weights: usize, row: usize, start: usize, x: usize, end: usize, y: usize): void {
  let a0 = v128.load(start);
  let a1 = v128.load(start, 16);
  let a2 = v128.load(start, 32);
  let a3 = v128.load(start, 48);
  let a4 = v128.load(start, 64);
  let a5 = v128.load(start, 80);
  let w = weights;
  for (let p = x; p < end; p += 8) {
    const xi = v128.load64_splat(p);
    a0 = multiplyAdd(v128.load(w), xi, a0);
    a1 = multiplyAdd(v128.load(w, 16), xi, a1);
    a2 = multiplyAdd(v128.load(w, 32), xi, a2);
    a3 = multiplyAdd(v128.load(w, 48), xi, a3);
    a4 = multiplyAdd(v128.load(w, 64), xi, a4);
    a5 = multiplyAdd(v128.load(w, 80), xi, a5);
    w += row;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
}

/** 10 outputs of {@link affine}. */
function affine10(weights: usize, row: usize, start: usize, x: usize, end: usize, y: usize): void {
  let a0 = v128.load(start);
  let a1 = v128.load(start, 16);
  let a2 = v128.load(start, 32);
  let a3 = v128.load(start, 48);
  let a4 = v128.load(start, 64);
  let w = weights;
  for (let p = x; p < end; p += 8) {
    const xi = v128.load64_splat(p);
    a0 = multiplyAdd(v128.load(w), xi, a0);
    a1 = multiplyAdd(v128.load(w, 16), xi, a1);
    a2 = multiplyAdd(v128.load(w, 32), xi, a2);
    a3 = multiplyAdd(v128.load(w, 48), xi, a3);
    a4 = multiplyAdd(v128.load(w, 64), xi, a4);
    w += row;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
}
