/** Every gate: what passes, what does not, and what is said about it. */
import { expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { Floor, newFloor } from "../../src/runtime/floor.js";
import { GateCheck } from "../../src/runtime/gate-check.js";
import { gates } from "../../src/runtime/gates.js";
import type { GateSettings } from "../../src/runtime/observation.js";
import { describeFault, remedyOf } from "../../src/runtime/stops.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { scalar } from "../../src/tasks/scalar.js";
import { ScriptedRobot } from "../support/scripted-robot.js";

/** A period without rounding. */
const DT = 1 / 64;
const SETTINGS: GateSettings = {
  "control-period": 0.02,
  "stale-after": 0.1,
  "max-speed": 5,
  corridor: 1,
  geofence: [-3, 3, -2, 2],
  "max-jump": 0.3,
  "min-distance": 0.5,
  "max-uncertainty": 0.5,
  "min-battery": 6.4,
  "steering-curvature": 0,
  heartbeatWithin: Number.POSITIVE_INFINITY,
};
/** A straight track along y = 0. */
const TRACK = Float64Array.from({ length: 200 }, (_, i) => (i % 2 ? 0 : -5 + i / 20));

/** Gates in steady use: `steps` steps pass before the one that counts. */
class Bench {
  readonly robot = new ScriptedRobot();
  readonly gates: GateCheck;
  now = 1;
  heartbeat = 1;
  drives = true;

  constructor(change: Partial<GateSettings> = {}, task = carFigure8) {
    this.gates = new GateCheck(this.robot, { ...SETTINGS, ...change }, task, TRACK);
    this.robot.reading.battery = 8;
    this.robot.reading.applied.fill(0);
  }

  check(missed = false, passed = DT): Fault {
    this.now += passed;
    this.robot.receive(this.now);
    const fault = this.gates.check(this.now, missed, this.heartbeat, this.drives);
    this.gates.remember(this.robot.neutral);
    return fault;
  }

  /** The first fault within so many steps, and after how many. */
  within(steps: number, before: (step: number) => void = () => {}, missed = false): [Fault, number] {
    for (let step = 0; step < steps; step++) {
      before(step);
      const fault = this.check(missed);
      if (fault !== Fault.none) return [fault, step];
    }
    return [Fault.none, steps];
  }
}

/** A bench that has run for a second without a fault. */
function running(change: Partial<GateSettings> = {}): Bench {
  const bench = new Bench(change);
  expect(bench.within(50)).toEqual([Fault.none, 50]);
  return bench;
}

test("nothing is found in a drive that keeps to the limits", () => {
  const bench = running();
  const drive = (step: number) => {
    bench.robot.reading.state.set([-2 + 0.06 * step, 0.3, 3, 0]);
    bench.robot.reading.uncertainty = 0.4;
  };
  drive(0);
  bench.gates.reset();
  expect(bench.within(60, drive)).toEqual([Fault.none, 60]);
});

test.each<[string, Fault, (bench: Bench) => void]>([
  ["not a number", Fault.notFinite, ({ robot }) => (robot.reading.state[1] = Number.NaN)],
  ["infinite", Fault.notFinite, ({ robot }) => (robot.reading.state[3] = Number.NEGATIVE_INFINITY)],
  ["too fast", Fault.speed, ({ robot }) => (robot.reading.state[2] = 5.01)],
  ["too fast backwards", Fault.speed, ({ robot }) => (robot.reading.state[2] = -5.01)],
  ["a jump", Fault.jump, ({ robot }) => (robot.reading.state[0] = 0.31)],
  ["too uncertain", Fault.uncertain, ({ robot }) => (robot.reading.uncertainty = 0.51)],
  ["the robot's own", Fault.boardReset, ({ robot }) => (robot.fault = Fault.boardReset)],
])("%s: at once", (_, fault, disturb) => {
  const bench = running();
  disturb(bench);
  expect(bench.check()).toBe(fault);
});

test("poses from outside that stop, or contradict: only where they are expected, and not at once", () => {
  const lost = running();
  lost.robot.reading.poseTime = Number.NEGATIVE_INFINITY;
  expect(lost.check()).toBe(Fault.poseLost);
  const ages = (bench: Bench, contradicted: number) => {
    bench.robot.reading.poseTime = bench.now;
    bench.robot.reading.contradicted = contradicted;
    return bench.within(200);
  };
  expect(ages(running(), 4)).toEqual([Fault.poseLost, 128]);
  expect(ages(running(), 5)).toEqual([Fault.poseContradicts, 32]);
  const none = running();
  none.robot.reading.contradicted = 100;
  expect(none.within(200)).toEqual([Fault.none, 200]);
});

test("outside the fence, off the track: also without a jump", () => {
  const bench = running({ corridor: Number.POSITIVE_INFINITY });
  const left = (k: number) => bench.robot.reading.state.set([0, 0.02 * k, 1.28, Math.PI / 2]);
  left(0);
  bench.gates.reset();
  const [fault, step] = bench.within(200, left);
  expect([fault, step]).toEqual([Fault.geofence, 101]);
  expect(bench.gates.seen.value).toBeCloseTo(0.02, 12);
  const narrow = running();
  const right = (k: number) => narrow.robot.reading.state.set([0, -0.02 * k, 1.28, -Math.PI / 2]);
  right(0);
  narrow.gates.reset();
  expect(narrow.within(200, right)).toEqual([Fault.corridor, 51]);
  expect(describeFault({ fault: Fault.corridor, value: narrow.gates.seen.value, limit: narrow.gates.seen.limit })).toBe(
    "the car was 1.02 m off the track (limit 1 m)",
  );
});

test("what is shown of a value beyond its limit is beyond it too, at every gate that shows both", () => {
  for (const { fault, what } of gates.filter((gate) => /1 .*2/s.test(gate.what("1", "2")))) {
    for (const limit of [0.05, 0.125, 1.5, 2, 30]) {
      const value = limit * (1 + 1e-4);
      const said = describeFault({ fault, value, limit });
      const shown = [...Array(8).keys()].map((count) => Number(value.toPrecision(count + 1)));
      expect(shown.filter((one) => one > limit).some((one) => said === what(`${one}`, `${limit}`))).toBe(true);
    }
  }
  expect(describeFault({ fault: Fault.lostLink, value: 0.2, limit: 0.125 })).toBe(
    "nothing was heard from the robot for 0.2 s (limit 0.125 s)",
  );
});

test("before the drive it does not matter where the robot is", () => {
  const bench = new Bench();
  bench.drives = false;
  bench.robot.reading.state.set([100, -100, 9, 0]);
  expect(bench.within(50)).toEqual([Fault.none, 50]);
  bench.robot.reading.state[0] = Number.NaN;
  expect(bench.check()).toBe(Fault.notFinite);
});

test("a motion that the speed explains is no jump, however long the pause was", () => {
  const bench = running({ "control-period": 0.2, "stale-after": 1 });
  bench.robot.reading.state.set([0, 0, 4, 0]);
  bench.check();
  bench.robot.reading.state[0] = 2.3; // 0.5 s at 4 m/s and 0.3 m
  expect(bench.check(false, 0.5)).toBe(Fault.none);
  bench.robot.reading.state[0] = 2.3 + 0.08 + 0.31;
  expect(bench.check()).toBe(Fault.jump);
});

test("silence for 0.2 s, or that makes the state stale, is a lost link; a state that only grows old is stale", () => {
  const silent = running({ "stale-after": 9 });
  silent.robot.onReceive = undefined;
  expect(silent.within(100)).toEqual([Fault.lostLink, 12]);
  expect(silent.gates.seen.limit).toBe(0.2);
  const mute = running();
  mute.robot.onReceive = undefined;
  expect(mute.within(100)).toEqual([Fault.lostLink, 6]);
  // what is said is what was exceeded: half of stale-after
  expect(mute.gates.seen.limit).toBe(0.05);
  expect(mute.gates.seen.value).toBeGreaterThan(0.05);
  const stale = running();
  stale.robot.onReceive = (now) => {
    stale.robot.reading.heard = now;
  };
  expect(stale.within(100)).toEqual([Fault.staleState, 6]);
  const blind = new Bench();
  blind.robot.onReceive = (now) => {
    blind.robot.reading.heard = now;
  };
  expect(blind.check()).toBe(Fault.noState);
});

test("late steps: one that is very late, ten in a row, or one in nine; not one in twenty", () => {
  const late = running();
  expect(late.check(true, 0.099)).toBe(Fault.none);
  expect(late.check(true, 0.101)).toBe(Fault.lateness);
  expect(running().within(50, () => {}, true)).toEqual([Fault.lateness, 9]);
  const often = running();
  let found = Fault.none;
  for (let step = 0; step < 600 && found === Fault.none; step++) found = often.check(step % 9 === 0);
  expect(found).toBe(Fault.lateness);
  const seldom = running();
  for (let step = 0; step < 2000; step++) expect(seldom.check(step % 20 === 0)).toBe(Fault.none);
});

test("a clock that jumps, either way", () => {
  expect(running().check(false, -0.001)).toBe(Fault.clock);
  expect(running().check(false, 3600)).toBe(Fault.clock);
});

test("a battery that sags for a moment is allowed to, one that stays low is not; none measured is none", () => {
  const sagging = running();
  expect(sagging.within(200, (k) => (sagging.robot.reading.battery = k % 50 < 45 ? 5 : 8))).toEqual([Fault.none, 200]);
  const empty = running();
  const [fault, steps] = empty.within(200, () => (empty.robot.reading.battery = 6.3));
  expect([fault, steps]).toEqual([Fault.battery, 65]);
  const none = new Bench();
  none.robot.reading.battery = Number.NaN;
  expect(none.within(200)).toEqual([Fault.none, 200]);
});

test("what is applied must lie among the commands of the last moments", () => {
  const other = running();
  const [fault, steps] = other.within(100, () => (other.robot.reading.applied[1] = -0.3));
  expect([fault, steps]).toEqual([Fault.actuator, 20]);
  expect(other.gates.seen.value).toBeCloseTo(0.3, 12);
  const brief = running();
  const flicker = (k: number) => (brief.robot.reading.applied[0] = k % 20 < 14 ? 1 : 0);
  expect(brief.within(200, flicker)).toEqual([Fault.none, 200]);
  const slow = running(); // a servo that moves from one command to the next
  slow.gates.remember(Float64Array.of(1, 1));
  slow.robot.reading.applied.set([0.5, 0.9]);
  expect(slow.within(14)).toEqual([Fault.none, 14]);
  const silent = running();
  silent.robot.reading.applied.fill(Number.NaN);
  expect(silent.within(100)).toEqual([Fault.none, 100]);
});

test("a robot that is driven and measures no motion has a dead encoder; one that moves off or brakes has not", () => {
  const driven = (speed: number, throttle: number) => {
    const bench = running();
    bench.robot.neutral[0] = throttle;
    bench.robot.reading.applied[0] = throttle;
    bench.robot.reading.state[2] = speed;
    return bench.within(200);
  };
  expect(driven(0, 0.75)).toEqual([Fault.wheel, 66]);
  expect(driven(0, -0.3)).toEqual([Fault.wheel, 66]);
  expect(driven(0.06, 0.75)).toEqual([Fault.none, 200]);
  expect(driven(0, 0.1)).toEqual([Fault.none, 200]);
});

test("a dead man's switch", () => {
  const bench = new Bench({ heartbeatWithin: 0.5 });
  expect(bench.within(100, () => (bench.heartbeat = bench.now))).toEqual([Fault.none, 100]);
  expect(bench.within(100)).toEqual([Fault.deadMan, 31]);
});

test("reset forgets where the robot was and what it was told", () => {
  const bench = running();
  bench.robot.reading.state.set([2, 0, 0, 0]);
  bench.now += 1000;
  bench.gates.reset();
  expect(bench.check()).toBe(Fault.none);
});

test("another robot of the fleet that is too near, by either's measurement, until it is parted and begins anew", () => {
  const buffer = newFloor(2);
  const frame = { x: 0, y: 0, angle: 0 };
  const [bench, other] = [new Bench(), new Bench()];
  expect(bench.check()).toBe(Fault.none); // alone
  bench.gates.seen.floor = new Floor({ buffer, index: 0, frame });
  other.gates.seen.floor = new Floor({ buffer, index: 1, frame });
  const tell = (x: number) => {
    bench.gates.seen.floor?.tell(bench.robot.reading);
    other.gates.seen.floor?.tell({ ...other.robot.reading, state: Float64Array.of(x, 0, 0, 0) });
  };
  tell(0.6);
  expect([bench.check(), other.check()]).toStrictEqual([Fault.none, Fault.none]);
  tell(0.4);
  expect(bench.check()).toBe(Fault.tooClose);
  expect([bench.gates.seen.value, bench.gates.seen.limit]).toStrictEqual([expect.closeTo(0.4, 12), 0.5]);
  tell(2);
  expect(bench.check()).toBe(Fault.none);
  expect(other.check()).toBe(Fault.tooClose); // the first one said so
  other.gates.reset();
  expect(other.check()).toBe(Fault.none);
});

test("a robot that is not in the plane has no place to leave", () => {
  const robot = new ScriptedRobot();
  robot.reading.state.set([1e3, 1e3, 1e3, 0]);
  robot.receive(1);
  const check = new GateCheck(robot, SETTINGS, scalar, new Float64Array(0));
  expect(check.check(1, false, 1, true)).toBe(Fault.none);
});

test("no fault has two gates", () => {
  const faults = gates.map(({ fault }) => fault);
  expect(new Set(faults).size).toBe(faults.length);
});

test("every fault says what it is and what to do", () => {
  const faults = Object.values(Fault).filter((fault) => typeof fault === "number" && fault !== Fault.none) as Fault[];
  const words = faults.map((fault) => describeFault({ fault, value: 1.23456, limit: 1 }));
  expect(new Set(words).size).toBe(faults.length);
  for (const fault of faults) expect(remedyOf(fault).length).toBeGreaterThan(10);
  expect(words.join()).not.toMatch(/NaN|undefined|1\.2345/);
});
