/**
 * From the network's last layer to its outputs, which are offsets of setpoint and gains: a factor each and, where the
 * task sees the world relative to its path, the turn from the path's frame into the world's and one gain for x and y; a
 * map that is linear in the activations. docs/equations.md, section 37
 */
import { task } from "../components";
import { lookahead } from "../options";
import * as trace from "../trace";

/** The task's row of the turn: cosine and sine, in place of x and y of the nominal setpoint; behind them its rates. */
const SINE: usize = 8;
/** Offset of the second number of a pair [bytes]. */
const SECOND: usize = 8;
const RATE_X: usize = 16;
const RATE_Y: usize = 24;

// @ts-ignore: decorator
@inline
function turnOf(j: i32): usize {
  return trace.taskTapeAt(j) + (usize(task.turnAt) << 3);
}

/** Finds the direction of segment j's nominal setpoint, along which the offsets of its setpoint count. */
export function placeTurn(j: i32): void {
  if (task.turnAt < 0) return;
  const turn = turnOf(j);
  const pace = trace.segmentPace(j);
  task.setpointAt(trace.taskParameters, load<f64>(trace.segmentTimeAt(j)) + pace * lookahead, pace, turn);
  const rateX = load<f64>(turn, RATE_X);
  const rateY = load<f64>(turn, RATE_Y);
  const rate = Math.sqrt(rateX * rateX + rateY * rateY);
  store<f64>(turn, rate > 0.0 ? rateX / rate : 1.0);
  store<f64>(turn, rate > 0.0 ? rateY / rate : 0.0, SINE);
}

/** outputs = T_j S activations: of segment j, or of a tangent there. */
export function toOutputs(j: i32, activations: usize, outputs: usize): void {
  for (let i: usize = 0; i < trace.outputRow; i += 8) {
    store<f64>(outputs + i, load<f64>(trace.outputScale + i) * load<f64>(activations + i));
  }
  if (task.turnAt < 0) return;
  const c = load<f64>(turnOf(j));
  const s = load<f64>(turnOf(j), SINE);
  for (let i: usize = 0; i < trace.setpointRow; i += 16) turnBy(c, s, outputs + i);
  share(outputs + trace.setpointRow);
}

/** pActivations = S T_j' pOutputs. */
export function fromOutputs(j: i32, pOutputs: usize, pActivations: usize): void {
  memory.copy(pActivations, pOutputs, trace.outputRow);
  if (task.turnAt >= 0) {
    const c = load<f64>(turnOf(j));
    const s = load<f64>(turnOf(j), SINE);
    for (let i: usize = 0; i < trace.setpointRow; i += 16) turnBy(c, -s, pActivations + i);
    share(pActivations + trace.setpointRow);
  }
  for (let i: usize = 0; i < trace.outputRow; i += 8) {
    store<f64>(pActivations + i, load<f64>(pActivations + i) * load<f64>(trace.outputScale + i));
  }
}

/** The first two gains, those of x and y, become their mean: else it would matter which way the path points. */
// @ts-ignore: decorator
@inline
function share(gains: usize): void {
  const mean = 0.5 * (load<f64>(gains) + load<f64>(gains, SECOND));
  store<f64>(gains, mean);
  store<f64>(gains, mean, SECOND);
}

/** The vector at `row`, turned by the angle of this cosine and sine. */
// @ts-ignore: decorator
@inline
function turnBy(c: f64, s: f64, row: usize): void {
  const along = load<f64>(row);
  const left = load<f64>(row, SECOND);
  store<f64>(row, c * along - s * left);
  store<f64>(row, s * along + c * left, SECOND);
}
