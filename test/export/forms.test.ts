/** C and WebAssembly of every task against the core, and what cannot be exported. */
import { describe, expect, test } from "@jest/globals";
import { CompiledPolicy } from "../../src/export/c/check.js";
import { exportC } from "../../src/export/c/export.js";
import { partNamed } from "../../src/export/description.js";
import { forms } from "../../src/export/forms.js";
import { DOUBLE, EXACT, Reference } from "../../src/export/parity.js";
import { controllers, tasks as courses, references } from "../../src/export/parts/parts.js";
import { exportWasm, WasmPolicy } from "../../src/export/wasm.js";
import { tasks } from "../../src/tasks/tasks.js";
import { POLICIES, randomPolicy, STEP_CALLS, timingsOf } from "../support/policies.js";
import { tool } from "../support/tools.js";

const compiler = tool("cc");
const WANTED = { what: "policy", precision: "float64" } as const;

describe.each(Object.keys(POLICIES))("%s", (task) => {
  for (const timing of timingsOf(task)) {
    compiler.test(`${timing}: C compiles without a warning; doubles are the core's bits, floats close`, async () => {
      const source = await randomPolicy(task, timing);
      const file = await forms.c?.write(source, WANTED);
      const verdict = await forms.c?.check(source, WANTED, file ?? new Uint8Array(), STEP_CALLS);
      if (!verdict || !("checks" in verdict)) throw new Error("not checked");
      expect(verdict.checks.map(({ what, limit, passed }) => [what, limit, passed])).toStrictEqual([
        ["step", 0, true],
        ["drive", 1e-9, true],
        ["step", 1e-5, true],
        ["drive", 1e-3, true],
      ]);
      for (const { states } of verdict.checks) expect(states).toBeGreaterThan(100);
      expect(verdict.checks[2]?.error).toBeGreaterThan(0);
    });

    test(`${timing}: the WebAssembly file gives the core's bits`, async () => {
      const source = await randomPolicy(task, timing);
      const module = await WasmPolicy.instantiate(await exportWasm(source.core, source.policy), source.policy);
      const reference = new Reference(source.core, source.policy, STEP_CALLS);
      const steps = await reference.checkSteps(module.run, EXACT, true);
      expect(steps).toMatchObject({ error: 0, passed: true });
      expect(steps.states).toBeGreaterThan(10_000);
      expect((await reference.checkDrive(module.driver(), EXACT)).passed).toBe(true);
    });
  }
});

test("a step that is not given its state, or not all of it, is an error, not a step from zeros", async () => {
  const { core, policy } = await randomPolicy("car-figure8", "simulation", [3]);
  const module = await WasmPolicy.instantiate(await exportWasm(core, policy), policy);
  const table = (width: number, length = 2 * width) => ({ width, data: new Float64Array(length) });
  const rest = { time: table(1), call_network: table(1), segment_start: table(1) };
  await expect(module.run(rest, 2)).rejects.toThrow('the policy\'s input "state" has nothing; allowed are 2 rows of 4');
  await expect(module.run({ ...rest, state: table(4, 7) }, 2)).rejects.toThrow('"state" has 7 numbers');
  await expect(module.run({ ...rest, state: table(4) }, 2)).resolves.toHaveProperty("command");
});

compiler.test("the same of a compiled policy", async () => {
  const { policy } = await randomPolicy("car-figure8", "simulation", [3]);
  const compiled = await CompiledPolicy.compile(policy, await exportC(policy), false);
  await expect(compiled.run({}, 2)).rejects.toThrow('"state" has nothing; allowed are 2 rows of 4');
  await compiled.remove();
});

test.each([[[]], [[3]], [[9, 17, 26]]])("a network with hidden layers %j in WebAssembly", async (hidden) => {
  const { core, policy } = await randomPolicy("car-figure8", "simulation", hidden);
  const module = await WasmPolicy.instantiate(await exportWasm(core, policy), policy);
  const check = await new Reference(core, policy, 1000).checkSteps(module.run, EXACT, true);
  expect(check).toMatchObject({ error: 0, passed: true });
});

compiler.test("networks of any widths in C, sums in the core's order", async () => {
  for (const hidden of [[], [3], [9, 17, 26]]) {
    const { core, policy } = await randomPolicy("car-figure8", "simulation", hidden);
    const compiled = await CompiledPolicy.compile(policy, await exportC(policy), false);
    const check = await new Reference(core, policy, 1000).checkSteps(compiled.run, EXACT);
    await compiled.remove();
    expect(check).toMatchObject({ error: 0, passed: true });
  }
});

describe.each([
  ["car-figure8", "simulation", 0],
  ["car-figure8", "simulation", 1],
  ["car-figure8", "simulation", 3],
  ["car-figure8", "hardware", 6],
  ["car-track-along", "simulation", 3],
] as const)("%s, %s, an adjustment with %i knots", (name, timing, knots) => {
  compiler.test("C has the core's bits", async () => {
    const { core, policy } = await randomPolicy(name, timing, [5], knots);
    expect(policy).toMatchObject({ version: 2, adjustment: { offsets: { length: knots } } });
    const compiled = await CompiledPolicy.compile(policy, await exportC(policy), false);
    const check = await new Reference(core, policy, 1000).checkSteps(compiled.run, EXACT);
    await compiled.remove();
    expect(check).toMatchObject({ error: 0, passed: true });
    const { adjustment: _, ...unadjusted } = policy;
    const without = await CompiledPolicy.compile(unadjusted, await exportC(unadjusted), false);
    const other = await new Reference(core, policy, 1000).checkSteps(without.run, DOUBLE);
    await without.remove();
    expect(other.error).toBeGreaterThan(0.01);
  });

  test("WebAssembly has the core's bits, and drives six laps as the core does", async () => {
    const { core, policy } = await randomPolicy(name, timing, [5], knots);
    const module = await WasmPolicy.instantiate(await exportWasm(core, policy), policy);
    const reference = new Reference(core, policy, 1000);
    expect(await reference.checkSteps(module.run, EXACT, true)).toMatchObject({ error: 0, passed: true });
    expect(await reference.checkDrive(module.driver(), EXACT)).toMatchObject({ passed: true });
  });
});

compiler.test("C with one other digit does not pass", async () => {
  const { core, policy } = await randomPolicy("car-figure8", "simulation");
  const file = (await exportC(policy)).replace("R(0.75) ? R(0.75)", "R(0.75) ? R(0.7501)");
  const compiled = await CompiledPolicy.compile(policy, file, false);
  const check = await new Reference(core, policy, 1000).checkSteps(compiled.run, DOUBLE);
  await compiled.remove();
  expect(check.passed).toBe(false);
  expect(check.error).toBeCloseTo(1e-4, 8);
});

test("every part of every task has its piece; for any other the error says what there is", () => {
  for (const { controller, reference, task } of Object.values(tasks)) {
    expect(partNamed("controller", controllers, controller.kind)).toBe(controllers[controller.kind]);
    expect(partNamed("reference", references, reference.kind)).toBe(references[reference.kind]);
    expect(partNamed("task", courses, task.kind)).toBe(courses[task.kind]);
  }
  expect(() => partNamed("controller", controllers, "wishful")).toThrow(
    /a policy with the controller "wishful" cannot be exported yet: there are backstepping, .*src\/export\/parts/,
  );
  expect(() => partNamed("controller", controllers, "constructor")).toThrow(/cannot be exported yet/);
});
