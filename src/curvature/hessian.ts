/** The Hessian of the loss along recorded rollouts, as a map from vectors to vectors: it is never formed [W23 A.3]. */
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";

/** v -> A v of a symmetric matrix A; the result is the caller's. */
export type SymmetricProduct = (v: ArrayLike<number>) => Float64Array;

/**
 * H v of the mean (or summed) window cost of `rollouts` rollouts from slot `first` on, at the parameters that they were
 * driven with; v: p numbers. Exact up to about 1e-9 of |H| |v|: see "Curvature" in docs/equations.md.
 */
export function hessianOf(core: Core, first = 0, rollouts = 1): SymmetricProduct {
  return (v) => {
    core.write("direction", v);
    core.hessianProduct(first, rollouts);
    const product = core.view("gradient").slice();
    if (!product.every(Number.isFinite)) {
      throw new UserError(
        "the Hessian along the rollout is not finite: the gradient grows too fast with the horizon; " +
          "shorten the window or add feedback",
        1,
      );
    }
    return product;
  };
}
