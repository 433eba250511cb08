/*
 * Arithmetic of lapgrad's core, in its order of operations: compiled without contraction (-ffp-contract=off, which
 * gcc's
 * -std=c99 implies) doubles have its bits. Single precision takes the library's functions.
 */
#include <math.h>

#ifdef LAPGRAD_SINGLE
#define lapgrad_sqrt sqrtf
#define lapgrad_floor floorf
#define lapgrad_atan2 atan2f
#define lapgrad_tanh tanhf
#define LAPGRAD_EITHER(twice, once) ((lapgrad_real)(once))

static inline void lapgrad_sincos(float angle, float *sine, float *cosine) {
  *sine = sinf(angle);
  *cosine = cosf(angle);
}
#else
#define lapgrad_sqrt sqrt
#define lapgrad_floor floor
#define LAPGRAD_EITHER(twice, once) ((lapgrad_real)(twice))

/* Cody-Waite reduction to pi/4 about a multiple of pi/2, then a polynomial each. */
static inline void lapgrad_sincos(double angle, double *sine, double *cosine) {
  const double x = fabs(angle) < 1e8 ? angle : angle - 6.283185307179586 * floor(angle / 6.283185307179586);
  const double turns = x * 0.6366197723675814 + 6755399441055744.0 - 6755399441055744.0;
  const double high = turns * 1.5707963109016418;
  const double low = turns * 1.5893254712295857e-8 + turns * 6.123233995736766e-17;
  const double r = x - high - low;
  const double half = 0.5 * (r * r);
  const double one = 1.0 - half;
  const double z = r * r;
  const double z2 = z * z;
  const double s = r + r * z * (-0.16666666666666666 + 0.00833333333333095 * z +
                                (-0.0001984126983675678 + 2.755731610161788e-6 * z) * z2 +
                                (-2.505113165023518e-8 + 1.5918115263265974e-10 * z) * (z2 * z2));
  const double c = one + (1.0 - one - half + z2 * (0.041666666666666664 + -0.0013888888888887398 * z +
                                                   (2.480158729876456e-5 + -2.7557317271145144e-7 * z) * z2 +
                                                   (2.087614614655861e-9 + -1.1382623647474604e-11 * z) * (z2 * z2)));
  const double quadrant = turns - 4.0 * floor(0.25 * turns);
  if (quadrant == 0.0) {
    *sine = s;
    *cosine = c;
  } else if (quadrant == 1.0) {
    *sine = c;
    *cosine = -s;
  } else if (quadrant == 2.0) {
    *sine = -s;
    *cosine = -c;
  } else {
    *sine = -c;
    *cosine = s;
  }
}

/* |q| at most tan(pi/8). */
static inline double lapgrad_arc_tangent(double q) {
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

/* 0 for the zero vector. */
static inline double lapgrad_atan2(double y, double x) {
  const double tan_pi_8 = 0.41421356237309503;
  const double ax = fabs(x);
  const double ay = fabs(y);
  const int steep = ay > ax;
  const double small = steep ? ax : ay;
  const double large = steep ? ay : ax;
  const int upper = small > tan_pi_8 * large;
  double angle;
  if (ay < tan_pi_8 * x) return lapgrad_arc_tangent(y / x);
  if (large == 0.0) return 0.0;
  angle = lapgrad_arc_tangent((upper ? small - large : small) / (upper ? small + large : large));
  if (upper) angle = 0.7853981633974483 + (angle + 3.061616997868383e-17);
  if (steep) angle = 1.5707963267948966 - (angle - 6.123233995736766e-17);
  if (x < 0.0) angle = 3.141592653589793 - (angle - 1.2246467991473532e-16);
  return y < 0.0 ? -angle : angle;
}

static inline double lapgrad_tanh(double x) {
  const double bounded = x > 22.0 ? 22.0 : x < -22.0 ? -22.0 : x;
  const double y = bounded * 2.8853900817779268;
  const double k = y + 6755399441056766.0 - 6755399441056766.0;
  const double f = y - k;
  const double z = f * f;
  const double R =
      ((((1.5304696820221576e-9 * z + -1.2710356717175275e-7) * z + 1.0582188777752095e-5) * z +
        -0.0009250684777399232) *
           z +
       0.11552453009332417) *
          z +
      2.8853900817779268;
  double T;
  if (x != x) return x;
  T = (ldexp(1.0, (int)k - 1) - 0.5) * (R + f);
  return (T + f) / (T + R);
}
#endif

/* y = tanh(W x + b), W out x in; some outputs are two sums, of the even and of the odd inputs. */
static inline void lapgrad_layer(const lapgrad_real *W, const lapgrad_real *b, const lapgrad_real *x, int in, int out,
                          lapgrad_real *y) {
  const int wide = out / 16 * 16;
  const int rest = out - wide;
  const int narrow = rest >= 10 ? 10 : rest >= 8 ? 8 : 0;
  int i;
  int o;
  for (o = 0; o < out; o++) {
    const int split = o >= wide && o < wide + narrow;
    const lapgrad_real *row = W + o * in;
    lapgrad_real even = b[o];
    lapgrad_real odd = 0;
    for (i = 0; i < in; i++) {
      const lapgrad_real product = row[i] * x[i];
      if (split && i % 2 == 1)
        odd += product;
      else
        even += product;
    }
    y[o] = lapgrad_tanh(split ? even + odd : even);
  }
}
