import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { resumedConfig } from "../../src/training/resumed-config.js";

test("a resumed run keeps its arithmetic, and may be computed in other vectors", () => {
  const config = completeConfig({});
  expect(() => resumedConfig(config, { arithmetic: "fused" })).toThrow(/arithmetic is "strict", got "fused"/);
  expect(resumedConfig(config, { revectorise: true })).toEqual({ ...config, revectorise: true });
});
