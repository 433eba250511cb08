/** Speeds beside poses: which contradict them, what is said of it, and what is none of this. */
import { expect, test } from "@jest/globals";
import { Fault } from "../../../src/links/faults.js";
import { TwistCheck } from "../../../src/links/ros2/twist-check.js";
import { randomNumbers } from "../../support/cores.js";

const RATE = 50;

interface Moment {
  x: number;
  y: number;
  phi: number;
  /** in the body */
  forward: number;
  left: number;
}

/** A circle of 1.5 m, from rest at 4 m/s² up to 3 m/s, begun at a heading. */
function circle(heading: number): (t: number) => Moment {
  return (t) => {
    const [speed, way] = t < 0 ? [0, 0] : t < 0.75 ? [4 * t, 2 * t * t] : [3, 1.125 + 3 * (t - 0.75)];
    const phi = heading + way / 1.5;
    return { x: 1.5 * Math.sin(phi), y: -1.5 * Math.cos(phi), phi, forward: speed, left: 0 };
  };
}

const inBody = ({ forward, left }: Moment) => ({ x: forward, y: left });
const inWorld = ({ forward, left, phi }: Moment) => ({
  x: Math.cos(phi) * forward - Math.sin(phi) * left,
  y: Math.sin(phi) * forward + Math.cos(phi) * left,
});

interface Source {
  at?: (t: number) => Moment;
  speed?: (moment: Moment) => { x: number; y: number };
  isWorld?: boolean;
}

/** The first verdict, and how long after the start it came [s]; the poses of `at` at t, the speed of `at` at t. */
function verdictOf({ at = circle(2), speed = inBody, isWorld = false }: Source, poseOf = at) {
  const check = new TwistCheck();
  for (let i = -20; i < 6 * RATE; i++) {
    const t = i / RATE;
    check.take(t, poseOf(t), speed(at(t)), isWorld);
    if (check.verdict !== Fault.none) return { verdict: Fault[check.verdict], after: t };
  }
  return undefined;
}

test("a speed that agrees is believed, in both frames and at every heading", () => {
  for (let heading = -3; heading < 3; heading += 0.25) {
    expect(verdictOf({ at: circle(heading) })).toBeUndefined();
    expect(verdictOf({ at: circle(heading), speed: inWorld, isWorld: true })).toBeUndefined();
  }
});

test("a speed in the other frame is found within a second, whatever the heading", () => {
  for (let heading = -3; heading < 3; heading += 0.25) {
    const sources = [{ speed: inWorld }, { speed: inBody, isWorld: true }];
    for (const source of sources) {
      const found = verdictOf({ ...source, at: circle(heading) });
      expect(found?.verdict).toBe("twistFrame");
      // begun along the axes both frames are the same for a while
      const apart = Math.abs(Math.sin(heading / 2)) > 0.4;
      expect(found?.after).toBeLessThan(apart ? 0.85 : 1.6);
    }
  }
});

test("other units, the other sign and another robot's speed contradict too", () => {
  for (const factor of [1000, 0.001, -1, 3.6])
    for (const heading of [-2, 0, 0.7, 2.5]) {
      const speed = (moment: Moment) => ({ x: factor * moment.forward, y: 0 });
      const found = verdictOf({ at: circle(heading), speed });
      expect(found?.after).toBeLessThan(1);
      if (factor !== -1) expect(found?.verdict).toBe("twistPose");
    }
});

test("poses that lag, jump or are noisy, wheels that slip and cars that slide are none of this", () => {
  const random = randomNumbers(4);
  const at = circle(2);
  const lagging = (t: number) => at(t - 0.1);
  const jumping = (t: number) => ({ ...at(t), y: at(t).y + (t > 1 ? 0.8 : 0) });
  const noisy = (t: number) => ({ ...at(t), x: at(t).x + 0.01 * random(), y: at(t).y + 0.01 * random() });
  for (const poseOf of [lagging, jumping, noisy]) expect(verdictOf({ at }, poseOf)).toBeUndefined();
  for (const part of [0.7, 1.3])
    expect(verdictOf({ at, speed: ({ forward }) => ({ x: part * forward, y: 0 }) })).toBeUndefined();
  // the heading is 0.25 rad beside where it goes, and the wheels know only forward
  for (const slide of [0.25, -0.25])
    expect(verdictOf({ at }, (t) => ({ ...at(t), phi: at(t).phi + slide }))).toBeUndefined();
});

test("a pause and a clock that goes back begin anew", () => {
  const check = new TwistCheck();
  const at = circle(2);
  for (let i = 0; i < 60; i++) check.take(i / RATE, at(i / RATE), inWorld(at(i / RATE)), false);
  expect(check.verdict).toBe(Fault.twistFrame);
  check.take(10, at(10), inWorld(at(10)), false);
  expect(check.verdict).toBe(Fault.none);
});
