/** Drives and replays: what is refused before anything moves, what a run's policy is; nothing is overwritten. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { checkpointPath, readCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { runCommand } from "../../src/cli/command.js";
import driveCommand from "../../src/cli/commands/drive.js";
import replayCommand from "../../src/cli/commands/replay.js";
import type { PartialConfig } from "../../src/config/config.js";
import { UserError } from "../../src/errors.js";
import { openPolicy } from "../../src/policy-file.js";
import { Captured, metricsOf, newFolder, SMALL, trainRun } from "../support/runs.js";

let folder: string;
let run: string;
beforeAll(async () => {
  folder = await newFolder();
  run = join(folder, "run");
  const parameters = { plant: { drag: 0.6 } };
  await trainRun({ given: { ...SMALL, parameters }, out: run });
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
/** Drives with options as they are typed, by name. */
async function drive(change: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const output = new Captured();
  const out = join(folder, `drive-${++count}.mcap`);
  await runCommand(driveCommand, { laps: "1", policy: run, out, ...change }, output);
  return output.results[0] as Record<string, unknown>;
}

async function refusal(action: () => Promise<unknown>): Promise<string> {
  const before = await readdir(folder, { recursive: true });
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.exitCode).toBe(2);
    expect(await readdir(folder, { recursive: true })).toStrictEqual(before);
    return error.message;
  }
  throw new Error("nothing was refused");
}

describe("a drive is refused", () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ["without laps", { laps: "0" }, /--laps is 0; allowed is a whole number of 1 or more/],
    ["with half a lap", { laps: "1.5" }, /--laps is 1\.5/],
    ["with more laps than memory", { laps: "1e9" }, /too large.*laps/],
    [
      "from half a state",
      { "initial-state": "1,2" },
      /allowed are 4 numbers: x \[m\], y \[m\], v \[m\/s\], phi \[rad\]/,
    ],
    ["from a state that is no number", { "initial-state": "0,0,NaN,0" }, /allowed are 4 numbers/],
    ["from an empty state", { "initial-state": "" }, /allowed are 4 numbers/],
    ["before time began", { "start-time": "-1" }, /--start-time is -1; allowed is a time from 0/],
    ["at the end of time", { "start-time": "1e300" }, /--start-time is 1e300; allowed is a time from 0/],
    ["with a checkpoint that is not there", { checkpoint: "9" }, /"9"; allowed are best, last, or .* from 0 to 6/],
    ["with an empty checkpoint name", { checkpoint: "" }, /allowed are best, last/],
    ["on another plant", { plant: "moon" }, /unknown plant "moon"/],
  ];
  test.each(cases)("%s", async (_, change, pattern) => {
    expect(await refusal(() => drive(change))).toMatch(pattern);
  });

  test("where the recording cannot be, or something is already", async () => {
    const taken = join(folder, "taken.mcap");
    await writeFile(taken, "a day's driving");
    expect(await refusal(() => drive({ out: taken }))).toContain("exists already: choose another file with --out");
    expect(await readFile(taken, "utf8")).toBe("a day's driving");
    expect(await refusal(() => drive({ out: folder }))).toContain("exists already");
    expect(await refusal(() => drive({ out: join(folder, "none", "x.mcap") }))).toMatch(
      /there is no folder .*none: mkdir -p /,
    );
    expect(await refusal(() => drive({ out: join(taken, "x.mcap") }))).toContain("cannot write the recording");
  });

  test("with a policy that is none", async () => {
    const file = join(folder, "policy.json");
    await writeFile(file, '{"layers": [{"W": [[1, 2]], "b": [0]}]}');
    expect(await refusal(() => drive({ policy: file }))).toMatch(/2-1 network; the task has 6 inputs and 10 outputs/);
    await writeFile(file, '{"layers": [');
    expect(await refusal(() => drive({ policy: file }))).toContain("is not whole JSON");
    expect(await refusal(() => drive({ policy: folder }))).toContain("is not a run of lapgrad");
    expect(await refusal(() => drive({ policy: join(folder, "none") }))).toContain("give a run's folder or a network");
  });
});

test("a run drives with its own settings, and what is given beside them", async () => {
  const own = await drive({});
  expect(own.cost).not.toBe((await drive({ parameters: ["plant.drag=0.55"] })).cost);
  // another parameter leaves the run's own as they are
  const limited = (throttle: number) => drive({ parameters: [`controller.throttleLimit=${throttle}`] });
  expect((await limited(0.75)).cost).toBe(own.cost);
  expect((await limited(0.3)).cost).not.toBe(own.cost);
});

test("a first lap from rest is marked as such; one that begins at speed is not", async () => {
  const output = new Captured();
  const drive = (out: string, change: object) =>
    runCommand(driveCommand, { laps: "2", policy: run, out: join(folder, out), ...change }, output);
  await drive("rest.mcap", {});
  expect(output.lines.join("\n")).toMatch(/\n1, from rest +5\.\d.*\n2 {12}.*\nlap 1 begins at rest: most of its cost/s);
  expect(output.results[0]).toMatchObject({ laps: [{ index: 1, fromRest: true }, { index: 2 }] });
  const said = output.lines.length;
  await drive("moving.mcap", { "initial-state": "0,0,3.4,1.5708" });
  expect(output.lines.slice(said).join("\n")).not.toMatch(/rest/);
  expect((output.results[1] as { laps: object[] }).laps.some((lap) => "fromRest" in lap)).toBe(false);
});

test("best, last and a number of updates are the run's checkpoints", async () => {
  const metrics = await metricsOf(run);
  const lowest = metrics.reduce((a, b) => (b.windowCost < a.windowCost ? b : a));
  expect((await drive({})).updates).toBe(lowest.index - 1);
  expect((await openPolicy(run, "last")).updates).toBe(6);
  const [two, again] = [await drive({ checkpoint: "2" }), await drive({ checkpoint: "2" })];
  expect({ ...again, recording: 0 }).toStrictEqual({ ...two, recording: 0 });
  expect(two.cost).not.toBe((await drive({ checkpoint: "5" })).cost);
  // the last layer starts at zero: before the first update the policy is the controller alone
  const start = await readCheckpoint(checkpointPath(run, 0));
  expect(start.arrays.parameters?.some((value) => value !== 0)).toBe(true);
  expect((await drive({ checkpoint: "0" })).cost).toBe((await drive({ "without-network": true })).cost);
});

test("a replay is refused where there is nothing to replay", async () => {
  const replay =
    (path: string, given: PartialConfig = {}, network?: string) =>
    () =>
      replayCommand.run({ recording: path, given, ...(network === undefined ? {} : { network }) }, new Captured());
  const recording = join(run, "rollouts", "0001.mcap");
  expect(await refusal(replay(run))).toContain("it is a folder");
  expect(await refusal(replay(join(run, "config.yaml")))).toContain("is not a recording");
  expect(await refusal(replay(recording, { window: "90:0" }))).toContain("lies outside a rollout of 20 segments");
  expect(await refusal(replay(recording, {}, join(folder, "none")))).toContain("cannot open");
  const bytes = await readFile(recording);
  const cut = join(folder, "cut.mcap");
  await mkdir(join(folder, "empty"));
  for (const length of [0, 4, 500, 20_000]) {
    await writeFile(cut, bytes.subarray(0, length));
    expect(await refusal(replay(cut))).toContain(cut);
  }
});
