/** Gradients of an independent oracle: states, inputs and (relative) loss to 1e-9, gradient to 1e-6 of its norm. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { runCase } from "../../src/training/gradient-case.js";
import { dataTest, referenceData } from "../reference-data.js";

const folder = join(referenceData ?? "", "golden");
const files = referenceData ? readdirSync(folder).filter((name) => name.endsWith(".json.gz")) : [];

dataTest("there are five cases", () => {
  expect(files).toHaveLength(5);
});

for (const file of files.length > 0 ? files : ["golden cases"]) {
  dataTest(file, async () => {
    const { differences, failed } = await runCase(join(folder, file));
    expect(Object.keys(differences).sort()).toStrictEqual([
      "finalState",
      "gradient",
      "inputs",
      "loss",
      "stageCosts",
      "states",
    ]);
    expect(failed).toStrictEqual([]);
    expect(differences.states).toBeLessThan(1e-9);
    expect(differences.inputs).toBeLessThan(1e-9);
    expect(differences.loss).toBeLessThan(1e-9);
    expect(differences.gradient).toBeLessThan(1e-6);
  });
}
