/** Tests that need a browser. */
import { test } from "@jest/globals";
import { absent } from "./browser.js";

/** `test` where there is a browser; elsewhere the test reports itself as skipped and says what to install. */
export const browserTest = (title: string, run: () => Promise<void>) =>
  absent ? test.skip(`${title} (${absent})`, run) : test(title, run);
