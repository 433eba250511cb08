/** ONNX files of every task against the core, against ONNX's own checker, and against what other readers can do. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Check } from "../../src/export/check.js";
import type { Verdict } from "../../src/export/forms.js";
import { exportOnnx } from "../../src/export/onnx/export.js";
import { layersOf, readOnnx } from "../../src/export/onnx/read.js";
import { POLICIES, randomPolicy, timingsOf, whatsOf } from "../support/policies.js";
import { newFolder } from "../support/runs.js";
import { tool } from "../support/tools.js";

const run = promisify(execFile);
const runtime = tool("onnxruntime");
const checker = tool("onnx");

let folder: string;
let verdicts: Readonly<Record<string, Verdict>>;
beforeAll(async () => {
  folder = await newFolder();
  const script = fileURLToPath(new URL("./onnx-side.js", import.meta.url));
  const { stdout } = await run(process.execPath, [script, folder], { maxBuffer: 2 ** 24 });
  verdicts = JSON.parse(stdout) as typeof verdicts;
});
afterAll(() => rm(folder, { recursive: true }));

function checksOf(name: string): readonly Check[] {
  const verdict = verdicts[name];
  if (!verdict || !("checks" in verdict)) throw new Error(`${name} was not checked`);
  return verdict.checks;
}

describe.each(Object.keys(POLICIES))("%s", (task) => {
  for (const timing of timingsOf(task)) {
    runtime.test(`${timing}: network, steps and drive are the core's`, () => {
      // limits: docs/export.md; most states must be decided
      for (const [precision, network, step] of [
        ["float32", 2e-6, 1e-5],
        ["float64", 1e-14, 1e-12],
      ] as const) {
        if (whatsOf(task).includes("network")) {
          const [outputs] = checksOf(`${task}-${timing}-network-${precision}`);
          expect(outputs).toMatchObject({ what: "network", limit: network, passed: true });
          expect(outputs?.states).toBeGreaterThan(10_000);
        }
        const [steps, drive] = checksOf(`${task}-${timing}-policy-${precision}`);
        expect(steps).toMatchObject({ what: "step", limit: step, passed: true });
        expect((steps?.states ?? 0) - (steps?.undecided ?? 0)).toBeGreaterThan(10_000);
        expect(steps?.error).toBeGreaterThan(0);
        expect(drive).toMatchObject({ what: "drive", limit: precision === "float32" ? 1e-3 : 1e-9, passed: true });
        expect(drive?.states).toBeGreaterThan(100);
      }
    });
  }
});

runtime.test("an adjustment of gains and trims, and one with setpoint offsets: steps and drive are the core's", () => {
  for (const knots of [0, 3])
    for (const check of checksOf(`adjusted-${knots}`)) expect(check).toMatchObject({ passed: true });
});

test("the network alone of a policy that sees the path is refused", async () => {
  const { policy } = await randomPolicy("car-track-along", "simulation");
  expect(() => exportOnnx(policy, "network", "float64")).toThrow(/sees the path, .*: use --what policy$/);
});

runtime.test("another policy's file does not pass", () => {
  const [network] = checksOf("another network");
  expect(network).toMatchObject({ passed: false });
  expect(network?.error).toBeGreaterThan(1e-4);
  const [steps] = checksOf("another policy");
  expect(steps).toMatchObject({ passed: false });
  expect(steps?.error).toBeGreaterThan(5e-5);
});

const CHECK = `
import glob, json, onnx, sys
files = {}
for name in glob.glob(sys.argv[1] + "/*.onnx"):
    model = onnx.load(name)
    onnx.checker.check_model(model, full_check=True)
    files[name.split("/")[-1]] = {
        "ir": model.ir_version,
        "opset": [o.version for o in model.opset_import],
        "ops": sorted({n.op_type for n in model.graph.node}),
        "inputs": [[i.name, [d.dim_param or d.dim_value for d in i.type.tensor_type.shape.dim]]
                   for i in model.graph.input],
        "units": model.graph.input[0].doc_string,
        "metadata": {p.key: p.value for p in model.metadata_props},
    }
print(json.dumps(files))
`;

interface Seen {
  readonly ir: number;
  readonly opset: readonly number[];
  readonly ops: readonly string[];
  readonly inputs: readonly (readonly [string, readonly (string | number)[]])[];
  readonly units: string;
  readonly metadata: Readonly<Record<string, string>>;
}

checker.test("ONNX's own checker accepts every file in full, and sees what was meant", async () => {
  const { stdout } = await run(checker.command, ["-c", CHECK, folder], { maxBuffer: 2 ** 26 });
  const files = JSON.parse(stdout) as Readonly<Record<string, Seen>>;
  expect(Object.keys(files)).toHaveLength(
    Object.keys(POLICIES).flatMap((name) => timingsOf(name).flatMap(() => whatsOf(name))).length * 2,
  );
  const used = new Set<string>();
  for (const [name, { ir, opset, ops }] of Object.entries(files)) {
    expect([ir, opset]).toStrictEqual([7, [13]]);
    if (name.endsWith("float32.onnx")) for (const op of ops) used.add(op);
  }
  // the page lists all that TensorRT must have
  const page = readFileSync("docs/export.md", "utf8");
  const listed = /Operators of the float32 files: ([^.]*)\./.exec(page)?.[1]?.match(/\w+/g);
  expect([...used].sort()).toStrictEqual(listed);

  const car = files["car-figure8-simulation-policy-float32.onnx"];
  expect(car?.units).toBe("x [m], y [m], v [m/s], phi [rad]");
  expect(car?.inputs).toContainEqual(["state", ["batch", 4]]);
  expect(car?.inputs).toContainEqual(["segment_start", ["batch", 1]]);
  expect(car?.metadata).toMatchObject({
    task: "car-figure8",
    robot: "car",
    control_period_s: "0.02",
    network_period_s: "0.1375",
    units_command: "throttle, steering",
  });
});

test("weights and metadata are read back, bit for bit in float64", async () => {
  const name = "car-figure8-simulation-policy-float64.onnx";
  expect(readdirSync(folder)).toContain(name);
  const { metadata, tensors } = readOnnx(name, readFileSync(join(folder, name)));
  const { policy } = await randomPolicy("car-figure8", "simulation");
  expect(await layersOf(name, tensors)).toStrictEqual(policy.layers);
  const { layers: _, ...rest } = policy;
  expect(JSON.parse(metadata.get("description") ?? "")).toStrictEqual(rest);
});
