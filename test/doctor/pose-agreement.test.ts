/** What `doctor --pose --link` says of poses beside wheel and gyro, while a car is pushed. */
import { expect, test } from "@jest/globals";
import { DEGREE, wrapAngle } from "../../src/angles.js";
import { agreementFindings } from "../../src/doctor/pose-agreement.js";
import { type Measured, MotionColumn, PoseColumn, Verdict } from "../../src/estimation/measured.js";
import { uniformFrom } from "../../src/statistics.js";
import { normalFrom } from "../support/sensed-drive.js";

const PERIOD = 0.02;
const TRAVEL = 0.01;

interface Errors {
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

function measuredOf(errors: Errors): Measured {
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

const of = (errors: Errors) =>
  new Map(agreementFindings(measuredOf(errors), TRAVEL).map((finding) => [finding.name, finding]));
const numbersIn = (text: string | undefined) => (text ?? "").match(/-?[\d.]+/g)?.map(Number) ?? [];

test("all agrees: nothing is to be done", () => {
  const found = of({});
  expect([...found.keys()]).toStrictEqual(["turns", "gyro's bias", "latency", "ways", "direction", "estimate"]);
  for (const { status, remedy } of found.values()) expect([status, remedy]).toStrictEqual(["ok", null]);
});

test("latency, scale of the wheel, bias: found, with their settings", () => {
  const found = of({ late: 0.08, wheel: 1 / 1.06, bias: 2 * DEGREE });
  expect(found.get("latency")?.remedy).toMatch(/^--pose-latency 0\.0(75|80|85)$/);
  expect(numbersIn(found.get("ways")?.found)[0]).toBeCloseTo(106, 0);
  expect(found.get("ways")?.remedy).toMatch(/^--wheel-travel 0\.0106?/);
  expect(numbersIn(found.get("gyro's bias")?.found)[0]).toBeCloseTo(-2, 1);
  expect(found.get("gyro's bias")?.status).toBe("note");
});

test.each([
  ["a gyro that counts to the other side", { gyro: -1 }, "turns", /to the right/],
  ["a gyro in other units", { gyro: 1 / DEGREE }, "turns", /another range|other units/],
  ["another object, which lies still", { isOther: true }, "turns", /another object/],
  ["a tag that is turned round", { turned: Math.PI }, "direction", /turned round/],
  ["a tag askew by 10°", { turned: 10 * DEGREE }, "direction", /--pose-mount with -?10\.\d°/],
  ["poses in millimetres", { unit: 1000 }, "ways", /millimetres/],
  ["poses that contradict", { isSeldomBelieved: true }, "estimate", /--pose-noise/],
  ["a source whose clock is another", { late: 1000 }, "times", /clock/],
  ["too short a push", { seconds: 4 }, "push", /in curves to both sides/],
] as const)("%s is a problem, and its remedy is said", (_, errors, name, remedy) => {
  const finding = of(errors).get(name);
  expect(finding?.status).toBe("problem");
  expect(finding?.remedy).toMatch(remedy);
});

test("a gyro that measures nothing now and then is one, from its first number on", () => {
  const measured = measuredOf({});
  for (const missed of [0, 1, 700]) measured.motions[missed * MotionColumn.count + MotionColumn.turn] = Number.NaN;
  const found = agreementFindings(measured, TRAVEL);
  expect(found.map(({ name, status }) => [name, status])).toContainEqual(["turns", "ok"]);
  expect(found.map((finding) => finding.found).join()).not.toMatch(/NaN|Infinity/);
});
