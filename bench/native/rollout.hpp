// Rollout with everything recorded, co-state pass, gradient and update. See assembly/rollout.ts and
// assembly/costate.ts.
#pragma once
#include "car.hpp"
#include <algorithm>
#include <vector>

namespace lapgrad {

/// What a control step leaves for the recording and for the co-state pass.
struct Step {
  double time, localTime; // since the start; in the segment's spline [s]
  Input input;
  Reference reference;
  Residuals residuals;
  double cost;
  ControllerTape controllerTape;
  RewardTape rewardTape;
  ModelTape modelTape;
};

/// What a network call leaves; its rows of activations and deltas lie apart, for the weight gradient.
struct Segment {
  double time; // task time of the call [s]
  State state;
  double outputs[OUTPUTS], outputGradient[OUTPUTS];
  Setpoint setpoint;
  Gains gains;
  Coefficients coefficients;
  TaskTape taskTape;
};

class Rollout {
public:
  explicit Rollout(const Case &given)
      : c(given), spline(given), segmentCount(static_cast<int>(given.segments)),
        perSegment(static_cast<int>(given.stepsPerSegment)), steps(segmentCount * perSegment), states(steps.size() + 1),
        seeds(steps.size()), segments(segmentCount), activations(segmentCount * ACTIVATIONS),
        deltas(segmentCount * DELTAS), theta(given.theta, given.theta + PARAMETERS), gradient(PARAMETERS) {
    states[0] = {c.start[0], c.start[1], c.start[2], c.start[3]};
  }

  /// Drives the plant from the first state; returns false if a bound was left.
  bool roll() {
    int t = 0;
    for (int j = 0; j < segmentCount; j++) {
      segments[j].time = c.startTime + t * c.controlPeriod;
      segments[j].state = states[t];
      Angle h = sincos(states[t].phi);
      call(j, h);
      for (int i = 0; i < perSegment; i++, t++) {
        const State &x = states[t];
        if (i > 0) h = sincos(x.phi);
        Step &s = steps[t];
        s.time = t * c.controlPeriod;
        s.localTime = i * c.controlPeriod + c.splineLead;
        control(j, t, h);
        s.residuals = residuals(c, x, h, c.startTime + s.time, s.rewardTape);
        s.cost = s.residuals.radius * s.residuals.radius + s.residuals.speed * s.residuals.speed +
                 s.residuals.heading * s.residuals.heading;
        s.modelTape = linearise(c.model, x, h, s.input, c.controlPeriod);
        states[t + 1] = step(c.plant, x, h, s.input, c.controlPeriod);
        if (!withinBounds(states[t + 1])) return false;
      }
    }
    return true;
  }

  /// One tick with a network call: network, setpoint, spline and controller.
  void controlStep(int j, int t) {
    const Angle h = sincos(segments[j].state.phi);
    call(j, h);
    control(j, t, h);
  }

  double loss() const {
    double total = 0;
    for (const Step &s : steps) total += s.cost;
    return total;
  }

  /// w = 2 r: with these seeds J^T w is the gradient of the loss.
  void seed() {
    for (std::size_t t = 0; t < steps.size(); t++) {
      const Residuals &r = steps[t].residuals;
      seeds[t] = {2 * r.radius, 2 * r.speed, 2 * r.heading};
    }
  }

  /// J^T w with all gradients, from zero.
  void costate() {
    std::fill(gradient.begin(), gradient.end(), 0.0);
    std::fill(deltas.begin(), deltas.end(), 0.0);
    for (Segment &segment : segments) std::memset(segment.outputGradient, 0, sizeof segment.outputGradient);
    backward();
    accumulateGradient(activations.data(), deltas.data(), segmentCount, gradient.data());
  }

  /// Rollout, gradient and gradient descent; returns the loss.
  double update(double rate) {
    roll();
    seed();
    const double cost = loss();
    costate();
    for (int i = 0; i < PARAMETERS; i++) theta[i] -= rate * gradient[i];
    return cost;
  }

  void forwardOnly() { forward(theta.data(), activations.data()); }

  /// Back through the network and into the weight gradient, for one segment alone.
  void backwardOnly(const double *pOutputs, double *pFeatures) {
    std::memset(deltas.data(), 0, DELTAS * sizeof(double));
    transpose(theta.data(), activations.data(), pOutputs, deltas.data(), pFeatures);
    accumulateGradient(activations.data(), deltas.data(), 1, gradient.data());
  }

private:
  const Case &c;
  const Spline spline;
  const int segmentCount, perSegment;

public:
  std::vector<Step> steps;
  std::vector<State> states; // one more than steps
  std::vector<Residuals> seeds;
  std::vector<Segment> segments;
  std::vector<double> activations, deltas; // a row per segment
  std::vector<double> theta, gradient;

private:
  /// Network, setpoint and spline of segment j.
  void call(int j, Angle h) {
    Segment &s = segments[j];
    double *row = &activations[j * ACTIVATIONS];
    observe(c, s.state, h, s.time, row, s.taskTape);
    forward(theta.data(), row);
    const double *last = row + ACTIVATIONS - OUTPUTS;
    for (int i = 0; i < OUTPUTS; i++) s.outputs[i] = c.scale[i] * last[i];
    const double *o = s.outputs, *k = c.nominalGains;
    const Setpoint task = setpointAt(c, s.time + c.lookahead);
    s.setpoint = {task.x + o[0], task.y + o[1], task.vx + o[2], task.vy + o[3]};
    s.gains = {k[0] + o[4], k[1] + o[5], k[2] + o[6], k[3] + o[7], k[4] + o[8], k[5] + o[9]};
    s.coefficients = spline.begin(j > 0 ? segments[j - 1].setpoint : setpointAt(c, s.time), s.setpoint);
  }

  void control(int j, int t, Angle h) {
    Step &s = steps[t];
    s.reference = evaluate(segments[j].coefficients, s.localTime);
    s.input = act(c, states[t], h, s.reference, segments[j].gains, s.controllerTape);
  }

  bool withinBounds(const State &x) const {
    return x.x >= c.low[0] && x.x <= c.high[0] && x.y >= c.low[1] && x.y <= c.high[1] && //
           x.v >= c.low[2] && x.v <= c.high[2] && x.phi >= c.low[3] && x.phi <= c.high[3];
  }

  /// The co-state pass proper: deltas of every segment from the seeds of every step.
  void backward() {
    State p{};
    Setpoint pPrevious{}; // what a segment's spline hands to the setpoint before
    for (int j = segmentCount - 1; j >= 0; j--) {
      Segment &segment = segments[j];
      Coefficients pCoefficients{};
      Gains pGains{};
      for (int t = (j + 1) * perSegment - 1; t >= j * perSegment; t--) {
        const Step &s = steps[t];
        State px;
        Input pu;
        Reference pReference;
        stepTranspose(s.modelTape, p, px, pu);
        residualsTranspose(s.rewardTape, seeds[t], px);
        actTranspose(s.controllerTape, segment.gains, pu, px, pReference, pGains);
        evaluateTranspose(pReference, s.localTime, pCoefficients);
        p = px;
      }
      Setpoint pSetpoint, pFrom;
      spline.beginTranspose(pCoefficients, pFrom, pSetpoint);
      const Setpoint &p0 = pPrevious, &p1 = pSetpoint;
      const double pOutputs[OUTPUTS] = {p0.x + p1.x, p0.y + p1.y, p0.vx + p1.vx, p0.vy + p1.vy, pGains.x,
                                        pGains.y,    pGains.v,    pGains.phi,    pGains.a,      pGains.omega};
      pPrevious = pFrom;
      double scaled[OUTPUTS], pFeatures[FEATURES];
      for (int i = 0; i < OUTPUTS; i++) {
        segment.outputGradient[i] += pOutputs[i];
        scaled[i] = pOutputs[i] * c.scale[i];
      }
      transpose(theta.data(), &activations[j * ACTIVATIONS], scaled, &deltas[j * DELTAS], pFeatures);
      observeTranspose(segment.taskTape, pFeatures, p);
    }
  }
};

} // namespace lapgrad
