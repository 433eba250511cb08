// How fast the processor is at products that are added up, when nothing else is asked of it: eight sums side by side.
#pragma once
#include "lanes.hpp"

namespace lapgrad {

#if defined(__x86_64__)
constexpr long PEAK_TURNS = 10000;

/// The work of bench/bounds.ts: 8 PEAK_TURNS products in vectors, each rounded and then added to one of eight sums.
#define LAPGRAD_PEAK(name, v)                                                                                          \
  inline void name() {                                                                                                 \
    for (long i = 0; i < PEAK_TURNS; i++)                                                                              \
      asm volatile("vmulpd %%" v "8, %%" v "9, %%" v "10\n\tvaddpd %%" v "10, %%" v "0, %%" v "0\n\t"                  \
                   "vmulpd %%" v "8, %%" v "9, %%" v "11\n\tvaddpd %%" v "11, %%" v "1, %%" v "1\n\t"                  \
                   "vmulpd %%" v "8, %%" v "9, %%" v "12\n\tvaddpd %%" v "12, %%" v "2, %%" v "2\n\t"                  \
                   "vmulpd %%" v "8, %%" v "9, %%" v "13\n\tvaddpd %%" v "13, %%" v "3, %%" v "3\n\t"                  \
                   "vmulpd %%" v "8, %%" v "9, %%" v "10\n\tvaddpd %%" v "10, %%" v "4, %%" v "4\n\t"                  \
                   "vmulpd %%" v "8, %%" v "9, %%" v "11\n\tvaddpd %%" v "11, %%" v "5, %%" v "5\n\t"                  \
                   "vmulpd %%" v "8, %%" v "9, %%" v "12\n\tvaddpd %%" v "12, %%" v "6, %%" v "6\n\t"                  \
                   "vmulpd %%" v "8, %%" v "9, %%" v "13\n\tvaddpd %%" v "13, %%" v "7, %%" v "7\n\t" ::               \
                       : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm10", "xmm11", "xmm12",    \
                         "xmm13");                                                                                     \
  }
LAPGRAD_PEAK(peak128, "xmm")
LAPGRAD_PEAK(peak256, "ymm")
#undef LAPGRAD_PEAK
#endif

} // namespace lapgrad
