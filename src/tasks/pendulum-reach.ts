import { diagonal, identity, lqr, multiply, solve, sum } from "../control/riccati.js";
import { UserError } from "../errors.js";
import type { TaskDefinition } from "./definition.js";

const controlPeriod = 0.01;
/** [s] */
const duration = 3;
/** The true arm. */
const arm = { mass1: 0.1, mass2: 0.1, length1: 1, length2: 1, gravity: 1 };
/**
 * What the paper's second experiment takes for the model: half the masses. LQR and gravity compensation are always
 * designed with it.
 */
const light = { ...arm, mass1: 0.05, mass2: 0.05 };
/**
 * The authors' 5 pi/8 counts from straight down, as their target shows: 2 cos(3 pi/8) = -2 cos(5 pi/8) is the height of
 * an arm stretched that way. From the horizontal it is pi/8 [rad]. Its cosine as a number, because Math.cos differs
 * between processors in the last bit.
 */
const start1 = Math.PI / 8;
const START_COSINE = 0.9238795325112867;

/** dx+ = A dx + B du of the arm about its upright position, where M a = u + S dtheta. */
export function uprightArm({ mass1, mass2, length1, length2, gravity }: typeof arm): { A: number[][]; B: number[][] } {
  const m22 = mass2 * length2 * length2;
  const m12 = mass2 * length1 * length2 + m22;
  const m11 = (mass1 + mass2) * length1 * length1 + 2 * mass2 * length1 * length2 + m22;
  const lower = gravity * mass2 * length2;
  const stiffness = [
    [gravity * (mass1 + mass2) * length1 + lower, lower],
    [lower, lower],
  ];
  const perMass = solve(
    [
      [m11, m12],
      [m12, m22],
    ],
    identity(2),
  );
  if (!perMass) throw new UserError("an arm whose mass matrix cannot be inverted: masses and lengths must be above 0");
  const dt = (row: readonly number[]) => row.map((value) => controlPeriod * value);
  const none = [0, 0];
  const a = multiply(perMass, stiffness).map(dt);
  const rates = [...identity(2).map((row) => [...none, ...dt(row)]), ...a.map((row) => [...row, ...none])];
  return { A: sum(identity(4), rates), B: [none, none, ...perMass.map(dt)] };
}

const upright = uprightArm(light);
const K = lqr(upright.A, upright.B, diagonal([250, 250, 10, 10]), identity(2));
const nominalGains = [K[0][0], K[1][1], K[0][2], K[1][3]];

/**
 * The paper's figure 2: an arm of two links whose end has to be at a point; the network moves the setpoint and the
 * gains of an LQR.
 */
export const pendulumReach: TaskDefinition = {
  name: "pendulum-reach",
  summary: "double pendulum, end effector to a point within 3 s, LQR about upright, Lynch & Park's model",
  columns: {
    state: ["theta1 [rad]", "theta2 [rad]", "w1 [rad/s]", "w2 [rad/s]"],
    input: ["torque 1 [N m]", "torque 2 [N m]"],
    setpoint: ["theta1 [rad]", "theta2 [rad]", "w1 [rad/s]", "w2 [rad/s]"],
    gain: ["K11 [N m]", "K22 [N m]", "K13 [N m s]", "K24 [N m s]"],
    reference: ["theta1 [rad]", "theta2 [rad]", "w1 [rad/s]", "w2 [rad/s]"],
    residual: ["x of the end, from the target [m]", "y of the end, from the target [m]"],
  },
  model: { kind: "doublePendulum", parameters: arm, raw: light, scalable: ["mass1", "mass2"] },
  plants: {
    nominal: { kind: "nominal", parameters: arm, positive: ["mass1", "mass2", "length1", "length2"] },
  },
  controller: {
    kind: "stateFeedback42",
    parameters: { input1: 0, input2: 0, K12: K[0][1], K14: K[0][3], K21: K[1][0], K23: K[1][2] },
  },
  reward: { kind: "reach", parameters: { targetX: 1.7, targetY: 0.7653668647301796, length1: 1, length2: 1 } },
  reference: { kind: "hold4", parameters: {} },
  task: {
    kind: "reach",
    parameters: { setpoint1: Math.PI / 2, setpoint2: 0, start1, start2: 0, clockPeriod: duration },
    positive: ["clockPeriod"],
  },
  network: { hidden: [64, 64], scale: [Math.PI, Math.PI, 1, 1, ...nominalGains.map((value) => value / 2)] },
  nominalGains,
  unpaced: "has one target that does not move: nothing of it could be reached earlier or later",
  timing: { controlPeriod, stepsPerSegment: 10, networkPeriod: 0.1 },
  bounds: { low: [-1e3, -1e3, -1e3, -1e3], high: [1e3, 1e3, 1e3, 1e3] },
  initialState: [start1, 0, 0, 0],
  startSpread: [Math.PI / 8, 0, 0, 0],
  training: {
    rolloutSegments: 30,
    window: { start: 0, length: 0, stride: 0 },
    rollouts: 40,
    modelScale: 0.5,
    learningRate: {
      sgd: { none: 5e-5, segment: 5e-4 }, // of the sweep of `reproduce figure2`, with half the masses
      adam: { none: 2e-3, segment: 2e-3 },
    },
  },
  metrics: { rmsErrorX: { of: "rms", residual: 0, unit: "m" }, rmsErrorY: { of: "rms", residual: 1, unit: "m" } },
  aims: [
    { name: "x of the end [m]", residual: 0, factor: 1, of: { rewardParameter: "targetX" } },
    { name: "y of the end [m]", residual: 1, factor: 1, of: { rewardParameter: "targetY" } },
  ],
};

/**
 * The same without low-level feedback: the network gives torques at every control step, on top of those that would hold
 * the designer's arm at the mean start against gravity.
 */
export const pendulumReachOpen: TaskDefinition = {
  ...pendulumReach,
  name: "pendulum-reach-open",
  summary: "the same arm without low-level feedback: torques straight from the network, at every control step",
  columns: {
    ...pendulumReach.columns,
    setpoint: ["torque 1 [N m]", "torque 2 [N m]"],
    gain: [],
    reference: ["torque 1 [N m]", "torque 2 [N m]"],
  },
  controller: {
    kind: "openLoop42",
    parameters: {
      input1:
        light.gravity * ((light.mass1 + light.mass2) * light.length1 + light.mass2 * light.length2) * START_COSINE,
      input2: light.gravity * light.mass2 * light.length2 * START_COSINE,
    },
  },
  reference: { kind: "hold2", parameters: {} },
  task: { ...pendulumReach.task, kind: "reachOpen" },
  network: { hidden: [64, 64], scale: [1, 1] },
  nominalGains: [],
  timing: { controlPeriod, stepsPerSegment: 1, networkPeriod: controlPeriod },
  training: {
    ...pendulumReach.training,
    rolloutSegments: 300,
    rollouts: 80,
    batch: 5, // a single start misleads: without feedback the next one needs other torques
    learningRate: {
      sgd: { none: 2e-6, segment: 2e-6 },
    },
  },
};
export default [pendulumReach, pendulumReachOpen];
