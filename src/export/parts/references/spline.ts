import { add, join, multiply, named, pick } from "../../expression.js";
import type { ReferencePart } from "../contracts.js";

/** assembly/policy/spline.ts: per axis q(s) = c0 + c1 s + c2 s^2, c = L (p0, v0, pD, vD); both axes side by side. */
const spline: ReferencePart = {
  /** L, 3 x 4: what the core makes of setpoints with a single 1 at s = 0, where q = c0, q' = c1, q'' = 2 c2 exactly. */
  matrix(core) {
    const probe = core.view("probe");
    const row = probe.length / 7;
    const columns = [0, 2, 4, 6].map((place) => {
      probe.fill(0, 0, 8);
      probe[place] = 1;
      core.evaluateLaw("reference");
      const [c0, , c1, , doubled] = probe.subarray(2 * row);
      return [c0, c1, doubled / 2];
    });
    return [0, 1, 2].map((i) => columns.map((column) => column[i]));
  },
  evaluate(matrix, previous, next, s) {
    const ends = [pick(previous, 0, 1), pick(previous, 2, 3), pick(next, 0, 1), pick(next, 2, 3)];
    const [c0, c1, c2] = matrix.map((row, k) => {
      const terms = ends.map((end, i) => multiply(row[i], end));
      return named(`c${k}`, terms.reduce(add));
    });
    const position = add(c0, multiply(s, add(c1, multiply(s, c2))));
    const velocity = add(c1, multiply(multiply(2, s), c2));
    return join(position, velocity, multiply(2, c2));
  },
};

export default { spline };
