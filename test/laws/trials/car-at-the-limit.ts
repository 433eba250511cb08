/** The car's model with everything in it: grip that ends, and throttle and braking that take from it. */
import { carFigure8 } from "../../../src/tasks/car-figure8.js";
import type { TaskDefinition } from "../../../src/tasks/definition.js";

export default {
  ...carFigure8,
  name: "car at the limit of grip",
  model: {
    ...carFigure8.model,
    parameters: {
      throttleGain: 6.6,
      drag: 0.1,
      steeringGain: 0.9,
      steeringBias: 0.05,
      offset: 0.5,
      linearDrag: 0.02,
      corneringDrag: 0.3,
      inverseGrip: 0.4,
      throttleGrip: 0.35,
    },
  },
} satisfies TaskDefinition;
