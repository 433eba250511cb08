/**
 * Trainings that go wrong: each ends with one clear message, and everything up to then is kept and can be gone on with.
 */
import { access, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { UserError } from "../../src/errors.js";
import { readRecording } from "../../src/recording/reader.js";
import { writeReport } from "../../src/report/from-run.js";
import { remedyOf } from "../../src/training/judgement.js";
import { newRun, resumedRun } from "../../src/training/run-start.js";
import { Captured, fingerprint, metricsOf, newFolder, SMALL, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
const newPath = () => join(folder, `run-${++count}`);

/** What a training that must fail said and left. */
async function failure(given: PartialConfig, out = newPath(), resume?: string) {
  const output = new Captured();
  try {
    await trainCommand.run(resume === undefined ? { given, out } : { given, resume }, output);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).not.toContain("\n");
    expect(output.results).toStrictEqual([]);
    return { ...output, message: error.message, exitCode: error.exitCode, run: resume ?? out };
  }
  throw new Error("the training did not fail");
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe("a learning rate that makes the policy explode", () => {
  const cases = (["sgd", "adam"] as const).flatMap((update) =>
    [1e3, 1e6, 1e300].map((rate) => [update, rate] as const),
  );
  test.each(cases)("%s %d", async (update, rate) => {
    const { message, exitCode, run, lines } = await failure({ ...SMALL, update, "learning-rate": rate });
    expect(exitCode).toBe(1);
    expect(message).toContain(`train anew with a learning-rate below ${rate}. All up to here is kept in ${run}`);
    expect(lines).toContain(`report: ${join(run, "report.html")}`);
    const metrics = await metricsOf(run);
    const recordings = await readdir(join(run, "rollouts"));
    expect(recordings).toHaveLength(metrics.length);
    expect(metrics.length).toBeGreaterThan(1);
    const checkpoints = await readdir(join(run, "checkpoints"));
    expect(checkpoints.at(-1)).toBe(`000${metrics.length - 1}.ckpt`);
    // going on meets the same end and loses nothing
    const files = await fingerprint(run);
    expect((await failure({}, run, run)).message).toBe(message);
    expect(await fingerprint(run)).toStrictEqual(files);
  });

  test("a rollout far above the first", async () => {
    const { message, exitCode } = await failure({ update: "sgd", "learning-rate": 1, "stop-factor": 3 });
    expect(exitCode).toBe(1);
    expect(message).toMatch(/rollout 2 cost [\d.]+ times the first one .*stop-factor is 3.*learning-rate below 1\./);
  });

  test("a smaller learning rate is no remedy where it is none", () => {
    expect(remedyOf(completeConfig({ update: "adam", "learning-rate": 0.3 }))).toContain("learning-rate below 0.3");
    const remedy = remedyOf(completeConfig({ update: "gauss-newton" }));
    expect(remedy).toContain("compare modelError in metrics.jsonl: if it grew");
    expect(remedy).not.toContain("learning-rate");
  });
});

test("a car that is wired the wrong way round ends its training within 3 s, with the cause", async () => {
  const given: PartialConfig = { plant: "identified", "plant-change": ["throttle=-1@seconds0"], rollouts: 3 };
  const { message, exitCode, run } = await failure(given);
  expect(exitCode).toBe(1);
  expect(message).toMatch(/^lap 1 was stopped: it brakes under throttle: .* after 0\.\d+ s\. Remedy: throttle is the/);
  expect(message).toContain("--servo throttleReversed=true");
  const recording = await readRecording(join(run, "rollouts", "0001.mcap"));
  expect(recording.times.at(-1)).toBeLessThan(3);
});

describe("settings that cannot work", () => {
  const cases: [string, PartialConfig, RegExp][] = [
    ["a gradient beyond all numbers", { "model-scale": 1e300 }, /the gradient is not finite: no update is made/],
    ["a gradient of nothing", { "model-scale": 1e-300 }, /the gradient is 0/],
    [
      "a cost beyond all numbers",
      { parameters: { reward: { speedWeight: 1e308 } } },
      /the cost of rollout 1 is not finite/,
    ],
    ["a plant that runs away", { parameters: { plant: { throttleGain: 1e6 } } }, /v \[m\/s\] = .* left its bounds/],
  ];
  test.each(cases)("%s", async (_, given, pattern) => {
    const { message, exitCode, run } = await failure({ ...SMALL, update: "adam", ...given });
    expect(exitCode).toBe(1);
    expect(message).toMatch(pattern);
    expect(message).toContain("nothing was learned yet");
    expect(await readdir(join(run, "rollouts"))).toStrictEqual(["0001.mcap"]);
  });

  test("a rollout that was stopped early is never the best", async () => {
    const { run } = await failure({ ...SMALL, parameters: { plant: { throttleGain: 1e6 } } });
    const [first] = await metricsOf(run);
    expect(first?.windowCost).toBeNull();
    expect(first?.seconds).toBeLessThan(1);
    await writeReport(run); // can be shown nevertheless
  });

  test("more than the core's memory: nothing is created", async () => {
    for (const given of [{ "rollout-segments": 1e9 }, { rollouts: 1e6, batch: 1e6 }, { hidden: [5000] }]) {
      const { message, exitCode, run } = await failure(given);
      expect(exitCode).toBe(2);
      expect(message).toMatch(/is too large: allowed are 1 GiB .* lower batch, rollout-segments/);
      expect(await isThere(run)).toBe(false);
    }
  });
});

describe("folders", () => {
  test("one that is not empty is refused and left alone", async () => {
    const path = newPath();
    await mkdir(path);
    await writeFile(join(path, "thesis.txt"), "years of work");
    const { message, exitCode } = await failure(SMALL, path);
    expect([exitCode, await readdir(path)]).toStrictEqual([2, ["thesis.txt"]]);
    expect(message).toContain("exists and is not empty: choose another with --out");
  });

  test("one that cannot be made is refused", async () => {
    const file = newPath();
    await writeFile(file, "");
    await symlink(join(folder, "nowhere", "deep"), join(folder, "dangling"));
    for (const path of [file, join(file, "run"), join(folder, "dangling", "run"), "/proc/lapgrad/run", "a\0b"]) {
      const { message, exitCode } = await failure(SMALL, path);
      expect(exitCode).toBe(2);
      expect(message).toContain("cannot create the folder");
    }
    expect(await readFile(file, "utf8")).toBe("");
  });

  test("what is no run is not resumed", async () => {
    for (const path of [join(folder, "none"), folder, "/proc/lapgrad"]) {
      const { message, exitCode } = await failure({}, path, path);
      expect(exitCode).toBe(2);
      expect(message).toContain("is not a run of lapgrad");
    }
    expect((await failure({}, "", "")).message).toContain("--resume needs the run's folder");
  });

  test("one process at a time trains in a run", async () => {
    const path = newPath();
    const run = await newRun({ given: SMALL, out: path });
    if (process.platform === "linux") {
      const { message, exitCode } = await failure({}, path, path);
      expect([exitCode, message]).toStrictEqual([
        2,
        `another process is training in ${path}: wait until it is done, or stop it first`,
      ]);
    }
    run.unlock();
    (await resumedRun({ given: {}, resume: path }, new Captured())).unlock();
  });
});

describe("a disk that refuses", () => {
  const stages = [
    "rollouts/0003.mcap",
    "checkpoints/0003.ckpt",
    "checkpoints/0000.ckpt",
    "metrics.jsonl",
    "updates.jsonl",
    "report.html",
  ];
  test.each(stages)("%s: the message names it, and once it is possible again the run goes on", async (name) => {
    const [path, whole] = [newPath(), newPath()];
    await trainRun({ given: SMALL, out: whole });
    // 1: an empty run; 2: something in the way; 3: gone
    (await newRun({ given: SMALL, out: path })).unlock();
    const obstacle = join(path, name);
    await rm(obstacle, { force: true });
    await mkdir(join(obstacle, "in the way"), { recursive: true });
    const { message, exitCode } = await failure({}, path, path);
    expect(message).toContain(obstacle);
    expect(message).toMatch(/folder/);
    const isRead = ["checkpoints/0000.ckpt", "updates.jsonl"].includes(name);
    if (name !== "metrics.jsonl") expect(exitCode).toBe(isRead ? 2 : 1);
    await rm(obstacle, { recursive: true });
    if (name === "metrics.jsonl") await writeFile(obstacle, "");
    const output = new Captured();
    await trainCommand.run({ given: {}, resume: path }, output);
    expect(output.results).toHaveLength(1);
    expect(await fingerprint(path)).toStrictEqual(await fingerprint(whole));
  });
});

describe("a resumed run", () => {
  test("keeps its settings", async () => {
    const path = newPath();
    await trainRun({ given: SMALL, out: path });
    const files = await fingerprint(path);
    const refused: [PartialConfig, string][] = [
      [{ seed: 5 }, "seed is 1, got 5; rollouts, revectorise, device, max-speed"],
      [{ "learning-rate": 0.5 }, "learning-rate is"],
      [{ hidden: [9] }, "hidden is [8,8], got [9]"],
      [{ rollouts: 3 }, "rollouts 3 is below the 6 that this run has driven"],
    ];
    for (const [given, message] of refused) {
      const got = await failure(given, path, path);
      expect(got.exitCode).toBe(2);
      expect(got.message).toContain(message);
    }
    expect(await fingerprint(path)).toStrictEqual(files);
  });

  test("that is complete says so and how to go on; screen, result and files agree", async () => {
    const path = newPath();
    const [first, again] = [new Captured(), new Captured()];
    await trainCommand.run({ given: SMALL, out: path }, first);
    await trainCommand.run({ given: { seed: 1 }, resume: path }, again);
    expect(again.lines[0]).toContain(`is complete: all 6 rollouts are driven`);
    expect(again.lines[0]).toContain(`lapgrad train --resume ${path} --rollouts 12`);
    const [one, two] = [first.results[0], again.results[0]] as Record<string, unknown>[];
    expect({ ...two, wallSeconds: 0 }).toStrictEqual({ ...one, wallSeconds: 0 });
    expect(one?.rollouts).toStrictEqual(await metricsOf(path));
    expect(first.lines.at(-3)).toBe(again.lines.at(-3));
  });
});
