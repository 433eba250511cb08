// The 6-64-64-10 tanh network, tanh on the output too: forward, transpose, weight gradient. See assembly/policy/mlp.ts.
#pragma once
#include "dense.hpp"
#include "math.hpp"
#include <cstring>

namespace lapgrad {

// theta: per layer W [in][out], then b [out]
constexpr int W0 = 0, B0 = W0 + FEATURES * HIDDEN;
constexpr int W1 = B0 + HIDDEN, B1 = W1 + HIDDEN * HIDDEN;
constexpr int W2 = B1 + HIDDEN, B2 = W2 + HIDDEN * OUTPUTS;
constexpr int PARAMETERS = B2 + OUTPUTS;

/// Fills a row of activations from its features.
inline void forward(const double *__restrict theta, double *__restrict row) {
  double *h0 = row + FEATURES, *h1 = h0 + HIDDEN, *out = h1 + HIDDEN;
  affine<FEATURES, HIDDEN>(theta + W0, theta + B0, row, h0);
  tanhInPlace<HIDDEN>(h0);
  affine<HIDDEN, HIDDEN>(theta + W1, theta + B1, h0, h1);
  tanhInPlace<HIDDEN>(h1);
  affine<HIDDEN, OUTPUTS>(theta + W2, theta + B2, h1, out);
  tanhInPlace<OUTPUTS>(out);
}

/// From the adjoint of the outputs to that of the features; the deltas of all layers are added to the row `deltas`.
inline void transpose(const double *__restrict theta, const double *__restrict row, const double *__restrict pOutputs,
                      double *__restrict deltas, double *__restrict pFeatures) {
  double work[DELTAS];
  double *d0 = work, *d1 = d0 + HIDDEN, *d2 = d1 + HIDDEN;
  std::memcpy(d2, pOutputs, sizeof(double) * OUTPUTS);
  const double *h0 = row + FEATURES, *h1 = h0 + HIDDEN, *out = h1 + HIDDEN;
  tanhTranspose<OUTPUTS>(out, d2);
  affineTranspose<HIDDEN, OUTPUTS>(theta + W2, d2, d1);
  tanhTranspose<HIDDEN>(h1, d1);
  affineTranspose<HIDDEN, HIDDEN>(theta + W1, d1, d0);
  tanhTranspose<HIDDEN>(h0, d0);
  affineTranspose<FEATURES, HIDDEN>(theta + W0, d0, pFeatures);
  for (int i = 0; i < DELTAS; i++) deltas[i] += work[i];
}

/// gradient += sum over the rows of activations and deltas of the weight gradients.
inline void accumulateGradient(const double *rows, const double *deltas, int samples, double *gradient) {
  const double *a0 = rows, *a1 = a0 + FEATURES, *a2 = a1 + HIDDEN;
  const double *d0 = deltas, *d1 = d0 + HIDDEN, *d2 = d1 + HIDDEN;
  accumulateOuter<FEATURES, HIDDEN>(a0, d0, samples, gradient + W0);
  accumulateOuter<HIDDEN, HIDDEN>(a1, d1, samples, gradient + W1);
  accumulateOuter<HIDDEN, OUTPUTS>(a2, d2, samples, gradient + W2);
}

} // namespace lapgrad
