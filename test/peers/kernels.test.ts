/** The kernels of the peers' batches against float64. */
import { describe, expect, test } from "@jest/globals";
import { drawOrthogonal } from "../../src/peers/batch/initial.js";
import { type Floats, Kernels } from "../../src/peers/batch/kernels.js";
import { Network } from "../../src/peers/batch/network.js";
import { ScalarAdam } from "../../src/peers/batch/scalar-adam.js";
import { relativeError } from "./reference.js";

const kernels = new Kernels(7);
const { call } = kernels;

function drawn(count: number): Floats {
  const floats = kernels.floats(count);
  for (let i = 0; i < count; i++) floats.values[i] = call.normal();
  return floats;
}

describe("a product", () => {
  const shapes = [
    [4, 8, 4],
    [5, 9, 7],
    [1, 10, 17],
    [3, 1, 64],
    [64, 20, 3],
    [300, 13, 31],
  ];
  test.each(shapes)("of %i by %i, sums of %i, in any order of the factors", (m, n, depth) => {
    const [a, b, bias, c] = [drawn(m * depth), drawn(n * depth), drawn(n), kernels.floats(m * n + 4)];
    c.values.fill(42);
    for (const [aTransposed, bTransposed] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const expected = new Float64Array(m * n).map((_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        let sum = bias.values[j];
        for (let k = 0; k < depth; k++)
          sum += a.values[aTransposed ? k * m + i : i * depth + k] * b.values[bTransposed ? j * depth + k : k * n + j];
        return sum;
      });
      const product = (bias: number, activation: number) =>
        call.product(
          c.address,
          a.address,
          aTransposed,
          b.address,
          bTransposed,
          bias,
          m,
          n,
          depth,
          activation,
          kernels.scratch,
        );
      product(bias.address, 0);
      expect(relativeError(c.values.subarray(0, m * n), expected)).toBeLessThan(2e-6);
      product(bias.address, 1);
      expect(
        relativeError(
          c.values.subarray(0, m * n),
          expected.map((x) => Math.max(x, 0)),
        ),
      ).toBeLessThan(2e-6);
      product(bias.address, 2);
      expect(relativeError(c.values.subarray(0, m * n), expected.map(Math.tanh))).toBeLessThan(1e-5);
      product(0, 0);
      const free = expected.map((x, at) => x - bias.values[at % n]);
      expect(relativeError(c.values.subarray(0, m * n), free)).toBeLessThan(2e-6);
      // nothing is written behind the result
      expect([...c.values.subarray(m * n)]).toEqual([42, 42, 42, 42]);
    }
  });
});

test("functions of vectors: to six digits everywhere, and finite far out", () => {
  const x = [-200, -90, -20, -3, -1, -0.1, -1e-4, 0, 1e-4, 0.3, 2, 9, 20, 90, 200];
  const [z, y] = [kernels.floats(x.length), kernels.floats(x.length)];
  z.values.set(x);
  call.silu(z.address, y.address, x.length);
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  for (const [i, value] of x.entries()) expect(Math.abs(y.values[i] - value * sigmoid(value))).toBeLessThan(2e-5);
  call.tanhInPlace(z.address, x.length);
  for (const [i, value] of x.entries()) expect(Math.abs(z.values[i] - Math.tanh(value))).toBeLessThan(3e-7);
});

test("single numbers agree with JavaScript's", () => {
  for (const x of [0.01, 0.7, 3.1, 11]) {
    expect(call.exp(x) / Math.exp(x)).toBeCloseTo(1, 13);
    expect(call.log(x) - Math.log(x)).toBeCloseTo(0, 13);
    expect(call.log1p(x) - Math.log1p(x)).toBeCloseTo(0, 13);
    expect(call.tanh(x) - Math.tanh(x)).toBeCloseTo(0, 13);
    expect(call.sin(x) - Math.sin(x)).toBeCloseTo(0, 13);
    expect(call.cos(x) - Math.cos(x)).toBeCloseTo(0, 13);
  }
});

test("Adam, in vectors and for a single number, is Kingma's algorithm 1", () => {
  const count = 8;
  const [p, g, m, v] = [drawn(count), drawn(count), kernels.floats(count), kernels.floats(count)];
  const single = new ScalarAdam();
  let number = p.values[3];
  const expected = Float64Array.from(p.values);
  const [first, second] = [new Float64Array(count), new Float64Array(count)];
  for (let t = 1; t <= 5; t++) {
    const corrections = [1 / (1 - 0.9 ** t), 1 / (1 - 0.999 ** t)];
    number -= single.step(g.values[3], 0.1);
    call.adam(
      p.address,
      g.address,
      m.address,
      v.address,
      count,
      0.1,
      0.9,
      0.999,
      1e-8,
      corrections[0],
      corrections[1],
      0,
    );
    for (let i = 0; i < count; i++) {
      first[i] = 0.9 * first[i] + 0.1 * g.values[i];
      second[i] = 0.999 * second[i] + 0.001 * g.values[i] ** 2;
      expected[i] -= (0.1 * first[i] * corrections[0]) / (Math.sqrt(second[i] * corrections[1]) + 1e-8);
    }
  }
  expect(relativeError(p.values, expected)).toBeLessThan(1e-5);
  expect(number).toBeCloseTo(expected[3], 10);
});

test("normal numbers have the moments of a normal distribution, and come again with their seed", () => {
  const count = 20_000;
  const draws = () => {
    call.seed(3, 1);
    return Array.from({ length: count }, () => call.normal());
  };
  const values = draws();
  const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / count;
  expect(Math.abs(moment(1))).toBeLessThan(0.03);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.04);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.3);
  expect(draws()).toEqual(values);
});

test("a dropout mask drops its share, and keeps the mean", () => {
  const mask = kernels.floats(10_001);
  call.dropoutMask(mask.address, 10_000, 0.2);
  const dropped = mask.values.subarray(0, 10_000).filter((x) => x === 0).length;
  expect(Math.abs(dropped - 2000)).toBeLessThan(160);
  expect(new Set(mask.values.subarray(0, 10_000))).toEqual(new Set([0, 1.25]));
  expect(mask.values[10_000]).toBe(0);
});

test.each([
  [3, 8],
  [8, 3],
])("orthogonal weights, %i inputs and %i outputs", (inputs, width) => {
  const network = new Network(kernels, { sizes: [inputs, width], activation: "tanh", rows: 1 });
  drawOrthogonal(kernels, network, [2]);
  const { weights } = network.layer(0);
  const vectors = Array.from({ length: Math.min(inputs, width) }, (_, r) =>
    Array.from({ length: Math.max(inputs, width) }, (_, k) => weights[inputs < width ? r * width + k : k * width + r]),
  );
  for (const [r, a] of vectors.entries())
    for (const [s, b] of vectors.entries()) {
      const product = a.reduce((sum, x, k) => sum + x * b[k], 0);
      expect(product).toBeCloseTo(r === s ? 4 : 0, 5);
    }
});

test("more than there is room for is refused, in words", () => {
  expect(() => new Kernels(1, 8).floats(4e6)).toThrow(/need more than 8 MB: take smaller layers or batches/);
});
