/** Real-time priority where it cannot be had. */
import { spawnSync } from "node:child_process";
import { expect } from "@jest/globals";
import { tool } from "../support/tools.js";

const program = new URL("../../src/runtime/real-time.js", import.meta.url);

tool("unshare").test("without /proc a thread does not know its number: it has no priority, and goes on", () => {
  const script = `import("${program}").then((it) => process.stdout.write(String(it.makeThreadRealTime())))`;
  const words = ["-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh", process.execPath, "-e", script];
  const { stdout, stderr, status } = spawnSync("unshare", words, { encoding: "utf8" });
  expect([status, stdout, stderr]).toStrictEqual([0, "false", ""]);
});
