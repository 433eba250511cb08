import { expect, test } from "@jest/globals";
import { BoardClock } from "../../src/links/serial/board-clock.js";

const ON_LINE = 0.00064;

test("a measurement holds as long after the command that it names as the board says", () => {
  const clock = new BoardClock();
  clock.remember(7, 100);
  clock.take(100.02, 0, 7, 5);
  expect(clock.measuredAt(100.02)).toBeCloseTo(100.005 + ON_LINE, 9);
});

test("commands that waited on their way make no measurement older; those that waited least count", () => {
  const clock = new BoardClock();
  clock.remember(1, 10);
  clock.take(10.01, 0, 1, 0);
  // the board took the second command 80 ms after it was sent
  clock.remember(2, 10.02);
  clock.take(10.11, 0.1, 2, 0);
  expect(clock.measuredAt(10.11)).toBeCloseTo(10.1 + ON_LINE - 0.001, 9);
  clock.remember(3, 10.12);
  clock.take(10.13, 0.02, 3, 0);
  expect(clock.measuredAt(10.13)).toBeCloseTo(10.12 + ON_LINE, 9);
});

test("a board's clock that runs too fast is followed", () => {
  const clock = new BoardClock();
  for (let i = 0; i < 200; i++) {
    clock.remember(i, 0.02 * i);
    clock.take(0.02 * i + 0.01, i === 0 ? 0 : 0.0201, i, 0);
    expect(Math.abs(clock.measuredAt(0.02 * i + 0.01) - 0.02 * i - ON_LINE)).toBeLessThan(1e-9);
  }
});

test("without an answered command, or from the future, a measurement is of now", () => {
  const clock = new BoardClock();
  expect(clock.measuredAt(5)).toBe(5);
  clock.take(5, 0, 0, 65535);
  expect(clock.measuredAt(5)).toBe(5);
  clock.remember(0, 4);
  clock.take(5, 0.1, 0, 0);
  clock.forget();
  expect(clock.measuredAt(6)).toBe(6);
  clock.remember(0, 4);
  clock.take(4.1, 0, 0, 0);
  expect(clock.measuredAt(3)).toBe(3); // the clock was set back
});
