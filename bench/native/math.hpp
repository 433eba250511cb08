// tanh, sine with cosine, and atan2: the polynomials of assembly/math, so that both sides do the same arithmetic. They
// are faster here than libm's (no call, no error handling, and the compiler can interleave them with their neighbours).
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

namespace lapgrad {

constexpr double PI = 3.141592653589793;

/// x[i] <- tanh(x[i]); N is known, so that the loop becomes straight vector code. See assembly/math/tanh.ts.
template <int N> inline void tanhInPlace(double *__restrict x) {
#pragma omp simd
  for (int i = 0; i < N; i++) {
    const double y = std::fmax(-22.0, std::fmin(22.0, x[i])) * 2.8853900817779268;
    const double k = __builtin_rint(y);
    const double f = y - k;
    const double z = f * f;
    const double R =
        ((((1.5304696820221576e-9 * z - 1.2710356717175275e-7) * z + 1.0582188777752095e-5) * z -
          0.0009250684777399232) * z + 0.11552453009332417) * z + 2.8853900817779268;
    const double shifted = k + 6755399441056766.0; // leaves k + 1022 in the low bits
    std::uint64_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits <<= 52;
    double s; // 2^(k - 1)
    std::memcpy(&s, &bits, sizeof s);
    const double T = (s - 0.5) * (R + f);
    x[i] = (T + f) / (T + R);
  }
}

struct Angle {
  double cosine, sine;
};

/// Cosine and sine of an angle [rad] of moderate size. See assembly/math/trig.ts.
inline Angle sincos(double x) {
  const double k = std::floor(x * 0.6366197723675814 + 0.5);
  const double r = x - k * 1.5707963109016418 - k * 1.5893254712295857e-8 - k * 6.123233995736766e-17;
  const double z = r * r;
  const double z2 = z * z;
  const double sinTail = -0.16666666666666666 + 0.00833333333333095 * z +
                         (-0.0001984126983675678 + 2.755731610161788e-6 * z) * z2 +
                         (-2.505113165023518e-8 + 1.5918115263265974e-10 * z) * (z2 * z2);
  const double cosTail = 0.041666666666666664 - 0.0013888888888887398 * z +
                         (2.480158729876456e-5 - 2.7557317271145144e-7 * z) * z2 +
                         (2.087614614655861e-9 - 1.1382623647474604e-11 * z) * (z2 * z2);
  const double s = r + r * z * sinTail;
  const double c = 1.0 - 0.5 * z + z2 * cosTail;
  const int quadrant = static_cast<int>(k) & 3;
  const double sine = quadrant & 1 ? c : s;
  const double cosine = quadrant & 1 ? s : c;
  return {(quadrant + 1) & 2 ? -cosine : cosine, quadrant & 2 ? -sine : sine};
}

/// Arc tangent for |q| <= tan(pi/8).
inline double arcTangent(double q) {
  const double z = q * q;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double first = -0.3333333333333333 + 0.19999999999999804 * z +
                       (-0.14285714285659779 + 0.11111111105150588 * z) * z2 +
                       (-0.09090908753259112 + 0.07692296368042296 * z) * z4;
  const double second = -0.0666642476020052 + 0.05878927554473807 * z +
                        (-0.05230443640686948 + 0.045515447340221615 * z) * z2 +
                        (-0.03456931506332609 + 0.016284375050043393 * z) * z4;
  return q + q * z * (first + second * (z2 * z4));
}

/// Angle of the vector (x, y), not zero, in [-pi, pi]; near +x there is nothing to fold. See assembly/math/trig.ts.
inline double atan2(double y, double x) {
  constexpr double TAN_PI_8 = 0.41421356237309503;
  if (std::fabs(y) < TAN_PI_8 * x) return arcTangent(y / x);
  const double ax = std::fabs(x);
  const double ay = std::fabs(y);
  const double small = std::fmin(ax, ay);
  const double large = std::fmax(ax, ay);
  const bool upper = small > TAN_PI_8 * large;
  double angle = arcTangent((upper ? small - large : small) / (upper ? small + large : large));
  angle += upper ? 0.7853981633974483 : 0.0;
  angle = ay > ax ? 1.5707963267948966 - angle : angle;
  angle = x < 0.0 ? PI - angle : angle;
  return std::copysign(angle, y);
}

} // namespace lapgrad
