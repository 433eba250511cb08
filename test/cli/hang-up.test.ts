/** A terminal that hangs up while a training prints its table: whatever is still said blames the terminal. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { newFolder } from "../support/runs.js";
import { tool } from "../support/tools.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

tool("script").test("the run is concluded and can be gone on with, without a stack trace", async () => {
  const [errors, run] = [join(folder, "errors.txt"), join(folder, "run")];
  const words = [process.execPath, resolve("build/src/cli/main.js"), "train", "--rollouts", "500", "--out", run];
  const child = spawn("script", ["-qc", `exec ${words.join(" ")} 2> ${errors}`, "/dev/null"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  while (!existsSync(join(run, "checkpoints", "0002.ckpt"))) await sleep(50);
  child.kill("SIGKILL"); // the terminal, not the program
  while (!existsSync(join(run, "report.html"))) await sleep(50);
  await sleep(1000); // it ends
  expect(readFileSync(errors, "utf8")).toBe("lapgrad: cannot write the output: the terminal is gone\n");
});
