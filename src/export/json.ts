/** A policy as JSON: its description, number for number. */
import type { PolicyDescription } from "./description.js";

/** Two spaces of indentation, a list of numbers on one line. */
export function exportJson(policy: PolicyDescription): string {
  const text = JSON.stringify(policy, null, 2);
  return `${text.replaceAll(/\[[-+.\de,\s]*\]/g, (list) => list.replaceAll(/\s+/g, "").replaceAll(",", ", "))}\n`;
}
