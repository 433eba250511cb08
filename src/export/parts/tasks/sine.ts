import { cosine, join, multiply, sine } from "../../expression.js";
import type { TaskPart } from "../contracts.js";
import { clock } from "./clock.js";

const { PI } = Math;

/** assembly/tasks/sine.ts */
const sineTask: TaskPart = {
  period: "period",
  features: ["cos of the clock", "sin of the clock"],
  setpointAt: (parameters, t) => multiply(parameters.amplitude, sine(clock((2 * PI) / parameters.period, t))),
  setpointOf: (_parameters, state) => state,
  observe(parameters, _state, t) {
    const angle = clock((2 * PI) / parameters.period, t);
    return join(cosine(angle), sine(angle));
  },
};

export default { sine: sineTask };
