import { diagonal, lqr } from "../control/riccati.js";
import type { TaskDefinition } from "./definition.js";

const controlPeriod = 0.02;
const amplitude = 0.5;
/** [s] */
const period = 4;
const real = { cartMass: 1, poleMass: 0.2, length: 0.5, gravity: 9.81 };
/** What the model does not know: the pole's end weighs twice as much as it looks. */
const light = { ...real, poleMass: 0.1 };

/** dx+ = A dx + B du about upright: (M + m sin²) a = u - m g theta, l dw = g theta - a. */
function uprightCartPole({ cartMass, poleMass, length, gravity }: typeof real): {
  A: number[][];
  B: number[][];
} {
  const pull = (-poleMass * gravity) / cartMass;
  const fall = (gravity - pull) / length;
  return {
    A: [
      [1, 0, controlPeriod, 0],
      [0, 1, 0, controlPeriod],
      [0, controlPeriod * pull, 1, 0],
      [0, controlPeriod * fall, 0, 1],
    ],
    B: [[0], [0], [controlPeriod / cartMass], [-controlPeriod / (cartMass * length)]],
  };
}

const upright = uprightCartPole(light);
const [nominalGains] = lqr(upright.A, upright.B, diagonal([10, 10, 1, 1]), diagonal([1]));

/** A cart that goes to and fro, with a pole on top that must not fall. */
export const cartPole: TaskDefinition = {
  name: "cart-pole",
  summary: "cart with a pole, to and fro by 1 m in 4 s, LQR about upright",
  columns: {
    state: ["x [m]", "theta [rad]", "v [m/s]", "w [rad/s]"],
    input: ["force [N]"],
    setpoint: ["x [m]", "theta [rad]", "v [m/s]", "w [rad/s]"],
    gain: ["K1 [N/m]", "K2 [N/rad]", "K3 [N s/m]", "K4 [N s/rad]"],
    reference: ["x [m]", "theta [rad]", "v [m/s]", "w [rad/s]"],
    residual: ["error of the position [m]", "angle, weighted [m]", "force, weighted [m]"],
  },
  model: { kind: "cartPole", parameters: real, raw: light, scalable: ["poleMass"] },
  plants: { nominal: { kind: "nominal", parameters: real, positive: ["cartMass", "length"] } },
  controller: { kind: "cartPoleLqr", parameters: { input1: 0 } },
  reward: {
    kind: "cartPole",
    parameters: { amplitude, period, angleWeight: 0.1, forceWeight: 1e-4 },
    notNegative: ["angleWeight", "forceWeight"],
  },
  reference: { kind: "hold4", parameters: {} },
  task: { kind: "cartPole", parameters: { amplitude, period }, positive: ["period"] },
  network: { hidden: [64, 64], scale: [1, 0.3, 1, 1, ...nominalGains.map((gain) => Math.abs(gain) / 4)] },
  nominalGains,
  timing: { controlPeriod, stepsPerSegment: 5, networkPeriod: 0.1, lapTime: period },
  bounds: { low: [-20, -100, -100, -100], high: [20, 100, 100, 100] },
  initialState: [0, 0, 0, 0],
  startSpread: [0.02, 0.02, 0, 0],
  training: {
    rolloutSegments: 120,
    window: { start: 40, length: 0, stride: 0 },
    rollouts: 15,
    modelScale: 0.5,
    learningRate: {
      sgd: { none: 1e-4, segment: 1e-3 },
      adam: { none: 3e-3, segment: 3e-3 },
    },
  },
  metrics: { rmsPositionError: { of: "rms", residual: 0, unit: "m" } },
  aims: [{ name: "x [m]", residual: 0, factor: 1, of: { state: 0 } }],
};
export default cartPole;
