/**
 * What an engineer does with an identified model and without learning: feed-forward that drives the lap as the fitted
 * model says, and feedback gains by LQR about steady driving. Both are found again as the model is fitted to more
 * driving. It believes the model: what that cannot explain stays.
 */
import { diagonal, lqr, type Matrix } from "../control/riccati.js";
import type { Core } from "../core/core.js";
import type { ClassicalRule, LapLearner } from "./classical.js";
import type { LapDrive } from "./lap-drive.js";
import { SetpointTable } from "./setpoint-table.js";

/** Gauss-Newton steps of a plan, and laps after which one is made anew: often at first, then every fourth. */
const STEPS = 4;
const isPlanned = (lap: number) => lap <= 4 || lap % 4 === 0;
/** Laps that a plan looks ahead, the last of which counts. */
const AHEAD = 2;
/** Held back ten times more after a step that did not pay. */
const FACTOR = 10;
const MOST_CHANGE = 1e6;

export const refit: ClassicalRule = {
  name: "refit",
  label: "fitted model: planned feed-forward and LQR",
  settings: { change: 2.53, roughness: 0.0142, effort: 0.00209, along: 0.039 },
  start(laps, { change, roughness, effort, along }) {
    const { drive } = laps;
    const table = new SetpointTable(laps.lapTime);
    const action = new Float64Array(drive.scale.length);
    const act = (taskTime: number) => {
      table.at(taskTime, action);
      return action;
    };
    let lap = 0;
    return {
      act,
      learn() {
        laps.fit();
        if (!isPlanned(++lap)) return;
        setGains(laps, action, { effort, along });
        plan(laps, table, act, { change, roughness });
      },
    };
  },
};

type Act = LapLearner["act"];

/** The table that costs least in the model, driven on from where the car is. */
function plan(
  laps: LapDrive,
  table: SetpointTable,
  act: Act,
  { change, roughness }: { readonly change: number; readonly roughness: number },
): void {
  const drive = () => driveModel(laps, act);
  let best = drive();
  let held = change;
  for (let i = 0; i < STEPS && held <= MOST_CHANGE; i++) {
    const before = table.values;
    laps.vary();
    laps.core.replay(laps.planSlot, "recalled", false, true);
    table.values = table.improved(laps, laps.planSlot, { change: held, roughness });
    const cost = drive();
    if (cost < best) {
      best = cost;
      continue;
    }
    table.values = before;
    held *= FACTOR;
    drive(); // what the next step starts from
  }
}

/** Drives the model alone from where the car is; the cost of the last lap, infinite if it leaves its bounds. */
function driveModel({ core, drive, lap, planSlot }: LapDrive, act: Act): number {
  core.driveOn(planSlot, drive.slot, 1);
  core.recordModelError(planSlot);
  const disturbances = core.view("disturbances", planSlot);
  const start = core.view("counts", planSlot)[core.exports.Counts.startTime];
  const { controlPeriod } = core.setup.task.timing;
  for (let j = 1; j < AHEAD * lap; j++) {
    drive.setOutputs(act(start + drive.steps(planSlot) * controlPeriod));
    disturbances.fill(0); // the model is believed
    if (!core.tryForesee(planSlot, 1)) return Number.POSITIVE_INFINITY;
  }
  return drive.costsOfLast(lap, planSlot).reduce((sum, cost) => sum + cost, 0);
}

/** Weights of an LQR: of the inputs, and of the error along the path, which costs nothing. */
interface Weights {
  readonly effort: number;
  readonly along: number;
}

/** Position, speed and heading across or along a straight path in the direction of x; of the model (x, y, v, phi). */
const [X, Y, V, PHI] = [0, 1, 2, 3];
const [THROTTLE, STEERING] = [0, 1];

/**
 * Gains of the tracking controller from an LQR about driving straight on at the task's speed: for small errors along
 * and across the path, e_s and e_n, it is throttle = -k_v (e_v + k_x e_s), steering = -k_phi (e_phi + k_y e_n / v).
 * Delays of the inputs are states of the LQR. The car goes in all directions, so k_x and k_y are one number, the mean.
 */
function setGains(laps: LapDrive, action: Float64Array, weights: Weights): void {
  const { core, drive } = laps;
  const { nominalGains, columns } = core.setup.task;
  const speed = taskSpeed(core);
  const K = gainMatrix(core, speed, weights);
  if (!K) return; // the model has no such gains yet: the last ones stay
  const kV = K[THROTTLE][V];
  const kPhi = K[STEERING][PHI];
  const k = (K[THROTTLE][X] / kV + (K[STEERING][Y] * speed) / kPhi) / 2;
  if (!(kV > 0 && kPhi > 0 && k > 0)) return;
  const wanted = [k, k, kV, kPhi];
  for (const [i, gain] of wanted.entries()) {
    const output = columns.setpoint.length + i;
    action[output] = Math.min(1, Math.max(-1, (gain - nominalGains[i]) / drive.scale[output]));
  }
}

/** Speed of the task [m/s]: that of a setpoint. */
function taskSpeed(core: Core): number {
  core.nominalSetpoint(0);
  const [, , vx, vy] = core.view("probe");
  return Math.hypot(vx, vy);
}

/** K of u = -K x with the residuals' weights; undefined if the model cannot be steered. */
function gainMatrix(core: Core, speed: number, { effort, along }: Weights): number[][] | undefined {
  const [a, b] = linearised(core, speed);
  const delays = Array.from(core.view("inputDelays"));
  const n = a.length + delays.reduce((sum, delay) => sum + delay, 0);
  const A = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const B = Array.from({ length: n }, () => new Array<number>(delays.length).fill(0));
  for (const [i, row] of a.entries()) A[i].splice(0, row.length, ...row);
  // behind the state, the inputs that have not acted yet, of each input the oldest first
  let place = a.length;
  for (const [k, delay] of delays.entries()) {
    for (let i = 0; i < a.length; i++) {
      if (delay === 0) B[i][k] = b[i][k];
      else A[i][place] = b[i][k];
    }
    for (let i = 0; i + 1 < delay; i++) A[place + i][place + i + 1] = 1;
    if (delay > 0) B[place + delay - 1][k] = 1;
    place += delay;
  }
  const { speedWeight = 0, headingWeight = 0 } = core.setup.task.reward.parameters;
  const weights = [along, 1, speedWeight, headingWeight, ...new Array<number>(n - a.length).fill(0)];
  try {
    return lqr(A, B, diagonal(weights), diagonal(delays.map(() => effort)));
  } catch {
    return undefined; // at first the fitted model may be one that no input moves
  }
}

/** A and B of the model at the task's speed along x, by central differences of its step. */
function linearised(core: Core, speed: number): [Matrix, Matrix] {
  const SMALL = 1e-4;
  const at = [0, 0, speed, 0, 0, 0];
  const step = (change: number, by: number) => {
    const probe = core.view("probe");
    probe.set(at);
    probe[change] += by;
    core.evaluateLaw("model");
    const { columns } = core.shapeOf("probe");
    return Array.from(probe.subarray(2 * columns, 2 * columns + 4));
  };
  const columns = at.map((_, k) => {
    const [up, down] = [step(k, SMALL), step(k, -SMALL)];
    return up.map((value, i) => (value - down[i]) / (2 * SMALL));
  });
  const rows = (from: number, to: number) =>
    [X, Y, V, PHI].map((i) => columns.slice(from, to).map((column) => column[i]));
  return [rows(0, 4), rows(4, 6)];
}
