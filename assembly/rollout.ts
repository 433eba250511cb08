/** Driving: Algorithm 1, line 5 [W23], on the simulated plant; and going through a recorded drive again. */
import { model, plant, task } from "./components";
import { uniform } from "./math/random";
import { at, Region, Status } from "./memory";
import { controlPeriod, splineLead, stepsPerSegment } from "./options";
import { act, beginReference, callNetwork, evaluateReference, evaluateStep, placeSetpoint } from "./policy/policy";
import * as trace from "./trace";

/** Start of a training rollout: task time uniform on a period, the task's state there plus a uniform offset. */
export function sampleStart(rollout: i32): void {
  trace.select(rollout);
  const random = at(Region.random, 0);
  const spread = at(Region.startSpread, 0);
  const t = uniform(random) * task.period(trace.taskParameters);
  store<f64>(trace.counts, t, 16);
  task.stateAt(trace.taskParameters, t, trace.states);
  for (let i: usize = 0; i < trace.stateRow; i += 8) {
    const offset = load<f64>(spread + i) * (2.0 * uniform(random) - 1.0);
    store<f64>(trace.states + i, load<f64>(trace.states + i) + offset);
  }
}

/** Rolls the plant out for `segments` segments from the rollout's first state and start time. */
export function rollOut(rollout: i32, segments: i32): Status {
  trace.select(rollout);
  const start = trace.startTime();
  const dt = controlPeriod;
  const perSegment = stepsPerSegment;
  plant.reset(trace.states);
  let t: i32 = 0;
  for (let j: i32 = 0; j < segments; j++) {
    store<f64>(trace.segmentStarts + (usize(j) << 3), f64(t));
    store<f64>(trace.segmentTimes + (usize(j) << 3), start + f64(t) * dt);
    memory.copy(trace.segmentStates + usize(j) * trace.stateRow, trace.states + usize(t) * trace.stateRow, trace.stateRow);
    callNetwork(j);
    placeSetpoint(j);
    beginReference(j);
    for (let i: i32 = 0; i < perSegment; i++) {
      store<f64>(trace.times + (usize(t) << 3), f64(t) * dt);
      store<f64>(trace.periods + (usize(t) << 3), dt);
      store<f64>(trace.localTimes + (usize(t) << 3), f64(i) * dt + splineLead);
      evaluateReference(j, t);
      act(j, t);
      const x = trace.states + usize(t) * trace.stateRow;
      const u = trace.inputs + usize(t) * trace.inputRow;
      const command = trace.commands + usize(t) * trace.inputRow;
      for (let k: usize = 0; k < trace.inputRow; k += 8) store<f64>(u + k, load<f64>(command + k));
      plant.step(model, trace.plantParameters, x, u, dt, x + trace.stateRow);
      evaluateStep(t);
      t++;
      if (!withinBounds(x + trace.stateRow)) return finish(t, j + 1, Status.outOfBounds);
    }
  }
  return finish(t, segments, Status.ok);
}

function finish(steps: i32, segments: i32, status: Status): Status {
  store<f64>(trace.counts, f64(steps));
  store<f64>(trace.counts, f64(segments), 8);
  return status;
}

/** Every component within its bounds; NaN is not. */
function withinBounds(x: usize): bool {
  const low = trace.stateLow;
  const high = trace.stateHigh;
  for (let i: usize = 0; i < trace.stateRow; i += 8) {
    const value = load<f64>(x + i);
    if (!(value >= load<f64>(low + i) && value <= load<f64>(high + i))) return false;
  }
  return true;
}

/**
 * Goes through a recorded drive: states, inputs, times, segments (with their states and times) are given, everything that the
 * derivatives need is evaluated along them, and `commands` receives what the controller would have done.
 * `useNetwork`: network outputs are computed, otherwise those recorded are kept. `useReference`: references are computed from the
 * setpoints, otherwise those recorded are kept.
 */
export function replay(rollout: i32, useNetwork: bool, useReference: bool): Status {
  trace.select(rollout);
  const steps = trace.stepCount();
  const segments = trace.segmentCount();
  const start = trace.startTime();
  let j: i32 = -1;
  for (let t: i32 = 0; t < steps; t++) {
    while (j + 1 < segments && trace.segmentStart(j + 1) <= t) {
      j++;
      if (useNetwork) callNetwork(j);
      placeSetpoint(j);
      beginReference(j);
    }
    const time = start + load<f64>(trace.times + (usize(t) << 3));
    const called = j >= 0 ? load<f64>(trace.segmentTimes + (usize(j) << 3)) : time;
    store<f64>(trace.localTimes + (usize(t) << 3), time - called + splineLead);
    const segment = j >= 0 ? j : 0;
    if (useReference && j >= 0) evaluateReference(j, t);
    act(segment, t);
    evaluateStep(t);
  }
  // network calls that no control step followed
  for (j++; j < segments; j++) {
    if (useNetwork) callNetwork(j);
    placeSetpoint(j);
    beginReference(j);
  }
  return Status.ok;
}
