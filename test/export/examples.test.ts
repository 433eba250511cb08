/** The examples of docs/export.md do what the core does. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { forms } from "../../src/export/forms.js";
import { WasmPolicy } from "../../src/export/wasm.js";
import { randomPolicy } from "../support/policies.js";
import { tool } from "../support/tools.js";

const run = promisify(execFile);
const runtime = tool("onnxruntime");
const compiler = tool("cc");
const page = readFileSync("docs/export.md", "utf8");
const STEPS = 14;

let folder: string;
/** throttle, steering of every step */
let expected: number[];
beforeAll(async () => {
  // below the project, so that the examples find its packages
  mkdirSync("build/examples", { recursive: true });
  folder = mkdtempSync("build/examples/export-");
  const source = await randomPolicy("car-figure8", "simulation");
  for (const form of Object.values(forms)) {
    const [precision = "float64"] = form.precisions;
    writeFileSync(join(folder, `policy.${form.ending}`), await form.write(source, { what: "policy", precision }));
  }
  // that this is the core, bit for bit: forms.test.ts
  const driver = (await WasmPolicy.instantiate(readFileSync(join(folder, "policy.wasm")), source.policy)).driver();
  driver.begin();
  expected = [];
  for (let t = 0; t < STEPS; t++) {
    const command = await driver.step(Float64Array.of(0, 0, 0, Math.PI / 2), (t * 0.02) % 5.5, t % 7 === 0);
    expected.push(...command);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts the example that the page calls `name` into the folder. */
function example(name: string): string {
  const [, text] = new RegExp(`^\`\`\`\\w+ ${name}\\n(.*?)^\`\`\``, "ms").exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/export.md has no example ${name}`);
  writeFileSync(join(folder, name), text);
  return text;
}

function expectCommands(stdout: string, tolerance: number): void {
  const numbers = stdout.trim().split(/\s+/).map(Number);
  expect(numbers).toHaveLength(2 * STEPS);
  const error = Math.max(...numbers.map((value, i) => Math.abs(value - expected[i])));
  expect(error).toBeLessThan(tolerance);
  expect(new Set(numbers).size).toBeGreaterThan(STEPS);
}

runtime.test("Node with onnxruntime", async () => {
  example("node.mjs");
  expectCommands((await run(process.execPath, ["node.mjs"], { cwd: folder })).stdout, 1e-5);
});

test("Node with WebAssembly, in at most 30 lines", async () => {
  expect(example("wasm.mjs").split("\n").length).toBeLessThanOrEqual(31);
  expectCommands((await run(process.execPath, ["wasm.mjs"], { cwd: folder })).stdout, 1e-15);
});

compiler.test("C, in double and in float", async () => {
  example("main.c");
  const flags = /^cc (.* main\.c policy\.c -lm) -o main$/m.exec(page)?.[1]?.split(" ");
  if (!flags) throw new Error("docs/export.md does not say how to compile main.c");
  for (const [define, tolerance] of [
    ["-DDOUBLE", 1e-9], // as many digits as it prints
    ["-DLAPGRAD_SINGLE", 1e-5],
  ] as const) {
    await run(compiler.command, [define, ...flags, "-Wall", "-Wextra", "-Werror", "-o", "main"], { cwd: folder });
    expectCommands((await run("./main", [], { cwd: folder })).stdout, tolerance);
  }
});
