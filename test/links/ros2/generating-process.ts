/** Starts what a test has for rclnodejs, as a process: it writes its classes as slowly as it is told. */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startWhole } from "../../../src/links/ros2/generation.js";

const [folder, duration] = process.argv.slice(2) as [string, string];
const classes = join(folder, "generated");

await startWhole(folder, async () => {
  // as rclnodejs does: any folder is whole
  if (existsSync(classes)) return;
  mkdirSync(classes);
  appendFileSync(join(folder, "log"), "begun\n");
  process.send?.("begun");
  await new Promise((resolve) => setTimeout(resolve, Number(duration)));
  writeFileSync(join(classes, "Twist.js"), "whole");
  appendFileSync(join(folder, "log"), "done\n");
});
if (!existsSync(join(classes, "Twist.js"))) process.exit(2);
process.disconnect?.();
