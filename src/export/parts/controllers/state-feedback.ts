import { add, join, mask, multiply, named, subtract, sum, where } from "../../expression.js";
import type { ControllerPart } from "../contracts.js";

/**
 * assembly/controllers/state-feedback.ts: gain j is entry (j mod m, j) of K, the other entries are parameters, row by
 * row.
 */
const stateFeedback: ControllerPart = {
  act(parameters, state, reference, gains, inputs) {
    const error = named("error", subtract(reference, state));
    const [own, fixed] = [Object.values(parameters).slice(0, inputs), Object.values(parameters).slice(inputs)];
    const rows = own.map((offset, i) => {
      const moved = Array.from({ length: state.width }, (_, j) => j % inputs === i);
      const entries = moved.map((isMoved) => (isMoved ? 0 : (fixed.shift() ?? Number.NaN)));
      const K = moved.every(Boolean) ? gains : where(mask(moved), gains, entries);
      return add(offset, sum(multiply(K, error)));
    });
    return join(...rows);
  },
};

export default { stateFeedback42: stateFeedback, stateFeedback11: stateFeedback, cartPoleLqr: stateFeedback };
