/** Adam with its published constants; beta^k is kept as a running product, which is the same on every machine. */
import type { UpdateRule } from "./definition.js";
import { estimateGradient } from "./gradient.js";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export default {
  name: "adam",
  learningRate: 1e-3,
  needs: {},
  colour: "orange",
  expects: [],
  regions: ["firstMoment", "secondMoment"],
  start: (learningRate) => ({ learningRate, numbers: { power1: 1, power2: 1 }, arrays: {} }),
  outlook: () => ({}),
  estimate: estimateGradient,
  update: (core, _batch, { learningRate, numbers }) => {
    numbers.power1 *= BETA1;
    numbers.power2 *= BETA2;
    core.adapt(learningRate, BETA1, BETA2, EPSILON, 1 - numbers.power1, 1 - numbers.power2);
  },
} as const satisfies UpdateRule;
