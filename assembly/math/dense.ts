import { multiplyAdd, sumLanes } from "./simd";

/*
 * The four dense kernels of a fully connected layer. Weights W are stored [in][out] (one row per input), so that the forward
 * product streams rows and keeps outputs in registers. V8 keeps about 15 vectors live: accumulators, operands and splats
 * of one loop must fit. Every scalar branch performs the SIMD branch's operations in the same order.
 */

/** y = b + W^T x, or y += W^T x where `bias` is 0. W: inputs x outputs. */
export function affine(weights: usize, bias: usize, x: usize, inputs: i32, outputs: i32, y: usize): void {
  const row = usize(outputs) << 3;
  const start = bias != 0 ? bias : y;
  let o: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; o + 12 <= outputs; o += 12) {
      const at = usize(o) << 3;
      let a0 = v128.load(start + at);
      let a1 = v128.load(start + at, 16);
      let a2 = v128.load(start + at, 32);
      let a3 = v128.load(start + at, 48);
      let a4 = v128.load(start + at, 64);
      let a5 = v128.load(start + at, 80);
      let w = weights + at;
      for (let p = x, end = x + (usize(inputs) << 3); p < end; p += 8) {
        const xi = v128.load64_splat(p);
        a0 = multiplyAdd(v128.load(w), xi, a0);
        a1 = multiplyAdd(v128.load(w, 16), xi, a1);
        a2 = multiplyAdd(v128.load(w, 32), xi, a2);
        a3 = multiplyAdd(v128.load(w, 48), xi, a3);
        a4 = multiplyAdd(v128.load(w, 64), xi, a4);
        a5 = multiplyAdd(v128.load(w, 80), xi, a5);
        w += row;
      }
      v128.store(y + at, a0);
      v128.store(y + at, a1, 16);
      v128.store(y + at, a2, 32);
      v128.store(y + at, a3, 48);
      v128.store(y + at, a4, 64);
      v128.store(y + at, a5, 80);
    }
    for (; o + 4 <= outputs; o += 4) {
      const at = usize(o) << 3;
      let a0 = v128.load(start + at);
      let a1 = v128.load(start + at, 16);
      let w = weights + at;
      for (let p = x, end = x + (usize(inputs) << 3); p < end; p += 8) {
        const xi = v128.load64_splat(p);
        a0 = multiplyAdd(v128.load(w), xi, a0);
        a1 = multiplyAdd(v128.load(w, 16), xi, a1);
        w += row;
      }
      v128.store(y + at, a0);
      v128.store(y + at, a1, 16);
    }
    for (; o + 2 <= outputs; o += 2) {
      const at = usize(o) << 3;
      let a0 = v128.load(start + at);
      let w = weights + at;
      for (let p = x, end = x + (usize(inputs) << 3); p < end; p += 8) {
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
    for (let p = x, end = x + (usize(inputs) << 3); p < end; p += 8) {
      a += load<f64>(w) * load<f64>(p);
      w += row;
    }
    store<f64>(y + at, a);
  }
}

/** dx = W d, the transpose of the product in {@link affine}. */
export function affineTranspose(weights: usize, d: usize, inputs: i32, outputs: i32, dx: usize): void {
  const row = usize(outputs) << 3;
  const pairsEnd = d + ((usize(outputs) & ~1) << 3);
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
      for (let p = d; p < pairsEnd; p += 16) {
        const di = v128.load(p);
        a0 = multiplyAdd(v128.load(w0), di, a0);
        a1 = multiplyAdd(v128.load(w1), di, a1);
        a2 = multiplyAdd(v128.load(w2), di, a2);
        a3 = multiplyAdd(v128.load(w3), di, a3);
        w0 += 16;
        w1 += 16;
        w2 += 16;
        w3 += 16;
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
      const out = dx + (usize(i) << 3);
      store<f64>(out, s0);
      store<f64>(out, s1, 8);
      store<f64>(out, s2, 16);
      store<f64>(out, s3, 24);
      w += row << 2;
    }
  }
  for (; i < inputs; i++) {
    // two partial sums, as the two lanes above
    let even: f64 = 0.0;
    let uneven: f64 = 0.0;
    let w0 = w;
    for (let p = d; p < pairsEnd; p += 16) {
      even += load<f64>(w0) * load<f64>(p);
      uneven += load<f64>(w0, 8) * load<f64>(p, 8);
      w0 += 16;
    }
    let sum = even + uneven;
    if (odd) sum += load<f64>(w0) * load<f64>(pairsEnd);
    store<f64>(dx + (usize(i) << 3), sum);
    w += row;
  }
}

/**
 * G += sum over samples of x d^T and g += sum of d: the gradient of a layer from `samples` recorded inputs (rows of x,
 * `xStride` bytes apart) and output adjoints (rows of d, `dStride` bytes apart). G: inputs x outputs, g: outputs.
 */
export function accumulateOuter(
  x: usize, xStride: usize, d: usize, dStride: usize, samples: i32, inputs: i32, outputs: i32, G: usize, g: usize,
): void {
  const row = usize(outputs) << 3;
  const xSpan = xStride * usize(samples);
  let o: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; o + 4 <= outputs; o += 4) {
      const at = usize(o) << 3;
      let i: i32 = 0;
      for (; i + 4 <= inputs; i += 4) {
        const G0 = G + usize(i) * row + at;
        const G1 = G0 + row;
        const G2 = G1 + row;
        const G3 = G2 + row;
        let a0 = v128.load(G0);
        let b0 = v128.load(G0, 16);
        let a1 = v128.load(G1);
        let b1 = v128.load(G1, 16);
        let a2 = v128.load(G2);
        let b2 = v128.load(G2, 16);
        let a3 = v128.load(G3);
        let b3 = v128.load(G3, 16);
        let q = d + at;
        const first = x + (usize(i) << 3);
        for (let p = first, end = first + xSpan; p < end; p += xStride) {
          const da = v128.load(q);
          const db = v128.load(q, 16);
          const x0 = v128.load64_splat(p);
          a0 = multiplyAdd(x0, da, a0);
          b0 = multiplyAdd(x0, db, b0);
          const x1 = v128.load64_splat(p, 8);
          a1 = multiplyAdd(x1, da, a1);
          b1 = multiplyAdd(x1, db, b1);
          const x2 = v128.load64_splat(p, 16);
          a2 = multiplyAdd(x2, da, a2);
          b2 = multiplyAdd(x2, db, b2);
          const x3 = v128.load64_splat(p, 24);
          a3 = multiplyAdd(x3, da, a3);
          b3 = multiplyAdd(x3, db, b3);
          q += dStride;
        }
        v128.store(G0, a0);
        v128.store(G0, b0, 16);
        v128.store(G1, a1);
        v128.store(G1, b1, 16);
        v128.store(G2, a2);
        v128.store(G2, b2, 16);
        v128.store(G3, a3);
        v128.store(G3, b3, 16);
      }
      for (; i < inputs; i++) {
        const G0 = G + usize(i) * row + at;
        let a0 = v128.load(G0);
        let b0 = v128.load(G0, 16);
        let q = d + at;
        const first = x + (usize(i) << 3);
        for (let p = first, end = first + xSpan; p < end; p += xStride) {
          const x0 = v128.load64_splat(p);
          a0 = multiplyAdd(x0, v128.load(q), a0);
          b0 = multiplyAdd(x0, v128.load(q, 16), b0);
          q += dStride;
        }
        v128.store(G0, a0);
        v128.store(G0, b0, 16);
      }
    }
  }
  for (; o < outputs; o++) {
    const at = usize(o) << 3;
    for (let i: i32 = 0; i < inputs; i++) {
      const G0 = G + usize(i) * row + at;
      let a = load<f64>(G0);
      let q = d + at;
      const first = x + (usize(i) << 3);
      for (let p = first, end = first + xSpan; p < end; p += xStride) {
        a += load<f64>(p) * load<f64>(q);
        q += dStride;
      }
      store<f64>(G0, a);
    }
  }
  for (o = 0; o < outputs; o++) {
    const at = usize(o) << 3;
    let a = load<f64>(g + at);
    for (let q = d + at, end = q + dStride * usize(samples); q < end; q += dStride) a += load<f64>(q);
    store<f64>(g + at, a);
  }
}

/** d[i] *= 1 - y[i]^2: through y = tanh. */
export function tanhTranspose(y: usize, d: usize, count: i32): void {
  const end = d + (usize(count) << 3);
  let p = d;
  let q = y;
  if (ASC_FEATURE_SIMD) {
    const one = f64x2.splat(1.0);
    for (const last = d + ((usize(count) & ~1) << 3); p < last; p += 16) {
      const yi = v128.load(q);
      v128.store(p, f64x2.mul(v128.load(p), f64x2.sub(one, f64x2.mul(yi, yi))));
      q += 16;
    }
  }
  for (; p < end; p += 8) {
    const yi = load<f64>(q);
    store<f64>(p, load<f64>(p) * (1.0 - yi * yi));
    q += 8;
  }
}

/** y += a x for `count` doubles. */
export function axpy(a: f64, x: usize, y: usize, count: i32): void {
  const end = y + (usize(count) << 3);
  let p = y;
  let q = x;
  if (ASC_FEATURE_SIMD) {
    const scale = f64x2.splat(a);
    for (const last = y + ((usize(count) & ~1) << 3); p < last; p += 16) {
      v128.store(p, multiplyAdd(scale, v128.load(q), v128.load(p)));
      q += 16;
    }
  }
  for (; p < end; p += 8) {
    store<f64>(p, load<f64>(p) + a * load<f64>(q));
    q += 8;
  }
}
