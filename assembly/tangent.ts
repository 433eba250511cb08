/**
 * Forward in time: J v, the directional derivative of all residuals of a window along v = `direction`; the transpose of
 * the co-state pass.
 */
import { controller, model, reference, reward, task } from "./components";
import { Backstepping } from "./controllers/backstepping";
import { Controller } from "./controllers/controller";
import { usesDefaultParts } from "./default-parts";
import { DOUBLE_SHIFT } from "./math/doubles";
import { dimension } from "./arena";
import { Car } from "./models/car";
import { Model } from "./models/model";
import { stateFeedback, truncate } from "./options";
import { addOffsets, isAdjusted, trimTangent } from "./policy/adjustment";
import { tangent as networkTangent } from "./policy/mlp";
import { toOutputs } from "./policy/outputs";
import { Reference } from "./policy/reference";
import { Spline } from "./policy/spline";
import { Dimension } from "./regions";
import { Figure8Reward } from "./rewards/figure8";
import { Reward } from "./rewards/reward";
import * as trace from "./trace";

/** {@link tangentFrom} the given state: J v. */
export function tangent(begin: i32, end: i32): void {
  const first = trace.segmentStart(begin);
  memory.fill(trace.stateTangentAt(first), 0, trace.stateRow);
  tangentFrom(begin, end);
}

/**
 * Segments [begin, end) of the selected rollout, from the state's tangent that stands in the first row of
 * `stateTangents`; dx of their steps goes there, dr to `residualTangents`. At each segment start the network's tangent
 * sets d(setpoint) and d(gains), then for every step
 *   du = K dx + du/dreference dreference + du/dgains dgains,   dr = dr/dx dx + dr/du du,   dx+ = Â dx + B̂ du_acting.
 */
export function tangentFrom(begin: i32, end: i32): void {
  if (usesDefaultParts()) {
    passForward<Car, Backstepping, Figure8Reward, Spline>(
      model as Car,
      controller as Backstepping,
      reward as Figure8Reward,
      reference as Spline,
      begin,
      end,
    );
  } else {
    passForward<Model, Controller, Reward, Reference>(model, controller, reward, reference, begin, end);
  }
}

function passForward<M extends Model, C extends Controller, R extends Reward, F extends Reference>(
  model: M,
  controller: C,
  reward: R,
  reference: F,
  begin: i32,
  end: i32,
): void {
  const dPrevious = trace.setpointWork;
  const dSetpoint = trace.setpointWork2;
  const dCoefficients = trace.coefficientWork;
  const dReference = trace.referenceWork;
  const delayed = trace.delayed;
  const adjusted = isAdjusted();
  const firstOfWindow = trace.segmentStart(begin);
  const rows = dimension(Dimension.steps);
  memory.fill(dSetpoint, 0, trace.setpointRow);
  let t = firstOfWindow;
  let dx = trace.stateTangentAt(t);
  for (let j = begin; j < end; j++) {
    if (truncate) memory.fill(dx, 0, trace.stateRow);
    memory.copy(dPrevious, dSetpoint, trace.setpointRow);
    throughNetwork(j, dx);
    memory.copy(dSetpoint, trace.outputWork, trace.setpointRow);
    reference.begin(dPrevious, dSetpoint, dCoefficients);
    const dGains = trace.outputWork + trace.setpointRow;
    const gains = trace.gainsAt(j);
    const reached = truncate ? t : firstOfWindow;
    for (const last = trace.segmentStart(j + 1); t < last; t++) {
      const du = trace.inputWorkAt(t);
      reference.evaluate(dCoefficients, load<f64>(trace.localTimeAt(t)), dReference);
      controller.tangent(trace.controllerTapeAt(t), gains, dx, dReference, dGains, du);
      if (adjusted) trimTangent(t, trace.adjustmentDirection, du);
      reward.tangent(trace.rewardTapeAt(t), dx, du, trace.residualTangentsAt(t));
      const acting = delayed ? gatherInputs(t, reached) : du;
      const dNext = t + 1 < rows ? dx + trace.stateRow : trace.stateWork;
      model.tangent(trace.modelTapeAt(t), dx, acting, dNext);
      dx = dNext;
    }
  }
}

/** Tangents of the inputs that act at step t; those before step `reached` are 0. */
function gatherInputs(t: i32, reached: i32): usize {
  for (let i: i32 = 0; i < trace.inputSize; i++) {
    const source = t - trace.inputDelay(i);
    const column = usize(i) << DOUBLE_SHIFT;
    store<f64>(trace.inputWorkRow + column, source >= reached ? load<f64>(trace.inputWorkAt(source) + column) : 0.0);
  }
  return trace.inputWorkRow;
}

/**
 * Tangent of segment j's outputs, in outputWork, from `direction`, the state's tangent and, of an adjusted policy,
 * `adjustmentDirection`.
 */
function throughNetwork(j: i32, dx: usize): void {
  const dRow = trace.activationWork;
  if (stateFeedback) task.tangent(trace.taskTapeAt(j), dx, dRow);
  else memory.fill(dRow, 0, trace.activationRow);
  networkTangent(trace.parameters, trace.direction, trace.activationsAt(j), dRow);
  toOutputs(j, dRow + trace.outputOffset, trace.outputWork);
  if (isAdjusted()) addOffsets(trace.adjustmentDirection, j, trace.outputWork);
}
