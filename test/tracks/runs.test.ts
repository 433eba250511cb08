/** A track that is not the task's own goes with everything that is made on it: runs, recordings, exports. */
import { readFile, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "../../src/cli/command.js";
import driveCommand from "../../src/cli/commands/drive.js";
import { completeConfig, readCompleteConfig } from "../../src/config/config.js";
import { resolveTask, segmentsPerLap } from "../../src/config/resolve.js";
import { describePolicy } from "../../src/export/description.js";
import { readPolicy } from "../../src/export/import.js";
import { exportJson } from "../../src/export/json.js";
import { EXACT, Reference } from "../../src/export/parity.js";
import { exportCore } from "../../src/export/source.js";
import { exportWasm, WasmPolicy } from "../../src/export/wasm.js";
import { checkpointNamed } from "../../src/policy-file.js";
import { readRecording } from "../../src/recording/reader.js";
import { initialisePolicy } from "../../src/session.js";
import { configFor, replayRecordings } from "../../src/training/replay.js";
import { Captured, fingerprint, newFolder, trainRun } from "../support/runs.js";

let folder: string;
let file: string;
const SHAPE = "shape: oval\nradius: 1\nstraight: 1.5\nspeed: 2\n";
beforeAll(async () => {
  folder = await newFolder();
  file = join(folder, "mine.yaml");
  await writeFile(file, SHAPE);
});
afterAll(() => rm(folder, { recursive: true }));

test("a run keeps its track: it is resumed without the file, and a recording replays by itself", async () => {
  const given = { task: "car-track", track: file, hidden: [6], rollouts: 3 };
  const [whole, resumed] = ["whole", "resumed"].map((name) => join(folder, name));
  await trainRun({ given, out: whole });
  await trainRun({ given, out: resumed }, 2);
  const config = await readCompleteConfig(join(whole, "config.yaml"));
  const lap = segmentsPerLap(resolveTask(config).task);
  expect(lap).toBe(Math.round((2 * Math.PI + 3) / 2 / 0.1375));
  await unlink(file);
  try {
    await trainRun({ given: {}, resume: resumed });
  } finally {
    await writeFile(file, SHAPE);
  }
  expect(await fingerprint(resumed)).toStrictEqual(await fingerprint(whole));
  const recording = join(whole, "rollouts", "0003.mcap");
  const [replayed] = await replayRecordings(recording, { hidden: [6] }, undefined);
  expect(replayed.commandError.largest).toBe(0);
  const { info } = await readRecording(recording);
  expect(configFor(await readRecording(recording), {}, undefined).track).toBe(info.track);
  const lines = (await readFile(join(whole, "metrics.jsonl"), "utf8")).trim().split("\n");
  const { lapTime, seconds, meanCost } = JSON.parse(lines[2]);
  expect(Math.abs(replayed.meanCost / meanCost - 1)).toBeLessThan(1e-9); // of its own track, not of the task's
  expect(Math.abs(lapTime / seconds - 1)).toBeLessThan(0.15);
  await expect(trainRun({ given: { track: "shape" }, resume: resumed })).rejects.toThrow(/a resumed run keeps its/);
}, 120_000);

test("a policy is exported with its track, and comes back with it", async () => {
  const config = completeConfig({ task: "car-track", track: file, hidden: [5] });
  const core = await exportCore(config);
  initialisePolicy(core, 1);
  const provenance = { lapgrad: "0", updates: 0, trainingMinutes: 0, finalCost: null, checkpoint: "" };
  const policy = describePolicy(core, "simulation", provenance);
  expect(policy.path?.length).toBe(core.shapeOf("path").rows);
  expect(policy.clock.period).toBeCloseTo((2 * Math.PI + 3) / 2, 2);
  const path = join(folder, "policy.json");
  await writeFile(path, exportJson(policy));
  const { settings } = await readPolicy(path);
  expect(completeConfig(settings).track).toBe(config.track);
  const module = await WasmPolicy.instantiate(await exportWasm(core, policy), policy);
  const check = await new Reference(core, policy, 1000).checkSteps(module.run, EXACT, true);
  expect(check).toMatchObject({ error: 0, passed: true });
});

test("a track outside the geofence is refused, with the place", () => {
  const given = { task: "car-track", track: file, geofence: [-3, 3, -0.5, 3] };
  expect(() => completeConfig(given)).toThrow(
    /the track mine.yaml leaves the geofence -3,3,-0.5,3 at x .*, y -\d.* m from its start/,
  );
  expect(() => completeConfig({ ...given, geofence: [-3, 3, -2, 2] })).not.toThrow();
});

test("a policy that sees the path goes to another track; one that knows places does not", async () => {
  const [own, other] = ["own", "other"].map((name) => join(folder, name));
  const settings = { task: "car-track", hidden: [6], rollouts: 2 };
  await trainRun({ given: { ...settings, features: "path", track: file }, out: own });
  const circle = join(folder, "circle.yaml");
  await writeFile(circle, "shape: circle\nradius: 1.5\nspeed: 2\n");
  await trainRun({ given: { track: circle, rollouts: 2, "start-from": own }, out: other });
  const config = await readCompleteConfig(join(other, "config.yaml"));
  expect([config.features, config.hidden, config["start-from"]]).toStrictEqual(["path", [6], own]);
  const [first, best] = await Promise.all([checkpointNamed(other, "0"), checkpointNamed(own, "best")]);
  expect(first.arrays.parameters).toStrictEqual(best.arrays.parameters);
  const recording = join(other, "rollouts", "0001.mcap");
  const { info } = await readRecording(recording);
  expect(info.features).toBe("path");
  const [replayed] = await replayRecordings(recording, {}, other);
  expect(replayed.commandError.largest).toBe(0);
  const places = join(folder, "places");
  await trainRun({ given: { ...settings, track: file }, out: places });
  const driven = async (policy: string, name: string) => {
    const output = new Captured();
    const typed = { policy, track: circle, laps: 1, out: join(folder, name), checkpoint: "best", startTime: 0 };
    await runCommand(driveCommand, typed, output);
    return output.lines.some((line) => /^warning: this policy has learned the places of another track/.test(line));
  };
  expect([await driven(places, "a.mcap"), await driven(own, "b.mcap")]).toStrictEqual([true, false]);
  const onto = (given: object) => trainRun({ given: { ...settings, ...given }, out: join(folder, "refused") });
  await expect(onto({ track: circle, "start-from": places })).rejects.toThrow(
    /places of another track, which mean nothing/,
  );
  await expect(onto({ features: "place", track: file, "start-from": own })).rejects.toThrow(
    /sees features path, and asked/,
  );
  await expect(onto({ task: "quadruped-track", "start-from": own })).rejects.toThrow(
    /has learned car-track, and this is/,
  );
  expect(() => completeConfig({ task: "car-figure8", features: "path" })).toThrow(/car-figure8 has no track: leave/);
}, 120_000);
