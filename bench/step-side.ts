/**
 * Time per step of an exported policy (the car's, its network called at every 7th step): the core's own code as a
 * WebAssembly file, and onnxruntime-node on one thread, in turn. node step-side.js <rounds> <steps per batch>; prints
 * nanoseconds per step, round by round.
 */
import type { PolicyDriver } from "../src/export/closed-loop.js";
import { describePolicy } from "../src/export/description.js";
import { exportOnnx } from "../src/export/onnx/export.js";
import { loadRuntime, OnnxSession } from "../src/export/onnx/runtime.js";
import { exportWasm, WasmPolicy } from "../src/export/wasm.js";
import { benchCore, drawCase } from "./case.js";
import type { StepSide } from "./step.js";

const [rounds, steps] = process.argv.slice(2).map(Number);
const core = await benchCore("strict", 1);
drawCase(core);
const provenance = { lapgrad: "", updates: 0, trainingMinutes: 0, finalCost: null, checkpoint: "" };
const policy = describePolicy(core, "simulation", provenance);
const { controlPeriod, period, stepsPerSegment } = policy.clock;
const state = Float64Array.from(core.setup.task.initialState);

const drivers = new Map<StepSide, PolicyDriver>();
drivers.set("wasm", (await WasmPolicy.instantiate(await exportWasm(core, policy), policy)).driver());
const loaded = await loadRuntime();
if ("runtime" in loaded) {
  for (const precision of ["float32", "float64"] as const) {
    const session = await OnnxSession.open(loaded.runtime, exportOnnx(policy, "policy", precision), precision);
    drivers.set(precision, session.driver(policy));
  }
}
for (const driver of drivers.values()) driver.begin();
const taken: Record<string, number[]> = {};
for (let round = -2; round < rounds; round++) {
  for (const [side, driver] of drivers) {
    const begun = process.hrtime.bigint();
    for (let t = 0; t < steps; t++) {
      const command = driver.step(state, (t * controlPeriod) % period, t % stepsPerSegment === 0);
      if (command instanceof Promise) await command;
    }
    const nanoseconds = Number(process.hrtime.bigint() - begun) / steps;
    if (round >= 0) taken[side] = [...(taken[side] ?? []), nanoseconds]; // the first two rounds warm up
  }
}
console.log(JSON.stringify(taken));
