import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { benchCore, caseOf, drawCase } from "../../bench/case.js";
import { CoreKernels, disagreements, KERNELS, type Results } from "../../bench/kernels.js";
import { buildNative, type NativeName } from "../../bench/native.js";
import { Side } from "../../bench/side.js";

const SEGMENTS = 12;
const native = buildNative();

async function coreKernels(): Promise<{ kernels: CoreKernels; given: Float64Array }> {
  const core = await benchCore("strict", SEGMENTS);
  drawCase(core);
  const given = caseOf(core, SEGMENTS);
  return { kernels: new CoreKernels(core, given), given };
}

describe("the core's side", () => {
  test("gives the same results before and after its kernels ran", async () => {
    const { kernels } = await coreKernels();
    const before = kernels.results();
    for (const kernel of KERNELS) kernels.run(kernel, 2);
    expect(kernels.results()).toEqual(before);
  });

  test("tells different results apart, arrays of other lengths too", async () => {
    const { kernels } = await coreKernels();
    const results = kernels.results();
    expect(Math.max(...disagreements(results, results).values())).toBe(0);
    const other: Results = { ...results, loss: results.loss * (1 + 1e-6), states: results.states.slice(1) };
    expect(disagreements(results, other).get("loss")).toBeCloseTo(1e-6, 9);
    expect(disagreements(results, other).get("states")).toBeNaN();
  });
});

if ("missing" in native) {
  test.skip(`the C++ reference (${native.missing})`, () => {});
} else {
  const executables = Object.entries(native.executables) as [NativeName, string][];
  describe.each(executables)("the C++ reference, %s", (name, executable) => {
    let folder = "";
    let side: Side | undefined;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "lapgrad-test-"));
    });
    afterAll(async () => {
      await side?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test("agrees with the core to 1e-9", async () => {
      const { kernels, given } = await coreKernels();
      const file = join(folder, "case");
      writeFileSync(file, new Uint8Array(given.buffer));
      side = Side.native(name, executable, file);
      for (const [what, error] of disagreements(await side.results(), kernels.results())) {
        expect({ what, agrees: error <= 1e-9 }).toEqual({ what, agrees: true });
      }
      for (const kernel of KERNELS) expect(await side.run(kernel, 1)).toBeGreaterThan(0);
    });

    test("says what is wrong with a case file cut short", async () => {
      const file = join(folder, "short");
      writeFileSync(file, new Uint8Array(100));
      const broken = Side.native(name, executable, file);
      await expect(broken.results()).rejects.toThrow(/case file of exactly \d+ bytes/);
    });
  });
}
