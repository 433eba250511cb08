/**
 * Checks of ONNX files, in a process of their own because onnxruntime does not know the arrays of jest's realm. Writes
 * every file into the folder given, and the checks of each, JSON, to stdout.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { forms, type Verdict } from "../../src/export/forms.js";
import { POLICIES, randomPolicy, STEP_CALLS, timingsOf, whatsOf } from "../support/policies.js";

const [folder = ""] = process.argv.slice(2);
const { onnx } = forms;
if (!onnx) throw new Error("there is no form onnx");

const verdicts: Record<string, Verdict> = {};
for (const task of Object.keys(POLICIES)) {
  for (const timing of timingsOf(task)) {
    const source = await randomPolicy(task, timing);
    for (const what of whatsOf(task)) {
      for (const precision of onnx.precisions) {
        const file = await onnx.write(source, { what, precision });
        const name = `${task}-${timing}-${what}-${precision}`;
        await writeFile(join(folder, `${name}.onnx`), file);
        const calls = what === "policy" ? STEP_CALLS : undefined;
        verdicts[name] = await onnx.check(source, { what, precision }, file, calls);
      }
    }
  }
}
for (const knots of [0, 3]) {
  const adjusted = await randomPolicy("car-figure8", "simulation", [5], knots);
  const wanted = { what: "policy", precision: "float64" } as const;
  const file = await onnx.write(adjusted, wanted);
  verdicts[`adjusted-${knots}`] = await onnx.check(adjusted, wanted, file);
}
// the file of a policy whose first bias is a little different is not that policy
const source = await randomPolicy("car-figure8", "simulation");
const { policy } = source;
const [first] = policy.layers;
const layers = policy.layers.map((layer) => (layer === first ? { ...layer, b: layer.b.map((b) => b + 1e-3) } : layer));
for (const what of onnx.whats) {
  const wanted = { what, precision: "float32" } as const;
  const file = await onnx.write({ ...source, policy: { ...policy, layers } }, wanted);
  verdicts[`another ${what}`] = await onnx.check(source, wanted, file);
}
process.stdout.write(JSON.stringify(verdicts));
