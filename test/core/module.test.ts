/** Builds of the core, and what V8 makes of them. */
import { expect, test } from "@jest/globals";
import { Core } from "../../src/core/core.js";
import { refuseWithoutWideVectors, revectorises, STRICT } from "../../src/core/module.js";
import { answersOf } from "../../src/core/probe.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { tasks } from "../../src/tasks/tasks.js";

const plant = carFigure8.plants.nominal ?? { kind: "nominal", parameters: {} };
const setup = { task: carFigure8, plant, rollouts: 2, steps: 28, segments: 4 };
const doublesOf = (answers: Buffer) => new Float64Array(answers.buffer, answers.byteOffset, answers.byteLength / 8);

test("a probe computes the same bits again, and numbers that are not zero", async () => {
  const [first, second] = [await Core.load(setup), await Core.load(setup)];
  const answers = answersOf(first);
  expect(answersOf(second).equals(answers)).toBe(true);
  expect(doublesOf(Buffer.from(answers)).filter((value) => value !== 0).length).toBeGreaterThan(10_000);
});

test("arithmetic fused rounds otherwise, or says which Node it needs", async () => {
  const loading = Core.load(setup, { ...STRICT, arithmetic: "fused" });
  if (Number.parseInt(process.versions.node, 10) < 22) {
    await expect(loading).rejects.toThrow(/arithmetic fused needs Node 22 or newer; leave it out/);
    return;
  }
  const [fused, strict] = [await loading, await Core.load(setup)].map((core) => doublesOf(answersOf(core)));
  expect(fused).not.toEqual(strict);
  expect(Math.max(...fused.map((value, i) => Math.abs(value - strict[i])))).toBeLessThan(1e-6);
});

test("revectorise gives the same bits; where this Node cannot, nothing is learned with it", async () => {
  const core = await Core.load(setup, { ...STRICT, revectorise: true });
  expect(answersOf(core).equals(answersOf(await Core.load(setup)))).toBe(true);
  if (revectorises()) expect(refuseWithoutWideVectors).not.toThrow();
  else
    expect(refuseWithoutWideVectors).toThrow(/revectorise needs Node 23\.5 or newer on x64, this is v.*: leave it out/);
});

test.each([
  ["v20.20.2", "x64", false],
  ["v23.4.0", "x64", false],
  ["v23.5.0", "x64", true],
  ["v24.0.0", "x64", true],
  ["v24.0.0", "arm64", false],
])("Node %s on %s: wider vectors %s", (version, processor, expected) => {
  expect(revectorises(version, processor)).toBe(expected);
});

// hidden layers whose products can be turned, in part or not at all
test.each([[[64, 64]], [[32, 48]], [[10, 16]], [[9, 7]]])(
  "loops cut for wider vectors give the same bits: %j",
  async (hidden) => {
    for (const task of Object.values(tasks)) {
      const plant = task.plants.nominal ?? Object.values(task.plants)[0];
      const network = { ...task.network, hidden };
      const steps = 4 * task.timing.stepsPerSegment;
      const core = await Core.load({ task: { ...task, network }, plant, rollouts: 2, steps, segments: 4 });
      const answers = answersOf(core);
      core.setOption("wide", 1);
      expect({ task: task.name, same: answersOf(core).equals(answers) }).toEqual({ task: task.name, same: true });
    }
  },
);
