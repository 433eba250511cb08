/** Measured sensitivities: exact without noise, good and honest with it, and what is said of shakes that are not. */
import { expect, test } from "@jest/globals";
import type { PartialConfig } from "../../src/config/config.js";
import type { Core, RegionName } from "../../src/core/core.js";
import type { AdjustmentSpace } from "../../src/derivatives/adjustment.js";
import { agreementOf } from "../../src/derivatives/diagnosis.js";
import { estimateFrom, type ShakenLap } from "../../src/derivatives/estimate.js";
import { type MemoryShake, shakeInMemory } from "../../src/derivatives/in-memory.js";
import { remarksOn } from "../../src/derivatives/remarks.js";
import { SimLink } from "../../src/links/kinds/sim.js";

const DIRECT: MemoryShake = { groups: ["gains", "trims"], knots: 3, minutes: 3, bound: 0.2 };
/** 39 segments of the task's own length are no whole lap; 55 of these are. */
const WHOLE: PartialConfig = { "network-period": 0.1, "steps-per-segment": 5 };
const PLANT: readonly RegionName[] = ["plantState", "plantMemory", "random"];
const SETTLED = 10;
const SIZE = 0.0002;

/** Lets every lap after the first ones begin where the first of them did, and takes differences of the plant there. */
class SameStart extends SimLink {
  readonly #space: AdjustmentSpace;
  #laps = 0;
  #start: Float64Array[] = [];
  #slot = 0;
  /** of the cost, and of the states at every step, by parameter */
  readonly costs: number[] = [];
  readonly states: Float64Array[] = [];

  constructor(space: AdjustmentSpace) {
    super();
    this.#space = space;
  }

  override async driveOn(core: Core, index: number, segments: number, previous: number, kept: number) {
    if (kept > 0 || ++this.#laps < SETTLED) return super.driveOn(core, index, segments, previous, kept);
    const adjustment = core.view("adjustment").slice();
    if (this.#laps === SETTLED) {
      this.#start = PLANT.map((name) => core.view(name).slice());
      this.#slot = previous;
      core.driveOn(2, previous, 5);
      for (let i = 0; i < this.#space.size; i++) this.#difference(core, i);
    }
    this.#restore(core);
    core.write("adjustment", adjustment);
    return super.driveOn(core, index, segments, 2, kept);
  }

  #restore(core: Core): void {
    for (const [i, name] of PLANT.entries()) core.write(name, this.#start[i]);
  }

  #difference(core: Core, i: number): void {
    const [up, down] = [1, -1].map((sign) => {
      this.#restore(core);
      this.#space.apply(
        core,
        this.#space.parameters.map((_, k) => (i === k ? sign * SIZE : 0)),
      );
      core.tryRollOut(1 - this.#slot, 55, 2, 0);
      const costs = core.view("stageCosts", 1 - this.#slot).subarray(0, 275);
      const states = core.view("states", 1 - this.#slot).slice(0, 4 * 275);
      return { cost: costs.reduce((sum, cost) => sum + cost, 0), states };
    });
    this.costs.push((up.cost - down.cost) / (2 * SIZE));
    this.states.push(up.states.map((value, k) => (value - down.states[k]) / (2 * SIZE)));
  }
}

test.each(["nominal", "identified", "single-track"])(
  "%s, noise-free, from one start: sensitivities are central differences of the plant to 1e-3",
  async (plant) => {
    let link: SameStart | undefined;
    const made = await shakeInMemory(
      { plant, seed: 7, ...WHOLE },
      { ...DIRECT, minutes: 4, bound: 0.0005 },
      (_, space) => {
        link = new SameStart(space);
        return link;
      },
    );
    const laps = made.laps.slice(SETTLED);
    const estimate = estimateFrom(laps, made.space, made.core.setup.task);
    if (!estimate || !link) throw new Error("nothing was driven");
    const { costs, states } = link;
    const errors = costs.map((cost, i) => cost - estimate.gradient.values[i]);
    expect(Math.hypot(...errors) / Math.hypot(...costs)).toBeLessThan(1e-3);
    const [{ phases }] = estimate.deviations;
    const count = estimate.cells.length;
    const cellOf = (phase: number) => Math.min(count - 1, Math.floor((phase * count) / 5.5));
    let [squares, all] = [0, 0];
    estimate.cells.forEach(({ values }, cell) => {
      const steps = [...phases.keys()].filter((t) => cellOf(phases[t]) === cell);
      states.forEach((difference, parameter) => {
        for (let column = 0; column < 4; column++) {
          const mean = steps.reduce((sum, t) => sum + difference[4 * t + column], 0) / steps.length;
          squares += (values[4 * parameter + column] - mean) ** 2;
          all += mean ** 2;
        }
      });
    });
    expect(Math.sqrt(squares / all)).toBeLessThan(1e-3);
  },
);

/** An untrained car with 2 mm of noise and 5 ms of jitter. */
const noisy = (given: PartialConfig, shake = DIRECT) =>
  shakeInMemory({ plant: "identified", seed: 11, "plant-noise": [0.002], "control-jitter": 0.005, ...given }, shake);

test("with noise and jitter the gradient of the true model is found, within its errors", async () => {
  const made = await noisy({});
  const estimate = estimateFrom(made.laps, made.space, made.core.setup.task);
  if (!estimate) throw new Error("too few laps");
  expect(made.minutes).toBeLessThan(3);
  // differences of the plant, docs/results/physical-derivatives.md: seeds differ by less than 1
  const truth = [-9.9, -7, -44, 15.1, -9, 9.3, -17.8, -2.5];
  expect(agreementOf(estimate.gradient.values, truth).cosine).toBeGreaterThan(0.98);
  const errors = truth.map((value, i) => {
    const error = Math.sqrt(estimate.gradient.covariance[9 * i]);
    return (estimate.gradient.values[i] - value) / error;
  });
  expect(Math.hypot(...errors) / Math.sqrt(8)).toBeLessThan(2);
  expect(estimate.heldOut).toBeLessThan(0.35);
  expect(estimate.dead).toEqual([]);
  expect(Math.abs(estimate.drift)).toBeLessThan(4.5);
  const [first, more] = remarksOn(estimate, 60 * made.minutes, 0.01);
  expect(first).toMatch(/^standard error of the gradient: \d/);
  expect(more).toMatch(/too few laps for 1.0 %: about \d+ more minutes are needed/);
});

test("a robot that drifts is told of, and its gradient is found all the same", async () => {
  const made = await noisy({ "plant-change": ["throttle=1..0.85@seconds0..180"] });
  const estimate = estimateFrom(made.laps, made.space, made.core.setup.task);
  if (!estimate) throw new Error("too few laps");
  expect(remarksOn(estimate, 180, 1).join("\n")).toMatch(/the robot drifted while it was shaken \(t = -?\d/);
  expect(agreementOf(estimate.gradient.values, [-9.9, -7, -44, 15.1, -9, 9.3, -17.8, -2.5]).cosine).toBeGreaterThan(
    0.95,
  );
});

test("a parameter without any effect is told of", async () => {
  const made = await noisy({});
  // what the laps were driven with has nothing to do with this
  const laps: ShakenLap[] = made.laps.map((lap, i) => {
    const values = lap.values.slice();
    if (values.some((value) => value !== 0)) values[0] = 0.1 * (((i * 7919) % 13) / 6 - 1);
    return { ...lap, values };
  });
  const estimate = estimateFrom(laps, made.space, made.core.setup.task);
  expect(estimate?.dead).toEqual(["k_x"]);
  if (estimate) expect(remarksOn(estimate, 180, 1).at(-1)).toBe("no effect at all is seen of k_x");
});

test("too few minutes are refused, with those that are needed", async () => {
  await expect(noisy({}, { ...DIRECT, minutes: 1 })).rejects.toThrow(
    "1 minutes are 7 laps that count, too few for 8 parameters, which need 27: give --minutes 2.8 or more",
  );
});
