/** Movements of the estimator, equations (E2) to (E6): the way, its derivatives, and how unsure it gets. */
import { expect, test } from "@jest/globals";
import { Transition } from "../../src/estimation/covariance.js";
import { ENTRIES, Entry, MOVING, PRIOR } from "../../src/estimation/entries.js";
import { Estimator } from "../../src/estimation/estimator.js";
import { type Motion, newMotion } from "../../src/estimation/motion.js";
import { Movement } from "../../src/estimation/movement.js";
import { Unrest } from "../../src/estimation/unrest.js";
import { uniformFrom } from "../../src/statistics.js";

/** Without poses from outside: (E6). */
const ALONG = 0.02;
const TURN_BY_DISTANCE = 0.005;
const TURN_BY_TIME = 0.002;

const PERIOD = 0.02;
type Way = readonly [distance: number, turn: number];

/** `count` equal steps along an arc of `distance` [m] that turns by `turn` [rad] in all. */
const arc = (count: number, distance: number, turn: number): Way[] =>
  Array.from({ length: count }, () => [distance / count, turn / count]);

const motionOf = ([distance, turn]: Way, time: number): Motion => ({
  ...newMotion(),
  time,
  seconds: PERIOD,
  distance,
  turn,
  speed: distance / PERIOD,
  rate: turn / PERIOD,
});

function driven(ways: readonly Way[], x = 0, y = 0, phi = 0): Estimator {
  const car = new Estimator();
  car.place(x, y, phi);
  ways.forEach((way, i) => {
    car.move(motionOf(way, PERIOD * (i + 1)));
  });
  return car;
}

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
    const [x, y] = [Math.sin(turn) / turn, (1 - Math.cos(turn)) / turn];
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
  const car = driven(arc(10, 0.6, -0.4), 1, -2, 0.5);
  const state = new Float64Array(4);
  car.predict(0.04, state);
  const later = driven([...arc(10, 0.6, -0.4), [0.06 * 2, -0.04 * 2]], 1, -2, 0.5);
  expect([...state]).toStrictEqual(
    [later.x, later.y, later.v / 2, later.phi].map((value) => expect.closeTo(value, 12)),
  );
  car.predict(0, state);
  expect([...state]).toStrictEqual([car.x, car.y, car.v, car.phi]);
});

test("the uncertainty without poses is that of many cars with such errors", () => {
  // a figure of two half circles, 9.4 m in 3 s, which no axis is an axis of
  const ways = [...arc(75, 4.7, Math.PI), ...arc(75, 4.7, -Math.PI)];
  const random = uniformFrom(5);
  const unit = () => Math.sqrt(3) * (2 * random() - 1); // of variance 1
  const cars = 4000;
  let [xx, xy, yy] = [0, 0, 0];
  const believed = driven(ways, 0, 0, 0.7);
  for (let i = 0; i < cars; i++) {
    let [x, y, phi] = [0, 0, 0.7];
    for (const [distance, turn] of ways) {
      const ofTurn = Math.sqrt(TURN_BY_DISTANCE ** 2 * distance + TURN_BY_TIME ** 2 * PERIOD);
      const turned = turn + ofTurn * unit();
      const gone = distance + ALONG * Math.sqrt(distance) * unit();
      x += gone * Math.cos(phi + 0.5 * turned);
      y += gone * Math.sin(phi + 0.5 * turned);
      phi += turned;
    }
    const [dx, dy] = [x - believed.x, y - believed.y];
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
  // n steps of distance d and heading noise q each, that acts from the middle of a step on: across, the variance is
  // q d² Σ (k + 1/2)² over k = 0 .. n-1; along, 0.02² n d
  const [n, d] = [200, 0.06];
  const q = TURN_BY_DISTANCE ** 2 * d + TURN_BY_TIME ** 2 * PERIOD;
  const across = q * d * d * ((n * (4 * n * n - 1)) / 12);
  expect(driven(arc(n, n * d, 0)).uncertainty).toBeCloseTo(Math.sqrt(Math.max(across, ALONG ** 2 * n * d)), 12);
});

test("seen from outside, errors that do not change sign are in the uncertainty until poses have told them", () => {
  // straight on: a bias turns it by b t, so that it is b v t² / 2 aside; a scale only lengthens the way
  const car = new Estimator({ outside: true });
  car.place(0, 0, 0);
  arc(500, 10, 0).forEach((way, i) => {
    car.move(motionOf(way, PERIOD * (i + 1)));
  });
  const aside = (PRIOR.gyroBias * 10 * 10) / 2;
  const noise = car.uncertainty ** 2 - Math.max(aside, PRIOR.travelScale * 10) ** 2;
  expect(noise).toBeGreaterThan(0);
  expect(noise).toBeLessThan((0.2 * car.uncertainty) ** 2);
});

/** What a car has, and what it measures of a step. */
const SENSORS: readonly (readonly [string, Partial<Motion>])[] = [
  ["wheel and gyro", { distance: 0.06, speed: 3.1, turn: -0.04, rate: -2.2 }],
  ["wheel and steering", { distance: 0.06, speed: 3.1, steering: 0.4 }],
  ["a wheel", { distance: 0.06, speed: 3.1 }],
  ["a gyro", { turn: -0.04, rate: -2.2 }],
  ["steering", { steering: 0.4 }],
  ["nothing", {}],
];

test.each(SENSORS)("derivatives of a movement agree with central differences: %s", (_, measured) => {
  const motion = { ...newMotion(), time: PERIOD, seconds: PERIOD, ...measured };
  const at = (entry: number, by: number): Movement => {
    const movement = new Movement();
    const { numbers } = movement;
    numbers.set([1, 2, 0.7, 3, -2, 0.1, 0.01, 0.02, -0.015, 1.7, 0.05, 0.03, 0.06, 0.01]);
    numbers[entry] += by;
    movement.move(motion);
    return movement;
  };
  const { rows } = at(0, 0).transition;
  const h = 1e-6;
  for (let j = 0; j < ENTRIES; j++) {
    const [above, below] = [at(j, h).numbers, at(j, -h).numbers];
    for (let i = 0; i < MOVING; i++) expect(rows[i * ENTRIES + j]).toBeCloseTo((above[i] - below[i]) / (2 * h), 8);
  }
});

test("curvature and trim are learned from how it turns, and a gyro's bias is not taken for them", () => {
  const car = new Estimator({ curvature: 1.5, outside: true });
  car.place(0, 0, 0);
  const bias = car.value(Entry.gyroBias);
  for (let i = 0; i < 2000; i++) {
    const steering = 0.5 * Math.sin(i / 60) + 0.1;
    const rate = 1.8 * 2 * (steering - 0.08);
    const time = PERIOD * (i + 1);
    car.move({ time, seconds: PERIOD, distance: 2 * PERIOD, speed: 2, turn: rate * PERIOD, rate, steering });
  }
  expect(car.value(Entry.curvature)).toBeCloseTo(1.8, 1);
  expect(Math.abs(car.value(Entry.trim) - 0.08)).toBeLessThan(0.008);
  expect(car.value(Entry.gyroBias)).toBe(bias);
});

test("the covariance moved on is the product of three matrices, whatever columns differ from 0", () => {
  const uniform = uniformFrom(17);
  const transition = new Transition();
  const columnsOfTurn = ["v", "rate", "gyroBias", "gyroScale", "travelScale", "curvature", "trim"] as const;
  const columnsOfPlace = [...columnsOfTurn, "phi", "sideways", "lever", "slip"] as const;
  const columns: Partial<Record<keyof typeof Entry, readonly (keyof typeof Entry)[]>> = {
    x: columnsOfPlace,
    y: columnsOfPlace,
    phi: columnsOfTurn,
    v: ["v", "travelScale"],
    rate: columnsOfTurn,
    sideways: ["sideways"],
  };
  const F = Array.from({ length: ENTRIES }, (_, i) =>
    Array.from({ length: ENTRIES }, (__, j): number => (i === j ? 1 : 0)),
  );
  for (let i = 0; i < MOVING; i++) {
    if (i > Entry.phi) F[i][i] = 0;
    for (const name of columns[Entry[i] as keyof typeof Entry] ?? []) F[i][Entry[name]] = uniform() - 0.5;
    transition.rows.set(F[i], i * ENTRIES);
  }
  const root = F.map((row) => row.map(() => uniform() - 0.5));
  const times = (a: number[][], b: number[][]) =>
    a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
  const turned = (a: number[][]) => a[0].map((_, j) => a.map((row) => row[j]));
  const P = times(root, turned(root));
  const numbers = Float64Array.from([...Array<number>(ENTRIES).fill(0), ...P.flat()]);
  transition.spread(numbers);
  const expected = times(times(F, P), turned(F)).flat();
  for (const [i, value] of expected.entries()) expect(numbers[ENTRIES + i]).toBeCloseTo(value, 12);
});

test("a surprise that is no number counts as a large one, and is forgotten like one", () => {
  const [unrest, other] = [new Unrest(), new Unrest()];
  unrest.take(Number.NaN);
  other.take(1e9);
  expect(unrest.factor).toBe(other.factor);
  expect(unrest.factor).toBeGreaterThan(1);
  for (let i = 0; i < 100; i++) unrest.take(3);
  expect(unrest.factor).toBe(1);
});
