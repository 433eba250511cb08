/** What is taken as a pose of the car, and what is not, and is said. */
import { describe, expect, test } from "@jest/globals";
import { wrapAngle } from "../../src/angles.js";
import { PoseIntake } from "../../src/pose/intake.js";
import type { SeenPose } from "../../src/pose/kind.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";

const HERE = { x: 0, y: 0, angle: 0 };

class Trial {
  readonly rows: number[][] = [];
  readonly said: string[] = [];
  now = 100;
  readonly intake: PoseIntake;

  constructor(given: Partial<ConstructorParameters<typeof PoseIntake>[0]> = {}) {
    this.intake = new PoseIntake(
      { name: "", frame: HERE, mount: HERE, ...given },
      (row) => this.rows.push(Array.from(row)),
      (text) => this.said.push(text),
      () => this.now,
    );
  }

  see(given: Partial<SeenPose>, latency = 0): boolean {
    const taken = this.now;
    const pose = { name: "car", x: 0, y: 0, heading: 0, tilt: 0, taken, sent: taken, ...given };
    return this.intake.take(pose, this.now + latency);
  }

  /** For so many seconds at 50 Hz; `at`: seconds since the start of this. */
  stream(seconds: number, at: (passed: number) => Partial<SeenPose>): this {
    const begun = this.now;
    for (; this.now < begun + seconds; this.now += 0.02) {
      this.see(at(this.now - begun));
      this.intake.look(this.now);
    }
    return this;
  }
}

/** A car that drives a circle of 1 m at 1.5 m/s, with the noise of cameras. */
const circle = (passed: number): Partial<SeenPose> => ({
  x: Math.cos(1.5 * passed) + 2e-4 * Math.sin(991 * passed),
  y: Math.sin(1.5 * passed) + 2e-4 * Math.cos(997 * passed),
  heading: wrapAngle(1.5 * passed + Math.PI / 2),
});
const rest = (passed: number) => ({ x: 1 + 2e-4 * Math.sin(991 * passed), y: 2, heading: 0.5 });

test("a car that drives, and one that stands, is believed after a few poses", () => {
  for (const motion of [circle, rest]) {
    const { rows, said } = new Trial().stream(2, motion);
    expect(rows.length).toBeGreaterThan(92);
    expect(said).toEqual([]);
  }
});

describe("units", () => {
  const scaled = (length: number, angle: number, motion: typeof circle) => (passed: number) => {
    const { x = 0, y = 0, heading = 0 } = motion(passed);
    return { x: length * x, y: length * y, heading: angle * heading };
  };
  const DEGREES = 180 / Math.PI;
  test.each<[string, (passed: number) => Partial<SeenPose>, RegExp]>([
    ["millimetres, driving", scaled(1000, 1, circle), /millimetres\? Metres are expected/],
    ["millimetres, at rest", scaled(1000, 1, rest), /position of \d+ m, .* millimetres/],
    ["millimetres, near the origin", (t) => ({ x: 60 * t, y: 0, heading: 0 }), /speed of \d+ m\/s: .* millimetres/],
    ["degrees, driving", scaled(1, DEGREES, circle), /degrees\? Radians are expected/],
    ["degrees, at rest", scaled(1, DEGREES, rest), /heading of 28\.6 rad; .* degrees/],
    ["degrees, from 0 on", (t) => ({ x: t, y: 0, heading: 60 * t }), /turn rate of \d+ rad\/s: .* degrees/],
  ])("%s: no pose is used, and why is said once", (_, motion, expected) => {
    const { rows, said } = new Trial().stream(3, motion);
    expect(rows).toEqual([]);
    expect(said[0]).toMatch(expected);
    // both what it is and how it moves may be told
    expect(said.length).toBeLessThanOrEqual(2);
  });

  test("a heading that counts its turns is taken if it was counted here", () => {
    const trial = new Trial().stream(20, (passed) => ({ ...circle(passed), heading: 1.5 * passed }));
    expect(trial.said).toEqual([]);
    expect(trial.rows.every((row) => Math.abs(row[PoseEntry.heading]) <= Math.PI)).toBe(true);
  });

  test("a single wild pose changes nothing: the estimator's gates are for those", () => {
    const trial = new Trial().stream(1, circle);
    trial.see({ x: 3, y: 3, heading: 2 });
    const { rows, said } = trial.stream(1, (passed) => circle(passed + 1.02));
    expect(rows.length).toBeGreaterThan(94);
    expect(said).toEqual([]);
  });

  test("a sender that is put right is believed again", () => {
    const trial = new Trial().stream(1, scaled(1000, 1, circle));
    expect(trial.rows).toEqual([]);
    expect(trial.stream(1, (passed) => circle(passed + 1)).rows.length).toBeGreaterThan(20);
  });
});

describe("order", () => {
  test("what was overtaken, or came twice, is left out", () => {
    const trial = new Trial().stream(1, circle);
    const { length } = trial.rows;
    trial.see({ ...circle(0.9), taken: 100.9, sent: 100.9 });
    trial.see({ ...circle(1), taken: trial.now, sent: trial.now });
    trial.see({ ...circle(1), taken: trial.now, sent: trial.now }, 0.001);
    expect(trial.rows.length).toBe(length + 1);
  });

  test("a stream that freezes while the car drives gives no more poses, and is said", () => {
    const trial = new Trial().stream(1, circle);
    const { length } = trial.rows;
    trial.stream(1, () => circle(0.98));
    expect(trial.rows.length).toBeLessThanOrEqual(length + 1);
    expect(trial.said).toEqual([expect.stringMatching(/has not changed for 0\.3 s: the stream is frozen/)]);
    expect(trial.stream(0.5, (passed) => circle(passed + 2)).rows.length).toBeGreaterThan(length + 20);
  });

  test("a car that stands may have the same pose for ever, to the last bit", () => {
    const { rows, said } = new Trial().stream(3, () => ({ x: 1, y: 2, heading: 0.1 }));
    expect(rows.length).toBeGreaterThan(140);
    expect(said).toEqual([]);
  });

  test("a sender that sends every pose three times is taken once per pose", () => {
    const trial = new Trial().stream(3, (passed) => circle(Math.floor(passed / 0.06) * 0.06));
    expect(trial.rows.length).toBeGreaterThan(40);
    expect(trial.rows.length).toBeLessThan(56);
    expect(trial.said).toEqual([]);
  });

  test("silence is said, and a car that is lost", () => {
    const trial = new Trial().stream(1, circle);
    for (let i = 0; i < 40; i++) {
      trial.now += 0.02;
      trial.intake.lose("car", trial.now);
      trial.intake.look(trial.now);
    }
    trial.intake.look(trial.now + 1.5);
    expect(trial.said[0]).toMatch(/"car" is lost since 0\.5 s/);
    expect(trial.said[1]).toMatch(/nothing has come for 1\.5 s/);
  });
});

test("no pose is taken of what is no number, or lies on its side", () => {
  const trial = new Trial().stream(1, circle);
  const { length } = trial.rows;
  for (const wrong of [{ x: Number.NaN }, { y: Number.POSITIVE_INFINITY }, { heading: Number.NaN }, { tilt: 1.4 }])
    expect(trial.see({ ...circle(1), ...wrong })).toBe(false);
  expect(trial.rows.length).toBe(length);
  expect(trial.said).toEqual([expect.stringMatching(/no number/), expect.stringMatching(/leans by 80°/)]);
});

test("names are shown without what would act on a terminal, and not without end", () => {
  const trial = new Trial({ name: "car" });
  for (let i = 0; i < 1000; i++) trial.see({ name: `\u001b[31m${i}${"x".repeat(500)}` });
  expect(trial.intake.names.length).toBeLessThanOrEqual(16);
  expect(trial.said.length).toBeLessThanOrEqual(32);
  expect(trial.said.join()).not.toContain("\u001b");
});

test("mount and frame: the pose is that of the car's origin on the track", () => {
  // seen 0.2 m in front and 0.1 m to the left of the origin, turned by 90°; the floor's frame at (3, 4), turned by 180°
  const trial = new Trial({
    mount: { x: 0.2, y: 0.1, angle: Math.PI / 2 },
    frame: { x: 3, y: 4, angle: Math.PI },
  });
  const heading = 0.3;
  const [c, s] = [Math.cos(heading), Math.sin(heading)];
  trial.stream(0.5, () => ({
    x: 1 + 0.2 * c - 0.1 * s,
    y: 2 + 0.2 * s + 0.1 * c,
    heading: heading + Math.PI / 2,
  }));
  const row = trial.rows.at(-1) ?? [];
  expect(row[PoseEntry.x]).toBeCloseTo(3 - 1, 12);
  expect(row[PoseEntry.y]).toBeCloseTo(4 - 2, 12);
  expect(row[PoseEntry.heading]).toBeCloseTo(heading - Math.PI, 12);
});
