import { cosine, join, multiply, sine } from "../../expression.js";
import type { TaskPart } from "../contracts.js";
import { clock } from "./clock.js";

const { PI } = Math;

/** assembly/tasks/cart-pole.ts */
const cartPole: TaskPart = {
  period: "period",
  features: ["x [m]", "theta [rad]", "v [m/s]", "w [rad/s]", "cos of the clock", "sin of the clock"],
  setpointAt(parameters, t) {
    const amplitude = parameters.amplitude;
    const rate = (2 * PI) / parameters.period;
    const angle = clock(rate, t);
    return join(multiply(amplitude, sine(angle)), 0, multiply(amplitude * rate, cosine(angle)), 0);
  },
  setpointOf: (_parameters, state) => state,
  observe(parameters, state, t) {
    const angle = clock((2 * PI) / parameters.period, t);
    return join(state, cosine(angle), sine(angle));
  },
};

export default { cartPole };
