/** What is measured of a car that somebody pushes in curves, with poses from outside, right or wrong. */
import { wrapAngle } from "../../src/angles.js";
import { type Measured, MotionColumn, PoseColumn, Verdict } from "../../src/estimation/measured.js";
import { uniformFrom } from "../../src/statistics.js";
import { normalFrom } from "./sensed-drive.js";

const PERIOD = 0.02;

export interface PushErrors {
  /** what the wheel counts of a metre, the gyro of a turn, and its bias [rad/s] */
  readonly wheel?: number;
  readonly gyro?: number;
  readonly bias?: number;
  /** poses are older than they say [s], turned on the car [rad], and so many of their units make a metre */
  readonly late?: number;
  readonly turned?: number;
  readonly unit?: number;
  /** of another object, that lies still */
  readonly isOther?: boolean;
  readonly seconds?: number;
  readonly isSeldomBelieved?: boolean;
}

/** Speed and turn rate of a hand that pushes a car in curves [m/s], [rad/s]; at first it stands. */
const pushed = (time: number) => (time < 3 ? 0 : 0.7 + 0.3 * Math.sin(1.3 * time));
const turning = (time: number) => (time < 3 ? 0 : 1.5 * Math.sin(0.9 * time) + 0.8 * Math.sin(2.3 * time));

/** In 30 s, of which it stands for the first three. */
export function measuredPush(errors: PushErrors): Measured {
  const { wheel = 1, gyro = 1, bias = 0, late = 0, turned = 0, unit = 1, isOther = false, seconds = 30 } = errors;
  const normal = normalFrom(5);
  const uniform = uniformFrom(7);
  const path: number[][] = [];
  let [x, y, phi] = [1, 2, 0.3];
  const motions: number[] = [];
  for (let i = 0; i * PERIOD < seconds; i++) {
    const time = i * PERIOD;
    path.push([x, y, phi]);
    const [way, turn] = [pushed(time) * PERIOD, turning(time) * PERIOD];
    const row = new Float64Array(MotionColumn.count);
    row[MotionColumn.time] = time + PERIOD;
    row[MotionColumn.seconds] = PERIOD;
    row[MotionColumn.distance] = wheel * way;
    row[MotionColumn.turn] = gyro * turn + bias * PERIOD + 0.0003 * normal();
    motions.push(...row);
    x += way * Math.cos(phi + 0.5 * turn);
    y += way * Math.sin(phi + 0.5 * turn);
    phi += turn;
  }
  const poses: number[] = [];
  for (let i = 0; i < path.length; i += 2) {
    const row = new Float64Array(PoseColumn.count);
    const [trueX, trueY, truePhi] = path[isOther ? 0 : i];
    row[PoseColumn.seconds] = i * PERIOD + late;
    row[PoseColumn.arrived] = i * PERIOD + late + 0.02;
    row[PoseColumn.x] = unit * (trueX + 0.005 * normal());
    row[PoseColumn.y] = unit * (trueY + 0.005 * normal());
    row[PoseColumn.heading] = wrapAngle(truePhi + turned + 0.01 * normal());
    const isContradicted = errors.isSeldomBelieved === true && uniform() < 0.4;
    row[PoseColumn.verdict] = isContradicted ? Verdict.contradicted : Verdict.believed;
    poses.push(...row);
  }
  const [begin, clock] = [new Float64Array(0), 0];
  return { begin, clock, motions: Float64Array.from(motions), poses: Float64Array.from(poses) };
}
