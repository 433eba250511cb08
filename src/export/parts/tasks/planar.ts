import { cosine, join, maximum, multiply, pick, sine } from "../../expression.js";
import type { TaskPart } from "../contracts.js";

/** assembly/tasks/planar.ts: the setpoint that a state stands on, as fast as that, and at least at `leastSpeed`. */
export const planarSetpointOf: TaskPart["setpointOf"] = ({ leastSpeed }, state) => {
  const heading = pick(state, 3);
  const v = maximum(pick(state, 2), leastSpeed);
  return join(pick(state, 0, 1), multiply(v, cosine(heading)), multiply(v, sine(heading)));
};
