/** Where a robot is expected: on a circle that the task asks for, by laps that trail, learn, spin and drift. */
import { expect, test } from "@jest/globals";
import { ExpectedPlace } from "../../src/runtime/expected-place.js";

const LAP = 5;
const RADIUS = 1.5;
const DT = 0.02;
const TRACK = Float64Array.from(
  { length: 512 },
  (_, i) => RADIUS * (i % 2 ? Math.sin : Math.cos)((2 * Math.PI * Math.floor(i / 2)) / 256),
);
const LENGTH = 2 * Math.PI * RADIUS;

/** Drives on a circle of `radius` that trails by `behind` [rad], unless `at` says where. */
class Round {
  readonly place = new ExpectedPlace(TRACK, LAP);
  step = 0;
  radius = RADIUS;
  behind = 0.3;
  at: ((angle: number) => [number, number]) | undefined;

  /** Drives so many laps; the step at which it left its room, undefined if it did not. */
  drive(laps: number): number | undefined {
    const end = this.step + Math.round((laps * LAP) / DT);
    for (; this.step < end; this.step++) {
      const angle = (2 * Math.PI * this.step * DT) / LAP - this.behind;
      const [x, y] = this.at?.(angle) ?? [this.radius * Math.cos(angle), this.radius * Math.sin(angle)];
      this.place.take(this.step * DT, x, y);
      if (this.place.distance > this.place.room) return this.step;
    }
    return undefined;
  }
}

test("nothing is expected of the first two laps; then the lap before, with room for its scatter", () => {
  const round = new Round();
  expect(round.drive(2)).toBe(undefined);
  expect(round.place.distance).toBe(Number.NaN);
  expect(round.drive(3)).toBe(undefined);
  expect(round.place.distance).toBeLessThan(0.01); // between the middles of bins
  expect(round.place.room).toBeCloseTo(0.02 * LENGTH, 3);
});

test("a car that spins on the spot near the track is off its place within half a second", () => {
  const round = new Round();
  round.drive(5);
  const from = round.step;
  const [x, y] = [RADIUS * Math.cos(-0.3), RADIUS * Math.sin(-0.3)];
  round.at = () => [x, y];
  const found = round.drive(1) as number;
  expect((found - from) * DT).toBeLessThan(0.5);
});

test("a slow drift off the track is found lap by lap only beyond the scatter, a quick one within the lap", () => {
  const slow = new Round();
  slow.drive(4);
  for (let lap = 0; lap < 5; lap++) {
    slow.radius += 0.01 * LENGTH;
    expect(slow.drive(1)).toBe(undefined);
  }
  const quick = new Round();
  quick.drive(5);
  quick.radius = RADIUS + 0.03 * LENGTH;
  const from = quick.step;
  expect(((quick.drive(1) ?? Number.NaN) - from) * DT).toBeLessThan(LAP);
});

test("learning may change the place, towards the task's in any case", () => {
  const round = new Round();
  round.behind = 1;
  round.drive(5);
  round.behind = 0; // on the way from there to where the task asks it to be: a chord, beside the circle
  expect(round.drive(1)).toBe(undefined);
  const learned = new Round();
  learned.drive(5);
  learned.place.learn();
  learned.radius = RADIUS + 0.03 * LENGTH;
  expect(learned.drive(1)).toBe(undefined);
});

test("a reset forgets all laps, and a task without laps expects nothing", () => {
  const round = new Round();
  round.drive(5);
  round.place.reset();
  round.radius = 2 * RADIUS;
  expect(round.drive(1.5)).toBe(undefined);
  expect(round.place.distance).toBe(Number.NaN);
  const none = new ExpectedPlace(new Float64Array(0), undefined);
  none.take(0, 1, 1);
  expect(none.distance).toBe(Number.NaN);
});
