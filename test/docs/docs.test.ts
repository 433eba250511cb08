/** The pages made from the sources are up to date, and no relative link leads nowhere. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test("scripts/docs.mjs --check finds nothing", async () => {
  const problems = await new Promise<string>((resolve) => {
    execFile(process.execPath, ["scripts/docs.mjs", "--check"], { cwd: root }, (error, _, stderr) =>
      resolve(error ? stderr || error.message : ""),
    );
  });
  expect(problems).toBe("");
});
