/**
 * A few numbers that change the policy beside its network: constant offsets of the gains, trims that are added to the
 * inputs, and setpoint offsets that vary over the lap, on a basis of periodic cubic splines. What they do to a real
 * robot can be measured (docs/physical-derivatives.md); equations (PD1), (PD2).
 * A row of the region `adjustment`: form, gains, trims, then per knot the setpoint's offsets.
 */
import { controller, task } from "../components";
import { DOUBLE_SHIFT } from "../math/doubles";
import { lookahead } from "../options";
import { Adjustment } from "../regions";
import * as trace from "../trace";

/** Whether the policy is adjusted. */
// @ts-ignore: decorator
@inline
export function isAdjusted(): bool {
  return load<f64>(trace.adjustment, 8 * Adjustment.form) != 0.0;
}

/** outputs += what the row of adjustments says at segment j: gain offsets, and setpoint offsets at its setpoint. */
export function addOffsets(row: usize, j: i32, outputs: usize): void {
  const gains = row + 8 * Adjustment.count;
  for (let i: usize = 0; i < trace.gainRow; i += 8) add(outputs + trace.setpointRow + i, load<f64>(gains + i));
  const knots = i32(load<f64>(trace.adjustment, 8 * Adjustment.form)) - 1;
  const phase = phaseOf(j);
  let offsets = gains + trace.gainRow + trace.inputRow;
  for (let knot: i32 = 0; knot < knots; knot++) {
    const weight = periodicSpline(phase * f64(knots) - f64(knot), f64(knots));
    for (let i: usize = 0; i < trace.setpointRow; i += 8) add(outputs + i, weight * load<f64>(offsets + i));
    offsets += trace.setpointRow;
  }
}

/** Part of the lap at which the setpoint of segment j lies, [0, 1). */
function phaseOf(j: i32): f64 {
  const period = task.period(trace.taskParameters);
  if (!(period > 0.0)) return 0.0;
  const laps = (load<f64>(trace.segmentTimeAt(j)) + trace.segmentPace(j) * lookahead) / period;
  return laps - Math.floor(laps);
}

/** The cubic B-spline around 0, repeated every `knots`: at any place those of all knots add up to 1. */
function periodicSpline(place: f64, knots: f64): f64 {
  let sum: f64 = 0.0;
  for (let u = place - knots * Math.floor((place + 2.0) / knots); u < 2.0; u += knots) sum += spline(Math.abs(u));
  return sum;
}

/** Of the distance from its knot. */
function spline(u: f64): f64 {
  if (u >= 2.0) return 0.0;
  if (u >= 1.0) return (2.0 - u) * (2.0 - u) * (2.0 - u) * (1.0 / 6.0);
  return 2.0 / 3.0 - u * u + 0.5 * u * u * u;
}

/** The command of a step with the trims of the adjustment, within what the controller allows itself. */
export function addTrims(command: usize): void {
  const trims = trace.adjustment + 8 * Adjustment.count + trace.gainRow;
  for (let i: i32 = 0; i < trace.inputSize; i++) {
    const column = usize(i) << DOUBLE_SHIFT;
    const limit = controller.limit(trace.controllerParameters, i);
    const value = load<f64>(command + column) + load<f64>(trims + column);
    store<f64>(command + column, value > limit ? limit : value < -limit ? -limit : value);
  }
}

/** du of step t, after the controller's: du = free (du + dtrim), free 0 where the command is at its limit. */
export function trimTangent(t: i32, direction: usize, du: usize): void {
  const trims = direction + 8 * Adjustment.count + trace.gainRow;
  for (let i: i32 = 0; i < trace.inputSize; i++) {
    const column = usize(i) << DOUBLE_SHIFT;
    store<f64>(du + column, isFree(t, i) ? load<f64>(du + column) + load<f64>(trims + column) : 0.0);
  }
}

/** pu of step t, before the controller's: 0 where the command is at its limit. */
export function trimTranspose(t: i32, pu: usize): void {
  for (let i: i32 = 0; i < trace.inputSize; i++) {
    if (!isFree(t, i)) store<f64>(pu + (usize(i) << DOUBLE_SHIFT), 0.0);
  }
}

function isFree(t: i32, i: i32): bool {
  const command = load<f64>(trace.commandAt(t) + (usize(i) << DOUBLE_SHIFT));
  return Math.abs(command) < controller.limit(trace.controllerParameters, i);
}

function add(p: usize, value: f64): void {
  store<f64>(p, load<f64>(p) + value);
}
