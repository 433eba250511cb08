/** Every command by hand: wrong usage ends with exit code 2 and one message, --json leaves one object on stdout. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { metricsOf, newFolder, SMALL_ARGUMENTS } from "../support/runs.js";
import { type Finished, lapgrad, typist } from "./process.js";

const typed = typist();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  const { code, stderr } = await lapgrad(folder, ["train", ...SMALL_ARGUMENTS, "--rollouts", "3", "--out", "run"]);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => rm(folder, { recursive: true }));

/** The message of a command that must fail, which is all it says. */
function messageOf({ code, stdout, stderr }: Finished, expected: number): string {
  expect(stderr).not.toMatch(/\n\s+at |fault of lapgrad|node:|file:\/\//);
  expect(code).toBe(expected);
  expect(stdout).toBe("");
  const last = stderr.trim().split("\n").at(-1) ?? "";
  expect(last).toMatch(/^lapgrad: /);
  return last;
}

describe("wrong usage: exit code 2 and one line", () => {
  const cases: [string, string[]][] = [
    ["", ["give a command: bench, collect, compare, "]],
    ["trian", ['unknown command "trian"; did you mean "train"?']],
    ["train --rolouts 3", ['unknown option "--rolouts"; did you mean "--rollouts"?']],
    ["train --rollouts", ["--rollouts needs a value"]],
    ["train --laps 3 --rollouts 4", ["--laps 3 and --rollouts 4 say the same: give only one"]],
    ["train pendulum-reach --laps 3", ["--laps is 3, but pendulum-reach has no laps: give its length with --rollouts"]],
    ["train --update-every rollout --laps 3", ["--laps is 3, but update-every is rollout", "give --rollouts, or"]],
    ["train --laps 0", ["--laps is 0; allowed is a whole number of 1 or more"]],
    ["train --seed 1 --seed 2", ["--seed is given 2 times (1, 2)"]],
    ["train --learning-rate NaN", ['"learning-rate" is "NaN"; allowed is a number']],
    ["train --parameters x", ["allowed is part.name=value"]],
    ["train --out run", ["the folder run exists and is not empty", "lapgrad train --resume run"]],
    ["drive", ["drive needs a policy"]],
    ["drive run --rollouts 3", ['unknown option "--rollouts"']],
    [
      "drive --without-network --link serial --arm --first-drive --corridor 1 --out first.mcap",
      ["--first-drive without geofence, max-speed", "add, for example, --geofence -4.5,4.5,-3,3 --max-speed 4"],
    ],
    [
      "drive run --task pendulum-reach",
      ["run has learned car-figure8 and cannot do pendulum-reach", "leave --task out"],
    ],
    [
      "drive run --arm",
      ["--arm is for a robot, and without --link a simulated one drives: add --link pca9685 or ros2 or serial or"],
    ],
    ["train --device /dev/ttyACM0 --out robot", ["--device is for a robot", "or leave --device out"]],
    [
      "train --link serial --device none --arm --plant-change throttle=0.8@lap3",
      ['plant-change "throttle=0.8@lap3" is for simulated plants, and link serial drives a robot', "leave it out"],
    ],
    ["train --resume run --rollouts 4 --dead-man", ["--dead-man is for a robot"]],
    [
      "train --servo steeringMid=1500",
      ['"servo" has no "steeringMid"; did you mean "steeringMin"? it has: steeringMin'],
    ],
    ["train --servo steeringMin=200", ['"servo.steeringMin" is 200; allowed is a whole number from 900 to 2100 µs']],
    ["train --model-fit=maybe", ["--model-fit is maybe; allowed is true or false"]],
    ["gradient", ["something is missing: ", "lapgrad gradient <case>; "]],
    ["gradient none.json --json", ["no such file"]],
    ["report none", ["none is not a run of lapgrad"]],
    ["reproduce everything", ['unknown study "everything"; studies are: ']],
  ];
  const results = new Map<string, Finished>();
  beforeAll(async () => {
    for (const [i, [line]] of cases.entries()) {
      const words = line === "" ? [] : line.split(" ");
      // that a process ends in this way too, the first two show
      results.set(line, await (i < 2 ? lapgrad(folder, words) : typed(folder, words)));
    }
  });
  test.each(cases)("lapgrad %s", (line, parts) => {
    const result = results.get(line);
    if (!result) throw new Error("it was not run");
    const message = messageOf(result, 2);
    for (const part of parts) expect(message).toContain(part);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("and nothing is left behind", async () => {
    expect((await readdir(folder)).filter((name) => name !== "runs")).toStrictEqual(["run"]);
  });
});

describe("--json: one object on stdout, everything else on stderr, all saying the same", () => {
  const parsed = (result: Finished) => {
    expect({ code: result.code, stderr: result.code === 0 ? "" : result.stderr }).toStrictEqual({
      code: 0,
      stderr: "",
    });
    expect(result.stdout.trimEnd()).not.toContain("\n");
    expect(result.stderr).not.toBe("");
    return JSON.parse(result.stdout) as Record<string, unknown>;
  };

  test("train", async () => {
    const args = ["train", "car-figure8", ...SMALL_ARGUMENTS, "--rollouts", "4", "--out", "json", "--json"];
    const finished = await lapgrad(folder, args);
    const result = parsed(finished);
    const metrics = await metricsOf(join(folder, "json"));
    expect(result).toMatchObject({ run: "json", task: "car-figure8", rollouts: metrics, complete: true });
    expect(Object.keys(metrics[0] ?? {})).toStrictEqual([
      "index",
      "seconds",
      "cost",
      "windowCost",
      "meanCost",
      "slowSeconds",
      "rmsRadialError",
      "meanSpeed",
      "start",
      "noticed",
    ]);
    for (const { noticed } of metrics) expect(noticed).toEqual([]);
    const starts = metrics.map((_, i) => metrics.slice(0, i).reduce((sum, { seconds }) => sum + seconds, 0));
    expect(metrics.map(({ start }) => start)).toEqual(starts);
    expect(result.driven).toBeCloseTo(4 * metrics[0].seconds, 12);
    const lowest = metrics.reduce((a, b) => (b.windowCost < a.windowCost ? b : a));
    expect(result.best).toStrictEqual(lowest);
    expect(result.seconds).toBeCloseTo(
      metrics.reduce((sum, { seconds }) => sum + seconds, 0),
      12,
    );
    for (const { windowCost } of metrics) expect(finished.stderr).toContain(windowCost.toPrecision(4));
    expect(await readFile(join(folder, "json", "report.html"), "utf8")).toContain("</html>");
  });

  test("drive, and without --json the same numbers on stdout", async () => {
    const args = ["drive", "run", "--laps", "2", "--out"];
    const result = parsed(await typed(folder, [...args, "a.mcap", "--json"]));
    expect(result).toMatchObject({ policy: "run", recording: "a.mcap", laps: [{ index: 1 }, { index: 2 }] });
    const { code, stdout, stderr } = await typed(folder, [...args, "b.mcap"]);
    expect([code, stderr]).toStrictEqual([0, ""]);
    expect(stdout).toContain(Number(result.cost).toPrecision(4));
    expect(await readFile(join(folder, "a.mcap"))).toStrictEqual(await readFile(join(folder, "b.mcap")));
  });

  test("replay of a whole recording and of half of one", async () => {
    const whole = parsed(await typed(folder, ["replay", "run/rollouts/0002.mcap", "--network", "run", "--json"]));
    const [recorded] = (await metricsOf(join(folder, "run"))).slice(1);
    const [rollout] = whole.rollouts as Record<string, unknown>[];
    expect(Math.abs(Number(rollout?.cost) / (recorded?.cost ?? 0) - 1)).toBeLessThan(1e-12);
    expect(rollout).toMatchObject({ rollout: 2, steps: 140, commandError: { largest: 0 }, note: "" });
    const bytes = await readFile(join(folder, "run", "rollouts", "0002.mcap"));
    await writeFile(join(folder, "half.mcap"), bytes.subarray(0, bytes.length * 0.6));
    const half = await typed(folder, ["replay", "half.mcap", "--json"]);
    expect(half.stderr).toMatch(/rollout 2: ends after step \d+ of 140 .* s are missing/);
    const [part] = parsed(half).rollouts as Record<string, unknown>[];
    expect(part?.steps).toBeLessThan(140);
    expect(part?.commandError).toMatchObject({ largest: 0 });
  });

  test("report, also of recordings that are cut", async () => {
    const run = join(folder, "cut");
    const args = ["train", ...SMALL_ARGUMENTS, "--rollouts", "3", "--out", "cut"];
    expect((await typed(folder, args)).code).toBe(0);
    const first = join(run, "rollouts", "0001.mcap");
    const bytes = await readFile(first);
    await writeFile(first, bytes.subarray(0, bytes.length * 0.6));
    const { missing, report } = parsed(await typed(folder, ["report", "cut", "--json"]));
    expect(missing).toStrictEqual([expect.stringMatching(/0001\.mcap ends after step \d+ of 140/)]);
    expect(report).toBe(join("cut", "report.html"));
    await rm(join(run, "rollouts"), { recursive: true });
    await mkdir(join(run, "rollouts"));
    expect(messageOf(await typed(folder, ["report", "cut", "--json"]), 2)).toContain("can be read");
  });

  test("reproduce", async () => {
    const result = parsed(await typed(folder, ["reproduce", "mismatch", "--seeds", "1", "--json"]));
    expect(result).toMatchObject({ study: "mismatch", seeds: 1 });
    expect(result.cells).toHaveLength(100);
  });
});

test("a drive that is stopped fails with exit code 1, and what was driven is kept", async () => {
  const args = ["drive", "--without-network", "--initial-state", "20,0,0,0", "--out", "out.mcap", "--json"];
  const finished = await typed(folder, args);
  expect(messageOf(finished, 1)).toContain("x [m] = 20.000 left its bounds [-10, 10]");
  expect((await readFile(join(folder, "out.mcap"))).length).toBeGreaterThan(1000);
});

test("help and version", async () => {
  const commands = ["train", "drive", "gradient", "replay", "report", "reproduce", "bench"];
  for (const command of commands) {
    const { code, stdout, stderr } = await typed(folder, [command, "--help"]);
    expect([code, stderr]).toStrictEqual([0, ""]);
    expect(stdout).toContain(`lapgrad ${command}`);
    expect(stdout).toMatch(/Examples:\n {2}lapgrad /);
  }
  const { code, stdout } = await lapgrad(folder, ["--version"]);
  expect([code, stdout]).toStrictEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});
