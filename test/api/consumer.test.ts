/**
 * Projects outside the checkout that have nothing but the packed lapgrad: types checked strictly, and the examples run
 * as they stand. These are processes, as a project's own are: what is tested is what packages, exports and types say.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const run = promisify(execFile);
const EXAMPLES = resolve("examples/api");
const COMPILER = resolve("node_modules/typescript/bin/tsc");
/** More types than these would be noticed on a robot [bytes]. */
const MOST_TYPES = 60_000;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lapgrad-consumer-"));
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", folder]);
  const installed = join(folder, "node_modules/lapgrad");
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, stdout.trim()), "-C", installed, "--strip-components=1"]);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", type: "module", private: true }));
  for (const file of readdirSync(EXAMPLES)) copyFileSync(join(EXAMPLES, file), join(folder, file));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines that a program of the consumer says; it fails if the program does. */
async function said(file: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [file], { cwd: folder });
  return stdout.trim().split("\n");
}

/** Checks the TypeScript example, without Node's or the browser's types and with those of the package itself. */
async function compile(how: object): Promise<void> {
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, target: "es2022" },
    ...{ lib: ["es2023"], types: [], ...how },
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["train.ts"] }));
  await run(process.execPath, [COMPILER, "-p", folder]).catch(({ stdout }) => {
    throw new Error(stdout);
  });
}

test("TypeScript, resolved as bundlers do", () =>
  compile({ module: "esnext", moduleResolution: "bundler", noEmit: true }));

test("TypeScript, resolved as Node does: trains, exports and steps a policy", async () => {
  await compile({ module: "node16", moduleResolution: "node16" });
  const lines = await said("train.js");
  expect(lines[0]).toBe("update rule: gauss-newton");
  const [first, second] = (/\[(.*), (.*)\]/.exec(lines[1]) ?? []).slice(1).map(Number);
  expect(second).toBeLessThan(first);
  const [throttle, steering] = (/\] \[ (\S+), (\S+) \]$/.exec(lines[2]) ?? []).slice(1).map(Number);
  expect(Math.abs(throttle) + Math.abs(steering)).toBeGreaterThan(0);
  expect(lines.at(-1)).toBe(
    'settings: "seed" is -1; allowed is a whole number of 0 or more ' +
      "(random numbers of weights and starts; the same seed gives the same bits)",
  );
});

test("JavaScript: trains until it is good enough, steps, drives and reads the recording", async () => {
  const lines = await said("train.mjs");
  const laps = lines.filter((line) => line.startsWith("lap "));
  const costs = laps.map((line) => Number(/cost ([\d.]+)/.exec(line)?.[1]));
  expect(costs.at(-1)).toBeLessThan(costs[0] / 3);
  expect(laps.length).toBeLessThan(6); // the signal ended it
  expect(lines).toContain(`best: lap ${laps.length} of ${laps.length}`);
  expect(lines.slice(-3).every((line) => /^throttle \S+, steering \S+$/.test(line))).toBe(true);
  const read = await said("recording.mjs");
  expect(read[1]).toBe("car-figure8: 560 control steps, 80 network calls");
  const perStep = (/laps: (.*)/.exec(read[0])?.[1] ?? "").split(", ").map(Number);
  expect(perStep[1]).toBeLessThan(perStep[0]);
});

test("JavaScript: compares rules", async () => {
  const lines = await said("compare.mjs");
  expect(lines).toHaveLength(6);
  for (const line of lines.slice(-2)) expect(line).toMatch(/^[-a-z]+: \d+\.\d % of the untrained cost, 0 trainings/);
});

test("no other file can be imported, and the types are few", async () => {
  writeFileSync(join(folder, "inside.mjs"), 'import "lapgrad/build/src/session.js";');
  await expect(said("inside.mjs")).rejects.toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  const inPackage = readdirSync(join(folder, "node_modules/lapgrad/build"), { recursive: true, encoding: "utf8" });
  expect(inPackage.filter((file) => /^(?!assets).*\.d\.ts$/.test(file))).toEqual([join("types", "index.d.ts")]);
  expect(statSync(join(folder, "node_modules/lapgrad/build/types/index.d.ts")).size).toBeLessThan(MOST_TYPES);
});
