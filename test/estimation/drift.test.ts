/** What a gyro and a wheel that are a little wrong do to a position, against a car that drives by them. */
import { expect, test } from "@jest/globals";
import { Drift } from "../../src/estimation/drift.js";
import { PRIOR } from "../../src/estimation/entries.js";
import { Estimator } from "../../src/estimation/estimator.js";
import { newMotion } from "../../src/estimation/motion.js";

const DT = 0.02;
const LAP = 275;
const { gyroBias: GYRO_BIAS, gyroScale: GYRO_SCALE, travelScale: WHEEL_SCALE } = PRIOR;
const RATE = (4 * Math.PI) / 5.5;

/** The figure-8 as it is driven: x, y, v, phi of every step and one more; and how far off a car with errors ends. */
function figure8(
  laps: number,
  bias: number,
  gyro: number,
  wheel: number,
): { states: Float64Array; end: readonly number[] } {
  const truth = new Estimator();
  const believed = new Estimator();
  for (const one of [truth, believed]) one.place(0, 0, Math.PI / 2);
  const states: number[] = [0, 0, 1.5 * RATE, Math.PI / 2];
  for (let t = 0; t < laps * LAP; t++) {
    const turn = DT * RATE * (t % LAP < LAP / 2 ? -1 : 1);
    const distance = DT * 1.5 * RATE;
    const common = { ...newMotion(), time: DT * (t + 1), seconds: DT };
    truth.move({ ...common, distance, turn });
    believed.move({ ...common, distance: distance * (1 + wheel), turn: turn * (1 + gyro) + bias * DT });
    states.push(truth.x, truth.y, 1.5 * RATE, truth.phi);
  }
  return { states: Float64Array.from(states), end: [believed.x - truth.x, believed.y - truth.y] };
}

const timesOf = (states: Float64Array) => Float64Array.from({ length: states.length / 4 - 1 }, (_, t) => DT * t);

test("the uncertainty is that of each error, one standard deviation large, together", () => {
  for (const laps of [1, 3.3]) {
    const { states } = figure8(laps, 0, 0, 0);
    const ends = [figure8(laps, GYRO_BIAS, 0, 0), figure8(laps, 0, GYRO_SCALE, 0), figure8(laps, 0, 0, WHEEL_SCALE)];
    const [xx, yy, xy] = [0, 1, 2].map((k) => ends.reduce((sum, { end: [x, y] }) => sum + [x * x, y * y, x * y][k], 0));
    const largest = 0.5 * (xx + yy) + Math.hypot(0.5 * (xx - yy), xy);
    const { positionUncertainty } = new Drift().follow(states, timesOf(states));
    expect(positionUncertainty / Math.sqrt(largest)).toBeCloseTo(1, 1);
    expect(positionUncertainty).toBeGreaterThan(0.01);
  }
});

test("it grows from lap to lap until the robot is placed anew, and so does what it hides from the cost", () => {
  const { states } = figure8(1, 0, 0, 0);
  const times = timesOf(states);
  const drift = new Drift();
  const laps = Array.from({ length: 20 }, () => drift.follow(states, times));
  for (let k = 2; k < 20; k++) {
    expect(laps[k].positionUncertainty).toBeGreaterThan(laps[k - 1].positionUncertainty);
    expect(laps[k].hiddenCost).toBeGreaterThan(laps[k - 1].hiddenCost);
  }
  // a gyro's scale turns both circles of the figure-8 the same way: it shifts by 4 pi r of it in every lap
  const shift = 20 * 4 * Math.PI * 1.5 * GYRO_SCALE;
  expect(laps[19].positionUncertainty / shift).toBeCloseTo(1, 1);
  expect(laps[19].hiddenCost / (0.5 * LAP * shift * shift)).toBeCloseTo(1, 0);
  drift.place();
  expect(drift.follow(states, times)).toEqual(laps[0]);
});
