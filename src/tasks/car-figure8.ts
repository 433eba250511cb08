import type { TaskDefinition } from "./definition.js";
import { figure8 } from "./figure8.js";

const radius = 1.5;
const lapTime = 5.5;
const networkPeriod = lapTime / 40;
const controlPeriod = 0.02;

/** The paper's model (11): nothing of the car but its equations. */
const raw = {
  throttleGain: 1,
  drag: 0,
  steeringGain: 1,
  steeringBias: 0,
  offset: 0,
  linearDrag: 0,
  corneringDrag: 0,
  inverseGrip: 0,
  throttleGrip: 0,
};
/** The authors' simulated car. */
const simulated = { ...raw, throttleGain: 11.25, drag: 0.55, steeringGain: 6.5, steeringBias: -0.1 };

/** The paper's JetRacer: a figure-8 of two circles 3 m in diameter, 5.5 s a lap; numbers of the authors' simulation. */
export const carFigure8: TaskDefinition = {
  name: "car-figure8",
  summary: "JetRacer, figure-8 of two 3 m circles in 5.5 s, backstepping controller, car model (11)",
  columns: {
    state: ["x [m]", "y [m]", "v [m/s]", "phi [rad]"],
    input: ["throttle", "steering"],
    setpoint: ["x [m]", "y [m]", "xdot [m/s]", "ydot [m/s]"],
    gain: ["k_x [1/s]", "k_y [1/s]", "k_v [s/m]", "k_phi [1/rad]", "k_a [s²/m]", "k_omega [s/rad]"],
    reference: ["x [m]", "y [m]", "xdot [m/s]", "ydot [m/s]", "xddot [m/s²]", "yddot [m/s²]"],
    residual: ["radial error [m]", "speed error, weighted [m]", "heading error, weighted [m]"],
  },
  model: {
    kind: "car",
    parameters: simulated,
    raw,
    scalable: ["throttleGain", "drag", "steeringGain", "steeringBias"],
    traits: ["throttleGain", "steeringGain"],
    refit: { error: "turnRate", unit: "rad/s" },
    reserve: { inverseGrip: 1.06 },
  },
  plants: {
    nominal: {
      kind: "nominal",
      parameters: simulated,
      aliases: { throttle: "throttleGain", steering: "steeringGain" },
    },
    identified: {
      kind: "identified",
      parameters: {
        // rounded from the fit to a real car, docs/results/identification.md
        steeringGain: 4.3,
        steeringTrim: 0.006,
        gripLimit: 7.7,
        throttleGain: 6.6,
        offset: 0.5,
        linearDrag: 0.01,
        drag: 0.105,
        corneringDrag: 0.325,
      },
      positive: ["gripLimit"],
      aliases: { grip: "gripLimit", throttle: "throttleGain", steering: "steeringGain" },
      delays: [0.1, 0.11],
    },
    "single-track": {
      kind: "singleTrack",
      parameters: {
        mass: 1.58,
        wheelbase: 0.1735,
        inertia: 0.0048,
        grip: 1,
        frontShare: 0.5,
        throttleGain: 1,
        steeringGain: 1,
        combinedSlip: 0,
        loadTransfer: 0,
      },
      positive: ["mass", "wheelbase", "inertia", "grip"],
      notNegative: ["frontShare", "combinedSlip", "loadTransfer"],
      aliases: { throttle: "throttleGain", steering: "steeringGain" },
      delays: [0.06, 0.06],
      lags: [0.084, 0.129],
    },
    mujoco: {
      kind: "external",
      host: "mujoco-car",
      // lags of motor and steering are in the engine's model; sources: docs/tasks/mujoco-car.md
      parameters: {
        friction: 0.85,
        mass: 1.58,
        voltage: 7.4,
        resistance: 0.06,
        throttleGain: 1,
        steeringGain: 1.17,
        gyroBias: 0.004,
      },
      positive: ["friction", "mass", "voltage"],
      notNegative: ["resistance"],
      aliases: { grip: "friction", throttle: "throttleGain", steering: "steeringGain" },
      delays: [0.02, 0.02],
      noise: [0.001, 0.001, 0.03, 0.005],
    },
  },
  controller: {
    kind: "backstepping",
    parameters: { throttleLimit: 0.75, steeringLimit: 1 },
    positive: ["throttleLimit", "steeringLimit"],
    afterSpins: { throttleLimit: [0.42, 0.36] },
  },
  ...figure8(radius, lapTime, networkPeriod - controlPeriod),
  network: { hidden: [64, 64], scale: [1, 1, 1, 1, 0.25, 0.25, 0.25, 0.1, 0.1, 0.02] },
  nominalGains: [0.45, 0.45, 0.35, 0.35, 0, 0],
  timing: { controlPeriod, stepsPerSegment: 7, networkPeriod, lapTime },
  hardware: { lapTime, networkPeriod, window: { start: 40, length: 30, stride: 1 } },
  bounds: { low: [-10, -10, -20, -1e4], high: [10, 10, 20, 1e4] },
  initialState: [0, 0, 0, Math.PI / 2],
  startSpread: [0.01, 0.01, 0.0001, 0.0004],
  training: {
    rolloutSegments: 156,
    window: { start: 40, length: 0, stride: 0 },
    rollouts: 15,
    modelScale: 0.5,
    // medians of ten seeds, docs/results/learning-rates.md
    learningRate: {
      sgd: { none: 2e-4, segment: 6e-3 },
      adam: { none: 5e-3, segment: 3e-3 },
    },
  },
  metrics: {
    rmsRadialError: { of: "rms", residual: 0, unit: "m" },
    meanSpeed: { of: "mean", state: 2, unit: "m/s" },
  },
};
export default carFigure8;
