/** The first start of rclnodejs, in a folder like its own: by several processes at once, and interrupted. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startWhole } from "../../../src/links/ros2/generation.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lapgrad-rclnodejs-"));
  mkdirSync(join(folder, "rosidl_gen"));
  writeFileSync(join(folder, "rosidl_gen/generator.json"), '{ "version": "2" }');
});
afterEach(() => rmSync(folder, { recursive: true }));

const PROGRAM = new URL("generating-process.js", import.meta.url);
const begin = (duration: number): ChildProcess => fork(PROGRAM, [folder, `${duration}`], { execArgv: [] });
const codeOf = async (child: ChildProcess) => (await once(child, "exit"))[0];
const log = () => readFileSync(join(folder, "log"), "utf8").trim().split("\n");
const names = () => readdirSync(folder).sort();

test("of processes that start at once one writes, the others wait for all of it", async () => {
  const codes = await Promise.all([1, 2, 3, 4].map(() => codeOf(begin(500))));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(log()).toEqual(["begun", "done"]);
  expect(names()).toEqual(["generated", "log", "rosidl_gen"]);
});

test("what a killed process left half written is written anew, by one of those that come next", async () => {
  const killed = begin(60_000);
  await once(killed, "message");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  expect(names()).toContain("lapgrad-generating.pid");
  const codes = await Promise.all([1, 2, 3].map(() => codeOf(begin(300))));
  expect(codes).toEqual([0, 0, 0]);
  expect(log()).toEqual(["begun", "begun", "done"]);
  expect(names()).toEqual(["generated", "log", "rosidl_gen"]);
});

test("whole classes stay, those of an older generator and those without a mark go", async () => {
  const old = join(folder, "generated/old");
  const start = async () => {
    mkdirSync(join(folder, "generated"), { recursive: true });
    return readdirSync(join(folder, "generated")).length;
  };
  mkdirSync(old, { recursive: true });
  expect(await startWhole(folder, start)).toBe(0);
  mkdirSync(old);
  expect(await startWhole(folder, start)).toBe(2);
  writeFileSync(join(folder, "rosidl_gen/generator.json"), '{ "version": "3" }');
  expect(await startWhole(folder, start)).toBe(0);
});

test("a start that fails leaves no mark and no lock", async () => {
  const fail = startWhole(folder, async () => {
    mkdirSync(join(folder, "generated"));
    throw new Error("no middleware");
  });
  await expect(fail).rejects.toThrow("no middleware");
  expect(names()).toEqual(["generated", "rosidl_gen"]);
  expect(readdirSync(join(folder, "generated"))).toEqual([]);
});

test("a lock with this process's own number is of one before, as in containers", async () => {
  writeFileSync(join(folder, "lapgrad-generating.pid"), `${process.pid}`);
  expect(await startWhole(folder, async () => mkdirSync(join(folder, "generated"), { recursive: true }))).toBe(
    join(folder, "generated"),
  );
});

test("a folder that cannot be written is named, with what to do", async () => {
  const gone = join(folder, "rosidl_gen/generator.json/below");
  await expect(startWhole(gone, async () => {})).rejects.toThrow(
    /^the message classes of rclnodejs in .* half written, and cannot be written \(ENOTDIR\): start one command as the/,
  );
});
