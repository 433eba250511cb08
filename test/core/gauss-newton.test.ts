/** The damped Gauss-Newton step against a dense solve, and windows with a burn-in. */
import { describe, expect, test } from "@jest/globals";
import type { Core } from "../../src/core/core.js";
import { dot, driveFrom, relativeError, smallCore } from "../support/cores.js";

/**
 * J of a window as a dense matrix, one row per weighted residual, column by column from tangent passes along unit
 * vectors.
 */
function denseJacobian(core: Core, begin: number, end: number): number[][] {
  const p = core.parameterCount();
  const columns: number[][] = [];
  for (let i = 0; i < p; i++) {
    core.view("direction").fill(0);
    core.view("direction")[i] = 1;
    core.tangentPass(0, 0);
    columns.push(Array.from(core.view("residualTangents").subarray(begin, end)));
  }
  return columns;
}

/** Solves (A + mu I) x = b by Gaussian elimination with pivoting. */
function solveDense(A: number[][], b: number[]): number[] {
  const n = b.length;
  const M = A.map((row, i) => [...row, b[i] ?? 0]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(M[i]?.[k] ?? 0) > Math.abs(M[pivot]?.[k] ?? 0)) pivot = i;
    [M[k], M[pivot]] = [M[pivot] ?? [], M[k] ?? []];
    for (let i = k + 1; i < n; i++) {
      const factor = (M[i]?.[k] ?? 0) / (M[k]?.[k] ?? 1);
      for (let j = k; j <= n; j++) (M[i] as number[])[j] = (M[i]?.[j] ?? 0) - factor * (M[k]?.[j] ?? 0);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = M[i]?.[n] ?? 0;
    for (let j = i + 1; j < n; j++) sum -= (M[i]?.[j] ?? 0) * (x[j] ?? 0);
    x[i] = sum / (M[i]?.[i] ?? 1);
  }
  return x;
}

test("the step solves (J^T W J + mu I) d = -J^T W r, and predicts its own decrease", async () => {
  const core = await smallCore(4, { hidden: [3], segments: 8, modelScale: 0.7 });
  core.setOption("windowStart", 2);
  driveFrom(core, 0, 1.7, 8);
  const mu = 0.5;
  const threshold = 0.05;
  core.solveStep(0, 1, mu, threshold, 200, 1e-13);
  const step = core.view("step").slice();
  const [cost = 0, slope = 0, curvature = 0, norm = 0] = core.view("solution");
  const begin = 3 * 14;
  const end = 3 * 56;
  const r = Array.from(core.view("residuals").subarray(begin, end));
  const w = r.map((value) => Math.min(1, threshold / Math.abs(value)));
  expect(w.some((weight) => weight < 1)).toBe(true);
  expect(cost).toBeCloseTo(
    r.reduce((sum, value, i) => sum + (w[i] ?? 0) * value * value, 0),
    10,
  );
  const J = denseJacobian(core, begin, end);
  const A = J.map((a, i) =>
    J.map((b, j) => a.reduce((sum, value, k) => sum + (w[k] ?? 0) * value * (b[k] ?? 0), 0) + (i === j ? mu : 0)),
  );
  const b = J.map((column) => -column.reduce((sum, value, k) => sum + (w[k] ?? 0) * value * (r[k] ?? 0), 0));
  const exact = solveDense(A, b);
  expect(relativeError(step, exact)).toBeLessThan(1e-8);
  expect(norm).toBeCloseTo(Math.hypot(...exact), 10);
  expect(slope).toBeCloseTo(dot(b, exact), 8);
  const Jd = r.map((_, k) => J.reduce((sum, column, i) => sum + (column[k] ?? 0) * (exact[i] ?? 0), 0));
  expect(curvature).toBeCloseTo(
    Jd.reduce((sum, value, k) => sum + (w[k] ?? 0) * value * value, 0),
    8,
  );
});

test("the damping holds to the anchor", async () => {
  const core = await smallCore(4, { hidden: [3], segments: 8, modelScale: 0.7 });
  driveFrom(core, 0, 1.7, 8);
  const theta = core.view("parameters");
  core.view("anchor").set(theta);
  core.solveStep(0, 1, 2, 1e9, 200, 1e-13);
  const plain = core.view("step").slice();
  core.solveStep(0, 1, 2, 1e9, 200, 1e-13, true);
  expect(relativeError(core.view("step"), plain)).toBeLessThan(1e-9);
  // held to elsewhere, (J^T J + mu I) d' = b - mu (theta - anchor): a strong hold leads there
  const anchor = theta.map((value, i) => value + 0.01 * ((i % 5) - 2));
  core.view("anchor").set(anchor);
  core.solveStep(0, 1, 1e9, 1e9, 200, 1e-13, true);
  const away = anchor.map((value, i) => value - (theta[i] ?? 0));
  expect(relativeError(core.view("step"), away)).toBeLessThan(1e-4);
});

describe("with the true model", () => {
  test("a small part of the step lowers the cost by what was predicted", async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const core = await smallCore(seed, { hidden: [16] });
      driveFrom(core, 0, seed, 12);
      core.solveStep(0, 1, 10, 1e9, 30, 1e-6);
      const [cost = 0, slope = 0, curvature = 0] = core.view("solution");
      const factor = 0.01;
      core.takeStep(factor);
      driveFrom(core, 0, seed, 12);
      const realised = core.windowCost(0) - cost;
      const predicted = -2 * factor * slope + factor ** 2 * curvature;
      expect(predicted).toBeLessThan(0);
      // the next term of the expansion is of the order of the factor
      expect(Math.abs(realised / predicted - 1)).toBeLessThan(0.05);
    }
  });
});

test("a window with a burn-in: its outputs vary earlier, its costs count from the window on", async () => {
  const core = await smallCore(6, { hidden: [3], segments: 10 });
  driveFrom(core, 0, 2.1, 10);
  core.setOption("windowStart", 4);
  core.setOption("windowBurnIn", 3);
  core.solveStep(0, 1, 1, 1e9, 1, 0);
  const right = core.view("step").slice(); // one iteration from 0: a multiple of -J^T r
  core.setOption("windowStart", 1);
  core.setOption("windowBurnIn", 0);
  core.view("seeds").fill(0);
  core.view("residuals").forEach((value, i) => {
    if (i >= 3 * 28) core.view("seeds")[i] = value;
  });
  core.costatePass(0, 0);
  const gradient = core.view("gradient");
  const cosine = dot(right, gradient) / (Math.hypot(...right) * Math.hypot(...gradient));
  expect(cosine).toBeCloseTo(-1, 12);
});
