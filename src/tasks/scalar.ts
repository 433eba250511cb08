import type { TaskDefinition } from "./definition.js";

const amplitude = 1;
/** [s], which are steps of the map */
const period = 20;
const real = { a: 1.2, b: 1 };

/** The paper's running example with its proportional controller: an unstable map that has to follow a sine. */
export const scalar: TaskDefinition = {
  name: "scalar",
  summary: "running example x+ = a x + b u, unstable, proportional controller, follows a sine",
  columns: {
    state: ["x"],
    input: ["u"],
    setpoint: ["setpoint"],
    gain: ["k"],
    reference: ["reference"],
    residual: ["error, over the root of 2"],
  },
  model: {
    kind: "scalar",
    parameters: real,
    raw: { a: 1, b: 1 },
    scalable: ["a", "b"],
    refit: { error: "state", unit: "1" },
  },
  plants: { nominal: { kind: "nominal", parameters: real } },
  controller: { kind: "stateFeedback11", parameters: { input1: 0 } },
  reward: { kind: "track", parameters: { amplitude, period, phase: 0, knee: 0 }, notNegative: ["knee"] },
  reference: { kind: "hold1", parameters: {} },
  task: { kind: "sine", parameters: { amplitude, period, start: 0, latest: period }, positive: ["period"] },
  network: { hidden: [8], scale: [2, 0.2] },
  nominalGains: [0.7],
  timing: { controlPeriod: 1, stepsPerSegment: 1, networkPeriod: 1, lapTime: period },
  bounds: { low: [-1e6], high: [1e6] },
  initialState: [0],
  startSpread: [1],
  training: {
    rolloutSegments: 60,
    window: { start: 0, length: 0, stride: 0 },
    rollouts: 15,
    modelScale: 0.9,
    learningRate: {
      sgd: { none: 1e-2, segment: 1e-2 },
      adam: { none: 1e-2, segment: 1e-2 },
    },
  },
  metrics: { rmsResidual: { of: "rms", residual: 0, unit: "1" } },
  aims: [{ name: "x", residual: 0, factor: Math.SQRT2, of: { state: 0 } }],
};
export default scalar;
