/**
 * A drive of a simulated car as its sensors and something outside it measure it: wheel ticks with a wrong scale and
 * slip, a gyro with a bias that drifts, poses that are late, irregular, noisy, lost and sometimes wrong. Then what an
 * estimator makes of it.
 */
import { DEGREE, wrapAngle } from "../../src/angles.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { EstimatorSettings } from "../../src/estimation/entries.js";
import { Estimator } from "../../src/estimation/estimator.js";
import { newMotion } from "../../src/estimation/motion.js";
import { SenderClock } from "../../src/pose/sender-clock.js";
import { coreFor } from "../../src/session.js";
import { uniformFrom } from "../../src/statistics.js";

/** What the sensors do. */
export interface SensorErrors {
  /** of the gyro [rad/s], and its drift [rad/s per s] */
  readonly bias: number;
  readonly drift: number;
  /** parts by which wheel and gyro measure too little */
  readonly travel: number;
  readonly gyroScale: number;
  /** slip of the wheel per acceleration [s²/m] */
  readonly slip: number;
  /** per tick [m]; random error per √m */
  readonly tick: number;
  readonly wheelNoise: number;
  /** random error per √s [rad] */
  readonly gyroNoise: number;
  /** poses per second, how late they are and its standard deviation [s], and what of that they do not say [s] */
  readonly rate: number;
  readonly late: number;
  readonly jitter: number;
  readonly unsaid: number;
  /** they say when they were true; if not, when they arrive */
  readonly isStamped: boolean;
  /** they say it by a clock of their own, and are dated as those of any source are */
  readonly hasClock: boolean;
  /** standard deviations [m], [rad], parts that are lost and wrong, by how much [m] */
  readonly position: number;
  readonly heading: number;
  readonly lost: number;
  readonly wrong: number;
  readonly wrongBy: number;
  /** without poses [s]: from, to */
  readonly gap?: readonly [number, number];
  /** what the car has */
  readonly hasWheel: boolean;
  readonly hasGyro: boolean;
}

export const ERRORS: SensorErrors = {
  bias: 0.1 * DEGREE,
  drift: (0.02 * DEGREE) / 60,
  travel: 0.01,
  gyroScale: 0.003,
  slip: 0.002,
  tick: 0.005,
  wheelNoise: 0.003,
  gyroNoise: 0.0003,
  rate: 30,
  late: 0.08,
  jitter: 0.03,
  unsaid: 0.03,
  isStamped: true,
  hasClock: false,
  position: 0.005,
  heading: 0.01,
  lost: 0.05,
  wrong: 0.01,
  wrongBy: 0.3,
  hasWheel: true,
  hasGyro: true,
};

/** A drive as it truly was: rows x, y, v, phi, and the time of each [s]. */
export interface TrueDrive {
  readonly states: Float64Array;
  readonly times: Float64Array;
}

/** What our clock is ahead of that of the sender [s]. */
const EPOCH = 100;
const HEARD_FOR = 3;

/** Drives a plant by the untrained controller, from rest. */
export async function trueDrive(given: PartialConfig, laps: number): Promise<TrueDrive> {
  const config = completeConfig({ ...given, "update-every": "rollout", window: "0:0:0" });
  const core = await coreFor(config, 1, laps * 40);
  const { initialState, timing } = core.setup.task;
  core.writeStart(initialState, 0);
  core.rollOut(0, laps * 40);
  const [steps] = core.view("counts", 0);
  const times = Float64Array.from({ length: steps + 1 }, (_, t) => t * timing.controlPeriod);
  return { states: core.view("states", 0).slice(0, 4 * (steps + 1)), times };
}

/** Numbers of variance 1. */
export function normalFrom(seed: number): () => number {
  const uniform = uniformFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

interface SentPose {
  readonly seconds: number;
  readonly arrives: number;
  readonly x: number;
  readonly y: number;
  readonly heading: number;
}

/** Where the car truly was at a time [s]: along the arc between two steps, of which `k` is the first. */
function poseAt({ states, times }: TrueDrive, k: number, time: number): readonly [number, number, number] {
  const part = (time - times[k]) / (times[k + 1] - times[k]);
  const [x, y, , phi] = states.subarray(4 * k);
  const [nextX, nextY, , nextPhi] = states.subarray(4 * k + 4);
  const turn = wrapAngle(nextPhi - phi);
  // the chord of a part of the arc: turned back by half of the turn that is left
  const [dx, dy] = [nextX - x, nextY - y];
  const back = -0.5 * turn * (1 - part);
  const [cos, sin] = [Math.cos(back), Math.sin(back)];
  return [x + part * (cos * dx - sin * dy), y + part * (sin * dx + cos * dy), phi + part * turn];
}

/** Poses in the order in which they arrive. */
function sentPoses(drive: TrueDrive, errors: SensorErrors, seed: number): SentPose[] {
  const uniform = uniformFrom(seed);
  const normal = normalFrom(seed + 1);
  const poses: SentPose[] = [];
  const { times } = drive;
  let k = 0;
  const clock = new SenderClock(() => {});
  // it is heard for a while before the car drives
  for (let time = -HEARD_FOR; errors.hasClock && time < 0; time += 1 / errors.rate)
    clock.date(time, time, time + EPOCH + Math.max(0.01, errors.late + errors.jitter * normal()));
  for (let time = times[0] + 0.003; time < times[times.length - 1]; time += 1 / errors.rate) {
    while (times[k + 1] < time) k++;
    const isLost = uniform() < errors.lost;
    const isWrong = uniform() < errors.wrong && poses.length > 0;
    const side = 2 * Math.PI * uniform();
    const late = Math.max(0.01, errors.late + errors.jitter * normal());
    const by = isWrong ? errors.wrongBy : 0;
    const [x, y, phi] = poseAt(drive, k, time);
    const pose = {
      seconds: time + (errors.isStamped ? errors.unsaid : late),
      arrives: time + late,
      x: x + errors.position * normal() + by * Math.cos(side),
      y: y + errors.position * normal() + by * Math.sin(side),
      heading: wrapAngle(phi + errors.heading * normal()),
    };
    const isGap = errors.gap !== undefined && time > errors.gap[0] && time < errors.gap[1];
    if (!isLost && !isGap) poses.push(pose);
  }
  poses.sort((a, b) => a.arrives - b.arrives);
  if (!errors.hasClock) return poses;
  return poses.map((pose) => ({
    ...pose,
    seconds: clock.date(pose.seconds, pose.seconds, pose.arrives + EPOCH) - EPOCH,
  }));
}

export interface DriveFound {
  /** distance of the estimate from the truth at every control step [m]; NaN before the first pose */
  readonly errors: Float64Array;
  /** standard deviation that the estimator gave there [m] */
  readonly uncertainties: Float64Array;
  /** of the poses, as they came: chi square with three degrees of freedom */
  readonly surprises: readonly number[];
  readonly estimator: Estimator;
  /** how long each step took with its poses [µs] */
  readonly micros: Float64Array;
  /** at the end */
  readonly trueBias: number;
}

/** Drives the estimator by what is measured of a drive. */
export function estimated(
  drive: TrueDrive,
  errors: SensorErrors,
  seed: number,
  settings: Partial<EstimatorSettings> = {},
): DriveFound {
  const { states, times } = drive;
  const steps = states.length / 4 - 1;
  const normal = normalFrom(seed + 7);
  const estimator = new Estimator({ outside: true, position: errors.position, heading: errors.heading, ...settings });
  const poses = sentPoses(drive, errors, seed);
  const found = { errors: new Float64Array(steps), uncertainties: new Float64Array(steps), surprises: [] as number[] };
  const micros = new Float64Array(steps);
  const motion = newMotion();
  const state = new Float64Array(4);
  let [odometer, ticks, bias, next] = [0, 0, errors.bias, 0];
  for (let t = 0; t < steps; t++) {
    const now = times[t + 1];
    const period = now - times[t];
    const [x, y, v, phi] = states.subarray(4 * t);
    const [nextX, nextY, nextV, nextPhi] = states.subarray(4 * t + 4);
    const turn = wrapAngle(nextPhi - phi);
    const middle = phi + 0.5 * turn;
    const way = (nextX - x) * Math.cos(middle) + (nextY - y) * Math.sin(middle);
    const slipped = 1 + (errors.slip * (nextV - v)) / period;
    odometer += (way * slipped) / (1 + errors.travel) + errors.wheelNoise * Math.sqrt(Math.abs(way)) * normal();
    const ticked = Math.floor(odometer / errors.tick);
    bias += errors.drift * period;
    motion.time = now;
    motion.seconds = period;
    motion.distance = errors.hasWheel ? (ticked - ticks) * errors.tick : Number.NaN;
    motion.speed = errors.hasWheel ? nextV / (1 + errors.travel) + 0.01 * normal() : Number.NaN;
    const noise = (errors.gyroNoise * normal()) / Math.sqrt(period);
    const rate = turn / period / (1 + errors.gyroScale) + bias + noise;
    motion.turn = errors.hasGyro ? rate * period : Number.NaN;
    motion.rate = errors.hasGyro ? rate : Number.NaN;
    ticks = ticked;
    const began = process.hrtime.bigint();
    for (; next < poses.length && poses[next].arrives <= now; next++) {
      const { seconds, arrives, x, y, heading } = poses[next];
      estimator.observe(Float64Array.of(seconds, arrives, x, y, heading));
    }
    const seen = estimator.believed + estimator.contradicted;
    estimator.move(motion);
    if (estimator.believed + estimator.contradicted > seen) found.surprises.push(estimator.surprise);
    micros[t] = Number(process.hrtime.bigint() - began) / 1000;
    estimator.predict(0, state);
    found.errors[t] = next === 0 ? Number.NaN : Math.hypot(state[0] - nextX, state[1] - nextY);
    found.uncertainties[t] = estimator.uncertainty;
  }
  return { ...found, micros, estimator, trueBias: bias };
}
