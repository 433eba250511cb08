/** Dead reckoning, equations (O1) to (O5). */
import { expect, test } from "@jest/globals";
import { DeadReckoning } from "../../src/odometry/dead-reckoning.js";
import { randomNumbers } from "../support/cores.js";

/** of equation (O3) */
const ALONG = 0.02;
const TURN_BY_DISTANCE = 0.005;
const TURN_BY_TIME = 0.002;

const PERIOD = 0.02;
type Movement = readonly [distance: number, turn: number];

function driven(steps: readonly Movement[], x = 0, y = 0, phi = 0): DeadReckoning {
  const car = new DeadReckoning();
  car.place(x, y, phi);
  for (const [distance, turn] of steps) car.advance({ distance, turn, seconds: PERIOD });
  return car;
}

/** `count` equal steps along an arc of `distance` [m] that turns by `turn` [rad] in all. */
const arc = (count: number, distance: number, turn: number): Movement[] =>
  Array.from({ length: count }, () => [distance / count, turn / count]);

test("straight on, and backwards over the same path", () => {
  const car = driven(arc(100, 7, 0), 1, 2, Math.PI / 6);
  expect(car.x).toBeCloseTo(1 + 7 * Math.cos(Math.PI / 6), 12);
  expect(car.y).toBeCloseTo(2 + 7 * Math.sin(Math.PI / 6), 12);
  expect(car.phi).toBe(Math.PI / 6);
  const back = driven([...arc(100, 7, 1), ...arc(100, -7, -1)], 1, 2, 0.3);
  expect([back.x, back.y, back.phi].map((value) => Number(value.toFixed(12)))).toStrictEqual([1, 2, 0.3]);
});

test("one step along an arc ends in the chord's direction, too far by s turn² / 24", () => {
  for (const turn of [0.4, 0.2, 0.1]) {
    const car = driven([[1, turn]]);
    const exact = [Math.sin(turn) / turn, (1 - Math.cos(turn)) / turn];
    const [x = 0, y = 0] = exact;
    expect(Math.atan2(car.y, car.x)).toBeCloseTo(Math.atan2(y, x), 12);
    // the next term of sin(h)/h is h⁴/120 with h = turn/2: relative to turn²/24 below turn²/80
    const tooFar = Math.hypot(car.x, car.y) - Math.hypot(x, y);
    expect(Math.abs(tooFar / (turn ** 2 / 24) - 1)).toBeLessThan(turn ** 2 / 79);
  }
});

test("a circle closes", () => {
  const car = driven(arc(275, 9.42, 2 * Math.PI), 1.5, 0, Math.PI / 2);
  expect(Math.hypot(car.x - 1.5, car.y)).toBeLessThan(1e-13);
  expect(car.phi - Math.PI / 2).toBeCloseTo(2 * Math.PI, 12);
});

test("carried forward it is where it will be at the same speed and yaw rate", () => {
  const car = driven(arc(10, 0.5, 0.3), 1, -2, 0.5);
  car.v = 3;
  car.rate = -2;
  const state = new Float64Array(4);
  car.predict(0.04, state);
  const later = driven(arc(10, 0.5, 0.3), 1, -2, 0.5);
  later.advance({ distance: 3 * 0.04, turn: -2 * 0.04, seconds: 0.04 });
  expect([...state]).toStrictEqual([later.x, later.y, 3, later.phi]);
  car.predict(0, state);
  expect([...state]).toStrictEqual([car.x, car.y, 3, car.phi]);
});

test("the uncertainty is that of many cars with such errors", () => {
  // a figure of two half circles, 9.4 m in 3 s, which no axis is an axis of
  const steps = [...arc(75, 4.7, Math.PI), ...arc(75, 4.7, -Math.PI)];
  const random = randomNumbers(5);
  const unit = () => Math.sqrt(3) * random(); // of variance 1
  const cars = 4000;
  let [xx, xy, yy] = [0, 0, 0];
  const believed = driven(steps, 0, 0, 0.7);
  for (let i = 0; i < cars; i++) {
    const car = driven(
      steps.map(([distance, turn]): Movement => {
        const ofTurn = Math.sqrt(TURN_BY_DISTANCE ** 2 * Math.abs(distance) + TURN_BY_TIME ** 2 * PERIOD);
        return [distance + ALONG * Math.sqrt(Math.abs(distance)) * unit(), turn + ofTurn * unit()];
      }),
      0,
      0,
      0.7,
    );
    const [dx, dy] = [car.x - believed.x, car.y - believed.y];
    xx += (dx * dx) / cars;
    xy += (dx * dy) / cars;
    yy += (dy * dy) / cars;
  }
  const sigma = Math.sqrt((xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy));
  // a standard deviation from n samples has a relative error of 1/√(2n), 1.1 %; three of them
  expect(Math.abs(believed.uncertainty / sigma - 1)).toBeLessThan(3 / Math.sqrt(2 * cars));
  expect(believed.uncertainty).toBeGreaterThan(0.05);
  believed.place(0, 0, 0);
  expect(believed.uncertainty).toBe(0);
});

test("straight on, the uncertainty has a closed form", () => {
  // n steps of distance d and heading noise q each: across, the variance is q d² Σ k² over k = 0 .. n-1; along, 0.02² n
  // d
  const [n, d] = [200, 0.06];
  const q = TURN_BY_DISTANCE ** 2 * d + TURN_BY_TIME ** 2 * PERIOD;
  const across = (q * d * d * ((n - 1) * n * (2 * n - 1))) / 6;
  expect(driven(arc(n, n * d, 0)).uncertainty).toBeCloseTo(Math.sqrt(Math.max(across, ALONG ** 2 * n * d)), 12);
});
