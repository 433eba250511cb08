import { cosine, type Expression, join, pick, sine } from "../../expression.js";
import type { TaskPart } from "../contracts.js";
import { clock } from "./clock.js";

const { PI } = Math;

/** Both angles' cosine and sine. */
function observeAngles(state: Expression): Expression {
  const angles = pick(state, 0, 1);
  return pick(join(cosine(angles), sine(angles)), 0, 2, 1, 3);
}

/** assembly/tasks/reach.ts */
const reach: TaskPart = {
  period: "clockPeriod",
  features: ["cos theta1", "sin theta1", "cos theta2", "sin theta2"],
  setpointAt: (parameters) => [parameters.setpoint1, parameters.setpoint2, 0, 0],
  setpointOf: (_parameters, state) => state,
  observe: (_parameters, state) => observeAngles(state),
};
const reachOpen: TaskPart = {
  period: "clockPeriod",
  features: [...reach.features, "w1 [rad/s]", "w2 [rad/s]", "cos of the clock", "sin of the clock"],
  setpointAt: () => [0, 0],
  setpointOf: () => [0, 0],
  observe(parameters, state, t) {
    const angle = clock((2 * PI) / parameters.clockPeriod, t);
    return join(observeAngles(state), pick(state, 2, 3), cosine(angle), sine(angle));
  },
};

export default { reach, reachOpen };
