/**
 * Where everything of one rollout lies: {@link select} points these addresses at a rollout's regions, and the passes (rollout,
 * tangent, co-state, sensitivity) read them. Row t of a per-step array belongs to control step t, row j of a per-segment array
 * to segment j.
 */
import { controller, model, reference, reward, task } from "./components";
import { at, dimension, EARLIER } from "./memory";
import { Dimension, Region } from "./regions";
import { activationSize, deltaSize, layerCount, parameterSize, width } from "./policy/layers";

// sizes in doubles
export let n: i32 = 0;
export let m: i32 = 0;
export let outputs: i32 = 0;
export let setpointSize: i32 = 0;
export let residualSize: i32 = 0;
// sizes of rows in bytes
export let stateRow: usize = 0;
export let inputRow: usize = 0;
export let referenceRow: usize = 0;
export let residualRow: usize = 0;
export let outputRow: usize = 0;
export let setpointRow: usize = 0;
export let gainRow: usize = 0;
export let coefficientRow: usize = 0;
export let activationRow: usize = 0;
export let deltaRow: usize = 0;
export let modelTapeRow: usize = 0;
export let controllerTapeRow: usize = 0;
export let rewardTapeRow: usize = 0;
export let taskTapeRow: usize = 0;
/** offset of the network outputs within a row of activations */
export let outputOffset: usize = 0;

export let parameters: usize = 0;
export let parametersEnd: usize = 0;
export let gradient: usize = 0;
export let direction: usize = 0;
export let modelParameters: usize = 0;
export let plantParameters: usize = 0;
export let controllerParameters: usize = 0;
export let rewardParameters: usize = 0;
export let taskParameters: usize = 0;
export let outputScale: usize = 0;
export let nominalGains: usize = 0;
export let inputDelays: usize = 0;
export let stateLow: usize = 0;
export let stateHigh: usize = 0;
/** true if any input of the model is delayed */
export let delayed: bool = false;

// work rows, used within one call
export let stateWork: usize = 0;
export let stateWork2: usize = 0;
export let inputWorkRow: usize = 0;
export let referenceWork: usize = 0;
export let outputWork: usize = 0;
export let setpointWork: usize = 0;
export let setpointWork2: usize = 0;
export let gainWork: usize = 0;
export let coefficientWork: usize = 0;
export let activationWork: usize = 0;
export let featureWork: usize = 0;

// the selected rollout
export let counts: usize = 0;
export let times: usize = 0;
export let periods: usize = 0;
export let localTimes: usize = 0;
export let openingSetpoint: usize = 0;
export let earlierInputs: usize = 0;
export let states: usize = 0;
export let inputs: usize = 0;
export let commands: usize = 0;
export let references: usize = 0;
export let residuals: usize = 0;
export let stageCosts: usize = 0;
export let modelTape: usize = 0;
export let controllerTape: usize = 0;
export let rewardTape: usize = 0;
export let segmentStarts: usize = 0;
export let segmentTimes: usize = 0;
export let segmentStates: usize = 0;
export let activations: usize = 0;
export let segmentOutputs: usize = 0;
export let setpoints: usize = 0;
export let gains: usize = 0;
export let coefficients: usize = 0;
export let taskTape: usize = 0;
export let seeds: usize = 0;
export let residualTangents: usize = 0;
export let stateTangents: usize = 0;
export let inputWork: usize = 0;
export let outputGradient: usize = 0;
export let deltas: usize = 0;

/** Once, after the regions are laid out. */
export function prepareTrace(): void {
  n = model.stateSize();
  m = model.inputSize();
  setpointSize = task.setpointSize();
  outputs = setpointSize + controller.gainSize();
  residualSize = reward.residualSize();
  stateRow = bytes(n);
  inputRow = bytes(m);
  referenceRow = bytes(controller.referenceSize());
  residualRow = bytes(residualSize);
  outputRow = bytes(outputs);
  setpointRow = bytes(setpointSize);
  gainRow = bytes(controller.gainSize());
  coefficientRow = bytes(reference.coefficientSize());
  activationRow = bytes(activationSize());
  deltaRow = bytes(deltaSize());
  modelTapeRow = bytes(model.tapeSize());
  controllerTapeRow = bytes(controller.tapeSize());
  rewardTapeRow = bytes(reward.tapeSize());
  taskTapeRow = bytes(task.tapeSize());
  outputOffset = bytes(activationSize() - width(layerCount()));
  parameters = at(Region.parameters, 0);
  parametersEnd = parameters + bytes(parameterSize());
  gradient = at(Region.gradient, 0);
  direction = at(Region.direction, 0);
  modelParameters = at(Region.modelParameters, 0);
  plantParameters = at(Region.plantParameters, 0);
  controllerParameters = at(Region.controllerParameters, 0);
  rewardParameters = at(Region.rewardParameters, 0);
  taskParameters = at(Region.taskParameters, 0);
  outputScale = at(Region.outputScale, 0);
  nominalGains = at(Region.nominalGains, 0);
  inputDelays = at(Region.inputDelays, 0);
  stateLow = at(Region.stateLow, 0);
  stateHigh = at(Region.stateHigh, 0);
  let next = at(Region.scratch, 0);
  stateWork = next;
  stateWork2 = stateWork + stateRow;
  inputWorkRow = stateWork2 + stateRow;
  referenceWork = inputWorkRow + inputRow;
  outputWork = referenceWork + referenceRow;
  setpointWork = outputWork + outputRow;
  setpointWork2 = setpointWork + setpointRow;
  gainWork = setpointWork2 + setpointRow;
  coefficientWork = gainWork + gainRow;
  activationWork = coefficientWork + coefficientRow;
  featureWork = activationWork + activationRow;
}

function bytes(doubles: i32): usize {
  return usize(doubles) << 3;
}

/** Lets the passes read theta from another place of the same size. */
export function useParameters(address: usize): void {
  parametersEnd = address + (parametersEnd - parameters);
  parameters = address;
}

/** False if there is no such rollout. */
export function exists(rollout: i32): bool {
  return rollout >= 0 && rollout < dimension(Dimension.rollouts);
}

/** Points the addresses above at a rollout. */
export function select(rollout: i32): void {
  counts = at(Region.counts, rollout);
  times = at(Region.times, rollout);
  periods = at(Region.periods, rollout);
  localTimes = at(Region.localTimes, rollout);
  openingSetpoint = at(Region.openingSetpoint, rollout);
  earlierInputs = at(Region.earlierInputs, rollout);
  states = at(Region.states, rollout);
  inputs = at(Region.inputs, rollout);
  commands = at(Region.commands, rollout);
  references = at(Region.references, rollout);
  residuals = at(Region.residuals, rollout);
  stageCosts = at(Region.stageCosts, rollout);
  modelTape = at(Region.modelTape, rollout);
  controllerTape = at(Region.controllerTape, rollout);
  rewardTape = at(Region.rewardTape, rollout);
  segmentStarts = at(Region.segmentStarts, rollout);
  segmentTimes = at(Region.segmentTimes, rollout);
  segmentStates = at(Region.segmentStates, rollout);
  activations = at(Region.activations, rollout);
  segmentOutputs = at(Region.outputs, rollout);
  setpoints = at(Region.setpoints, rollout);
  gains = at(Region.gains, rollout);
  coefficients = at(Region.coefficients, rollout);
  taskTape = at(Region.taskTape, rollout);
  seeds = at(Region.seeds, rollout);
  residualTangents = at(Region.residualTangents, rollout);
  stateTangents = at(Region.stateTangents, rollout);
  inputWork = at(Region.inputWork, rollout);
  outputGradient = at(Region.outputGradient, rollout);
  deltas = at(Region.deltas, rollout);
  delayed = false;
  for (let i: usize = 0; i < usize(m); i++) if (load<f64>(inputDelays + (i << 3)) != 0.0) delayed = true;
}

/** Recorded segments of any rollout. */
export function segmentsOf(rollout: i32): i32 {
  return i32(load<f64>(at(Region.counts, rollout), 8));
}

/** Recorded control steps of the selected rollout. */
export function stepCount(): i32 {
  return i32(load<f64>(counts));
}

/** Recorded segments of the selected rollout. */
export function segmentCount(): i32 {
  return i32(load<f64>(counts, 8));
}

/** Task time at the start of the selected rollout [s]. */
export function startTime(): f64 {
  return load<f64>(counts, 16);
}

/** First step of segment j; one past the last step for j = number of segments. */
export function segmentStart(j: i32): i32 {
  return j < segmentCount() ? i32(load<f64>(segmentStarts + (usize(j) << 3))) : stepCount();
}

/** Transport delay of input i in the model [control steps]. */
export function inputDelay(i: i32): i32 {
  return i32(load<f64>(inputDelays + (usize(i) << 3)));
}

/** The inputs that act on the model at step t: input i from inputDelay(i) steps before. Address of m doubles. */
// @ts-ignore: decorator
@inline
export function actingInputs(t: i32): usize {
  return delayed ? gatherActingInputs(t) : inputs + usize(t) * inputRow;
}

function gatherActingInputs(t: i32): usize {
  for (let i: i32 = 0; i < m; i++) {
    const source = t - inputDelay(i);
    const column = usize(i) << 3;
    const row = source >= 0 ? inputs + usize(source) * inputRow : earlierInputs + usize(EARLIER + source) * inputRow;
    store<f64>(inputWorkRow + column, load<f64>(row + column));
  }
  return inputWorkRow;
}
