// What a case file holds, the figure-8, what the network sees of it, and the spline between setpoints.
// See assembly/tasks/figure8.ts and assembly/policy/spline.ts.
#pragma once
#include "math.hpp"
#include "network.hpp"

namespace lapgrad {

/// The case file: doubles in this order and nothing else; bench/case.ts writes it.
struct Case {
  double segments, stepsPerSegment, controlPeriod, lookahead, splineLead; // counts; [s]
  double radius, lapTime;                                                 // [m], [s]
  double speedWeight, headingWeight;
  double duration, positionWeight; // spline
  double throttleLimit, steeringLimit;
  // throttle gain, drag, steering gain, steering bias, offset, linear and cornering drag, inverse and throttle grip
  double model[9], plant[9];
  double scale[OUTPUTS], nominalGains[6];
  double low[4], high[4]; // bounds of the state
  double startTime, start[4];
  double rate, timedRate; // of the update whose result is compared, and of those that are timed
  double theta[PARAMETERS];
};

/// x [m], y [m], v [m/s], phi [rad]
struct State {
  double x, y, v, phi;
};

struct Setpoint {
  double x, y, vx, vy;
};

/// Quadratic per axis in local time: c[0] + c[1] s + c[2] s^2.
struct Coefficients {
  double x[3], y[3];
};

struct Reference {
  double x, y, vx, vy, ax, ay;
};

/// Derivatives of the features: cos and sin of the heading, v times these, and the clock features' with respect to x,
/// y.
struct TaskTape {
  double cosine, sine, vx, vy, clock[4];
};

inline double wrapLap(double t, double lapTime) { return t <= lapTime ? t : t - lapTime * std::floor(t / lapTime); }

/// Which of the two circles is driven at task time t and side y.
inline bool onRightCircle(double t, double y, double lapTime) {
  const double fourfold = 4.0 * wrapLap(t, lapTime);
  if (fourfold <= lapTime) return y > 0.0;
  if (fourfold <= 2.0 * lapTime) return true;
  return fourfold <= 3.0 * lapTime && !(y > 0.0);
}

inline Setpoint setpointAt(const Case &c, double t) {
  const double wrapped = wrapLap(t, c.lapTime);
  const double w = 4.0 * PI / c.lapTime;
  const Angle a = sincos(w * wrapped);
  const double side = wrapped < 0.5 * c.lapTime ? 1.0 : -1.0;
  const double r = c.radius;
  return {side * (r - r * a.cosine), r * a.sine, side * r * w * a.sine, r * w * a.cosine};
}

/// Network input at state x, whose heading is `h`, and task time t.
inline void observe(const Case &c, const State &x, Angle h, double t, double *__restrict features, TaskTape &tape) {
  const bool right = onRightCircle(t, x.y, c.lapTime);
  const double X = x.x - (right ? c.radius : -c.radius);
  const double a = x.y == 0.0 && X < 0.0 ? -PI : atan2(x.y, X);
  const Angle phase = sincos(right ? 0.5 * (PI - a) : 0.5 * a + (x.y > 0.0 ? PI : 0.0));
  const double half = (right ? -0.5 : 0.5) / (X * X + x.y * x.y);
  tape = {h.cosine, h.sine, x.v * h.cosine, x.v * h.sine,
          {phase.sine * x.y * half, -phase.sine * X * half, -phase.cosine * x.y * half, phase.cosine * X * half}};
  features[0] = x.x;
  features[1] = x.y;
  features[2] = tape.vx;
  features[3] = tape.vy;
  features[4] = phase.cosine;
  features[5] = phase.sine;
}

/// p += (dfeatures/dx)^T pFeatures.
inline void observeTranspose(const TaskTape &tape, const double *pFeatures, State &p) {
  p.x += pFeatures[0] + tape.clock[0] * pFeatures[4] + tape.clock[2] * pFeatures[5];
  p.y += pFeatures[1] + tape.clock[1] * pFeatures[4] + tape.clock[3] * pFeatures[5];
  p.v += tape.cosine * pFeatures[2] + tape.sine * pFeatures[3];
  p.phi += tape.vx * pFeatures[3] - tape.vy * pFeatures[2];
}

/// Least-squares quadratic through two setpoints: coefficients = L (p0, v0, pD, vD) per axis.
struct Spline {
  double L[3][4];

  /// Normal equations in units of the duration D, solved by their adjugate; see assembly/policy/spline.ts.
  explicit Spline(const Case &c) {
    const double D = c.duration;
    const double W = c.positionWeight * D * D;
    const double n00 = 2.0 * W, n01 = W, n02 = W, n11 = W + 2.0, n12 = W + 2.0, n22 = W + 4.0;
    const double adjugate[3][3] = {
        {n11 * n22 - n12 * n12, n02 * n12 - n01 * n22, n01 * n12 - n02 * n11},
        {n02 * n12 - n01 * n22, n00 * n22 - n02 * n02, n01 * n02 - n00 * n12},
        {n01 * n12 - n02 * n11, n01 * n02 - n00 * n12, n00 * n11 - n01 * n01}};
    double scale = 1.0 / (n00 * adjugate[0][0] + n01 * adjugate[0][1] + n02 * adjugate[0][2]);
    for (int k = 0; k < 3; k++) {
      const double *r = adjugate[k];
      L[k][0] = scale * W * r[0];
      L[k][1] = scale * D * r[1];
      L[k][2] = scale * W * (r[0] + r[1] + r[2]);
      L[k][3] = scale * D * (r[1] + 2.0 * r[2]);
      scale /= D;
    }
  }

  Coefficients begin(const Setpoint &from, const Setpoint &to) const {
    Coefficients c;
    for (int k = 0; k < 3; k++) {
      c.x[k] = L[k][0] * from.x + L[k][1] * from.vx + L[k][2] * to.x + L[k][3] * to.vx;
      c.y[k] = L[k][0] * from.y + L[k][1] * from.vy + L[k][2] * to.y + L[k][3] * to.vy;
    }
    return c;
  }

  void beginTranspose(const Coefficients &p, Setpoint &pFrom, Setpoint &pTo) const {
    pFrom = {};
    pTo = {};
    for (int k = 0; k < 3; k++) {
      pFrom.x += L[k][0] * p.x[k];
      pFrom.y += L[k][0] * p.y[k];
      pFrom.vx += L[k][1] * p.x[k];
      pFrom.vy += L[k][1] * p.y[k];
      pTo.x += L[k][2] * p.x[k];
      pTo.y += L[k][2] * p.y[k];
      pTo.vx += L[k][3] * p.x[k];
      pTo.vy += L[k][3] * p.y[k];
    }
  }
};

inline Reference evaluate(const Coefficients &c, double s) {
  return {c.x[0] + s * (c.x[1] + s * c.x[2]), c.y[0] + s * (c.y[1] + s * c.y[2]), c.x[1] + 2.0 * s * c.x[2],
          c.y[1] + 2.0 * s * c.y[2],          2.0 * c.x[2],                       2.0 * c.y[2]};
}

/// p += E(s)^T r.
inline void evaluateTranspose(const Reference &r, double s, Coefficients &p) {
  p.x[0] += r.x;
  p.y[0] += r.y;
  p.x[1] += s * r.x + r.vx;
  p.y[1] += s * r.y + r.vy;
  p.x[2] += s * (s * r.x + 2.0 * r.vx) + 2.0 * r.ax;
  p.y[2] += s * (s * r.y + 2.0 * r.vy) + 2.0 * r.ay;
}

} // namespace lapgrad
