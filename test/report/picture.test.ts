import { describe, expect, test } from "@jest/globals";
import { type Moment, momentAt, pictureFor, type Shape } from "../../src/report/picture.js";
import { renderReport } from "../../src/report/report.js";
import { tasks } from "../../src/tasks/tasks.js";
import { recordingOf, reportOf } from "./fixture.js";

function shapesOf(task: keyof typeof tasks, moment: Partial<Moment>, size = 1, lengths: number[] = []): Shape[] {
  const picture = pictureFor(tasks[task].columns, lengths);
  if (!picture) throw new Error(`${task} has no picture`);
  return picture({ state: [], input: [], body: [], ...moment }, size);
}

/** Direction [rad] of a line of two points. */
const directionOf = ({ x, y }: Shape) => Math.atan2(y[1] - y[0], x[1] - x[0]);
const middleOf = ({ x, y }: Shape) => [x, y].map((values) => values.reduce((a, b) => a + b, 0) / values.length);

describe("the car", () => {
  const shapes = shapesOf("car-figure8", { state: [2, 3, 1, 0.5], input: [0.3, 0.2], body: [0.1, -0.1, 0.05, 0] }, 2);
  const of = (part: Shape["part"]) => shapes.filter((shape) => shape.part === part);

  test("has four wheels about its place, the front ones steered", () => {
    const wheels = of("wheel");
    expect(wheels.map(directionOf).map((angle) => Number(angle.toFixed(9)))).toEqual([0.7, 0.7, 0.5, 0.5]);
    const middles = wheels.map(middleOf);
    expect(middles.reduce((sum, [x]) => sum + x, 0) / 4).toBeCloseTo(2, 12);
    expect(middles.reduce((sum, [, y]) => sum + y, 0) / 4).toBeCloseTo(3, 12);
    expect(Math.hypot(middles[0][0] - middles[2][0], middles[0][1] - middles[2][1])).toBeCloseTo(2 * 0.174, 12);
  });
  test("shows the slip of both axles to the side it goes to, and leans away from the side that is lifted", () => {
    const [front, rear] = of("slip").map(directionOf);
    expect(front).toBeCloseTo(0.5 - Math.PI / 2, 12);
    expect(rear).toBeCloseTo(0.5 + Math.PI / 2, 12);
    const { x, y } = of("body")[0];
    const across = (x[0] + x[1] - 4) / 2 / -Math.sin(0.5);
    expect((x[0] + x[2] - 4) / 2).toBeCloseTo(0.07 * Math.sin(0.5), 12);
    expect((y[0] + y[2] - 6) / 2).toBeCloseTo(-0.07 * Math.cos(0.5), 12);
    expect(across).toBeLessThan(0);
  });
  test("has neither where no simulation tells of them", () => {
    const parts = shapesOf("car-figure8", { state: [0, 0, 1, 0], input: [0, 0] }).map(({ part }) => part);
    expect(parts).toEqual(["wheel", "wheel", "wheel", "wheel", "body"]);
  });
});

test("the arm ends where the task measures it", () => {
  const end = shapesOf("pendulum-reach", { state: [0.3, 0.4, 0, 0] }, 1, [1, 0.5]).at(-1);
  expect(end?.x[0]).toBeCloseTo(Math.cos(0.3) + 0.5 * Math.cos(0.7), 12);
  expect(end?.y[0]).toBeCloseTo(Math.sin(0.3) + 0.5 * Math.sin(0.7), 12);
});

test("the pole stands on its cart", () => {
  const end = shapesOf("cart-pole", { state: [0.2, 0.1, 0, 0] }, 1, [0.5]).at(-1);
  expect(end?.x[0]).toBeCloseTo(0.2 + 0.5 * Math.sin(0.1), 12);
  expect(end?.y[0]).toBeCloseTo(0.5 * Math.cos(0.1), 12);
});

test.each(Object.keys(tasks) as (keyof typeof tasks)[])("%s has a picture that its state moves", (task) => {
  const { state, input } = tasks[task].columns;
  const at = (value: number) =>
    shapesOf(task, { state: state.map(() => value), input: input.map(() => 0) }).flatMap(({ x, y }) => [...x, ...y]);
  expect(at(0).length).toBeGreaterThan(0);
  expect(at(0.1).every(Number.isFinite)).toBe(true);
  expect(at(0.1)).not.toEqual(at(0));
});

test("the moment of a recording is its row", () => {
  const { state, input, body } = momentAt(recordingOf(1, 50, 0.1), 0);
  expect([[...(state as Float64Array)], [...(input as Float64Array)], body.length]).toEqual([
    [1.6, 0, 2.3, 0],
    [0.1, 0.2],
    0,
  ]);
});

test("a report draws nine cars along the best lap, and says what it enlarged", () => {
  const page = renderReport(reportOf(3));
  const still = page.slice(0, page.indexOf('class="moving"'));
  expect(still.match(/class="part wheel"/g)?.length).toBe(36);
  expect(page).toContain("drawn 2.5 times as large; front wheels as commanded");
  expect(page).not.toContain("slip of each axle");
});

test("it shows the first and the best lap move in real time, without a script", () => {
  const input = reportOf(3, 500);
  const page = renderReport(input);
  const [, moving = ""] = page.split('class="moving"');
  const animations = [
    ...moving.matchAll(/<animate attributeName="d" dur="([\d.]+)s" repeatCount="indefinite" values="([^"]*)"/g),
  ];
  // two laps of four wheels and a body
  expect(animations).toHaveLength(10);
  for (const [, seconds, values = ""] of animations) {
    expect(seconds).toBe("9.98");
    const places = values.split(";");
    expect(places).toHaveLength(80);
    for (const place of places) expect(place).toMatch(/^M-?\d+ -?\d+(L-?\d+ -?\d+){1,4}$/);
    expect(new Set(places).size).toBeGreaterThan(20);
  }
  const [first] = input.rollouts;
  const torn = { ...first.recording, states: first.recording.states.map((x, i) => (i === 81 ? Number.NaN : x)) };
  const whole = renderReport({ ...input, rollouts: [{ ...first, recording: torn }] });
  expect(whole).not.toContain("NaN");
});
