/** Plain gradient descent, the paper's own rule [W23, Algorithm 1, line 7]: theta -= rate * gradient. */
import type { UpdateRule } from "./definition.js";
import { estimateGradient } from "./gradient.js";

export default {
  name: "sgd",
  // gradients have the scale of the task's cost: small enough for any, and each task gives a better one
  learningRate: 1e-6,
  needs: {},
  colour: "green",
  expects: [],
  regions: [],
  start: (learningRate) => ({ learningRate, numbers: {}, arrays: {} }),
  outlook: () => ({}),
  estimate: estimateGradient,
  update: (core, _batch, { learningRate }) => core.descend(learningRate),
} as const satisfies UpdateRule;
