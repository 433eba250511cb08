/**
 * What a control step costs the estimator of a robot's place: movements at 50 Hz, and poses from outside at 30 Hz that
 * come 80 ms late, so that after each the last movements are gone through again.
 */
import { Estimator } from "../src/estimation/estimator.js";
import { newMotion } from "../src/estimation/motion.js";
import { quantile } from "../src/statistics.js";

export interface EstimatorTiming {
  /** of a step, over all [ns] */
  readonly median: number;
  /** 99 of 100 are shorter */
  readonly most: number;
}

const PERIOD = 0.02;
const POSES_EVERY = 1 / 30;
const LATE = 0.08;
/** On a circle [m/s], [rad/s]. */
const SPEED = 2;
const RATE = 1.5;
const WARM_UP = 5000;

export function measureEstimator(steps: number): EstimatorTiming {
  const estimator = new Estimator({ outside: true });
  estimator.place(0, 0, 0);
  const motion = { ...newMotion(), seconds: PERIOD, distance: SPEED * PERIOD, speed: SPEED, turn: RATE * PERIOD };
  motion.rate = RATE;
  const pose = new Float64Array(5);
  const taken: number[] = [];
  let seen = 0;
  for (let i = 1; i <= WARM_UP + steps; i++) {
    motion.time = i * PERIOD;
    const begun = process.hrtime.bigint();
    for (; seen + LATE <= motion.time; seen += POSES_EVERY) {
      const turn = RATE * seen;
      const radius = SPEED / RATE;
      pose.set([seen, seen + LATE, radius * Math.sin(turn), radius * (1 - Math.cos(turn)), turn]);
      estimator.observe(pose);
    }
    estimator.move(motion);
    if (i > WARM_UP) taken.push(Number(process.hrtime.bigint() - begun));
  }
  if (estimator.believed < (steps * PERIOD) / POSES_EVERY / 2)
    throw new Error("the estimator did not believe its poses");
  taken.sort((a, b) => a - b);
  return { median: quantile(taken, 0.5), most: quantile(taken, 0.99) };
}
