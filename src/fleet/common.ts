/** The parameters that the robots of a fleet have in common. */
import type { Core } from "../core/core.js";
import { traitsOf } from "../rules/traits.js";
import { seed } from "../session.js";

/** Gives all robots the policy of the first one's core, and each random numbers of its own; the common parameters. */
export function beginCommon(
  robots: readonly { readonly training: { readonly core: Core; readonly config: { readonly seed: number } } }[],
  hasTraits: boolean,
): Float64Array {
  const [{ core }] = robots.map(({ training }) => training);
  const own = core.view("parameters").slice();
  const common = new Float64Array(hasTraits ? traitsOf(core).size : own.length);
  common.set(own);
  for (const { training } of robots.slice(1)) {
    training.core.write("parameters", own);
    seed(training.core, training.config.seed);
  }
  return common;
}
