// The dense kernels of a layer, in vectors written by hand, which keep blocks of the result in registers. Weights W are
// stored [in][out]. Rows of x lie ACTIVATIONS apart, rows of d DELTAS. See assembly/math.
#pragma once
#include "lanes.hpp"

namespace lapgrad {

#ifndef LAPGRAD_WIDTH
#define LAPGRAD_WIDTH 64
#endif
constexpr int FEATURES = 6, HIDDEN = LAPGRAD_WIDTH, OUTPUTS = 10;
constexpr int ACTIVATIONS = FEATURES + 2 * HIDDEN + OUTPUTS; // a row: features, hidden layers, outputs
constexpr int DELTAS = ACTIVATIONS - FEATURES;               // a row: adjoints before the activation

/// dx = W d: the adjoint d stays in registers, one product of rows per input.
template <int IN, int OUT>
inline void affineTranspose(const double *__restrict W, const double *__restrict d, double *__restrict dx) {
  for (int i = 0; i < IN; i++) {
    double total = 0;
#pragma omp simd reduction(+ : total)
    for (int o = 0; o < OUT; o++) total += W[i * OUT + o] * d[o];
    dx[i] = total;
  }
}

/// d *= 1 - y^2: through y = tanh.
template <int N> inline void tanhTranspose(const double *__restrict y, double *__restrict d) {
#pragma omp simd
  for (int i = 0; i < N; i++) d[i] *= 1.0 - y[i] * y[i];
}

/// g += sum of rows of d.
template <int OUT> inline void sumRows(const double *__restrict d, int samples, double *__restrict g) {
  for (int s = 0; s < samples; s++) {
#pragma omp simd
    for (int o = 0; o < OUT; o++) g[o] += d[s * DELTAS + o];
  }
}

/// y = b + W^T x: the outputs stay in registers while the rows of W stream by.
template <int IN, int OUT>
inline void affine(const double *__restrict W, const double *__restrict b, const double *__restrict x,
                   double *__restrict y) {
  constexpr int FULL = OUT / LANES, PAIRS = OUT % LANES / 2;
  Lanes full[FULL];
  Pair pairs[PAIRS + 1];
  for (int k = 0; k < FULL; k++) full[k] = load<Lanes>(b + k * LANES);
  for (int k = 0; k < PAIRS; k++) pairs[k] = load<Pair>(b + FULL * LANES + 2 * k);
  for (int i = 0; i < IN; i++) {
    const double *row = W + i * OUT;
#pragma GCC unroll 32
    for (int k = 0; k < FULL; k++) full[k] += load<Lanes>(row + k * LANES) * x[i];
#pragma GCC unroll 4
    for (int k = 0; k < PAIRS; k++) pairs[k] += load<Pair>(row + FULL * LANES + 2 * k) * x[i];
  }
  for (int k = 0; k < FULL; k++) store(y + k * LANES, full[k]);
  for (int k = 0; k < PAIRS; k++) store(y + FULL * LANES + 2 * k, pairs[k]);
}

/// A block of ROWS x V of G += sum over samples of x d^T, in registers throughout.
template <int ROWS, class V>
inline void outerBlock(const double *__restrict x, const double *__restrict d, int samples, int outputs,
                       double *__restrict G) {
  V block[ROWS];
  for (int i = 0; i < ROWS; i++) block[i] = load<V>(G + i * outputs);
  for (int s = 0; s < samples; s++) {
    const V adjoint = load<V>(d + s * DELTAS);
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) block[i] += adjoint * x[s * ACTIVATIONS + i];
  }
  for (int i = 0; i < ROWS; i++) store(G + i * outputs, block[i]);
}

/// G += sum over samples of x d^T, g += sum of d: one layer's weight gradient from rows of activations and deltas.
template <int IN, int OUT>
inline void accumulateOuter(const double *__restrict x, const double *__restrict d, int samples,
                            double *__restrict G) {
  constexpr int ROWS = IN % 8 == 0 ? 8 : IN;
  for (int i = 0; i < IN; i += ROWS) {
    int o = 0;
    for (; o + LANES <= OUT; o += LANES) {
      outerBlock<ROWS, Lanes>(x + i, d + o, samples, OUT, G + i * OUT + o);
    }
    for (; o < OUT; o += 2) outerBlock<ROWS, Pair>(x + i, d + o, samples, OUT, G + i * OUT + o);
  }
  sumRows<OUT>(d, samples, G + IN * OUT);
}

} // namespace lapgrad
