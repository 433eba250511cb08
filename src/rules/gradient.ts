import type { Core } from "../core/core.js";
import type { Batch, Estimate } from "./definition.js";

/** The co-state gradient of a batch [W23 8], into the core's region `gradient`. */
export function estimateGradient(core: Core, { first, count }: Batch): Estimate {
  const loss = core.gradient(first, count);
  return { loss, norm: core.gradientNorm() };
}
