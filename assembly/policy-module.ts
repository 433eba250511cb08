/**
 * A trained policy as a module of its own: the core's network, task, reference and controller, without anything to
 * train with. The exporter (src/export/wasm.ts) lays the policy into its memory as doubles, in the order in which they
 * are taken here; instantiating the module sets it up, and nothing is allocated afterwards.
 */
import { DOUBLE_SHIFT } from "./math/doubles";
import { controller, reference } from "./components";
import { configure, setDimension, setOption } from "./index";
import { at, lengthOf } from "./arena";
import { Option, splineLead } from "./options";
import { act, evaluateReference, openInPlace } from "./policy/policy";
import { Dimension, Region } from "./regions";
import * as trace from "./trace";

/** Where the policy lies: behind the module's own data and objects. The first double is its size [bytes]. */
const POLICY: usize = 65536;
let taken: usize = POLICY + 8;

function take(): f64 {
  const value = load<f64>(taken);
  taken += 8;
  return value;
}

function fill(region: i32): void {
  const bytes = usize(lengthOf(region)) << DOUBLE_SHIFT;
  memory.copy(at(region, 0), taken, bytes);
  taken += bytes;
}

// what is allocated from here on lies behind the policy
heap.alloc(POLICY + usize(load<f64>(POLICY)) - heap.alloc(0));
for (let which: i32 = 0; which < Dimension.count; which++) setDimension(which, i32(take()));
configure();
setOption(Option.lookahead, take());
setOption(Option.splineLead, take());
setOption(Option.startFromState, take());
/** Time after which setpoints and features repeat [s]. */
const period: f64 = take();
fill(Region.controllerParameters);
fill(Region.referenceParameters);
fill(Region.taskParameters);
fill(Region.path);
fill(Region.outputScale);
fill(Region.nominalGains);
fill(Region.parameters);
fill(Region.adjustment);
reference.prepare(at(Region.referenceParameters, 0));
trace.select(0);
/** No network call yet. */
let fresh: bool = true;

/** Address of the state's doubles, to be written before every step. */
export function state(): usize {
  return trace.states;
}

/** Forgets all earlier steps: before a drive. */
export function begin(): void {
  fresh = true;
}

/**
 * A control step at task time `time` [s], with the network called if it is due (or was never called): address of the
 * command's doubles.
 */
export function step(time: f64, networkIsDue: bool): usize {
  if (networkIsDue || fresh) {
    openInPlace(time, fresh);
    fresh = false;
  }
  let elapsed = time - load<f64>(trace.segmentTimes);
  if (elapsed < 0.0) elapsed += period;
  store<f64>(trace.localTimes, elapsed + splineLead);
  evaluateReference(reference, 0, 0);
  act(controller, 0, 0);
  return trace.commands;
}
