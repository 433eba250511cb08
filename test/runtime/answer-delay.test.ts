/** How late a car's measurements are: an exact car that is steered to and fro, with delays and lags of its own. */
import { expect, test } from "@jest/globals";
import { AnswerDelay } from "../../src/runtime/answer-delay.js";

const DT = 0.02;
const SPEED = 2.5;
const GAIN = 4;

interface Car {
  /** between command and yaw rate [s] */
  readonly delay: number;
  readonly lag?: number;
  /** factor of what is measured */
  readonly factor?: number;
  /** its delay as it was fitted [s] */
  readonly fitted?: number;
}

/** Longest time for which the measurement was surely late [s], and the delay that was found then. */
function found({ delay, lag = 0, factor = 1, fitted }: Car): [number, number] {
  const answer = new AnswerDelay(DT);
  const commands: number[] = [];
  let steering = 0;
  let longest = 0;
  let late = 0;
  for (let step = 0; step < 400; step++) {
    const acting = commands.at(-1 - Math.round(delay / DT)) ?? 0;
    steering += (DT / (lag + DT)) * (acting - steering);
    const rate = factor * SPEED * GAIN * (steering + 0.01);
    const gain = fitted === undefined ? Number.NaN : GAIN;
    answer.take(SPEED, rate, DT, gain, fitted === undefined ? Number.NaN : 0.04, fitted ?? Number.NaN);
    if (answer.sureFor > longest) {
      longest = answer.sureFor;
      late = answer.delay;
    }
    // to and fro every 1.5 s, as a figure-8 asks for it
    const command = 0.2 * Math.tanh(6 * Math.sin((2 * Math.PI * step * DT) / 3)) + 0.01 * Math.sin(step);
    commands.push(command);
    answer.remember(command);
  }
  return [longest, late];
}

test("delays and lags of a car, with 60 ms of its pose's age, are none of a late measurement", () => {
  expect(found({ delay: 0 })[0]).toBe(0);
  expect(found({ delay: 0.17 })[0]).toBe(0);
  expect(found({ delay: 0.06, lag: 0.13 })[0]).toBe(0);
  expect(found({ delay: 0.12, lag: 0.13 })[0]).toBe(0);
  expect(found({ delay: 0.12, lag: 0.13, fitted: 0.2 })[0]).toBe(0);
});

test("0.3 s more is late, without a fit and with one", () => {
  for (const delay of [0.3, 0.4, 0.5]) {
    const [longest, late] = found({ delay });
    expect(longest).toBeGreaterThan(0.2);
    expect(Math.abs(late - delay)).toBeLessThan(0.03);
  }
  expect(found({ delay: 0.36, lag: 0.13 })[0]).toBeGreaterThan(0.2);
  expect(found({ delay: 0.3, fitted: 0 })[0]).toBeGreaterThan(0.2);
  expect(found({ delay: 0.2, fitted: 0 })[0]).toBeGreaterThan(0.1);
});

test("a gyro that is reversed, or wrong by a factor from the start, is not late", () => {
  for (const factor of [-1, 0.5, 2]) expect(found({ delay: 0.1, factor })[0]).toBe(0);
});
