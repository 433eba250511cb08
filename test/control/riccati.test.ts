/** The Riccati solver against published solutions, and what it refuses. */
import { describe, expect, test } from "@jest/globals";
import {
  diagonal,
  identity,
  lqr,
  type Matrix,
  multiply,
  riccati,
  spectralRadius,
  sum,
  transposed,
} from "../../src/control/riccati.js";
import { pendulumReach, uprightArm } from "../../src/tasks/pendulum-reach.js";

const size = (a: Matrix) => Math.max(...a.flat().map(Math.abs));
const difference = (a: Matrix, b: Matrix) => size(sum(a, b, -1)) / size(b);
const golden = (1 + Math.sqrt(5)) / 2;

/** The largest entry of X - (A^T X A - A^T X B (R + B^T X B)^-1 B^T X A + Q) by that of X. */
function residual(a: Matrix, b: Matrix, q: Matrix, r: Matrix, x: Matrix): number {
  const xa = multiply(x, a);
  const feedback = multiply(multiply(transposed(xa), b), lqr(a, b, q, r));
  return difference(sum(sum(multiply(transposed(a), xa), feedback, -1), q), x);
}

interface Example {
  readonly name: string;
  readonly A: Matrix;
  readonly B: Matrix;
  readonly Q: Matrix;
  readonly R: Matrix;
  readonly X: Matrix;
}

/** A small parameter: the closed loop's eigenvalue tends to 0 with it. */
const small = 1e-3;

const exact: readonly Example[] = [
  {
    name: "Benner, Laub, Mehrmann, DAREX (1995), example 1.1: after Laub (1979), example 2",
    A: [
      [4, 3],
      [-4.5, -3.5],
    ],
    B: [[1], [-1]],
    Q: [
      [9, 6],
      [6, 4],
    ],
    R: [[1]],
    X: [
      [9 * golden, 6 * golden],
      [6 * golden, 4 * golden],
    ],
  },
  {
    // put into the equation: x11 = 1, x12 = 2, and x22^2 - 4 x22 - 1 = 0
    name: "double shift with a weight of rank 1, solved by hand",
    A: [
      [0, 1],
      [0, 0],
    ],
    B: [[0], [1]],
    Q: [
      [1, 2],
      [2, 4],
    ],
    R: [[1]],
    X: [
      [1, 2],
      [2, 2 + Math.sqrt(5)],
    ],
  },
  {
    // x = 1 + eps^2 x11 in the second entry, as the input does not reach x11
    name: "nilpotent with a small entry, solved by hand",
    A: [
      [0, small],
      [0, 0],
    ],
    B: [[0], [1]],
    Q: identity(2),
    R: [[1]],
    X: diagonal([1, 1 + small ** 2]),
  },
  {
    // of each mode x^2 = a^2 x + 1, with b = q = r = 1
    name: "three modes, stable, marginal and unstable, solved by hand",
    A: diagonal([0.5, 1, 3]),
    B: identity(3),
    Q: identity(3),
    R: identity(3),
    X: diagonal([0.25, 1, 9].map((a2) => (a2 + Math.sqrt(a2 * a2 + 4)) / 2)),
  },
];

describe("the Riccati equation", () => {
  for (const { name, A, B, Q, R, X } of exact) {
    test(name, () => {
      const found = riccati(A, B, Q, R);
      expect(difference(found, X)).toBeLessThan(1e-12);
      expect(residual(A, B, Q, R, found)).toBeLessThan(1e-12);
    });
  }

  test("the example of MATLAB's dare, to the four decimals printed there", () => {
    const A = [
      [-0.9, -0.3],
      [0.7, 0.1],
    ];
    const X = riccati(A, [[1], [1]], diagonal([1, 3]), [[0.1]]);
    const printed = [
      [4.7687, 0.9438],
      [0.9438, 3.2369],
    ];
    expect(size(sum(X, printed, -1))).toBeLessThan(5.1e-5);
    const [[g1 = 0, g2 = 0] = []] = lqr(A, [[1], [1]], diagonal([1, 3]), [[0.1]]);
    const loop = sum(
      A,
      [
        [g1, g2],
        [g1, g2],
      ],
      -1,
    );
    expect(Math.abs(spectralRadius(loop) - 0.446)).toBeLessThan(5.1e-5);
  });

  test("of the arm about upright: small residual, symmetric, a stable loop for both masses", () => {
    const { parameters } = pendulumReach.model;
    const { mass1 = 0, mass2 = 0, length1 = 0, length2 = 0, gravity = 0 } = parameters;
    const arm = { mass1, mass2, length1, length2, gravity };
    const light = uprightArm({ ...arm, mass1: mass1 / 2, mass2: mass2 / 2 });
    const Q = diagonal([250, 250, 10, 10]);
    const X = riccati(light.A, light.B, Q, identity(2));
    expect(residual(light.A, light.B, Q, identity(2), X)).toBeLessThan(1e-12);
    expect(difference(transposed(X), X)).toBeLessThan(1e-13);
    const K = lqr(light.A, light.B, Q, identity(2));
    expect(pendulumReach.nominalGains).toEqual([K[0]?.[0], K[1]?.[1], K[0]?.[2], K[1]?.[3]]);
    for (const { A, B } of [light, uprightArm(arm)]) {
      expect(spectralRadius(A)).toBeGreaterThan(1.005); // it falls over
      expect(spectralRadius(sum(A, multiply(B, K), -1))).toBeLessThan(0.995);
    }
  });

  test.each([
    ["an unstable mode that no input reaches", diagonal([2, 0.5]), [[0], [1]], identity(2), [[1]]],
    ["a marginal mode that no input reaches", diagonal([1, 0.5]), [[0], [1]], identity(2), [[1]]],
    ["a marginal mode that does not show in the cost", diagonal([1, 0.5]), [[1], [1]], diagonal([0, 1]), [[1]]],
  ])("refuses %s", (_, A, B, Q, R) => {
    expect(() => riccati(A, B, Q, R)).toThrow(
      expect.objectContaining({
        name: "UserError",
        message: expect.stringMatching(/no stabilising solution: .*; check A, B and Q/),
      }),
    );
  });

  test("refuses a singular weight of the inputs", () => {
    const R = [
      [1, 1],
      [1, 1],
    ];
    expect(() => lqr(identity(2), identity(2), identity(2), R)).toThrow("weight R of the inputs is singular");
  });
});

describe("the spectral radius", () => {
  test.each<[string, Matrix, number, number]>([
    ["a diagonal matrix", diagonal([0.5, -3, 2]), 3, 1e-12],
    [
      "a rotation times 0.9: a complex pair",
      [
        [0.9 * Math.cos(0.7), -0.9 * Math.sin(0.7)],
        [0.9 * Math.sin(0.7), 0.9 * Math.cos(0.7)],
      ],
      0.9,
      1e-12,
    ],
    [
      "eigenvalues -1/2 and 1 far from symmetric (the benchmark's A)",
      [
        [4, 3],
        [-4.5, -3.5],
      ],
      1,
      1e-12,
    ],
    [
      "a Jordan block",
      [
        [0.99, 1],
        [0, 0.99],
      ],
      0.99,
      1e-7,
    ],
    [
      "a nilpotent matrix",
      [
        [0, 7],
        [0, 0],
      ],
      0,
      0,
    ],
    [
      "companion of x^2 = x + 1",
      [
        [1, 1],
        [1, 0],
      ],
      golden,
      1e-12,
    ],
  ])("of %s", (_, A, expected, tolerance) => {
    expect(Math.abs(spectralRadius(A) - expected)).toBeLessThanOrEqual(tolerance * Math.max(1, expected));
  });
});
