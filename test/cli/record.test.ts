/** From a recording of a robot that somebody else drove to a trained track, and what such a recording is not for. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "../../src/cli/command.js";
import identifyCommand from "../../src/cli/commands/identify.js";
import recordCommand from "../../src/cli/commands/record.js";
import trackCommand from "../../src/cli/commands/track.js";
import { HeardDrive } from "../../src/recording/heard-drive.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { replayRecordings } from "../../src/training/replay.js";
import { RunFeed } from "../../src/view/run-feed.js";
import { Captured, newFolder, trainRun } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

async function run(command: Parameters<typeof runCommand>[0], typed: Readonly<Record<string, unknown>>) {
  const output = new Captured();
  await runCommand(command, typed, output);
  return { said: output.lines.join("\n"), result: output.results[0] as Record<string, unknown> };
}

test("record, make a track of it, check it, train on it; fit the car; look at it", async () => {
  const [drive, track] = ["drive.mcap", "mine.yaml"].map((name) => join(folder, name));
  const recorded = await run(recordCommand, { plant: "identified", out: drive });
  expect(recorded.result).toMatchObject({ task: "car-figure8", gaps: [], moved: true, hasInputs: true, stopped: null });
  expect(recorded.result.rate).toBeCloseTo(50, 3);
  expect(recorded.said).toContain("lapgrad track from-drive");
  const made = await run(trackCommand, { action: "from-drive", file: drive, out: track, speed: "2" });
  expect(made.result).toMatchObject({ crossings: 1, out: track, isBackwards: false });
  expect(made.result.gap).toBeLessThan(0.2);
  expect(made.said).toMatch(/a lap of 1\d\.\d+ m, crossing itself; its ends were .* m apart: closed/);
  const checked = await run(trackCommand, { action: "check", file: track });
  expect(checked.result.problems).toStrictEqual([]);
  const given = { task: "car-track", track, plant: "identified", hidden: [8], rollouts: 2 };
  await trainRun({ given, out: join(folder, "run") });
  const fitted = await run(identifyCommand, { recordings: [drive] });
  expect(fitted.result).toMatchObject({ fittedTo: { rollouts: 1 } });
  const feed = new RunFeed(drive);
  await feed.look();
  expect([feed.note, feed.metrics.length, feed.frame?.task.split(" ")[0]]).toStrictEqual(["", 1, "car-figure8"]);
  await expect(replayRecordings(drive, {}, undefined)).rejects.toThrow(/somebody else drove: there are no commands/);
});

test("a car that was pushed has no inputs to fit a model to; a pendulum is not driven in the plane", async () => {
  const drive = join(folder, "quadruped.mcap");
  await run(recordCommand, { task: "quadruped-figure8", seconds: 3, out: drive });
  await expect(run(identifyCommand, { recordings: [drive] })).rejects.toThrow(/identify fits a car/);
  const pushed = join(folder, "pushed.mcap");
  const heard = await HeardDrive.create(pushed, carFigure8, "hardware");
  for (let i = 0; i < 500; i++) heard.take(i * 0.02, Float64Array.of(i * 0.02, 0, 1, 0), new Float64Array(2));
  expect(await heard.close()).toMatchObject({ states: 500, hasInputs: false, gaps: [] });
  await expect(run(identifyCommand, { recordings: [pushed] })).rejects.toThrow(
    /neither throttle nor steering: the car/,
  );
  await expect(run(recordCommand, { task: "pendulum-reach", seconds: 3 })).rejects.toThrow(/is none: choose a car's/);
  await expect(run(recordCommand, { out: drive })).rejects.toThrow(/exists already/);
  await expect(run(recordCommand, { pose: "udp" })).rejects.toThrow(/--pose is for a robot, and without --link/);
});
