/** An object per line and lap, or rollout, with nothing but numbers, null and texts: what data frames read. */
import type { RunNumbers } from "./numbers.js";

export function jsonLinesOf({ rollouts }: RunNumbers): string {
  return rollouts.map((one) => `${JSON.stringify({ ...one, noticed: one.noticed.join("; ") })}\n`).join("");
}
