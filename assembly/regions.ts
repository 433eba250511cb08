/**
 * What the host and the core say to each other by number: the core's version, its answers, its sizes, and the names of its arrays
 * (those marked "each" exist once per rollout).
 */

/** Raised whenever the meaning of an export, region or option changes; the host refuses any other. */
export const VERSION: i32 = 3;

export enum Status {
  ok,
  /** `configure` was called a second time, or another function before it */
  wrongOrder,
  /** an index outside its table, or a size below 1 */
  badDimension,
  /** the parts do not fit each other: state, input, setpoint or reference sizes differ */
  mismatch,
  /** not enough memory */
  outOfMemory,
  /** a state component left its bounds (or is NaN): the rollout ends there */
  outOfBounds,
  /** a rollout, step, segment or window that does not exist */
  outOfRange,
}

/** Sizes and choices that `configure` reads. */
export enum Dimension {
  model,
  plant,
  controller,
  reward,
  reference,
  task,
  /** rollouts kept side by side */
  rollouts,
  /** control steps, at most, of one rollout */
  steps,
  /** segments (network calls), at most, of one rollout */
  segments,
  hiddenLayers,
  hiddenWidth0,
  hiddenWidth1,
  hiddenWidth2,
  hiddenWidth3,
  /** 1: make room for the forward sensitivity (n x p doubles) */
  sensitivity,
  count,
}

export enum Region {
  /** theta, per layer W [in][out], then b [out] */
  parameters,
  /** d loss / d theta */
  gradient,
  /** Adam's moments */
  firstMoment,
  secondMoment,
  /** v of the tangent pass J v */
  direction,
  /** the parameters that the Gauss-Newton step is held to */
  anchor,
  /** d of the Gauss-Newton step, and what its conjugate gradients (and the displacements of assembly/curvature.ts) work with */
  step,
  linearResidual,
  /** numbers of the last solve, see Solution in assembly/gauss-newton.ts */
  solution,
  modelParameters,
  plantParameters,
  controllerParameters,
  rewardParameters,
  referenceParameters,
  taskParameters,
  /** factor of each network output */
  outputScale,
  nominalGains,
  stateLow,
  stateHigh,
  /** half-width of the random offset of a start, per state */
  startSpread,
  /** transport delay of the model, per input [control steps] */
  inputDelays,
  /** transport delay and lag of the plant's inputs [s], noise of its measured state (standard deviations), per component */
  plantDelays,
  plantLags,
  plantNoise,
  /** standard deviation of control period and network period in simulation [s] */
  jitter,
  /** the plant's true state, and everything else it remembers (assembly/actuation.ts) */
  plantState,
  plantMemory,
  /** four 32-bit words */
  random,
  /** results of the law probes: z, dz, y, dy, pz, py and a tape */
  probe,
  /** dx/dtheta of the last sensitivity step, n x p (if configured) */
  stateSensitivity,
  /** the loss gradient by forward sensitivity, p (if configured) */
  sensitivityGradient,
  /** U_t of every step, steps x m x p, and the other arrays of the sensitivity (if configured) */
  sensitivityInputs,
  sensitivityWork,
  /** rows used within one call */
  scratch,
  /** each: number of steps, number of segments, start time [s] */
  counts,
  /** each: the setpoint before the first segment's own */
  openingSetpoint,
  /** each, 64 x m: what was applied before the first step, newest last */
  earlierInputs,
  // each, a row per control step
  /** time since the start [s] */
  times,
  /** control period dt [s] */
  periods,
  /** time in the segment's spline [s] */
  localTimes,
  /** n; one row more, after the last step */
  states,
  /** m: what was applied */
  inputs,
  /** m: what the controller asked for */
  commands,
  references,
  residuals,
  /** sum of squared residuals */
  stageCosts,
  modelTape,
  controllerTape,
  rewardTape,
  /** residual size: w of the co-state pass J^T w */
  seeds,
  /** residual size: weights W of the Gauss-Newton step */
  residualWeights,
  /** residual size: J v */
  residualTangents,
  /** n: dx of the tangent pass, before the step */
  stateTangents,
  /** m: tangents, or adjoints, of the inputs */
  inputWork,
  /** n: what the model does not explain of a recorded step */
  disturbances,
  // each, a row per segment
  /** first step */
  segmentStarts,
  /** task time of the network call [s] */
  segmentTimes,
  /** n: state at the network call */
  segmentStates,
  /** features, hidden activations, outputs before scaling */
  activations,
  /** (setpoint, gain) offsets = scale * last activation */
  outputs,
  setpoints,
  gains,
  coefficients,
  taskTape,
  /** d loss / d network output */
  outputGradient,
  /** adjoints of all layers before the activation, summed over windows */
  deltas,
  count,
}
