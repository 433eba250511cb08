import { add, clamp, join, multiply, named, pick, subtract } from "../../expression.js";
import type { ControllerPart, Parameters } from "../contracts.js";
import { feedForward, headingError, length, positionError } from "./planar-tracking.js";

const limits = ({ throttleLimit, steeringLimit }: Parameters) => [throttleLimit, steeringLimit];

/** assembly/controllers/backstepping.ts */
const backstepping: ControllerPart = {
  act(parameters, state, reference, gains) {
    const w = named("w", add(pick(reference, 2, 3), multiply(pick(gains, 0, 1), positionError(reference, state))));
    const speed = length(w);
    const { along, turn } = feedForward(reference);
    const e = headingError(w, speed, pick(state, 3));
    const throttle = add(multiply(pick(gains, 4), along), multiply(pick(gains, 2), subtract(speed, pick(state, 2))));
    const steering = add(multiply(pick(gains, 5), turn), multiply(pick(gains, 3), e));
    return clamp(join(throttle, steering), limits(parameters));
  },
  limits,
};

export default { backstepping };
