/** Verdicts on models: by thresholds, by what errors leave open, and on shakes of the simulated car. */
import { expect, test } from "@jest/globals";
import type { PartialConfig } from "../../src/config/config.js";
import { diagnosisOf } from "../../src/derivatives/diagnose.js";
import { agreementOf, compare, compareResponse, overall, verdictOf } from "../../src/derivatives/diagnosis.js";
import { shakeInMemory } from "../../src/derivatives/in-memory.js";
import { fromPoints } from "../../src/derivatives/recorded.js";

test.each([
  [0.81, 1.9, "true"],
  [0.81, 2.1, "scale"],
  [0.81, 0.4, "scale"],
  [0.79, 1, "useless"],
  [-0.49, -1, "useless"],
  [-0.51, -1, "sign"],
])("cosine %d and scale %d are %s", (cosine, scale, verdict) => expect(verdictOf(cosine, scale)).toBe(verdict));

/** A measured gradient with independent errors. */
const measured = (values: readonly number[], error: number) => ({
  values: Float64Array.from(values),
  covariance: Float64Array.from(values.flatMap((_, i) => values.map((__, k) => (i === k ? error ** 2 : 0)))),
});

test("cosine and scale are the model's, in parts of what was measured", () => {
  const { cosine, scale } = agreementOf([3, 4], [6, 8]);
  expect(cosine).toBeCloseTo(1, 12);
  expect(scale).toBeCloseTo(2, 12);
  expect(agreementOf([0, 0], [1, 2])).toEqual({ cosine: 0, scale: 0 });
});

test("errors widen the interval, and leave the verdict open where they allow another", () => {
  const model = Float64Array.of(1, -2, 3, 0.5, -1, 2);
  const all = [0, 1, 2, 3, 4, 5];
  const sure = compare("all", measured([...model], 0.1), model, all);
  expect(sure.verdict).toBe("true");
  expect(sure.interval.cosine[0]).toBeGreaterThan(0.98);
  expect(sure.interval.scale[0]).toBeLessThan(1);
  expect(sure.interval.scale[1]).toBeGreaterThan(1);
  const other = compare("all", measured([2, 1, 0.5, -3, 2, 1], 0.1), model, all);
  expect(other.verdict).toBe("useless");
  const open = compare("all", measured([1.5, -0.5, 2, 2, 0.5, 0.5], 1.5), model, all);
  expect(open.verdict).toBe("unsure");
  expect(open.interval.cosine[0]).toBeLessThan(0.5);
  expect(
    compare(
      "all",
      measured(
        [...model].map((value) => -value),
        0.1,
      ),
      model,
      all,
    ).verdict,
  ).toBe("sign");
  expect(
    compare(
      "all",
      measured(
        [...model].map((value) => value / 4),
        0.05,
      ),
      model,
      all,
    ).verdict,
  ).toBe("scale");
});

test("the cosine of a true model is not taken for smaller because of errors", () => {
  const model = Float64Array.from({ length: 12 }, (_, i) => Math.cos(i));
  const noise = Array.from({ length: 12 }, (_, i) => 0.35 * Math.sin(7 * i * i + 1));
  const values = noise.map((value, i) => model[i] + value * Math.SQRT2);
  const naive = agreementOf(values, model).cosine;
  const { cosine, interval } = compare("all", measured(values, 0.35), model, [...model.keys()]);
  expect(naive).toBeLessThan(0.93);
  expect(cosine).toBeGreaterThan(naive);
  expect(interval.cosine[1]).toBeGreaterThan(0.98);
});

test("an input that acts the other way round decides, whatever the gradient says", () => {
  const model = Float64Array.of(1, 2);
  const all = compare("all", measured([1, 2], 0.01), model, [0, 1]);
  const right = compareResponse("throttle", { ratio: 0.9, error: 0.05, correlation: 0.9 });
  const wrong = compareResponse("steering", { ratio: -1, error: 0.1, correlation: -0.9 });
  const open = compareResponse("steering", { ratio: -0.1, error: 0.1, correlation: -0.2 });
  expect([right.verdict, wrong.verdict, open.verdict]).toEqual(["true", "sign", "unsure"]);
  expect(wrong.scale).toBe(-1);
  expect(overall(all, [right, wrong])).toBe("sign");
  expect(overall(all, [right, open])).toBe("true");
});

test("changes between rollouts: right, far too long, and too few to tell", () => {
  const predicted = [-3, -2, -2.5, -1, 0.5, -0.7, -0.4, 0.2, -0.3, -0.1];
  const points = predicted.map((value, i) => ({ predicted: value, realised: 0.8 * value + 0.1 * Math.sin(5 * i) }));
  expect(fromPoints("rollouts", points).verdict).toBe("true");
  expect(fromPoints("rollouts", points).scale).toBeCloseTo(1.25, 1);
  const long = points.map(({ predicted: value, realised }) => ({ predicted: 5 * value, realised }));
  expect(fromPoints("rollouts", long).verdict).toBe("scale");
  const noise = points.map(({ predicted: value }, i) => ({
    predicted: value,
    realised: 2 * Math.sin(11 * i * i) - 0.5,
  }));
  expect(fromPoints("rollouts", noise).verdict).not.toBe("true");
});

const KNOWN = { offset: 0.5, drag: 0.105, corneringDrag: 0.325, inverseGrip: 1 / 7.7, steeringBias: 0 };
const model = (throttleGain: number, steeringGain: number): PartialConfig => ({
  "model-fit": false,
  "model-scale": 1,
  "model-delay": 0.1,
  parameters: { model: { ...KNOWN, throttleGain, steeringGain } },
});

test.each([
  ["true", "fitted", {}],
  ["true", "known", model(6.6, 4.3)],
  ["sign", "with reversed steering", model(6.6, -4.3)],
  ["scale", "with gains four times too large", model(26.4, 17.2)],
])("%s: the identified car's model %s", async (verdict, _, given) => {
  const made = await shakeInMemory(
    { plant: "identified", seed: 21, "plant-noise": [0.002], "control-jitter": 0.005, ...given },
    { groups: ["gains", "trims"], knots: 3, minutes: 3, bound: 0.2 },
  );
  const found = diagnosisOf(made, made.laps, made.minutes);
  expect(found.verdict).toBe(verdict);
  expect(found.groups.map(({ name }) => name)).toEqual(["gains", "trims"]);
  expect(found.parts).toHaveLength(4);
  const [throttle, steering] = found.responses;
  expect(throttle.scale).toBeGreaterThan(0.8);
  if (verdict === "sign") expect(steering.verdict).toBe("sign");
  if (verdict === "true") expect(Math.abs(Math.log(steering.scale))).toBeLessThan(0.2);
});
