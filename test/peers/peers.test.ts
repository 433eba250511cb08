/** What every learning peer keeps, with networks so small that a training takes a moment. */
import { describe, expect, test } from "@jest/globals";
import { meanReturn } from "../../src/peers/benchmarks/episodes.js";
import { Pendulum } from "../../src/peers/benchmarks/pendulum.js";
import { PointMass } from "../../src/peers/benchmarks/point-mass.js";
import crossq from "../../src/peers/crossq.js";
import droq from "../../src/peers/droq.js";
import mbpo from "../../src/peers/mbpo.js";
import type { Environment, Peer, Settings } from "../../src/peers/peer.js";
import ppo from "../../src/peers/ppo.js";
import sac from "../../src/peers/sac.js";

const soft = { actorHidden: [8, 8], criticHidden: [8, 8], batch: 16, learningStarts: 20 };
/** Each with settings of a short training, and with rewards and further settings that it cannot bear. */
const PEERS: readonly { peer: Peer; settings: Settings; reward: number; unbearable: Settings }[] = [
  { peer: ppo, settings: { hidden: [8], steps: 40, minibatch: 16, epochs: 2 }, reward: 1e38, unbearable: {} },
  { peer: sac, settings: soft, reward: -1, unbearable: { learningRate: 100 } },
  { peer: droq, settings: { ...soft, updates: 3, policyDelay: 3 }, reward: -1, unbearable: { learningRate: 100 } },
  { peer: crossq, settings: soft, reward: -1, unbearable: { learningRate: 100 } },
  {
    peer: mbpo,
    settings: {
      ...soft,
      updates: 2,
      members: 2,
      elites: 2,
      modelHidden: [8],
      modelBatch: 32,
      maxPasses: 3,
      retrainEvery: 25,
      rolloutsPerAction: 2,
      longestRollout: 3,
      growsFrom: 0,
      growsUntil: 60,
    },
    reward: -1,
    unbearable: { learningRate: 100 },
  },
];
/** Actions of a short training, after which every peer has learned several times. */
const ACTIONS = 100;

/** An environment with other rewards. */
function withRewards(environment: Environment, changed: (reward: number) => number): Environment {
  return {
    observationSize: environment.observationSize,
    actionSize: environment.actionSize,
    reset: (seed) => environment.reset(seed),
    step: (action) => {
      const step = environment.step(action);
      return { ...step, reward: changed(step.reward) };
    },
  };
}

const PROBE = Float64Array.of(0.6, -0.8, 1.5);

/** The policy's action for one observation after a training. */
function learned(peer: Peer, settings: Settings, seed: number, asks = false): number[] {
  for (const progress of peer.train(new Pendulum(), settings, seed)) {
    if (asks) progress.act(PROBE);
    if (progress.actions === ACTIONS) return [...progress.act(PROBE)];
  }
  return [];
}

describe.each(PEERS)("$peer.name", ({ peer, settings, reward, unbearable }) => {
  test("same seed, same bits, however often it is asked; another seed, others", () => {
    const first = learned(peer, settings, 4);
    expect(first).toHaveLength(1);
    expect(Math.abs(first[0])).toBeLessThanOrEqual(1);
    expect(learned(peer, settings, 4, true)).toEqual(first);
    expect(learned(peer, settings, 5)).not.toEqual(first);
  });

  test("counts its actions one by one, and learns", () => {
    const counts: number[] = [];
    const answers = new Set<number>();
    for (const progress of peer.train(new Pendulum(), settings, 1)) {
      counts.push(progress.actions);
      answers.add(progress.act(PROBE)[0]);
      if (counts.length === ACTIONS) break;
    }
    expect(counts).toEqual(counts.map((_, i) => i + 1));
    expect(answers.size).toBeGreaterThan(1);
  });

  test.each([
    ["NaN as rewards", Number.NaN, {}],
    ["what it cannot bear", reward, unbearable],
  ])("with %s it stops, and says so", (_, given, more) => {
    const training = () => {
      const environment = withRewards(new Pendulum(), () => given);
      for (const { actions } of peer.train(environment, { ...settings, ...more }, 1)) if (actions === 2000) break;
    };
    const message = `^${peer.name} diverged after \\d+ actions: .*; its training is stopped \\(try a smaller learning`;
    expect(training).toThrow(new RegExp(message));
  });

  test("says which settings there are", () => {
    expect(() => peer.train(new Pendulum(), { learningRat: 1 }, 1)).toThrow(
      `${peer.name} has no setting "learningRat"; it has learningRate, `,
    );
    expect(() => peer.train(new Pendulum(), { gamma: Number.NaN }, 1)).toThrow(`${peer.name}: gamma is NaN; write`);
    expect(() => peer.train(new Pendulum(), { gamma: [1] }, 1)).toThrow(
      `${peer.name}: gamma is [1]; write it like ${peer.published.gamma}`,
    );
  });

  test("its settings for the car are settings that it has", () => {
    for (const [key, value] of Object.entries(peer.car)) expect(typeof value).toBe(typeof peer.published[key]);
  });
});

test("SAC brings a point to rest", () => {
  const settings = {
    ...soft,
    actorHidden: [32, 32],
    criticHidden: [32, 32],
    batch: 64,
    learningRate: 3e-3,
    gamma: 0.9,
  };
  const scaled = withRewards(new PointMass(), (reward) => 1000 * reward);
  for (const { actions, act } of sac.train(scaled, settings, 2)) {
    if (actions < 1500) continue;
    // the best there is: -0.001; doing nothing: -0.03
    expect(meanReturn(new PointMass(), act, 1, 0)).toBeGreaterThan(-0.01);
    break;
  }
});

describe("the pendulum", () => {
  const action = (torque: number) => Float64Array.of(torque);

  test("steps by the equations of Pendulum-v1", () => {
    const pendulum = new Pendulum();
    pendulum.begin(0.5, -1);
    const { observation, reward } = pendulum.step(action(0.25));
    // torque 0.5: cost 0.5^2 + 0.1 + 0.001 0.25; rate -1 + (15 sin 0.5 + 1.5) 0.05
    expect(reward).toBeCloseTo(-(0.25 + 0.1 + 0.00025), 12);
    const rate = -1 + (15 * Math.sin(0.5) + 1.5) * 0.05;
    expect(observation[2]).toBeCloseTo(rate, 12);
    expect(observation[0]).toBeCloseTo(Math.cos(0.5 + 0.05 * rate), 12);
    expect(observation[1]).toBeCloseTo(Math.sin(0.5 + 0.05 * rate), 12);
  });

  test("torque and rate are held within their limits; the angle counts from upright, whatever the turns", () => {
    const pendulum = new Pendulum();
    pendulum.begin(2 * Math.PI + 0.1, 7.99);
    const { observation, reward } = pendulum.step(action(5));
    expect(reward).toBeCloseTo(-(0.01 + 0.1 * 7.99 ** 2 + 0.004), 9);
    expect(observation[2]).toBe(8);
  });

  test("starts by the seed alone, and cuts an episode short after 200 steps", () => {
    const pendulum = new Pendulum();
    const start = [...pendulum.reset(3)];
    let steps = 0;
    for (let truncated = false; !truncated; steps++) {
      const step = pendulum.step(action(1));
      expect(step.terminated).toBe(false);
      truncated = step.truncated;
    }
    expect(steps).toBe(200);
    expect([...pendulum.reset(3)]).toEqual(start);
    expect([...pendulum.reset(4)]).not.toEqual(start);
  });
});
