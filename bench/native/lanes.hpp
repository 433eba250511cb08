// Vectors of doubles as wide as the machine has them, in GCC's own extension: the same source for x86-64 and arm64.
#pragma once
#include <cstddef>

namespace lapgrad {

#if defined(__AVX512F__)
constexpr int LANES = 8;
#elif defined(__AVX__)
constexpr int LANES = 4;
#else
constexpr int LANES = 2;
#endif

template <int N> struct Vector {
  typedef double Type __attribute__((vector_size(N * sizeof(double))));
  // rows of the network start wherever the row before ends, so nothing is assumed of addresses
  typedef double Unaligned __attribute__((vector_size(N * sizeof(double)), aligned(sizeof(double)), may_alias));
};

using Lanes = Vector<LANES>::Type;
using Pair = Vector<2>::Type;

template <class V> inline V load(const double *p) {
  return *reinterpret_cast<const typename Vector<sizeof(V) / sizeof(double)>::Unaligned *>(p);
}

template <class V> inline void store(double *p, V value) {
  *reinterpret_cast<typename Vector<sizeof(V) / sizeof(double)>::Unaligned *>(p) = value;
}

template <class V> inline double sum(V v) {
  double total = 0;
  for (std::size_t l = 0; l < sizeof(V) / sizeof(double); l++) total += v[l];
  return total;
}

} // namespace lapgrad
