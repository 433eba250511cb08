import { describe, expect, test } from "@jest/globals";
import { duration, formatBench, table } from "../../bench/format.js";
import { formatPeersBench, type PeersReport } from "../../bench/peers.js";
import { CriticStep } from "../../bench/peers-case.js";
import type { BenchReport } from "../../bench/suite.js";
import { spreadOf } from "../../bench/timing.js";

const spread = (median: number): { median: number; low: number; high: number } => ({
  median,
  low: median,
  high: median,
});

function report(withNative: boolean): BenchReport {
  const ratios = withNative ? { native256: spread(2), native512: spread(2.5) } : {};
  return {
    machine: { processor: "P", cores: 2, node: "v20", ...(withNative ? { compiler: "g++ 12" } : {}) },
    quick: true,
    notes: withNative ? [] : ["no C++ reference"],
    agreement: [{ side: "strict", error: 2.5e-14 }],
    kernels: [
      {
        kernel: "rollout",
        sides: [
          ...(withNative
            ? [{ side: "native256" as const, nanoseconds: spread(1e5), fastest: 1e5, ratios: { native256: spread(1) } }]
            : []),
          { side: "strict" as const, nanoseconds: spread(2e5), fastest: 2e5, ratios },
        ],
      },
    ],
    limits: withNative ? [{ kernel: "rollout", side: "strict", limit: 1.8, ratio: 2 }] : [],
    bounds: withNative ? [{ kernel: "rollout", products: 1e6, bytes: 4e5, narrow: 6e4, wide: 3e4 }] : [],
    steps: [
      { side: "wasm", nanoseconds: spread(500), ratio: spread(1) },
      { side: "float32", nanoseconds: spread(80_000), ratio: spread(160) },
    ],
    estimator: { median: 2500, most: 17_500 },
    updates: [{ part: "fit", median: 2.5, first: 20, worst: 6.25 }],
    startUp: { wall: spread(70), inProcess: spread(60), bareNode: spread(50), memory: 45e6 },
    modules: [{ name: "release.wasm", bytes: 29100, compressed: 12600 }],
    install: {
      packages: [
        { path: "node_modules/a", name: "a", version: "1.0.0", bytes: 2e6, neededBy: ["a"] },
        { path: "node_modules/b", name: "b", version: "1.0.0", bytes: 1e3, neededBy: ["a"] },
      ],
      packageBytes: 2001000,
      ownBytes: 160000,
      bytes: 2161000,
    },
  };
}

describe("the table", () => {
  test("gives times with both ratios, and says what is over its limit", () => {
    const text = formatBench(report(true));
    expect(text).toContain("200 µs  2.00 (2.00..2.00), 2.50");
    expect(text).toContain("rollout, 1001 steps, wasm: at most 1.8 x C++, 256 bits; 2.00 (over)");
    expect(text).toMatch(/rollout, 1001 steps +1000000 +400\.0 kB +60\.0 µs +30\.0 µs$/m);
  });

  test("without a compiler has times alone, and the reason", () => {
    const text = formatBench(report(false));
    expect(text).toContain("note: no C++ reference");
    expect(text).toMatch(/rollout, 1001 steps +200 µs$/m);
    expect(text).not.toContain("at most");
  });

  test("gives the step of an exported policy, and its ratio to the core's", () => {
    const text = formatBench(report(false));
    expect(text).toMatch(/WebAssembly\) +500 ns$/m);
    expect(text).toMatch(/onnxruntime-node, float32 +80\.0 µs {2}160\.0 \(160\.0\.\.160\.0\)$/m);
  });

  test("gives the step of the estimator", () => {
    expect(formatBench(report(true))).toMatch(/the car's place +2\.50 µs +17\.5 µs/);
  });

  test("gives a training's updates: median, first and worst of the others", () => {
    expect(formatBench(report(false))).toMatch(/^fit of the model, .* 2\.50 ms +20\.0 ms +6\.25 ms$/m);
  });

  test("lists large packages by name and the rest together", () => {
    const text = formatBench(report(true));
    expect(text).toMatch(/a 1\.0\.0 +2\.00 MB +for a/);
    expect(text).toMatch(/1 smaller packages +0\.00 MB/);
  });

  test("aligns its columns", () => {
    expect(
      table([
        ["a", "bb", "c"],
        ["aaa", "b"],
      ]),
    ).toEqual(["a    bb  c", "aaa  b"]);
  });

  test("writes durations in a fitting unit", () => {
    expect([1.234, 12.34e3, 0.5e9].map(duration)).toEqual(["1.23 ns", "12.3 µs", "500 ms"]);
  });
});

test("a spread is the median between the quartiles, whatever the order", () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 });
});

describe("the bench of the peers' batches", () => {
  const report = (ratio?: number): PeersReport => ({
    machine: { processor: "P", node: "v20", ...(ratio === undefined ? {} : { compiler: "gcc 12" }) },
    notes: ratio === undefined ? ["no C reference"] : [],
    agreement: [{ side: "c", error: 1.3e-9 }],
    sides: [
      ...(ratio === undefined
        ? []
        : [{ side: "c" as const, nanoseconds: spread(3e6), fastest: 3e6, ratios: { c: spread(1) } }]),
      {
        side: "batches",
        nanoseconds: spread(3.6e6),
        fastest: 3.6e6,
        ratios: ratio === undefined ? {} : { c: spread(ratio) },
      },
    ],
    ...(ratio === undefined ? {} : { ratio }),
  });

  test("says whether the limit is kept", () => {
    expect(formatPeersBench(report(1.2))).toMatch(/^x C, 128 bits \(quartiles\) .* 1\.20 \(1\.20\.\.1\.20\)$/m);
    expect(formatPeersBench(report(1.2))).toMatch(/at most 1\.7 x C, 128 bits: 1\.20$/);
    expect(formatPeersBench(report(1.8))).toMatch(/1\.80 \(over\)$/);
  });

  test("without a compiler it gives the time alone", () => {
    const text = formatPeersBench(report());
    expect(text).toContain("note: no C reference");
    expect(text).toMatch(/^median time +3\.60 ms$/m);
    expect(text).not.toContain("at most");
  });

  test("times a step whose loss and gradient are those of the case", () => {
    const step = new CriticStep();
    const { loss, gradient } = step.results();
    expect(gradient).toHaveLength(27 * 256 + 256 + 256 * 256 + 256 + 256 + 1);
    // values of variance 1, and outputs that are small at first: about 1/2
    expect(Math.abs(loss - 0.5)).toBeLessThan(0.1);
    expect(step.case().length).toBe(4 * (256 * 28 + gradient.length));
    expect(step.run()).toBe(loss);
  });
});
