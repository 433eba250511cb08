/** Losses of the peers in float64: values where they are known, gradients against central differences. */
import { describe, expect, test } from "@jest/globals";
import { drawUniform } from "../../src/peers/batch/initial.js";
import { Kernels } from "../../src/peers/batch/kernels.js";
import { Network } from "../../src/peers/batch/network.js";
import { clippedLoss, estimateAdvantages, gaussianLogProb } from "../../src/peers/clipped.js";
import { boundedLogVariance, gaussianLoss } from "../../src/peers/ensemble.js";
import { rolloutLength } from "../../src/peers/mbpo.js";
import { actorLoss, joinRows, squaredError } from "../../src/peers/soft-policy.js";
import { newDraw, squash, squashTranspose } from "../../src/peers/squashed.js";
import { centralDifferences, referenceOutputs, relativeError } from "./reference.js";

const { call } = new Kernels(3);
const drawn = (count: number, scale = 1) => Float64Array.from({ length: count }, () => scale * call.normal());
const ROWS = 5;
const SIZE = 3;

describe("the squashed Gaussian", () => {
  const head = drawn(ROWS * 2 * SIZE);
  // one log std is held at its limit: it has no gradient
  head[SIZE] = 2.5;
  const noise = drawn(ROWS * SIZE);
  const draw = newDraw(ROWS, SIZE);
  draw.noise.set(noise);

  test("log p is the Gaussian's less the squashing's", () => {
    squash(call, head, ROWS, SIZE, draw);
    for (let row = 0; row < ROWS; row++) {
      let expected = 0;
      for (let i = 0; i < SIZE; i++) {
        const logStd = Math.min(head[row * 2 * SIZE + SIZE + i], 2);
        const action = Math.tanh(head[row * 2 * SIZE + i] + Math.exp(logStd) * noise[row * SIZE + i]);
        expect(draw.actions[row * SIZE + i]).toBeCloseTo(action, 12);
        expected -= noise[row * SIZE + i] ** 2 / 2 + logStd + Math.log(2 * Math.PI) / 2 + Math.log(1 - action ** 2);
      }
      expect(draw.logProb[row]).toBeCloseTo(expected, 6);
    }
  });

  test("log p stays finite where the action is 1 to the last bit", () => {
    const far = newDraw(1, 1);
    squash(call, [60, 0], 1, 1, far);
    expect(far.actions[0]).toBe(1);
    // log std 0, noise 0: -log(2 pi) / 2 - 2 (log 2 - 60)
    expect(far.logProb[0]).toBeCloseTo(-Math.log(2 * Math.PI) / 2 - 2 * (Math.LN2 - 60), 9);
  });

  test("gradient of an actor's loss by what the network puts out", () => {
    const weights = drawn(ROWS * SIZE);
    const loss = (at: Float64Array) => {
      squash(call, at, ROWS, SIZE, draw);
      const value = weights.reduce((sum, w, i) => sum + w * draw.actions[i], 0);
      return value + draw.logProb.reduce((sum, one) => sum + 0.3 * one, 0);
    };
    loss(head);
    const gradient = new Float64Array(ROWS * 2 * SIZE);
    squashTranspose(call, head, ROWS, SIZE, draw, weights, 0.3, gradient);
    expect(gradient[SIZE]).toBe(0);
    expect(relativeError(gradient, centralDifferences(loss, head))).toBeLessThan(1e-8);
  });
});

test("the critics' loss", () => {
  const [outputs, values, gradient] = [drawn(ROWS), drawn(ROWS), new Float64Array(ROWS)];
  const loss = (at: Float64Array) => squaredError(at, values, ROWS, new Float64Array(ROWS));
  squaredError(outputs, values, ROWS, gradient);
  expect(relativeError(gradient, centralDifferences(loss, outputs))).toBeLessThan(1e-8);
});

test("the actor's loss: gradient by what it puts out, through squashing and the lower of two critics", () => {
  const kernels = new Kernels(9);
  const observationSize = 2;
  const sizes = [observationSize + SIZE, 8, 1];
  const critics = [0, 1].map(() => new Network(kernels, { sizes, activation: "tanh", rows: ROWS }));
  for (const critic of critics) drawUniform(kernels, critic);
  const observations = Float32Array.from(drawn(ROWS * observationSize));
  const head = drawn(ROWS * 2 * SIZE);
  const draw = newDraw(ROWS, SIZE);
  draw.noise.set(drawn(ROWS * SIZE));
  const pairs = kernels.floats(ROWS * sizes[0]);
  const alpha = 0.3;
  const squashed = (at: Float64Array) => {
    squash(call, at, ROWS, SIZE, draw);
    joinRows(pairs.values, observations, observationSize, draw.actions, SIZE, ROWS);
  };
  const gradient = new Float64Array(head.length);
  squashed(head);
  const loss = actorLoss(kernels, critics, pairs, head, draw, ROWS, alpha, "learning", gradient);
  const parameters = critics.map((critic) => Float64Array.from(critic.parameters.values));
  const reference = (at: Float64Array) => {
    squash(call, at, ROWS, SIZE, draw);
    const inputs = Float64Array.from({ length: ROWS * sizes[0] }, (_, k) => {
      const [row, i] = [Math.floor(k / sizes[0]), k % sizes[0]];
      const isObserved = i < observationSize;
      return isObserved ? observations[row * observationSize + i] : draw.actions[row * SIZE + i - observationSize];
    });
    const outputs = critics.map((critic, k) => referenceOutputs(critic, parameters[k], inputs, ROWS));
    return draw.logProb.reduce((sum, p, i) => sum + (alpha * p - Math.min(outputs[0][i], outputs[1][i])) / ROWS, 0);
  };
  expect(loss).toBeCloseTo(reference(head), 6);
  expect(relativeError(gradient, centralDifferences(reference, head))).toBeLessThan(1e-5);
});

describe("the Gaussian models' loss", () => {
  const targets = drawn(ROWS * SIZE);

  test("gradient by means and log variances, within their bounds and far beyond", () => {
    const outputs = drawn(ROWS * 2 * SIZE);
    [outputs[SIZE], outputs[SIZE + 1]] = [4, -14];
    const gradient = new Float64Array(outputs.length);
    const loss = (at: Float64Array) => gaussianLoss(call, at, targets, ROWS, SIZE, new Float64Array(outputs.length));
    gaussianLoss(call, outputs, targets, ROWS, SIZE, gradient);
    expect(relativeError(gradient, centralDifferences(loss, outputs))).toBeLessThan(1e-7);
  });

  test("log variances stay within -10 and 1/2", () => {
    expect(boundedLogVariance(call, 100).value).toBeCloseTo(0.5, 3);
    expect(boundedLogVariance(call, -100).value).toBeCloseTo(-10, 3);
    expect(boundedLogVariance(call, -4).value).toBeCloseTo(-4, 1);
  });
});

test("model rollouts grow from one action to the longest", () => {
  const settings = { longestRollout: 15, growsFrom: 100, growsUntil: 200 };
  expect([0, 100, 150, 199, 200, 900].map((actions) => rolloutLength(settings, actions))).toEqual([
    1, 1, 8, 14, 15, 15,
  ]);
});

describe("PPO", () => {
  const actions = drawn(ROWS * SIZE);
  const means = drawn(ROWS * SIZE, 0.3);
  const logStd = drawn(SIZE, 0.2);
  const now = new Float64Array(ROWS);
  gaussianLogProb(call, actions, means, logStd, ROWS, now);
  // ratios within the clip, beyond it on either side, with advantages of both signs
  const oldLogProb = now.map((one, row) => one - [0.05, 0.5, -0.5, 0.5, -0.5][row]);
  const advantages = Float64Array.of(1.5, 2, 0.7, -1, -2);
  const batch = { rows: ROWS, actions, oldLogProb, advantages, clip: 0.2, entropyCoefficient: 0.1 };
  const loss = (m: Float64Array, s: Float64Array) =>
    clippedLoss(call, batch, m, s, new Float64Array(ROWS * SIZE), new Float64Array(SIZE));

  test("gradient of the clipped surrogate and the entropy", () => {
    const [byMeans, byLogStd] = [new Float64Array(ROWS * SIZE), new Float64Array(SIZE)];
    clippedLoss(call, batch, means, logStd, byMeans, byLogStd);
    expect(
      relativeError(
        byMeans,
        centralDifferences((m) => loss(m, logStd), means),
      ),
    ).toBeLessThan(1e-8);
    expect(
      relativeError(
        byLogStd,
        centralDifferences((s) => loss(means, s), logStd),
      ),
    ).toBeLessThan(1e-8);
    // clipped: ratio above 1.2 of a good action, below 0.8 of a bad one
    for (const row of [1, 4]) expect(byMeans[row * SIZE]).toBeCloseTo(0, 15);
    expect(Math.abs(byMeans[0])).toBeGreaterThan(1e-3);
  });

  test("advantages are discounted sums, broken at ends, with the value of what was cut short", () => {
    const [gamma, lambda] = [0.9, 0.8];
    const rewards = Float64Array.of(1, 2, 3, 4);
    const values = Float64Array.of(0.5, -1, 2, 1);
    const collected = {
      rewards,
      values,
      // the second step ends an episode, the last one is cut short before a state worth 10
      after: Float64Array.of(0, 0, 0, gamma * 10),
      isLast: Uint8Array.of(0, 1, 0, 1),
      advantages: new Float64Array(4),
    };
    estimateAdvantages(collected, gamma, lambda);
    const d = [1 + gamma * -1 - 0.5, 2 + 1, 3 + gamma * 1 - 2, 4 + gamma * 10 - 1];
    const expected = [d[0] + gamma * lambda * d[1], d[1], d[2] + gamma * lambda * d[3], d[3]];
    expect(relativeError(collected.advantages, expected)).toBeLessThan(1e-14);
  });
});
