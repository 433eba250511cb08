/**
 * The C core on this computer under AddressSanitizer and UndefinedBehaviorSanitizer: its own tests, one by one, and a
 * short fuzz run.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { firmware } from "../support/firmware.js";

const host = firmware("host");
const fuzz = firmware("fuzz");

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return { status, stdout, stderr };
}

const names = host.absent ? [] : run(host.path("core-test"), "--list").stdout.trim().split("\n");

host.test("there are at least 50 tests of the core", () => expect(names.length).toBeGreaterThanOrEqual(50));

if (names.length > 0)
  test.each(names)("%s", (name) => {
    const { status, stdout, stderr } = run(host.path("core-test"), name);
    expect(stdout + stderr).toMatch(/^1 tests, [1-9]\d* checks\n$/);
    expect(status).toBe(0);
  });

fuzz.test("2000 random sequences of orders break no law, and reach driving", () => {
  const artifacts = mkdtempSync(join(tmpdir(), "lapgrad-fuzz-"));
  const args = ["-runs=2000", "-seed=1", "-max_len=600", "-len_control=0", `-artifact_prefix=${artifacts}/`];
  const { status, stderr } = run(fuzz.path("core-fuzz"), ...args);
  rmSync(artifacts, { recursive: true });
  expect(stderr).not.toMatch(/law broken|ERROR/);
  expect(status).toBe(0);
  const counts = stderr.match(
    /core-fuzz: (\d+) frames sent, \d+ passes of the main loop, (\d+) armed, (\d+) with throttle/,
  );
  const [frames = 0, armed = 0, throttle = 0] = counts?.slice(1).map(Number) ?? [];
  expect(frames).toBeGreaterThan(20000);
  expect(armed).toBeGreaterThan(1000);
  expect(throttle).toBeGreaterThan(100);
});
