/** What came of a test that draws at random, for a script that counts: a line of JSON each. */
import { appendFileSync } from "node:fs";

/** Appends an outcome to the file that LAPGRAD_OUTCOMES names, if it does. */
export function noteOutcome(outcome: object): void {
  const file = process.env.LAPGRAD_OUTCOMES;
  if (file) appendFileSync(file, `${JSON.stringify(outcome)}\n`);
}
