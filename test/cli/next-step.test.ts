/** A message of what went wrong says the next step, and the step leads on. */
import { spawnSync } from "node:child_process";
import { copyFile, cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder, SMALL_ARGUMENTS } from "../support/runs.js";
import { typist } from "./process.js";

const typed = typist();
const root = fileURLToPath(new URL("../../../", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  await mkdir(join(folder, "runs"));
  for (const run of ["runs/mine", "runs/other"]) {
    const seed = run === "runs/mine" ? "1" : "2";
    const args = ["train", ...SMALL_ARGUMENTS, "--rollouts", "3", "--seed", seed, "--out", run];
    expect(await typed(folder, args)).toMatchObject({ code: 0 });
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** What a command that fails says, on one line. */
async function failureOf(...args: string[]): Promise<string> {
  const { code, stderr } = await typed(folder, args);
  expect(code).not.toBe(0);
  return stderr.trim().split("\n").at(-1) ?? "";
}

/** A copy of a run, with something done to it. */
async function spoilt(name: string, spoil: (run: string) => Promise<unknown>): Promise<string> {
  await cp(join(folder, "runs", "mine"), join(folder, "runs", name), { recursive: true });
  await spoil(join(folder, "runs", name));
  return join("runs", name);
}

describe("a folder that is no run", () => {
  test("is not there: runs that are", async () => {
    for (const command of ["report", "export", "drive"]) {
      const said = await failureOf(command, "nowhere");
      expect(said).toMatch(/nowhere.*there is no such f/);
      if (command !== "drive") expect(said).toMatch(/choose one that \S*lapgrad train made: .*runs\/other/);
    }
  });

  test("is empty, or a file", async () => {
    await mkdir(join(folder, "empty"));
    await writeFile(join(folder, "file"), "");
    for (const path of ["empty", "file"])
      expect(await failureOf("report", path)).toMatch(/is not a run of lapgrad; choose one that .*: runs\//);
  });

  test("lacks a part: which", async () => {
    const run = await spoilt("cut", (path) => rm(join(path, "metrics.jsonl")));
    expect(await failureOf("report", run)).toContain("the run runs/cut lacks metrics.jsonl: put it back");
    expect(await failureOf("train", "--resume", run)).toContain("the run runs/cut lacks metrics.jsonl: put it back");
  });
});

test("a folder to write into that is not there: how to make it", async () => {
  for (const args of [
    ["report", "runs/mine", "--out", "my results/x.html"],
    ["export", "runs/mine", "--format", "json", "--out", "my results/x.json"],
    ["drive", "runs/mine", "--out", "my results/x.mcap"],
  ]) {
    const [, remedy = ""] = /there is no folder my results: (mkdir -p '[^']*')/.exec(await failureOf(...args)) ?? [];
    expect(remedy).toBe("mkdir -p 'my results'");
    expect(spawnSync("sh", ["-c", remedy], { cwd: folder }).status).toBe(0);
    expect(await typed(folder, args)).toMatchObject({ code: 0 });
    await rm(join(folder, "my results"), { recursive: true });
  }
});

test("a checkpoint that is damaged, or of another run, is named, with what to do", async () => {
  const path = (run: string, updates: number) => join(folder, run, "checkpoints", `000${updates}.ckpt`);
  const damaged = await spoilt("damaged", (run) => writeFile(join(run, "checkpoints", "0002.ckpt"), "x"));
  const said = await failureOf("drive", damaged, "--checkpoint", "2");
  expect(said).toMatch(/runs\/damaged\/checkpoints\/0002\.ckpt.*name another with --checkpoint, e\.g\. a lower/);
  expect(await typed(folder, ["drive", damaged, "--checkpoint", "1", "--laps", "1"])).toMatchObject({ code: 0 });

  await typed(folder, ["train", "scalar", "--rollouts", "2", "--out", "runs/scalar"]);
  const foreign = await spoilt("foreign", (run) =>
    copyFile(path("runs/scalar", 1), join(run, "checkpoints/0001.ckpt")),
  );
  expect(await failureOf("drive", foreign, "--checkpoint", "1")).toMatch(
    /runs\/foreign\/checkpoints\/0001\.ckpt is a checkpoint of task "scalar", the run is of "car-figure8": .*remove it/,
  );
});

test("a recording of another run is not reported as this run's", async () => {
  const run = await spoilt("mixed", (to) =>
    copyFile(join(folder, "runs/other/rollouts/0001.mcap"), join(to, "rollouts/0001.mcap")),
  );
  const { code, stdout } = await typed(folder, ["report", run]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /missing: runs\/mixed\/rollouts\/0001\.mcap is not this run's: its cost is .*put the run's own/,
  );
  await copyFile(join(folder, "runs/scalar/rollouts/0001.mcap"), join(folder, run, "rollouts/0001.mcap"));
  expect((await typed(folder, ["report", run])).stdout).toContain("it is of the task scalar, the run of car-figure8");
  await rename(join(folder, "runs/mine/rollouts/0002.mcap"), join(folder, run, "rollouts/0001.mcap"));
  expect((await typed(folder, ["report", run])).stdout).toContain("it is rollout 2");
});

test("a file that cannot be written ends a training with the command that goes on", async () => {
  const main = join(root, "build/src/cli/main.js");
  const line = `ulimit -f 500; exec node ${main} train --hidden 8,8 --rollouts 3 --out runs/full`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("the file would be larger than this process may write");
  const [, hint = ""] = /go on once that is mended: (.*)/.exec(stdout) ?? [];
  expect(hint).toMatch(/lapgrad train --resume runs\/full$/);
  const resumed = spawnSync("sh", ["-c", hint], { cwd: folder, encoding: "utf8" });
  const whole = await typed(folder, ["train", "--hidden", "8,8", "--rollouts", "3", "--out", "runs/whole"]);
  const [result = "none"] = /window cost \S+ -> \S+ \(lap \d\)/.exec(whole.stdout) ?? [];
  expect(resumed).toMatchObject({ status: 0, stdout: expect.stringContaining(result) });
});

test("a reason that stays is said once, not with every rollout", async () => {
  // so short, and learned from so little, that no drive determines the model
  const few = ["--rollout-segments", "1", "--window", "0:0:0", "--learning-rate", "0.01", "--rollouts", "5"];
  const { code, stdout } = await typed(folder, ["train", ...few, "--out", "runs/short"]);
  expect(code).toBe(0);
  const refusals = stdout.match(/the model was not refitted before rollout \d+: .*/g) ?? [];
  expect(refusals).toHaveLength(1);
  expect(refusals[0]).toMatch(/rollout 2: pulling: the driving does not determine the model/);
});

test("a gradient case with a missing key: which, in plain words", async () => {
  await writeFile(join(folder, "case.json"), '{"t0": 0}');
  expect(await failureOf("gradient", "case.json")).toBe(
    'lapgrad: case.json: "x0" is missing; docs/gradient-cases.md says what a case holds',
  );
  await writeFile(join(folder, "case.json"), '{"t0": "now"}');
  expect(await failureOf("gradient", "case.json")).toContain('"t0" is wrong: Invalid type: Expected number');
  expect(await readFile(join(root, "docs/gradient-cases.md"), "utf8")).toContain("One JSON object");
});
