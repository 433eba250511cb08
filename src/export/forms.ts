/**
 * The forms that a policy is written in, each with its check against the core: a new form is a line in {@link forms}.
 */

import { additionOf, here } from "../installation.js";
import { CompiledPolicy, hasCompiler } from "./c/check.js";
import { exportC } from "./c/export.js";
import type { Check } from "./check.js";
import { exportJson } from "./json.js";
import { exportOnnx, type What } from "./onnx/export.js";
import type { Precision } from "./onnx/print.js";
import { loadRuntime, OnnxSession } from "./onnx/runtime.js";
import { DOUBLE, EXACT, Reference, SINGLE } from "./parity.js";
import type { ExportSource } from "./source.js";
import { exportWasm, WasmPolicy } from "./wasm.js";

export interface Wanted {
  readonly what: What;
  readonly precision: Precision;
}

/** What the checks of a written file gave, or why there were none and what to do about it. */
export type Verdict = { readonly checks: readonly Check[] } | { readonly unchecked: string };

interface Form {
  readonly ending: string;
  /** precisions that it can be asked for; the first is the default */
  readonly precisions: readonly Precision[];
  readonly whats: readonly What[];
  write(source: ExportSource, wanted: Wanted): Promise<Uint8Array>;
  /** `calls`: random network calls that it is compared on; absent: as many as {@link Reference} makes */
  check(source: ExportSource, wanted: Wanted, file: Uint8Array, calls?: number): Promise<Verdict>;
}

const onnx: Form = {
  ending: "onnx",
  precisions: ["float32", "float64"],
  whats: ["policy", "network"],
  write: async ({ policy }, { what, precision }) => exportOnnx(policy, what, precision),
  async check({ policy, core }, { what, precision }, file, calls) {
    const loaded = await loadRuntime();
    if ("absent" in loaded)
      return {
        unchecked:
          `onnxruntime-node is not there (${loaded.absent}): ` +
          `${additionOf("onnxruntime-node", here())}, then export again`,
      };
    const limits = precision === "float32" ? SINGLE : DOUBLE;
    const reference = new Reference(core, policy, calls);
    const session = await OnnxSession.open(loaded.runtime, file, precision);
    try {
      if (what === "network") return { checks: [await reference.checkNetwork(session.run, limits)] };
      const steps = await reference.checkSteps(session.run, limits);
      return { checks: [steps, await reference.checkDrive(session.driver(policy), limits)] };
    } finally {
      await session.close();
    }
  },
};

const c: Form = {
  ending: "c",
  precisions: ["float64"],
  whats: ["policy"],
  write: async ({ policy }) => Buffer.from(await exportC(policy)),
  async check({ policy, core }, _, file, calls) {
    if (!hasCompiler()) return { unchecked: "there is no C compiler (cc): install gcc or clang, then export again" };
    const reference = new Reference(core, policy, calls);
    const checks: Check[] = [];
    for (const limits of [EXACT, SINGLE]) {
      const compiled = await CompiledPolicy.compile(policy, Buffer.from(file).toString(), limits === SINGLE);
      const driver = compiled.driver();
      try {
        checks.push(await reference.checkSteps(compiled.run, limits), await reference.checkDrive(driver, limits));
      } finally {
        driver.end();
        await compiled.remove();
      }
    }
    return { checks };
  },
};

const wasm: Form = {
  ending: "wasm",
  precisions: ["float64"],
  whats: ["policy"],
  write: ({ policy, core }) => exportWasm(core, policy),
  async check({ policy, core }, _, file, calls) {
    const module = await WasmPolicy.instantiate(file, policy);
    const reference = new Reference(core, policy, calls);
    const steps = await reference.checkSteps(module.run, EXACT, true);
    return { checks: [steps, await reference.checkDrive(module.driver(), EXACT)] };
  },
};

const json: Form = {
  ending: "json",
  precisions: ["float64"],
  whats: ["policy"],
  write: async ({ policy }) => Buffer.from(exportJson(policy)),
  /** Number for number what was described. */
  async check({ policy }, _, file) {
    const isSame = JSON.stringify(JSON.parse(Buffer.from(file).toString())) === JSON.stringify(policy);
    const count = policy.layers.reduce((sum, { W, b }) => sum + W.length + b.length, 0);
    const numbers = { states: count, undecided: 0, error: isSame ? 0 : Number.POSITIVE_INFINITY, limit: 0 };
    return { checks: [{ what: "weights", precision: "float64", ...numbers, passed: isSame }] };
  },
};

export const forms: Readonly<Record<string, Form>> = { onnx, c, json, wasm };
