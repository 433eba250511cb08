/** Networks in batches: outputs against float64, gradients against central differences of it. */
import { describe, expect, test } from "@jest/globals";
import { drawUniform } from "../../src/peers/batch/initial.js";
import { Kernels } from "../../src/peers/batch/kernels.js";
import { Network, type NetworkShape } from "../../src/peers/batch/network.js";
import { centralDifferences, referenceOutputs, relativeError } from "./reference.js";

const ROWS = 7;
const SHAPES: Record<string, NetworkShape> = {
  ReLU: { sizes: [3, 9, 5, 2], activation: "relu", rows: ROWS },
  tanh: { sizes: [3, 9, 5, 2], activation: "tanh", rows: ROWS },
  SiLU: { sizes: [5, 6, 1], activation: "silu", rows: ROWS },
  "layer norm": { sizes: [3, 8, 7, 2], activation: "relu", layerNorm: true, rows: ROWS },
  "layer norm and tanh": { sizes: [3, 8, 2], activation: "tanh", layerNorm: true, rows: ROWS },
  "batch norm": { sizes: [3, 6, 5, 2], activation: "relu", batchNorm: true, rows: ROWS },
  "batch norm, layer norm and SiLU": {
    sizes: [3, 6, 2],
    activation: "silu",
    batchNorm: true,
    layerNorm: true,
    rows: ROWS,
  },
};

/** A network with random numbers everywhere, a batch, and a loss: the sum of `weights` times the outputs. */
function trial(shape: NetworkShape) {
  const kernels = new Kernels(5);
  const network = new Network(kernels, shape);
  drawUniform(kernels, network);
  for (let i = 0; i < network.parameters.values.length; i++)
    network.parameters.values[i] += 0.1 * kernels.call.normal();
  const input = kernels.floats(ROWS * shape.sizes[0]);
  for (let i = 0; i < input.values.length; i++) input.values[i] = kernels.call.normal();
  const weights = Float64Array.from({ length: ROWS * (shape.sizes.at(-1) ?? 0) }, () => kernels.call.normal());
  const dot = (outputs: ArrayLike<number>) => weights.reduce((sum, w, i) => sum + w * outputs[i], 0);
  return { kernels, network, input, weights, dot };
}

describe.each(Object.entries(SHAPES))("%s", (_, shape) => {
  const { network, input, weights, dot } = trial(shape);
  const at = Float64Array.from(network.parameters.values);
  const x = Float64Array.from(input.values);

  test("outputs", () => {
    const outputs = network.forward(input, ROWS, "learning");
    expect(relativeError(outputs, referenceOutputs(network, at, x, ROWS))).toBeLessThan(1e-5);
  });

  test("gradients by parameters and inputs", () => {
    network.forward(input, ROWS, "learning");
    network.outputGradient.values.set(weights);
    network.backward({ parameters: true, inputs: true });
    const byParameters = centralDifferences((p) => dot(referenceOutputs(network, p, x, ROWS)), at);
    const byInputs = centralDifferences((y) => dot(referenceOutputs(network, at, y, ROWS)), x);
    expect(relativeError(network.gradient.values, byParameters)).toBeLessThan(2e-5);
    expect(relativeError(network.inputGradient.values, byInputs)).toBeLessThan(2e-5);
  });

  test("gradient by the inputs alone is the same, and leaves that by the parameters", () => {
    network.forward(input, ROWS, "learning");
    network.outputGradient.values.set(weights);
    network.backward({ parameters: true, inputs: true });
    const both = network.inputGradient.values.slice();
    network.outputGradient.values.set(weights);
    network.forward(input, ROWS, "learning");
    network.backward({ parameters: false, inputs: true });
    expect(network.inputGradient.values).toEqual(both);
  });
});

test("acting, batch norms take the running statistics, and the gradient is theirs", () => {
  const { network, input, weights, dot } = trial({
    sizes: [3, 6, 5, 2],
    activation: "tanh",
    batchNorm: true,
    rows: ROWS,
  });
  for (let i = 0; i < 2000; i++) network.forward(input, ROWS, "learning");
  const learning = network.forward(input, ROWS, "learning").slice();
  const acting = network.forward(input, ROWS, "acting").slice();
  // after so many turns over one batch both statistics are the same
  expect(relativeError(acting, learning)).toBeLessThan(1e-4);
  network.outputGradient.values.set(weights);
  network.backward({ parameters: true, inputs: true });
  const gradient = network.inputGradient.values.slice();
  const differences = centralDifferences(
    (x) => {
      input.values.set(x);
      return dot(network.forward(input, ROWS, "acting"));
    },
    input.values.slice(),
    1e-2,
  );
  expect(relativeError(gradient, differences)).toBeLessThan(2e-3);
});

test("dropout: the gradient is that of what was kept; acting, nothing is dropped", () => {
  const shape: NetworkShape = { sizes: [3, 16, 2], activation: "tanh", dropout: 0.4, rows: ROWS };
  const { kernels, network, input, weights, dot } = trial(shape);
  const learned = () => {
    kernels.call.seed(11, 0);
    return network.forward(input, ROWS, "learning");
  };
  learned();
  network.outputGradient.values.set(weights);
  network.backward({ parameters: true, inputs: true });
  const gradient = network.inputGradient.values.slice();
  const at = input.values.slice();
  const loss = (x: Float64Array) => {
    input.values.set(x);
    return dot(learned());
  };
  expect(relativeError(gradient, centralDifferences(loss, at, 1e-2))).toBeLessThan(2e-3);
  const parameters = Float64Array.from(network.parameters.values);
  input.values.set(at);
  const outputs = network.forward(input, ROWS, "acting");
  expect(relativeError(outputs, referenceOutputs(network, parameters, Float64Array.from(at), ROWS))).toBeLessThan(1e-5);
});

test("sizes that there is no room for are refused", () => {
  const network = (sizes: readonly number[], rows: number) =>
    new Network(new Kernels(1), { sizes, activation: "relu", rows });
  const refusal = /^a (layer|batch) of .+ is none: it may have 1 to 4096; change the peer's settings$/;
  for (const [sizes, rows] of [
    [[3, 0, 1], 8],
    [[3, 2.5, 1], 8],
    [[3, 5000, 1], 8],
    [[3, 1], 5000],
    [[3, 1], 0],
  ] as const)
    expect(() => network(sizes, rows)).toThrow(refusal);
  const kernels = new Kernels(1);
  expect(() => network([3, 1], 8).forward(kernels.floats(30), 9, "acting")).toThrow("9 rows in a network for 8");
});

test("one network follows another by its part", () => {
  const { network } = trial(SHAPES.ReLU as NetworkShape);
  const kernels = new Kernels(2);
  const [a, b] = [new Network(kernels, network.shape), new Network(kernels, network.shape)];
  drawUniform(kernels, a);
  b.follow(a, 0.25);
  expect(
    relativeError(
      b.parameters.values,
      a.parameters.values.map((x) => x / 4),
    ),
  ).toBeLessThan(1e-6);
});
