/** The car as an environment: what an action, an observation, a reward and an episode are. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { CarEnvironment, checkActionSpace } from "../../src/peers/car-environment.js";
import { Evaluation } from "../../src/peers/evaluation.js";

const load = (given: PartialConfig = {}, observation: "policy" | "full" = "full") =>
  CarEnvironment.load(completeConfig({ plant: "identified", ...given }), observation);

let car: CarEnvironment;
beforeAll(async () => {
  car = await load();
});

const steady = new Float64Array(10);

describe("an action", () => {
  test("is the policy's outputs in parts of their scale, clamped", () => {
    car.reset(1);
    car.step([0.5, -0.25, 2, -3, 1, 0.5, -1, 1, -1, 0.5]);
    const { core, slot } = car.drive;
    const last = core.view("outputs", slot).subarray(0, 10);
    expect(Array.from(last)).toEqual([0.5, -0.25, 1, -1, 0.25, 0.125, -0.25, 0.1, -0.1, 0.01]);
  });

  test.each([
    ["not finite", [Number.NaN, 0, 0, 0, 0, 0, 0, 0, 0, 0], /output 0 of an action is NaN; it must be finite/],
    ["of another length", [0, 0], /an action of car-figure8 has 10 numbers, got 2/],
  ])("that is %s is refused", (_, action, message) => {
    car.reset(1);
    expect(() => car.step(action)).toThrow(message);
  });
});

describe("an observation", () => {
  test("is the policy's features, and what a peer without a model wants to know too", () => {
    const start = car.reset(7).slice();
    expect(start.length).toBe(17);
    expect(Array.from(start.subarray(11))).toEqual([0, 0, 0, 0, 0, 0]);
    const observed = car.step([0.1, 0.2, 0.3, 0.4, 0, 0, 0, 0, 0, 0]).observation;
    const [x, y, v, phi] = car.drive.state;
    const clock = (2 * Math.PI * car.drive.taskTime) / 5.5;
    const numbers = [v, Math.cos(phi), Math.sin(phi), Math.cos(clock), Math.sin(clock), 0.1, 0.2, 0.3, 0.4];
    const expected = [x, y, v * Math.cos(phi), v * Math.sin(phi), observed[4], observed[5], ...numbers];
    for (const [i, value] of [...expected, ...car.drive.input].entries()) expect(observed[i]).toBeCloseTo(value, 12);
    // the place of the task that the car is near to, as an angle like the clock's
    expect(Math.hypot(observed[4], observed[5])).toBeCloseTo(1, 12);
    expect(observed[4] * Math.cos(clock) + observed[5] * Math.sin(clock)).toBeGreaterThan(0.95);
  });

  test("of the policy alone is its six features", async () => {
    const small = await load({}, "policy");
    expect(Array.from(small.reset(7))).toEqual(Array.from(car.reset(7).subarray(0, 6)));
  });
});

describe("an episode", () => {
  test("has the length of a training rollout, and is cut short, not over", () => {
    car.reset(3);
    let seconds = 0;
    for (let segment = 1; segment <= 156; segment++) {
      const step = car.step(steady);
      seconds += step.seconds;
      expect(step.terminated).toBe(false);
      expect(step.truncated).toBe(segment === 156);
      expect(step.reward).toBeLessThan(0);
    }
    expect(seconds).toBeCloseTo(156 * 0.14, 9);
  });

  test("is decided by its seed and its actions", () => {
    const drive = (seed: number) => {
      const start = Array.from(car.reset(seed));
      return [start, ...Array.from({ length: 5 }, () => Array.from(car.step(steady).observation))];
    };
    const first = drive(11);
    expect(drive(12)).not.toEqual(first);
    expect(drive(11)).toEqual(first);
  });

  test("that leaves its bounds is cut short, and says why", async () => {
    const wild = await load({ parameters: { plant: { steeringGain: -4.3 } } });
    let ended = "";
    for (let seed = 0; seed < 20 && ended === ""; seed++) {
      wild.reset(seed);
      while (!wild.step(steady).truncated);
      ended = wild.stopped ?? "";
    }
    expect(ended).toMatch(/left its bounds \[-10, 10\] after/);
  });
});

test.each(["cart-pole", "pendulum-reach", "scalar"])("peers do not act on %s", async (task) => {
  expect(() => checkActionSpace(task)).toThrow(`task ${task} has not what peers act with`);
  await expect(CarEnvironment.load(completeConfig({ task }))).rejects.toThrow("use car-figure8");
});

describe("an evaluation", () => {
  test("costs the same by actions and by parameters of the core's network", async () => {
    const evaluation = await Evaluation.load(completeConfig({ plant: "single-track" }));
    const untrained = evaluation.untrained();
    expect(untrained).toBeCloseTo(0.6105, 4);
    const parameters = new Float64Array(5258);
    const policy = { parameters, controller: Float64Array.of(0.75, 1), pace: 1 };
    expect(await evaluation.ofNetwork(policy, 0)).toBeCloseTo(untrained, 12);
    const limited = await evaluation.ofNetwork({ ...policy, controller: Float64Array.of(0.3, 1) }, 0);
    expect(Math.abs(limited - untrained)).toBeGreaterThan(0.1 * untrained);
    expect(evaluation.ofActions(() => steady, 0, "full")).toBeCloseTo(untrained, 12);
  });

  test("is on the plant as it has become", async () => {
    const evaluation = await Evaluation.load(
      completeConfig({ plant: "identified", "plant-change": ["throttle=0.6@seconds100"] }),
    );
    const untrained = evaluation.untrained();
    expect(evaluation.ofActions(() => steady, 10)).toBe(untrained);
    expect(evaluation.ofActions(() => steady, 100)).toBeGreaterThan(1.2 * untrained);
  });
});
