/**
 * Plants that change while they are driven: parameters as functions of the time driven since standstill, or of where
 * the plant is (docs/equations.md, 15). Without a change the plant reads its parameters where they always stand.
 */
import { PlanarState } from "./models/planar";
import { copyRow } from "./arena";
import { Change, ChangeKind, CHANGES, PlantMemory } from "./plant-memory";
import * as trace from "./trace";

/** A change acts from the integration step on that begins within this of its time [s]: times are sums of periods. */
const TOLERANCE: f64 = 1e-6;

/** Whether the plant changes at all. */
export function changes(): bool {
  return load<f64>(trace.plantChanges, 8 * Change.kind) != f64(ChangeKind.none);
}

/** Whether every change is of a parameter that the plant has. */
export function changesFit(): bool {
  const end = trace.plantChanges + usize(CHANGES) * (8 * Change.count);
  for (let change = trace.plantChanges; change < end; change += 8 * Change.count) {
    const parameter = load<f64>(change, 8 * Change.parameter);
    if (!(parameter >= 0.0 && parameter < f64(trace.plantParameterSize))) {
      if (load<f64>(change, 8 * Change.kind) != f64(ChangeKind.none)) return false;
    }
  }
  return true;
}

/** Counts what was driven since the plant last was at rest, before it is put to rest again. */
export function keepDrivenTime(): void {
  const driven = load<f64>(trace.drivenBefore) + load<f64>(trace.plantMemory, 8 * PlantMemory.clock);
  store<f64>(trace.drivenBefore, driven);
}

/**
 * The parameters of a plant in state `x` (x, y first, if there are places), `clock` seconds after it was last at rest:
 * each times the factors of all its changes.
 */
export function parametersAt(x: usize, clock: f64): usize {
  if (!changes()) return trace.plantParameters;
  const time = load<f64>(trace.drivenBefore) + clock;
  const acting = trace.actingParameters;
  copyRow(acting, trace.plantParameters, trace.plantParameterRow);
  const end = trace.plantChanges + usize(CHANGES) * (8 * Change.count);
  for (let change = trace.plantChanges; change < end; change += 8 * Change.count) {
    const kind = load<f64>(change, 8 * Change.kind);
    if (kind == f64(ChangeKind.none)) break;
    const parameter = acting + 8 * usize(load<f64>(change, 8 * Change.parameter));
    const factor = kind == f64(ChangeKind.time) ? factorAt(change, time) : factorIn(change, x);
    store<f64>(parameter, load<f64>(parameter) * factor);
  }
  return acting;
}

function factorAt(change: usize, time: f64): f64 {
  const before = load<f64>(change, 8 * Change.before);
  const after = load<f64>(change, 8 * Change.after);
  const since = load<f64>(change, 8 * Change.since);
  const until = load<f64>(change, 8 * Change.until);
  if (time >= until - TOLERANCE) return after;
  return time <= since ? before : before + ((after - before) * (time - since)) / (until - since);
}

function factorIn(change: usize, x: usize): f64 {
  const dx = load<f64>(x, 8 * PlanarState.x) - load<f64>(change, 8 * Change.x);
  const dy = load<f64>(x, 8 * PlanarState.y) - load<f64>(change, 8 * Change.y);
  const radius = load<f64>(change, 8 * Change.radius);
  const isInside = dx * dx + dy * dy <= radius * radius;
  return isInside ? load<f64>(change, 8 * Change.after) : load<f64>(change, 8 * Change.before);
}
