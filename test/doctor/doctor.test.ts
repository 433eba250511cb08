/** The report as a whole, the real system behind it, and the command. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { note, ok, problem } from "../../src/doctor/check.js";
import { KNOWN_STATE } from "../../src/doctor/core.js";
import { type DoctorReport, examine, formatDoctor, GROUPS } from "../../src/doctor/doctor.js";
import { machine } from "../../src/doctor/machine.js";
import { HEARTBEAT_WITHIN } from "../../src/runtime/gates.js";
import { stopRows } from "../../src/runtime/stops.js";
import { lapgrad } from "../cli/process.js";
import { plugAndPlayHandles } from "../support/file-handles.js";
import { newFolder } from "../support/runs.js";
import { fakeSystem } from "./fake.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test("a Jetson with everything in order has neither problem nor note", async () => {
  const report = await examine(fakeSystem(), { folder: "/runs" });
  expect(report.checks.filter(({ status }) => status !== "ok")).toStrictEqual([]);
  expect(report).toMatchObject({ problems: 0, notes: 0 });
  expect(new Set(report.checks.map(({ group }) => group))).toStrictEqual(new Set(GROUPS.map(({ name }) => name)));
  expect(formatDoctor(report)).toMatch(/\n\nno problem, 0 notes: lapgrad can run here$/);
});

test("a check that throws is a problem that names it, and the others go on", async () => {
  const report = await examine(
    fakeSystem({
      freeSpace: () => {
        throw new Error("no statfs\nat once");
      },
    }),
    { folder: "/runs" },
  );
  const problems = report.checks.filter(({ status }) => status === "problem");
  expect(problems).toStrictEqual([
    {
      group: "disk",
      name: "free space",
      status: "problem",
      found: "the check itself failed: no statfs at once",
      remedy: "lapgrad doctor --json > doctor.json, and report it",
    },
  ]);
  expect(report.checks.at(-1)?.group).toBe("optional packages");
});

test("nothing of a bare machine makes a check throw", async () => {
  const bare = fakeSystem({
    read: () => undefined,
    list: () => [],
    status: () => undefined,
    realPath: () => undefined,
    run: async () => ({ code: undefined, stdout: "", stderr: "" }),
    listSerialPorts: () => Promise.reject(new Error("spawn udevadm ENOENT")),
    environment: {},
    packageVersion: () => undefined,
    glibc: () => undefined,
  });
  for (const platform of ["linux", "darwin"] as const) {
    const { problems, checks } = await examine({ ...bare, platform }, { folder: "runs" });
    expect([platform, problems]).toStrictEqual([platform, 0]);
    expect(checks.length).toBeGreaterThan(20);
  }
});

test("the text has a heading per group, and remedies below their lines", async () => {
  const check = (name: string, finding: ReturnType<typeof ok>) => ({ name, run: () => finding });
  const report = await examine(fakeSystem(), { folder: "/runs" }, [
    { name: "one", checks: [check("first", ok("a")), check("b", problem("broken\u0000\u001b[31m", "mend it"))] },
    { name: "two", checks: [check("c", note("so so", null))] },
  ]);
  expect(formatDoctor(report).split("\n")).toStrictEqual([
    "one",
    "  ok       first  a",
    "  problem  b      broken [31m",
    "                  → mend it",
    "",
    "two",
    "  note     c      so so",
    "",
    "1 problem, 1 note: follow the arrows at the problems",
  ]);
});

describe("the real system", () => {
  test("the core gives the known state, on this processor as on every other", async () => {
    const { finalState, stepMicroseconds } = await machine.probeCore();
    expect(finalState).toStrictEqual(KNOWN_STATE);
    expect(stepMicroseconds).toBeGreaterThan(0);
  });

  test("writes are timed and leave nothing", async () => {
    const times = await machine.writeTimes(folder);
    expect(times.length).toBeGreaterThan(0);
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(await readdir(folder)).toStrictEqual([]);
    await expect(machine.writeTimes(join(folder, "none"))).rejects.toThrow("ENOENT");
  });

  test("writes are flushed as a run's are: Yarn's Plug'n'Play, where no run can be kept, is seen", async () => {
    const handles = await plugAndPlayHandles();
    await expect(machine.writeTimes(folder)).rejects.toThrow("Method not implemented.");
    handles.restore();
    expect(await readdir(folder)).toStrictEqual([]);
  });

  test("a command answers, fails, is not there, or takes too long", async () => {
    expect(await machine.run("sh", "-c", "echo 2")).toStrictEqual({ code: 0, stdout: "2\n", stderr: "" });
    expect((await machine.run("sh", "-c", "exit 3")).code).toBe(3);
    expect((await machine.run("lapgrad-has-no-such-command")).code).toBeUndefined();
    expect((await machine.run("sleep", "9")).code).toBeUndefined();
  });

  test("what is not there is undefined, not an error", () => {
    const path = join(folder, "none");
    expect([machine.read(path), machine.status(path), machine.realPath(path)]).toStrictEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([machine.list(path), machine.mayUse(path)]).toStrictEqual([[], false]);
    expect([machine.packageVersion("yargs"), machine.packageVersion("none-such")]).toStrictEqual([
      expect.stringMatching(/^\d+\./),
      undefined,
    ]);
    expect(machine.status("/dev/null")).toMatchObject({ isCharacterDevice: true, isFolder: false });
  });

  const linuxTest = process.platform === "linux" ? test : test.skip;
  linuxTest("a thread of its own is there, and gone afterwards", async () => {
    const path = (id: number) => `/proc/self/task/${id}/comm`;
    const id = await machine.withThread(async (threadId) => {
      expect(machine.read(path(threadId))).toMatch(/\S/);
      return threadId;
    });
    expect(id).not.toBe(process.pid);
    expect(machine.read(path(id))).toBeUndefined();
    expect(machine.processes().some(({ pid }) => pid === process.ppid)).toBe(true);
  });
});

describe("the command", () => {
  test("says the same to people and programs, and writes nothing", async () => {
    const [text, json] = [await lapgrad(folder, ["doctor"]), await lapgrad(folder, ["doctor", "--json"])];
    const report = JSON.parse(json.stdout) as DoctorReport;
    expect(json.stdout.trimEnd()).not.toContain("\n");
    expect(report.checks.filter(({ found }) => found.includes("the check itself failed"))).toStrictEqual([]);
    for (const line of report.checks) {
      expect(Object.keys(line)).toStrictEqual(["group", "name", "status", "found", "remedy"]);
      if (line.status === "problem") expect(line.remedy).not.toBeNull();
      // not the status: a busy disk may be slow in one of the two runs
      expect(text.stdout).toMatch(new RegExp(`^ {2}(ok|note|problem) +${line.name} `, "m"));
    }
    expect([text.code, json.code]).toStrictEqual([Number(report.problems > 0), Number(report.problems > 0)]);
    expect(text.stderr).toBe("");
    expect(await readdir(folder)).toStrictEqual([]);
  });

  test("a run folder that cannot be, or a port that is not there, is exit code 1 without a stack", async () => {
    const file = join(folder, "file");
    await writeFile(file, "mine");
    for (const args of [
      ["--out", file],
      ["--device", join(folder, "ttyACM7")],
    ]) {
      const { code, stdout, stderr } = await lapgrad(folder, ["doctor", ...args]);
      expect([code, stderr]).toStrictEqual([1, ""]);
      expect(stdout).toMatch(/ {2}problem .*\n +→ /);
      expect(stdout).not.toMatch(/\n\s+at /);
    }
    expect(await readFile(file, "utf8")).toBe("mine");
  });

  test("wrong usage is exit code 2", async () => {
    await mkdir(join(folder, "runs"));
    for (const args of [["--device", ""], ["--out", ""], ["--devcie", "x"], ["/dev/ttyACM0"]]) {
      const { code, stdout, stderr } = await lapgrad(folder, ["doctor", ...args]);
      expect([code, stdout]).toStrictEqual([2, ""]);
      expect(stderr).toMatch(/^lapgrad: .*\n$/);
    }
  });

  test("what stops a robot: every reason of the tables once, in 80 columns, and as JSON", async () => {
    const text = await lapgrad(folder, ["doctor", "--explain", "stop"]);
    const json = await lapgrad(folder, ["doctor", "--explain", "stop", "--json"]);
    expect([text.code, text.stderr, json.code]).toStrictEqual([0, "", 0]);
    const tables = stopRows({ ...completeConfig({}), heartbeatWithin: HEARTBEAT_WITHIN });
    expect(JSON.parse(json.stdout)).toStrictEqual(tables);
    const shown = text.stdout.replace(/[\w./-]*\/lapgrad /g, "lapgrad "); // as where its name calls it
    expect(shown.split("\n").filter((line) => line.length > 80)).toStrictEqual([]);
    const words = shown.replace(/\s+/g, " ");
    const rows = Object.values(tables).flat();
    for (const { says, noticed, remedy } of rows) {
      expect(words.split(` ${says} `)).toHaveLength(2);
      expect(words).toContain(noticed);
      expect(words).toContain(`remedy ${remedy}`);
    }
    expect(words.split(" remedy ")).toHaveLength(1 + rows.length);
  });

  test("help has an example", async () => {
    const { code, stdout } = await lapgrad(folder, ["doctor", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}lapgrad doctor /);
  });
});
