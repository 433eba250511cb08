/** What is driven after a spin. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { afterSpin, calmDown, describeCalm, limitController, limitsAfter, neverSpun } from "../../src/rules/calm.js";
import { handedOver, Takeover } from "../../src/runtime/handover.js";
import { coreFor } from "../../src/session.js";

const carCore = (settings = {}) => coreFor(completeConfig({ plant: "single-track", ...settings }), 1, 4);

test("a new spin is answered once, then four updates rest; while it lasts it is the same one", () => {
  const memory = neverSpun();
  expect(afterSpin(memory, false)).toBeUndefined();
  const spins = [true, true, false, false, false, false, false, true];
  const answers = spins.map((one) => afterSpin(memory, one));
  expect(answers).toEqual(["calm", "rest", "rest", "rest", "rest", "rest", undefined, "calm"]);
});

test("every spin takes pace, and throttle as the task says; faster than it span is never driven again", async () => {
  const core = await carCore();
  const memory = neverSpun();
  const limit = () => core.view("controllerParameters")[0];
  expect(calmDown(core, memory)).toBe(0.8);
  expect([core.pace, memory.ceiling, limit()]).toEqual([0.8, 0.97, 0.42]);
  expect(calmDown(core, memory)).toBeCloseTo(0.64, 12);
  expect([memory.ceiling, limit()]).toEqual([0.97 * 0.8, 0.36]);
  for (let i = 0; i < 4; i++) calmDown(core, memory);
  expect([core.pace, memory.ceiling, limit()]).toEqual([0.5, 0.5, 0.36]);
  memory.recovering = 4;
  expect(describeCalm(memory, 0.5)).toEqual(["slowed down after a spin: pace 0.50, less throttle"]);
});

test("limits after spins are those of the task, and none without", async () => {
  const { controller } = (await carCore()).setup.task;
  expect([0, 1, 2, 9].map((spins) => limitsAfter(spins, controller).throttleLimit)).toEqual([
    undefined,
    0.42,
    0.36,
    0.36,
  ]);
});

test("a limit that the user set lower stays", async () => {
  const core = await carCore({ parameters: { controller: { throttleLimit: 0.3 } } });
  calmDown(core, neverSpun());
  expect(core.view("controllerParameters")[0]).toBe(0.3);
});

test("of several limits the lowest holds, until there are none", async () => {
  const core = await carCore();
  const limits = () => Array.from(core.view("controllerParameters"));
  limitController(core, { throttleLimit: 0.42 }, { throttleLimit: 0.5, steeringLimit: 0.9 });
  expect(limits()).toEqual([0.42, 0.9]);
  limitController(core, { throttleLimit: 0.8 }, undefined);
  expect(limits()).toEqual([0.75, 1]);
});

test("the control thread's core gets the lower limit with the policy", async () => {
  const [learner, control] = [await carCore(), await carCore()];
  calmDown(learner, neverSpun());
  const takeover = new Takeover(control);
  takeover.numbers.set(handedOver(learner));
  takeover.apply();
  expect(control.view("controllerParameters")[0]).toBe(0.42);
  expect(control.pace).toBe(0.8);
});
