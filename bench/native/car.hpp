// One control step: backstepping controller, reward in residual form, car model; each with its transpose.
// See assembly/controllers/backstepping.ts, assembly/rewards/figure8.ts, assembly/models/car.ts.
#pragma once
#include "task.hpp"

namespace lapgrad {

struct Input {
  double throttle, steering;
};

/// k_x, k_y, k_v, k_phi, k_a, k_omega
struct Gains {
  double x, y, v, phi, a, omega;
};

/// Direction of the commanded velocity and 1/speed, whether it has one, errors, feed-forward, the reference's direction
/// and 1/speed, and 1 where an output is free, 0 where it is clamped.
struct ControllerTape {
  double nx, ny, perSpeed, known, ex, ey, speedError, e, along, across, hx, hy, perReference;
  double throttleFree, steeringFree;
};

/// Radius, speed and heading error, the latter two weighted.
struct Residuals {
  double radius, speed, heading;
};

struct RewardTape {
  double cx, cy, perRho, speedRoot, headingRoot;
};

struct ModelTape {
  double dx, dy, vx, vy, vFromV, vFromThrottle, phiFromV, phiFromSteering, vFromSteering, phiFromThrottle;
};

inline double clamp(double value, double limit) { return std::fmax(-limit, std::fmin(limit, value)); }

inline Input act(const Case &c, const State &x, Angle h, const Reference &r, const Gains &k, ControllerTape &tape) {
  constexpr double STANDSTILL = 1e-9;
  const double ex = r.x - x.x, ey = r.y - x.y;
  const double wx = r.vx + k.x * ex, wy = r.vy + k.y * ey;
  const double speed = std::sqrt(wx * wx + wy * wy);
  double perSpeed = 0, known = 0, e = 0;
  if (speed > STANDSTILL) {
    perSpeed = 1.0 / speed;
    known = 1.0;
    e = atan2(wy * h.cosine - wx * h.sine, wx * h.cosine + wy * h.sine);
  }
  const double referenceSpeed = std::sqrt(r.vx * r.vx + r.vy * r.vy);
  double hx = 0, hy = 0, perReference = 0, along = 0, across = 0;
  if (referenceSpeed > STANDSTILL) {
    perReference = 1.0 / referenceSpeed;
    hx = r.vx * perReference;
    hy = r.vy * perReference;
    along = hx * r.ax + hy * r.ay;
    across = hx * r.ay - hy * r.ax;
  }
  const double throttle = k.a * along + k.v * (speed - x.v);
  const double steering = k.omega * (across * perReference) + k.phi * e;
  const double throttleFree = std::fabs(throttle) <= c.throttleLimit ? 1.0 : 0.0;
  const double steeringFree = std::fabs(steering) <= c.steeringLimit ? 1.0 : 0.0;
  tape = {wx * perSpeed, wy * perSpeed, perSpeed, known, ex, ey,           speed - x.v, e,
          along,         across,        hx,       hy,    perReference, throttleFree, steeringFree};
  return {clamp(throttle, c.throttleLimit), clamp(steering, c.steeringLimit)};
}

/// px += K^T pu, r = (du/dreference)^T pu, pGains += (du/dgains)^T pu.
inline void actTranspose(const ControllerTape &t, const Gains &k, Input pu, State &px, Reference &r, Gains &pGains) {
  const double turn = t.across * t.perReference;
  const double pThrottle = t.throttleFree * pu.throttle;
  const double pSteering = t.steeringFree * pu.steering;
  const double pSpeed = k.v * pThrottle;
  const double pe = k.phi * pSteering;
  const double pAlong = k.a * pThrottle;
  const double pTurn = k.omega * pSteering * t.perReference;
  const double pAngle = t.perSpeed * pe;
  const double pwx = t.nx * pSpeed - t.ny * pAngle;
  const double pwy = t.ny * pSpeed + t.nx * pAngle;
  const double pTheta = t.perReference * (t.across * pAlong - t.along * pTurn);
  const double pvr = -turn * pTurn;
  px.x -= k.x * pwx;
  px.y -= k.y * pwy;
  px.v -= pSpeed;
  px.phi -= t.known * pe;
  r = {k.x * pwx,
       k.y * pwy,
       pwx - t.hy * pTheta + t.hx * pvr,
       pwy + t.hx * pTheta + t.hy * pvr,
       t.hx * pAlong - t.hy * pTurn,
       t.hy * pAlong + t.hx * pTurn};
  pGains.x += t.ex * pwx;
  pGains.y += t.ey * pwy;
  pGains.v += t.speedError * pThrottle;
  pGains.phi += t.e * pSteering;
  pGains.a += t.along * pThrottle;
  pGains.omega += turn * pSteering;
}

inline Residuals residuals(const Case &c, const State &x, Angle h, double t, RewardTape &tape) {
  constexpr double CENTRE = 1e-12;
  const bool right = onRightCircle(t, x.y, c.lapTime);
  const double X = x.x - (right ? c.radius : -c.radius);
  const double rho = std::sqrt(X * X + x.y * x.y);
  const double perRho = rho > CENTRE ? 1.0 / rho : 0.0;
  const double cx = rho > CENTRE ? X * perRho : 1.0;
  const double cy = x.y * perRho;
  // the angle needs no unit tangent
  const double along = rho > CENTRE ? X : 1.0;
  const double tx = right ? x.y : -x.y;
  const double ty = right ? -along : along;
  const double e = atan2(h.sine * tx - h.cosine * ty, h.cosine * tx + h.sine * ty);
  tape = {rho > CENTRE ? cx : 0.0, cy, perRho, std::sqrt(c.speedWeight), std::sqrt(c.headingWeight)};
  return {rho - c.radius, tape.speedRoot * (x.v - 4.0 * PI / c.lapTime * c.radius), tape.headingRoot * e};
}

/// px += (dr/dx)^T w.
inline void residualsTranspose(const RewardTape &t, const Residuals &w, State &px) {
  const double wHeading = t.headingRoot * w.heading;
  const double pAngle = t.perRho * wHeading;
  px.x += t.cx * w.radius + t.cy * pAngle;
  px.y += t.cy * w.radius - t.cx * pAngle;
  px.v += t.speedRoot * w.speed;
  px.phi += wHeading;
}

/// (1 + q^4)^(-1/4): the limit of grip.
inline double softLimit(double q) {
  const double q2 = q * q;
  return 1.0 / std::sqrt(std::sqrt(1.0 + q2 * q2));
}

/// Throttle takes at most this part of the grip's square.
constexpr double MOST_TAKEN = 0.9;

/// Part of the grip's square that throttle takes from cornering.
inline double takenGrip(const double *car, double throttle) {
  return std::fmin(MOST_TAKEN, car[8] * throttle * throttle);
}

inline State step(const double *car, const State &x, Angle h, Input u, double dt) {
  double w = x.v * (car[2] * u.steering - car[3]);
  if (car[7] != 0.0) w *= softLimit(x.v * w * car[7] / std::sqrt(1.0 - takenGrip(car, u.throttle)));
  const double drag = car[5] * x.v + car[1] * x.v * x.v + car[6] * std::fabs(x.v * w);
  return {x.x + dt * x.v * h.cosine, x.y + dt * x.v * h.sine, x.v + dt * (car[0] * u.throttle + car[4] - drag),
          x.phi + dt * w};
}

inline ModelTape linearise(const double *car, const State &x, Angle h, Input u, double dt) {
  const double dx = dt * h.cosine, dy = dt * h.sine;
  const double curvature = car[2] * u.steering - car[3];
  double w = x.v * curvature, wv = curvature, wu = x.v * car[2], wa = 0.0;
  if (car[7] != 0.0) {
    const double taken = takenGrip(car, u.throttle), left = 1.0 - taken;
    const double q = x.v * w * car[7] / std::sqrt(left), f = softLimit(q), f2 = f * f, f4 = f2 * f2, q2 = q * q;
    if (taken > 0.0 && taken < MOST_TAKEN) wa = -w * q2 * q2 * f * f4 * taken / (left * u.throttle);
    w *= f;
    wv *= f * (1.0 - 2.0 * q2 * q2 * f4);
    wu *= f * f4;
  }
  const double cornering = car[6] * (x.v * w < 0.0 ? -1.0 : 1.0);
  const double dragSlope = car[5] + 2.0 * car[1] * x.v + cornering * (w + x.v * wv);
  return {dx,
          dy,
          x.v * dx,
          x.v * dy,
          1.0 - dt * dragSlope,
          dt * (car[0] - cornering * x.v * wa),
          dt * wv,
          dt * wu,
          -dt * cornering * x.v * wu,
          dt * wa};
}

/// px = Â^T p, pu = B̂^T p.
inline void stepTranspose(const ModelTape &t, const State &p, State &px, Input &pu) {
  px = {p.x, p.y, t.dx * p.x + t.dy * p.y + t.vFromV * p.v + t.phiFromV * p.phi, t.vx * p.y - t.vy * p.x + p.phi};
  pu = {t.vFromThrottle * p.v + t.phiFromThrottle * p.phi, t.vFromSteering * p.v + t.phiFromSteering * p.phi};
}

} // namespace lapgrad
