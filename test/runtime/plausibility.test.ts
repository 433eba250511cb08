/** The gates that find sensors that lie: each on a car that drives in circles, with one thing wrong. */
import { expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { GateCheck } from "../../src/runtime/gate-check.js";
import type { GateSettings } from "../../src/runtime/observation.js";
import { RESPONSE_SIZE, responseRow } from "../../src/runtime/response.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { ScriptedRobot } from "../support/scripted-robot.js";

const DT = 0.02;
const SETTINGS: GateSettings = {
  "control-period": DT,
  "stale-after": 0.1,
  "max-speed": 9,
  corridor: 100,
  geofence: [],
  "max-jump": 10,
  "min-distance": 0.5,
  "max-uncertainty": 1,
  "min-battery": 6.4,
  "steering-curvature": 0,
  heartbeatWithin: Number.POSITIVE_INFINITY,
};
/** A circle of 3 m in diameter, which the car drives. */
const TRACK = Float64Array.from({ length: 200 }, (_, i) => 1.5 * (i % 2 ? Math.sin : Math.cos)((Math.PI * i) / 100));
const SPEED = 2.5;
/** The task asks for a circle in the time in which it is driven. */
const TASK = { ...carFigure8, timing: { ...carFigure8.timing, lapTime: (2 * Math.PI * 1.5) / SPEED } };
/** The car's response: yaw rate 4 u v, acceleration 6 u - 2.4 v. */
const FIT = responseRow(
  {
    parameters: {
      throttleGain: 6,
      drag: 0,
      steeringGain: 4,
      steeringBias: 0,
      offset: 0,
      linearDrag: 1.2,
      corneringDrag: 0,
      inverseGrip: 0,
      throttleGrip: 0,
    },
    delays: [0, 0],
  },
  0.02,
  0.02,
);

/** Drives round by the commands that give it, which waver a little; what is measured may be changed by `lie`. */
class Circle {
  readonly robot = new ScriptedRobot();
  readonly gates: GateCheck;
  readonly #command = new Float64Array(2);
  lie: (robot: ScriptedRobot, step: number) => void = () => {};
  now = 0;
  step = 0;
  v = SPEED;
  w = SPEED / 1.5;
  x = 1.5;
  y = 0;
  phi = Math.PI / 2;

  constructor(change: Partial<GateSettings> = {}, isFitted = false) {
    this.gates = new GateCheck(this.robot, { ...SETTINGS, ...change }, TASK, TRACK);
    this.robot.reading.battery = 8;
    if (isFitted) this.gates.seen.motion.response.model.set(FIT);
  }

  drive(steps: number): Fault {
    for (let k = 0; k < steps; k++) {
      const wobble = 0.05 * Math.sin(0.5 * this.step);
      this.v = SPEED + 0.1 * Math.sin(0.3 * this.step);
      this.w = 4 * this.#command[1] * this.v;
      this.phi += this.w * DT;
      this.x += this.v * DT * Math.cos(this.phi);
      this.y += this.v * DT * Math.sin(this.phi);
      this.now += DT;
      this.robot.reading.state.set([this.x, this.y, this.v, this.phi]);
      this.robot.reading.yawRate = this.w;
      this.robot.receive(this.now);
      this.lie(this.robot, this.step++);
      const fault = this.gates.check(this.now, false, this.now, true);
      if (fault !== Fault.none) return fault;
      this.#command[0] = 0.2 * this.v + (0.3 / 6) * 0.1 * 50 * Math.cos(0.3 * this.step - 0.15);
      this.#command[1] = 1 / 6 + wobble;
      this.gates.remember(this.#command);
    }
    return Fault.none;
  }
}

/** After two seconds of truth `lie` begins; the fault, and after how many seconds. */
function found(lie: Circle["lie"], change: Partial<GateSettings> = {}, isFitted = false): [Fault, number] {
  const circle = new Circle(change, isFitted);
  expect(circle.drive(150)).toBe(Fault.none);
  circle.lie = lie;
  const fault = circle.drive(200);
  return [fault, Number((DT * (circle.step - 151)).toFixed(2))];
}

test("a car that tells the truth passes, with a fit and without", () => {
  expect(new Circle().drive(1000)).toBe(Fault.none);
  expect(new Circle({}, true).drive(1000)).toBe(Fault.none);
  expect(new Circle({ "steering-curvature": 4 }).drive(1000)).toBe(Fault.none);
});

test("a gyro at the end of its range, and one that asks for more grip than there is", () => {
  const saturated: Circle["lie"] = ({ reading }) => (reading.yawRate = 4.36);
  const known: Circle["lie"] = (robot) => {
    robot.reading.yawRange = 4.36;
    saturated(robot, 0);
  };
  expect(found(known)).toEqual([Fault.yawRange, 0.06]);
  const [fault, after] = found(({ reading }, step) => (reading.yawRate += 0.3 * (step - 150)));
  expect(fault).toBe(Fault.grip);
  expect(after).toBeLessThan(0.6); // 0.42 s until it is beyond, and 0.1 s
});

test("values that repeat to the last bit while the car is commanded otherwise", () => {
  expect(found(({ reading }) => (reading.yawRate = 1.234))).toEqual([Fault.frozenYaw, 0.3]);
  expect(found(({ reading }) => (reading.state[2] = SPEED))).toEqual([Fault.frozenSpeed, 0.5]);
  const still: Circle["lie"] = ({ reading }) => {
    reading.state[0] = 1;
    reading.state[1] = 1;
  };
  expect(found(still)[0]).toBe(Fault.frozenPlace);
});

test("a speed that jumps, that is backwards, that the throttle does not explain", () => {
  expect(found(({ reading }) => (reading.state[2] *= 0.5))).toEqual([Fault.speedJump, 0]);
  const backwards = new Circle();
  backwards.lie = ({ reading }) => {
    reading.state[2] *= -1;
    reading.state[3] += Math.PI; // as dead reckoning would have it
  };
  expect(backwards.drive(200)).toBe(Fault.speedSign);
  // the throttle's command is half of what it says, as with an encoder that counts double from the fit on
  const fitted = new Circle({}, true);
  expect(fitted.drive(150)).toBe(Fault.none);
  fitted.gates.seen.motion.response.model[0] *= 2;
  expect(fitted.drive(100)).toBe(Fault.speedModel);
  expect(DT * (fitted.step - 151)).toBeLessThan(0.6);
});

test("turning against the steering, or not at all, or not as fitted", () => {
  expect(found(({ reading }) => (reading.yawRate *= -1))).toEqual([Fault.yawJump, 0]);
  /** A car that is steered hard to the left from the start; its place is dead reckoning. */
  const steered = (factor: number) => {
    const { robot, gates } = new Circle();
    const command = Float64Array.of(0.5, 0.6);
    const state = robot.reading.state;
    for (let step = 0; step < 200; step++) {
      robot.reading.yawRate = factor * (2 + 0.1 * Math.sin(step));
      state[2] = 1 + 0.01 * Math.sin(step);
      state[3] += DT * robot.reading.yawRate;
      state[0] += DT * state[2] * Math.cos(state[3]);
      state[1] += DT * state[2] * Math.sin(state[3]);
      robot.receive(DT * step);
      const fault = gates.check(DT * step, false, DT * step, true);
      if (fault !== Fault.none) return fault;
      gates.remember(command);
    }
    return Fault.none;
  };
  expect(steered(-1)).toBe(Fault.turnSign);
  expect(steered(0.01)).toBe(Fault.noTurn);
  const half: Circle["lie"] = ({ reading }, step) => (reading.state[3] -= 0.5 * DT * (SPEED / 1.5) * (step - 149));
  expect(found(half, {}, true)[0]).toBe(Fault.turnModel);
});

test("with a configured curvature, or an accelerometer, a factor is found before any fit", () => {
  /** A gyro that is wrong by `factor` from power on. */
  const wrong = (factor: number, change: Partial<GateSettings> = {}) => {
    const circle = new Circle(change);
    circle.lie = ({ reading }, step) => (reading.yawRate = (factor * SPEED) / 1.5 + 0.01 * Math.sin(step));
    return [circle.drive(300), Number(circle.now.toFixed(1))];
  };
  expect(wrong(2)).toEqual([Fault.none, 6]);
  for (const [factor, curvature] of [
    [2.5, 3.5],
    [0.3, 4],
  ]) {
    const [fault, after] = wrong(factor, { "steering-curvature": curvature });
    expect(fault).toBe(Fault.curvature);
    expect(after).toBeLessThan(1);
  }
  const circle = new Circle();
  circle.lie = ({ reading }) => {
    reading.lateralAcceleration = (SPEED * SPEED) / 1.5;
    reading.yawRate *= 2;
  };
  expect(circle.drive(300)).toBe(Fault.lateral);
  expect(circle.now).toBeLessThan(1);
});

test("a place that goes elsewhere than the heading, and one that goes nowhere", () => {
  const swapped: Circle["lie"] = ({ reading }) => {
    const [x] = reading.state;
    reading.state[0] = reading.state[1];
    reading.state[1] = x;
  };
  const circle = new Circle();
  circle.lie = swapped;
  expect(circle.drive(200)).toBe(Fault.course);
  const spinning = new Circle();
  spinning.lie = ({ reading }) => {
    reading.state[0] *= 0.02;
    reading.state[1] *= 0.02;
    reading.state[2] *= 0.02;
  };
  expect(spinning.drive(200)).toBe(Fault.noProgress);
  expect(spinning.now).toBeCloseTo(2, 0);
});

test("a car that spins on the spot in a later lap is not where it was a lap before, within a second", () => {
  const circle = new Circle();
  expect(circle.drive(1000)).toBe(Fault.none);
  let v = SPEED;
  let { x, y } = circle;
  circle.lie = ({ reading }) => {
    v = Math.max(0.1, v - 0.3);
    x += v * DT * Math.cos(circle.phi);
    y += v * DT * Math.sin(circle.phi);
    reading.state.set([x, y, v, circle.phi]);
  };
  expect(circle.drive(50)).toBe(Fault.offPlace);
  circle.gates.reset(); // put back: a new drive knows no lap
  circle.lie = () => {};
  expect(circle.drive(300)).toBe(Fault.none);
});

test("a battery that was measured and is not any more, also after a new arming", () => {
  expect(found(({ reading }) => (reading.battery = Number.NaN))).toEqual([Fault.batteryLost, 0.5]);
  const circle = new Circle();
  circle.drive(5);
  circle.gates.reset();
  circle.lie = ({ reading }) => (reading.battery = Number.NaN);
  expect(circle.drive(100)).toBe(Fault.batteryLost);
});

test("a response is a row of numbers of fixed length", () => {
  expect(FIT).toHaveLength(RESPONSE_SIZE);
  expect(FIT.every(Number.isFinite)).toBe(true);
});
