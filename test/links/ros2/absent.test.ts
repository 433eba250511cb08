/** Without ROS 2: what is said, and that nothing is touched. */
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { rosAbsent } from "../../support/ros.js";
import { newFolder } from "../../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const main = fileURLToPath(new URL("../../../src/cli/main.js", import.meta.url));

/** Everything in the package's folder; nothing where it is not installed. */
async function filesOfRclnodejs(): Promise<string[]> {
  try {
    return await readdir(dirname(createRequire(import.meta.url).resolve("rclnodejs/package.json")), {
      recursive: true,
    });
  } catch {
    return [];
  }
}

test.each([
  ["train", "--arm"],
  ["train"],
  ["drive", "--without-network", "--arm"],
  ["publish", "policy", "--arm"],
  ["plant"],
])("lapgrad %s --link ros2: refused with the remedy, nothing loaded, nothing written", async (...args) => {
  const before = await filesOfRclnodejs();
  const { ROS_DISTRO: _, AMENT_PREFIX_PATH: __, ...env } = process.env;
  const all = [main, ...args, "--link", "ros2"];
  const { status, stderr, stdout } = spawnSync(process.execPath, all, { cwd: folder, env, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^lapgrad: ROS 2: .*; .*source \/opt\/ros\/.*\/setup\.bash\n$/);
  expect(await readdir(folder)).toEqual([]);
  // where ROS 2 is sourced, other tests load it at the same time
  if (rosAbsent) expect(await filesOfRclnodejs()).toEqual(before);
});
