import { add, clamp, join, multiply, named, pick } from "../../expression.js";
import type { ControllerPart, Parameters } from "../contracts.js";
import { feedForward, headingError, length, positionError } from "./planar-tracking.js";

const limits = ({ speedLimit, turnLimit }: Parameters) => [speedLimit, turnLimit];

/** assembly/controllers/planar-backstepping.ts */
const planarBackstepping: ControllerPart = {
  act(parameters, state, reference, gains) {
    const towards = multiply(pick(gains, 0, 1), positionError(reference, state));
    const w = named("w", add(towards, multiply(pick(gains, 2, 4), pick(reference, 2, 3))));
    const speed = length(w);
    const { turn } = feedForward(reference);
    const e = headingError(w, speed, pick(state, 3));
    const turnRate = add(multiply(pick(gains, 5), turn), multiply(pick(gains, 3), e));
    return clamp(join(speed, turnRate), limits(parameters));
  },
  limits,
};

export default { planarBackstepping };
