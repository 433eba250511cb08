/**
 * Samples of what scripts/fault-enumeration.mjs tries in full (LAPGRAD_FAULTS=<number>: so many), and the same training
 * on other versions of Node, where there are any.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { tool } from "../support/tools.js";

const SAMPLE = process.env.LAPGRAD_FAULTS ?? "12";

const run = (...args: string[]) => spawnSync(process.execPath, args, { encoding: "utf8" });

tool("cc").test("faults of the disk, evenly over all operations, kinds and trainings", () => {
  const { status, stdout, stderr } = run("scripts/fault-enumeration.mjs", "--sample", SAMPLE, "--jobs", "2");
  expect(stderr + stdout.replaceAll(/^\d+ after .*\n/gm, "")).toMatch(
    new RegExp(`^\\d{4} trials in all, ${SAMPLE} of them now\\n${SAMPLE} trials, 0 failed, \\d+ s\\n$`),
  );
  expect(status).toBe(0);
});

const isThere = [22, 24].some((major) => existsSync(`build/nodes/${major}`));
const title = "other versions of Node train to the same bits";
(isThere ? test : test.skip)(isThere ? title : `${title} (node scripts/node-versions.mjs says what to install)`, () => {
  const { status, stdout } = run("scripts/node-versions.mjs");
  expect(stdout).toContain("the same bits");
  expect(stdout).not.toContain("DIFFER");
  expect(status).toBe(0);
});
