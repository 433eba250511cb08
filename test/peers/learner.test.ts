/** A peer on the car as a study sees it: every action is counted, and one that diverges is stopped, and said. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { account, unitsOf } from "../../src/peers/accounting.js";
import { Evaluation } from "../../src/peers/evaluation.js";
import { peerLearner } from "../../src/peers/learner.js";
import { Diverged, definePeer } from "../../src/peers/peer.js";

const config = completeConfig({ plant: "nominal", seed: 5 });

/** Does nothing, or something, for so many actions; then its critic diverges. */
const steady = definePeer({
  name: "steady",
  label: "does nothing",
  published: { offset: 0, until: Number.POSITIVE_INFINITY },
  car: {},
  *learn(environment, { offset, until }, seed): Generator<{ actions: number; act: () => Float64Array }, never> {
    const action = new Float64Array(environment.actionSize).fill(offset);
    for (let actions = 0, begins = true; ; ) {
      if (begins) environment.reset(seed + actions);
      if (actions === until) throw new Diverged("steady", actions, "its values are no longer finite");
      begins = environment.step(action).truncated;
      yield { actions: ++actions, act: () => action };
    }
  },
});

test("a peer that does nothing costs what the untrained policy costs, and its accounts are whole", async () => {
  const evaluation = await Evaluation.load(config);
  const found = await account(peerLearner(steady, config, "full"), evaluation, [0.25, 0.5], unitsOf(config));
  expect(found.evaluation).toEqual([1, 1]);
  expect(found.failure).toBeNull();
  // the first seconds behind a start on the track cost less than steady laps
  for (const part of found.whileLearning) expect(part).toBeGreaterThan(0.3);
  const worse = await account(
    peerLearner(steady, config, "policy", { offset: 0.5 }),
    evaluation,
    [0.25],
    unitsOf(config),
  );
  expect(worse.evaluation[0]).toBeGreaterThan(1.5);
  expect(worse.whileLearning[0]).toBeGreaterThan(1);
});

test("one that diverges is stopped, and what it reached before is all that counts", async () => {
  const evaluation = await Evaluation.load(config);
  const learner = peerLearner(steady, config, "policy", { until: 150 });
  const found = await account(learner, evaluation, [0.25, 0.5], unitsOf(config));
  expect(found.evaluation).toEqual([1, null]);
  expect(found.failure?.minutes).toBeCloseTo((150 * 0.14) / 60, 9);
  expect(found.failure?.why).toMatch(/^steady diverged after 150 actions: its values are no longer finite/);
});
