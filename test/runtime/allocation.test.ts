/** The control step makes no objects: a garbage collector with nothing to do is never late. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

/**
 * V8 decides anew in every process which of its calls it hands numbers over to in boxes of 16 bytes: of those that
 * measure and estimate to two to four, of all, most of which are gates and what they look at, to 32.
 */
const MOST_MEASURING = 80;
const MOST = 512;

test("a control step allocates no object and no array, only boxes of numbers", async () => {
  const side = fileURLToPath(new URL("./allocation-side.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [side]);
  // where it did not drive nothing was printed, which is no number
  const [bytes, measuring] = stdout.split(" ").map(Number.parseFloat);
  expect(bytes).toBeGreaterThanOrEqual(0);
  expect(bytes).toBeLessThanOrEqual(MOST);
  expect(measuring).toBeLessThanOrEqual(MOST_MEASURING + 1);
});
