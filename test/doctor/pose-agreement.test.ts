/** What `doctor --pose --link` says of poses beside wheel and gyro, while a car is pushed. */
import { expect, test } from "@jest/globals";
import { DEGREE } from "../../src/angles.js";
import { poseAgreement } from "../../src/doctor/pose-agreement.js";
import { MotionColumn } from "../../src/estimation/measured.js";
import { measuredPush, type PushErrors } from "../support/measured-push.js";

const TRAVEL = 0.01;

const of = (errors: PushErrors) =>
  new Map(poseAgreement(measuredPush(errors), TRAVEL).findings.map((finding) => [finding.name, finding]));
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
  const measured = measuredPush({});
  for (const missed of [0, 1, 700]) measured.motions[missed * MotionColumn.count + MotionColumn.turn] = Number.NaN;
  const found = poseAgreement(measured, TRAVEL).findings;
  expect(found.map(({ name, status }) => [name, status])).toContainEqual(["turns", "ok"]);
  expect(found.map((finding) => finding.found).join()).not.toMatch(/NaN|Infinity/);
});
