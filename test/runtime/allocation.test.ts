/** The control step makes no objects: a garbage collector with nothing to do is never late. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

/**
 * Bytes of two numbers: V8 decides anew in every process which of its calls it hands numbers over to in boxes of 16
 * bytes.
 */
const MOST = 32;

test("a control step allocates less than any object or array would take", async () => {
  const side = fileURLToPath(new URL("./allocation-side.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [side]);
  const bytes = Number(stdout);
  expect(bytes).toBeGreaterThanOrEqual(0);
  expect(bytes).toBeLessThanOrEqual(MOST + 1);
});
