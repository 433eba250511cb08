/** Poses from outside: late, irregular, wrong, lost; equations (E7) to (E9). */
import { expect, test } from "@jest/globals";
import { Entry } from "../../src/estimation/entries.js";
import { Estimator } from "../../src/estimation/estimator.js";
import { newMotion } from "../../src/estimation/motion.js";

const PERIOD = 0.02;
/** A circle of 1.5 m at 3 m/s, after a start from rest in one second. */
const RADIUS = 1.5;
const wayAt = (time: number) => (time < 1 ? 1.5 * time * time : 3 * time - 1.5);
const speedAt = (time: number) => Math.min(3, 3 * time);
function poseAt(time: number): readonly [number, number, number] {
  const turn = wayAt(time) / RADIUS;
  return [RADIUS * Math.sin(turn), RADIUS * (1 - Math.cos(turn)), turn];
}

/** A pose that is true at `time` and arrives at `arrives`. */
interface Sent {
  readonly time: number;
  readonly arrives: number;
  readonly dx?: number;
}

/** A pose that comes at once. */
const poseOf = (seconds: number, x: number, y: number, heading: number) =>
  Float64Array.of(seconds, seconds, x, y, heading);

function placed(): Estimator {
  const estimator = new Estimator({ outside: true });
  estimator.place(0, 0, 0);
  return estimator;
}

/** The estimator after `seconds` of the circle; poses say that they were true `unsaid` seconds later than they were. */
function after(seconds: number, poses: readonly Sent[], unsaid = 0, begun = placed()): Estimator {
  const queue = [...poses].sort((a, b) => a.arrives - b.arrives);
  for (let i = 1; i * PERIOD < seconds + 1e-9; i++) {
    const time = i * PERIOD;
    while (queue.length > 0 && queue[0].arrives <= time + 1e-9) {
      const pose = queue.shift();
      if (!pose) break;
      const [x, y, heading] = poseAt(pose.time);
      begun.observe(poseOf(pose.time + unsaid, x + (pose.dx ?? 0), y, heading));
    }
    const distance = wayAt(time) - wayAt(time - PERIOD);
    const speed = speedAt(time);
    const turned = { turn: distance / RADIUS, rate: speed / RADIUS };
    begun.move({ ...newMotion(), time, seconds: PERIOD, distance, speed, ...turned });
  }
  return begun;
}

/** At 30 Hz, each `late` seconds late. */
const regular = (until: number, late: (index: number) => number): Sent[] =>
  Array.from({ length: Math.floor(until * 30) }, (_, i) => ({
    time: 0.005 + i / 30,
    arrives: 0.005 + i / 30 + late(i),
  }));

const stateOf = (car: Estimator) => Array.from({ length: Entry.count }, (_, entry) => car.value(entry));

test("a pose that comes late, or after a newer one, counts as if it had come at once", () => {
  const late = after(
    3,
    regular(2.5, () => 0.08),
  );
  const disordered = after(
    3,
    regular(2.5, (i) => 0.1 + 0.07 * Math.sin(5 * i)),
  );
  const prompt = after(
    3,
    regular(2.5, () => 0),
  );
  // where a pose's own time is put depends on the latency that was known when it came
  for (const other of [late, disordered])
    stateOf(other).forEach((value, entry) => {
      expect(value).toBeCloseTo(stateOf(prompt)[entry], entry === Entry.slip ? 3 : 2);
    });
  // the first one is of before the first movement, by what is known of the latency then
  expect([disordered.believed, disordered.contradicted, disordered.tooLate]).toEqual([74, 0, 1]);
  expect(late.uncertainty).toBeCloseTo(prompt.uncertainty, 3);
});

test("poses that are newer than the last movement all count, once the movement that they are of has come", () => {
  const ahead = Array.from({ length: 99 }, (_, i) => ({ time: i * PERIOD + 0.006, arrives: i * PERIOD }));
  const car = after(2, ahead);
  expect(car.believed + car.contradicted).toBe(97); // all but the two of before the first movement
  expect(car.believed).toBeGreaterThan(95);
});

test("latency that poses do not tell is found where speed and turn rate change", () => {
  const car = after(
    6,
    regular(5.9, () => 0.08),
    0.06,
  );
  expect(car.value(Entry.latency)).toBeCloseTo(0.06, 2);
  expect(Math.hypot(car.x - poseAt(6)[0], car.y - poseAt(6)[1])).toBeLessThan(0.02);
});

test("poses that cannot be true contradict, and change nothing", () => {
  const poses = regular(3, () => 0.05);
  const wrong = poses.map((pose, i) => (i % 10 === 9 ? { ...pose, dx: 0.3 } : pose));
  const car = after(3.2, wrong);
  expect(car.contradicted).toBe(9);
  expect(car.believed).toBe(81);
  expect(Math.hypot(car.x - poseAt(3.2)[0], car.y - poseAt(3.2)[1])).toBeLessThan(0.01);
  const same = after(3.2, wrong);
  car.observe(poseOf(Number.NaN, 0, 0, 0));
  car.observe(poseOf(3.2, Number.POSITIVE_INFINITY, 0, 0));
  for (const one of [car, same])
    one.move({ ...newMotion(), time: 3.22, seconds: PERIOD, distance: 0.06, speed: 3, turn: 0.04, rate: 2 });
  expect(stateOf(car)).toStrictEqual(stateOf(same));
  expect(car.contradicted).toBe(9);
});

test("a pose that is older than what is remembered is left out, and counted", () => {
  const car = after(
    4,
    regular(3, () => 0.05),
  );
  car.observe(poseOf(1, 5, 5, 0));
  expect(car.tooLate).toBe(1);
  expect(car.contradicted).toBe(0);
});

test("a heading is the same after a turn, and one to the other side contradicts", () => {
  const car = after(
    3,
    regular(3, () => 0.02),
  );
  const [x, y, heading] = poseAt(3);
  car.observe(poseOf(3, x, y, heading - 4 * Math.PI));
  car.move({ ...newMotion(), time: 3.02, seconds: PERIOD, distance: 0.06, speed: 3, turn: 0.04, rate: 2 });
  expect(car.contradicted).toBe(0);
  car.observe(poseOf(3.02, ...(poseAt(3.02).slice(0, 2) as [number, number]), heading + Math.PI));
  car.move({ ...newMotion(), time: 3.04, seconds: PERIOD, distance: 0.06, speed: 3, turn: 0.04, rate: 2 });
  expect(car.contradictedInARow).toBe(1);
});

test("a car that was carried away while it stood is where poses say", () => {
  const car = after(0.02, []);
  const stand = (from: number, x: number) => {
    for (let i = 0; i < 20; i++) {
      const time = from + PERIOD * i;
      car.observe(poseOf(time, x, 1, 0.5));
      car.move({ ...newMotion(), time, seconds: PERIOD, distance: 0, speed: 0, turn: 0, rate: 0 });
    }
  };
  car.place(2, 1, 0.5);
  stand(1, 2);
  expect(car.contradicted).toBe(0);
  stand(2, 4);
  expect(car.x).toBeCloseTo(4, 2);
});

test("without a place the first pose is one, and uncertainty does not grow while poses come", () => {
  const car = new Estimator({ outside: true, position: 0.004 });
  car.observe(poseOf(0, 3, -1, 2));
  expect([car.x, car.y, car.phi]).toStrictEqual([3, -1, 2]);
  expect(car.uncertainty).toBeCloseTo(0.004, 12);
  const driven = after(
    10,
    regular(10, () => 0.08),
  );
  expect(driven.uncertainty).toBeLessThan(0.01);
  expect(
    after(
      10,
      regular(5, () => 0.08),
    ).uncertainty,
  ).toBeGreaterThan(0.05);
});

test("a first pose of a car that drives says where it was, also if an older one follows", () => {
  // at 3 m/s a pose that is taken for the present one is 0.24 m behind
  const poses = [
    { time: 1.911, arrives: 1.99 },
    { time: 1.877, arrives: 2.01 },
  ];
  const car = after(2.02, poses, 0, new Estimator({ outside: true }));
  const [x, y] = poseAt(2.02);
  expect(Math.hypot(car.x - x, car.y - y)).toBeLessThan(0.01);
  // the latency that poses do not tell is unknown by 0.05 s
  expect(car.uncertainty).toBeGreaterThan(0.1);
  expect([car.believed, car.contradicted, car.tooLate]).toEqual([0, 0, 1]);
});

test("a latency beyond what is expected is found while the car gets up to speed", () => {
  const early = regular(2.4, () => 0.08);
  for (const latency of [-0.08, 0.08, 0.1]) {
    const car = after(1.2, early, latency);
    expect(car.contradicted).toBe(0);
    expect(car.value(Entry.latency)).toBeCloseTo(latency, 2);
  }
});

test("a tag that is turned round contradicts the wheel as soon as the car drives, and goes on to", () => {
  const car = new Estimator({ outside: true });
  const sent = regular(2.4, () => 0.03);
  let most = 0;
  for (let i = 1; i * PERIOD < 2.4; i++) {
    const time = i * PERIOD;
    for (const { time: seconds, arrives } of sent) {
      if (!(arrives <= time && arrives > time - PERIOD)) continue;
      const [x, y, heading] = poseAt(Math.max(0, seconds - 1));
      car.observe(poseOf(seconds, x, y, heading + Math.PI));
    }
    const [now, before] = [Math.max(0, time - 1), Math.max(0, time - 1 - PERIOD)];
    const distance = wayAt(now) - wayAt(before);
    const speed = time > 1 ? speedAt(now) : 0;
    const turned = { turn: distance / RADIUS, rate: speed / RADIUS };
    car.move({ ...newMotion(), time, seconds: PERIOD, distance, speed, ...turned });
    // by the gate's half second
    if (time < 1.8) most = Math.max(most, car.contradictedInARow);
  }
  expect(most).toBeGreaterThanOrEqual(5);
  expect(car.contradictedInARow).toBeGreaterThan(20);
});
