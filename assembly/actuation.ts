/**
 * What lies between the policy and the plant in simulation: transport delay and first-order lag of every input, noise
 * of the measured state, jitter of the control period and of the network period. With all of them 0 the plant gets the
 * command and the policy sees the state, unchanged to the last bit.
 */
import { model, plant } from "./components";
import { normal } from "./math/random";
import { DOUBLE_SHIFT } from "./math/doubles";
import { at, lengthOf } from "./arena";
import { changes, keepDrivenTime, parametersAt } from "./plant-changes";
import { COMMAND, Command, KEPT, PLANT_MEMORY, PlantMemory } from "./plant-memory";
import { Region } from "./regions";
import * as trace from "./trace";

/** Everything at rest, before a rollout: no command has been given yet, inputs are 0. */
export function resetPlant(): void {
  keepDrivenTime();
  memory.fill(trace.plantMemory, 0, usize(PLANT_MEMORY) << DOUBLE_SHIFT);
  memory.fill(trace.externalMemory, 0, usize(lengthOf(Region.externalMemory)) << DOUBLE_SHIFT);
}

/**
 * Whether nothing lies between policy and plant, and this does not change: then {@link driveStep} and {@link measure}
 * are not needed.
 */
export function isDirect(): bool {
  return !changes() && isZero(Region.plantDelays) && isZero(Region.plantLags) && isZero(Region.plantNoise);
}

function isZero(region: Region): bool {
  const values = at(region, 0);
  for (let i: usize = 0, end = usize(lengthOf(region)) << DOUBLE_SHIFT; i < end; i += 8) {
    if (load<f64>(values + i) != 0.0) return false;
  }
  return true;
}

/** {@link driveStep} without delays and lags. */
export function driveDirectly(x: usize, u: usize, dt: f64, next: usize): void {
  const inner = innerState();
  const steps = pieces(dt);
  const h = dt / f64(steps);
  let from = x;
  for (let i: i32 = 0; i < steps; i++) {
    plant.step(model, trace.plantParameters, inner, from, u, h, next);
    from = next;
  }
}

/** Where the plant keeps its inner state. */
export function innerState(): usize {
  return trace.plantMemory + 8 * PlantMemory.inner;
}

/** Integration steps in a control period. */
function pieces(dt: f64): i32 {
  const longest = plant.longestStep();
  return dt <= longest ? 1 : i32(Math.ceil(dt / longest - 1e-9));
}

/** next = plant after `dt` seconds under the command `u` given now, through delay and lag. */
export function driveStep(x: usize, u: usize, dt: f64, next: usize): void {
  const delays = trace.plantDelays;
  const lags = trace.plantLags;
  const kept = trace.plantMemory;
  const commands = i32(load<f64>(kept, 8 * PlantMemory.commands));
  const clock = load<f64>(kept + 8 * PlantMemory.clock);
  const entry = kept + 8 * PlantMemory.ring + usize(commands % KEPT) * COMMAND;
  store<f64>(entry, clock, 8 * Command.since);
  memory.copy(entry + 8 * Command.inputs, u, trace.inputRow);
  store<f64>(kept, f64(commands + 1), 8 * PlantMemory.commands);
  const lagged = kept + 8 * PlantMemory.lagged;
  const acting = kept + 8 * PlantMemory.acting;
  const steps = pieces(dt);
  const h = dt / f64(steps);
  let from = x;
  for (let i: i32 = 0; i < steps; i++) {
    const now = clock + f64(i) * h;
    for (let k: usize = 0; k < trace.inputRow; k += 8) {
      const delay = load<f64>(delays + k);
      const value = delay > 0.0 ? commandAt(kept, now - delay, k) : load<f64>(u + k);
      const lag = load<f64>(lags + k);
      // implicit Euler: stable for any lag, and without exp()
      const before = load<f64>(lagged + k);
      const after = lag > 0.0 ? before + (h / (lag + h)) * (value - before) : value;
      store<f64>(lagged + k, after);
      store<f64>(acting + k, after);
    }
    plant.step(model, parametersAt(from, now), kept + 8 * PlantMemory.inner, from, acting, h, next);
    from = next;
  }
  store<f64>(kept + 8 * PlantMemory.clock, clock + dt);
}

/** Input k (bytes into a row) of the command that held at `time`: the newest one given by then, 0 before the first. */
function commandAt(kept: usize, time: f64, k: usize): f64 {
  const commands = i32(load<f64>(kept, 8 * PlantMemory.commands));
  const oldest = commands > KEPT ? commands - KEPT : 0;
  for (let i = commands - 1; i >= oldest; i--) {
    const entry = kept + 8 * PlantMemory.ring + usize(i % KEPT) * COMMAND;
    // a command given within a nanosecond counts as given: delays are whole numbers of periods more often than not
    if (load<f64>(entry, 8 * Command.since) <= time + 1e-9) return load<f64>(entry + 8 * Command.inputs + k);
  }
  return 0.0;
}

/** measured = state + noise; `measured` may be `state`. */
export function measure(state: usize, measured: usize): void {
  const noise = trace.plantNoise;
  const random = trace.random;
  for (let i: usize = 0; i < trace.stateRow; i += 8) {
    const deviation = load<f64>(noise + i);
    const value = load<f64>(state + i);
    store<f64>(measured + i, deviation > 0.0 ? value + deviation * normal(random) : value);
  }
}

/**
 * A period with its jitter: normal with standard deviation `deviation`, at least half and at most one and a half
 * periods long.
 */
export function jittered(period: f64, deviation: f64): f64 {
  if (deviation == 0.0) return period;
  const drawn = period + deviation * normal(trace.random);
  return Math.max(0.5 * period, Math.min(1.5 * period, drawn));
}
