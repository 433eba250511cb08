/**
 * Prints "N passed, N failed, N skipped" from jest's --json output; exit 1 unless some passed and none failed.
 * A test file that could not even be loaded counts as one failure.
 * Usage: node scripts/test-summary.mjs <results.json>
 */
import { existsSync, readFileSync } from "node:fs";

const path = process.argv[2];
const results = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
const passed = results.numPassedTests ?? 0;
const failed = (results.numFailedTests ?? 0) + (results.numRuntimeErrorTestSuites ?? 0);
const skipped = (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
