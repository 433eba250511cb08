/**
 * The core's arrays, each described once: name, what it is kept for, numbers in a row, and what it holds. From here
 * scripts/registries.mjs makes the enum `Region`, the layout of the arena, and the addresses and accessors of
 * assembly/trace.ts; the host asks the core.
 */

/**
 * Numbers in a row by what stands in it, as expressions of assembly/; `<name>Size` and, in bytes, `<name>Row` of
 * assembly/trace.ts.
 */
export const WIDTHS = {
  theta: "parameterCount()",
  state: "model.stateSize",
  input: "model.inputSize",
  plantParameter: "plant.parameterCount(model)",
  reference: "controller.referenceSize",
  residual: "reward.residualSize",
  body: "dimension(Dimension.externalBody)",
  setpoint: "task.setpointSize",
  gain: "controller.gainSize",
  output: "setpointSize + gainSize",
  coefficient: "reference.coefficientSize",
  feature: "task.featureSize",
  activation: "activationCount()",
  delta: "deltaCount()",
  modelTape: "model.tapeSize",
  controllerTape: "controller.tapeSize",
  rewardTape: "reward.tapeSize",
  taskTape: "task.tapeSize",
  adjustment: "Adjustment.count + gainSize + inputSize + KNOTS * setpointSize",
};

/** Kept once. `columns`: a name of {@link WIDTHS}, a number, or an expression. */
const run = (name, columns, about, rows = "1") => ({ name, per: "run", columns, rows, about });
/** Kept once per rollout. */
const rollout = (name, columns, about, rows = "1") => ({ name, per: "rollout", columns, rows, about });
/** A row per control step of every rollout, at `<row>At(t)`. */
const step = (name, row, columns, about, rows = "steps") => ({ name, per: "step", row, columns, rows, about });
/** A row per segment of every rollout, at `<row>At(j)`. */
const segment = (name, row, columns, about) => ({ name, per: "segment", row, columns, rows: "segments", about });

export const REGIONS = [
  run("parameters", "theta", "theta, per layer W [in][out], then b [out]"),
  run("gradient", "theta", "d loss / d theta"),
  run("firstMoment", "theta", "Adam's moments"),
  run("secondMoment", "theta", "Adam's moments"),
  run("direction", "theta", "v of the tangent pass J v"),
  run("anchor", "theta", "the parameters that the Gauss-Newton step is held to"),
  run("step", "theta", "d of the Gauss-Newton step"),
  run(
    "linearResidual",
    "theta",
    "what its conjugate gradients, and the displacements of assembly/curvature.ts, work with",
  ),
  run("turned", "theta", "of the co-state pass in wide vectors: theta, with W^T [out][in] in the place of W"),
  run("solution", "Solution.count", "numbers of the last solve, see Solution in assembly/regions.ts"),
  run("modelParameters", "model.parameterCount", "of the model, in the order of its enum"),
  run("plantParameters", "plantParameter", "of the plant"),
  run("plantChanges", "Change.count", "how they change while it is driven (assembly/plant-changes.ts)", "CHANGES"),
  run("actingParameters", "plantParameter", "of a plant that changes, as they are now"),
  run("drivenBefore", 1, "time that the plant was driven before it was last put to rest [s]"),
  run("controllerParameters", "controller.parameterCount", "of the controller"),
  run("rewardParameters", "reward.parameterCount", "of the reward"),
  run("referenceParameters", "reference.parameterCount", "of the reference"),
  run("taskParameters", "task.parameterCount", "of the task"),
  run("path", "PathNode.count", "of a track, see PathNode in assembly/regions.ts", "dimension(Dimension.pathNodes)"),
  run("outputScale", "output", "factor of each network output"),
  run("nominalGains", "gain", "what the network's gain offsets are added to"),
  run("adjustment", "adjustment", "what is added to the policy beside its network (assembly/policy/adjustment.ts)"),
  run("adjustmentDirection", "adjustment", "v of the tangent pass along the adjustment"),
  run("stateLow", "state", "lower bounds: a rollout ends where a state is below"),
  run("stateHigh", "state", "upper bounds"),
  run("startSpread", "state", "half-width of the random offset of a start"),
  run("inputDelays", "input", "transport delay of the model [control steps]"),
  run("plantDelays", "input", "transport delay of the plant's inputs [s]"),
  run("plantLags", "input", "first-order lag of the plant's inputs [s]"),
  run("plantNoise", "state", "standard deviation of the plant's measured state"),
  run("jitter", "Jitter.count", "standard deviation of the periods in simulation, see Jitter in assembly/regions.ts"),
  run("plantState", "state", "the plant's true state"),
  run("plantMemory", "PLANT_MEMORY", "everything else that the plant remembers (assembly/actuation.ts)"),
  run("externalMemory", 1, "what the plant `external` remembers", "dimension(Dimension.externalMemory)"),
  run("random", 2, "four 32-bit words"),
  run("pace", "Pace.count", "how fast the task is driven, see Pace in assembly/regions.ts"),
  run("modelFitted", 1, "1: the model was fitted to driving"),
  run("reflex", "Reflex.count", "state of the reflex, see Reflex in assembly/regions.ts"),
  run("reflexPlaces", 1, "shortfall of the turn rate by place in the lap before; NaN: not known", "PLACES"),
  run("reflexFirings", "Firing.count", "the last firings of the reflex, see Firing in assembly/regions.ts", "FIRINGS"),
  run("probe", "PROBE_ROW", "results of the law probes: z, dz, y, dy, pz, py and a tape", "PROBE_ROWS"),
  run(
    "stateSensitivity",
    "theta",
    "dx/dtheta of the last sensitivity step (if configured)",
    "sensitive ? stateSize : 0",
  ),
  run("sensitivityGradient", "theta", "the loss gradient by forward sensitivity (if configured)", "sensitive ? 1 : 0"),
  run(
    "sensitivityInputs",
    "thetaSize * inputSize",
    "dU_t/dtheta of every step, so that any delay can be looked up",
    "sensitive ? steps : 0",
  ),
  run(
    "sensitivityWork",
    "theta",
    "the other arrays of assembly/sensitivity.ts",
    "sensitive ? stateSize + 2 * setpointSize + outputSize + coefficientSize + featureSize : 0",
  ),
  // rows used within one call
  run("stateWork", "state", "a row of work"),
  run("stateWork2", "state", "a row of work"),
  run("inputWorkRow", "input", "a row of work"),
  run("referenceWork", "reference", "a row of work"),
  run("outputWork", "output", "a row of work"),
  run("setpointWork", "setpoint", "a row of work"),
  run("setpointWork2", "setpoint", "a row of work"),
  run("gainWork", "gain", "a row of work"),
  run("coefficientWork", "coefficient", "a row of work"),
  run("activationWork", "activation", "a row of work"),
  run("featureWork", "feature", "a row of work"),
  run("turnWork", "activation", "a row of work"),

  rollout("counts", "Counts.count", "steps, segments, start time, see Counts in assembly/regions.ts"),
  rollout("openingSetpoint", "setpoint", "the setpoint before the first segment's own"),
  rollout("earlierInputs", "input", "what was applied before the first step, newest last", "EARLIER"),

  step("times", "time", 1, "time since the start [s]"),
  step("periods", "period", 1, "control period dt [s]"),
  step("localTimes", "localTime", 1, "time in the segment's spline [s]"),
  step("paces", "pace", 1, "task time per time; one row more, as it goes on", "steps + 1"),
  step("taskShifts", "taskShift", 1, "task time less (start time + time) [s]; one row more, at the end", "steps + 1"),
  step("states", "state", "state", "x; one row more, after the last step", "steps + 1"),
  step("body", "body", "body", "what the plant `external` says of the body after the step: roll, slip of wheels, …"),
  step("inputs", "input", "input", "u: what was applied"),
  step("commands", "command", "input", "what the controller asked for"),
  step("references", "reference", "reference", "what the controller tracked"),
  step("residuals", "residuals", "residual", "r: the stage cost is their sum of squares"),
  step("stageCosts", "stageCost", 1, "sum of squared residuals"),
  step("modelTape", "modelTape", "modelTape", "what the model's derivatives need"),
  step("controllerTape", "controllerTape", "controllerTape", "what the controller's derivatives need"),
  step("rewardTape", "rewardTape", "rewardTape", "what the residuals' derivatives need"),
  step("seeds", "seeds", "residual", "w of the co-state pass J^T w"),
  step("residualWeights", "residualWeights", "residual", "weights W of the Gauss-Newton step"),
  step("residualTangents", "residualTangents", "residual", "J v"),
  step("stateTangents", "stateTangent", "state", "dx of the tangent pass, before the step"),
  step("inputWork", "inputWork", "input", "tangents, or adjoints, of the inputs"),
  step("disturbances", "disturbance", "state", "what the model does not explain of a recorded step"),

  segment("segmentStarts", "segmentStart", 1, "first step"),
  segment("segmentTimes", "segmentTime", 1, "task time of the network call [s]"),
  segment("segmentStates", "segmentState", "state", "state at the network call"),
  segment("activations", "activations", "activation", "features, hidden activations, outputs before scaling"),
  segment("outputs", "outputs", "output", "(setpoint, gain) offsets = scale * last activation + adjustment"),
  segment("setpoints", "setpoint", "setpoint", "where the segment's reference leads"),
  segment("gains", "gains", "gain", "nominal gains + offsets"),
  segment("coefficients", "coefficients", "coefficient", "of the segment's reference"),
  segment("taskTape", "taskTape", "taskTape", "what the features' derivatives need"),
  segment("outputGradient", "outputGradient", "output", "d loss / d network output"),
  segment("deltas", "deltas", "delta", "adjoints of all layers before the activation, summed over windows"),
];
