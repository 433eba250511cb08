import { carFigure8 } from "./car-figure8.js";
import type { TaskDefinition } from "./definition.js";
import { figure8 } from "./figure8.js";

const radius = 1.5;
/** Time of a lap [s] at a speed [m/s]. */
const lapAt = (speed: number) => (4 * Math.PI * radius) / speed;
/** the authors' simulation asks for 0.75 m/s, their robot for 0.85 */
const lapTime = lapAt(0.75);
const hardwareLapTime = lapAt(0.85);
const networkPeriod = lapTime / 40;
const controlPeriod = 0.1;

/** The paper's model (12). */
const raw = { speedGain: 1, response: 1, turnGain: 1, turnBias: 0 };

/**
 * The paper's Unitree Go1: the car's figure-8 at walking speed, speed and turn rate commanded; numbers of the authors'
 * simulation and robot.
 */
export const quadrupedFigure8: TaskDefinition = {
  name: "quadruped-figure8",
  summary: "Go1 quadruped, figure-8 of two 3 m circles in 25 s, planar backstepping, kinematic model (12)",
  columns: {
    ...carFigure8.columns,
    input: ["forward speed [m/s]", "turn rate [rad/s]"],
    gain: ["k_x [1/s]", "k_y [1/s]", "k_vx", "k_phi [1/s]", "k_vy", "k_omega"],
  },
  model: {
    kind: "quadruped",
    parameters: raw,
    raw,
    scalable: ["speedGain", "turnGain"],
    refit: { error: "turnRate", unit: "rad/s" },
  },
  plants: {
    nominal: { kind: "nominal", parameters: { speedGain: 1.18, response: 1, turnGain: 1, turnBias: 0.1 } },
  },
  controller: {
    kind: "planarBackstepping",
    parameters: { speedLimit: 1, turnLimit: 3 },
    positive: ["speedLimit", "turnLimit"],
  },
  ...figure8(radius, lapTime, networkPeriod - controlPeriod),
  network: { hidden: [64, 64], scale: [1, 1, 0, 0, 1, 1, 0.0025, 0.25, 0.0025, 0.5] },
  nominalGains: [0.5, 0.5, 0, 2.5, 0, 0],
  timing: { controlPeriod, stepsPerSegment: 6, networkPeriod, lapTime },
  hardware: {
    lapTime: hardwareLapTime,
    networkPeriod: hardwareLapTime / 40,
    window: { start: 10, length: 30, stride: 1 },
  },
  bounds: { low: [-10, -10, -20, -1e4], high: [10, 10, 20, 1e4] },
  initialState: [0, 0, 0, Math.PI / 2],
  startSpread: [0.01, 0.01, 0.0001, 0.0004],
  training: {
    rolloutSegments: 84,
    window: { start: 10, length: 0, stride: 0 },
    rollouts: 14,
    modelScale: 1,
    // sgd: docs/results/go1.md
    learningRate: {
      sgd: { none: 2e-4, segment: 2e-3 },
      adam: { none: 5e-3, segment: 3e-3 },
    },
  },
  metrics: {
    rmsRadialError: { of: "rms", residual: 0, unit: "m" },
    meanSpeed: { of: "mean", state: 2, unit: "m/s" },
  },
};
export default quadrupedFigure8;
