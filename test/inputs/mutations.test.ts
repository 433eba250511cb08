/**
 * Changed inputs of every kind: success or one sentence, within 200 MB and 2 s. LAPGRAD_INPUTS=<number>: so many of
 * each kind; more by scripts/mutate-inputs.mjs.
 */
import { expect, test } from "@jest/globals";
import { mutateInputs } from "../support/mutations/run.js";

const KINDS = ["config", "checkpoint", "mcap", "onnx", "policy", "case"];
const COUNT = Number(process.env.LAPGRAD_INPUTS ?? 100);

test.each(KINDS)("%s", async (kind) => {
  const { inputs, succeeded, faults } = await mutateInputs(kind, 1, 0, COUNT);
  expect(faults).toStrictEqual([]);
  expect(inputs).toBe(COUNT);
  // so that some come through, and the changes go deep
  expect(succeeded).toBeGreaterThan(0.02 * COUNT);
});
