/**
 * What a run that was stopped is found to be when it is resumed: recordings, settings and checkpoints as the run wrote
 * them, or said by name; and of a robot's run nothing is overwritten.
 */
import { createHash } from "node:crypto";
import { cp, type FileHandle, mkdir, readdir, readFile, readlink, rm, truncate, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { checkpointPath, readCheckpoint, writeCheckpoint } from "../../src/checkpoint/checkpoint.js";
import trainCommand from "../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig, readConfig } from "../../src/config/config.js";
import { UserError } from "../../src/errors.js";
import { Fault } from "../../src/links/faults.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { readRecording } from "../../src/recording/reader.js";
import { writeRecording } from "../../src/recording/writer.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { initialisePolicy } from "../../src/session.js";
import { algorithm1 } from "../../src/training/algorithm1.js";
import { checkpointOf, restore } from "../../src/training/checkpoints.js";
import { START } from "../../src/training/judgement.js";
import { newRun } from "../../src/training/run-start.js";
import { trainingFor } from "../../src/training/training.js";
import { fileHandles } from "../support/file-handles.js";
import { PlantHost } from "../support/plant-host.js";
import { Captured, checkpointAfter, fingerprint, metricsOf, newFolder, SMALL, trainRun } from "../support/runs.js";

let folder: string;
/** laps whose model is fitted, stopped after the third */
let stopped: string;
const LAPS: PartialConfig = { rollouts: 5, hidden: [8, 8] };

beforeAll(async () => {
  folder = await newFolder();
  stopped = join(folder, "stopped");
  await trainRun({ given: LAPS, out: stopped }, 3);
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
/** A copy of the stopped run with something done to it, resumed to its end. */
async function resumed(change: (run: string) => Promise<unknown>, from = stopped) {
  const run = join(folder, `run-${++count}`);
  await cp(from, run, { recursive: true });
  await change(run);
  const output = new Captured();
  await trainCommand.run({ given: {}, resume: run }, output);
  return { run, lines: output.lines };
}

const kept = async (checkpoint: string) =>
  (await readCheckpoint(checkpoint)).recordings?.map((recording) => recording?.file ?? "left out");
/** In a run. */
const THIRD = relative("run", checkpointAfter("run", 3));

test.each(["chosen", "turn", "recovering"])("a count that its rule cannot have is refused: %s", async (name) => {
  const last = (run: string) => checkpointAfter(run, 3);
  const changed = resumed(async (run) => {
    const checkpoint = await readCheckpoint(last(run));
    await writeCheckpoint(last(run), { ...checkpoint, optimiser: { ...checkpoint.optimiser, [name]: 7.5 } });
  });
  await expect(changed).rejects.toThrow(`has 7.5 for "optimiser.${name}"; allowed is a whole number from 0 to `);
});

describe("a recording that is not as the run wrote it", () => {
  const name = "rollouts/0002.mcap";
  const rewrite = async (path: string, change: (bytes: Buffer) => Uint8Array) =>
    writeFile(path, change(await readFile(path)));
  const damages: [string, (path: string) => Promise<unknown>, RegExp][] = [
    ["empty", (path) => truncate(path, 0), /0002.mcap is empty$/],
    ["cut", (path) => truncate(path, 200_000), /0002.mcap \(200000 bytes\) is not the file that this run wrote/],
    ["cut in its index", (path) => rewrite(path, (bytes) => bytes.subarray(0, -9)), /is not the file that this run/],
    ["compressed", (path) => rewrite(path, gzipSync), /: it was cut, changed or compressed$/],
    ["not finite", notFinite, /is not the file that this run wrote/],
    ["of another rollout", (path) => cp(path.replace("0002", "0003"), path), /is not the file that this run wrote/],
    ["missing", (path) => rm(path), /0002.mcap: there is no such file or folder$/],
    ["a folder", (path) => rm(path).then(() => mkdir(path)), /0002.mcap: it is a folder$/],
  ];

  async function notFinite(path: string) {
    const recording = await readRecording(path);
    recording.states[400] = Number.NaN;
    await writeRecording(path, recording, {});
  }

  /** The checkpoint after so many laps as a version wrote it that named no recordings. */
  const olderCheckpoint = (laps: number) => async (run: string) => {
    const { recordings: _, config: _c, ...rest } = await readCheckpoint(checkpointAfter(run, laps));
    await writeCheckpoint(checkpointAfter(run, laps), rest);
  };

  let expected: Record<string, string> | undefined;
  test.each(damages)("%s: said by name, left out, noted, and the run goes on", async (_, damage, said) => {
    const { run, lines } = await resumed((copy) => damage(join(copy, name)));
    const note = lines.find((line) => line.includes("left out"));
    expect(note).toMatch(/^after rollout 3 a recording was left out of the model's fit: /);
    expect(note).toMatch(said);
    expect(lines.join()).not.toContain("does not determine");
    expect(await readFile(join(run, "notes.txt"), "utf8")).toBe(`${note}\n`);
    expect(await kept(checkpointAfter(run, 4))).toStrictEqual(["0001.mcap", "left out", "0003.mcap", "0004.mcap"]);
    // whatever was wrong with it: the same run comes out
    const { "notes.txt": _n, [name]: _r, ...files } = await fingerprint(run);
    expected ??= files;
    expect(files).toStrictEqual(expected);
    expect(await metricsOf(run)).toHaveLength(5);
  });

  test("stays left out when it is there again", async () => {
    const { run } = await resumed((copy) => rm(join(copy, name)));
    await cp(join(stopped, name), join(run, name));
    for (const laps of [4, 5]) await rm(checkpointAfter(run, laps));
    await writeCheckpoint(checkpointAfter(run, 3), {
      ...(await readCheckpoint(checkpointAfter(run, 3))),
      recordings: (await readCheckpoint(checkpointAfter(stopped, 3))).recordings?.map((found, i) =>
        i === 1 ? null : found,
      ),
    });
    const again = await resumed(async () => {}, run);
    expect(again.lines.join()).not.toContain("left out");
    const { [THIRD]: _c, "notes.txt": _n, [name]: _r, ...files } = await fingerprint(again.run);
    const { [THIRD]: _d, ...others } = expected ?? {};
    expect(files).toStrictEqual(others);
  });

  test("of a run of an older version, without checksums: only one that is damaged is left out", async () => {
    const older = olderCheckpoint(3);
    const laps = join(folder, "whole-laps"); // in which such a version learned
    await trainRun({ given: { ...LAPS, "update-every": "lap" }, out: laps }, 3);
    const whole = await resumed(older, laps);
    expect(whole.lines.join()).not.toMatch(/left out|passed over/);
    const undisturbed = await resumed(async () => {}, laps);
    const [one, other] = await Promise.all([whole, undisturbed].map(({ run }) => fingerprint(run)));
    expect({ ...one, [THIRD]: "" }).toStrictEqual({ ...other, [THIRD]: "" });
    const { lines } = await resumed(async (run) => {
      await older(run);
      await notFinite(join(run, name));
    }, laps);
    expect(lines.find((line) => line.includes("left out"))).toMatch(/0002.mcap holds numbers that are not finite$/);
  });

  test("behind it the fit begins where no command from before acts any more", async () => {
    const delayed = join(folder, "delayed");
    await trainRun({ given: { ...LAPS, "plant-delay": [0.1, 0.06] }, out: delayed }, 3);
    const { run } = await resumed((copy) => rm(join(copy, name)), delayed);
    const last = (await metricsOf(run)).at(-1);
    expect(last?.model.delay2?.value).toBe(3);
    // as without the hole; 0.09 if the lap behind it is fitted as one that began without commands
    expect(last?.["modelError.turnRate"]).toBeLessThan(5e-5);
  });

  describe("resumed from its very first checkpoint, a run knows no drive from before", () => {
    test.each([
      ["as it is", async () => {}],
      ["of an older version", olderCheckpoint(0)],
    ])("%s", async (_, change) => {
      const { run } = await resumed(async (copy) => {
        for (const laps of [1, 2, 3]) await rm(checkpointAfter(copy, laps));
        await change(copy);
      });
      const undisturbed = await resumed(async () => {});
      const first = { "checkpoints/0000.ckpt": "" };
      expect({ ...(await fingerprint(run)), ...first }).toStrictEqual({
        ...(await fingerprint(undisturbed.run)),
        ...first,
      });
    });
  });
});

test.each([
  ["update", `a\n${"b".repeat(1000)}`, /^\S*\/0003\.ckpt was made by update "[^\n]*", the configuration says "gauss-/],
  ["layers", Array.from({ length: 1000 }, () => 8), /^\S*\/0003\.ckpt holds a [^\n]* network, the configuration asks/],
])("a checkpoint of another %s is refused in one short line, whatever it says", async (name, value, message) => {
  const run = join(folder, `run-${++count}`);
  await cp(stopped, run, { recursive: true });
  await writeCheckpoint(checkpointAfter(run, 3), {
    ...(await readCheckpoint(checkpointAfter(run, 3))),
    [name]: value,
  });
  const refused = await trainCommand.run({ given: {}, resume: run }, new Captured()).catch((error) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect((refused as UserError).message).toMatch(message);
  expect((refused as UserError).message.length).toBeLessThan(300);
});

describe("config.yaml edited by hand", () => {
  const edit = (from: string | RegExp, to: string) => async (run: string) => {
    const path = join(run, "config.yaml");
    await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
  };
  const lineOf = async (start: string) =>
    (await readFile(join(stopped, "config.yaml"), "utf8")).split("\n").findIndex((line) => line.startsWith(start)) + 1;

  test.each([
    ["seed: 1", "seed: 7", "seed is 7, the run was made with 1"],
    ["plant: nominal", "plant: identified", 'plant is "identified", the run was made with "nominal"'],
    ["parameters: {}", "parameters: { plant: { drag: 2 } }", "parameters.plant is"],
  ])("%s becomes %s: refused with the line, and nothing is touched", async (from, to, message) => {
    const run = join(folder, `run-${++count}`);
    await cp(stopped, run, { recursive: true });
    await edit(from, to)(run);
    const files = await fingerprint(run);
    const resume = trainCommand.run({ given: {}, resume: run }, new Captured());
    await expect(resume).rejects.toThrow(UserError);
    const line = await lineOf(from.split(" ")[0] ?? "");
    await expect(resume).rejects.toThrow(`${join(run, "config.yaml")}, line ${line}: ${message}`);
    await expect(resume).rejects.toThrow(/put it back; rollouts, revectorise, device, .* may change$/);
    expect(await fingerprint(run)).toStrictEqual(files);
  });

  test("what may change is followed, and comments may stand there", async () => {
    const { run } = await resumed(edit("rollouts: 5", "rollouts: 4 # enough"));
    expect(await metricsOf(run)).toHaveLength(4);
    expect((await readConfig(join(run, "config.yaml"))).rollouts).toBe(4);
  });
});

describe("a folder in which a run was being made", () => {
  test.each([
    [["checkpoints"], []],
    [["checkpoints", "rollouts"], ["metrics.jsonl.77.tmp"]],
    [
      ["checkpoints", "rollouts"],
      ["metrics.jsonl", "config.yaml.77.tmp"],
    ],
  ])("%j, %j: the run is made", async (folders, files) => {
    const run = join(folder, `run-${++count}`);
    for (const name of folders) await mkdir(join(run, name), { recursive: true });
    for (const name of files) await writeFile(join(run, name), "");
    await trainRun({ given: SMALL, out: run });
    const whole = join(folder, `run-${++count}`);
    await trainRun({ given: SMALL, out: whole });
    expect(await fingerprint(run)).toStrictEqual(await fingerprint(whole));
  });

  test.each(["notes", "rollouts/0001.mcap", "metrics.jsonl", "thesis.1.tmp"])("%s in it: refused", async (name) => {
    const run = join(folder, `run-${++count}`);
    await mkdir(join(run, "rollouts"), { recursive: true });
    await writeFile(join(run, name), "years of work");
    const refused = newRun({ given: SMALL, out: run });
    await expect(refused).rejects.toThrow(/exists and is not empty: choose another with --out$/);
    expect(await readFile(join(run, name), "utf8")).toBe("years of work");
  });
});

test("a robot that does not answer leaves no folder", async () => {
  const out = join(folder, "nobody");
  const given: PartialConfig = { ...LAPS, link: "serial", device: join(folder, "no-port") };
  const failed = trainCommand.run({ given, out, arm: true }, new Captured());
  await expect(failed).rejects.toThrow(/no-port/);
  expect(await readdir(folder)).not.toContain("nobody");
});

test("a robot begins anew: nothing is expected of it, and its lap from rest is compared with none", async () => {
  const config = completeConfig({ ...LAPS, plant: "identified", "update-every": "lap" });
  const training = await trainingFor(config);
  initialisePolicy(training.core, config.seed);
  for await (const _ of algorithm1(training, new SimLink(), 0, 2));
  const checkpoint = checkpointOf(training, { ...START, updates: 2, rollouts: 2 });
  for (const link of ["sim", "serial"] as const) {
    const again = await trainingFor({ ...config, link });
    const isRobot = link === "serial";
    // a robot's checkpoint holds nothing of the drive that it was made in
    const kept = Object.entries(checkpoint.arrays).filter(([name]) => !(isRobot && name.startsWith("drive.")));
    restore(again, { ...checkpoint, arrays: Object.fromEntries(kept) }, "0002.ckpt");
    const { rule, ruleState, collector, core } = again;
    expect([link, (rule.expectedCost?.(ruleState, 1) ?? 0) > 0]).toEqual([link, !isRobot]);
    expect(ruleState.numbers.expected > 0).toBe(!isRobot);
    const isWhole: boolean[] = [];
    for (let lap = 0; lap < 2; lap++) {
      await collector.drive(core, new SimLink(), 0);
      isWhole.push(collector.batch(1).isWhole);
    }
    expect(isWhole).toEqual([!isRobot, true]);
  }
});

describe("a robot's run", () => {
  const given: PartialConfig = { ...LAPS, rollouts: 3, link: "serial", "update-every": "lap", "max-uncertainty": 10 };
  /** Trains on the car's double, which fails at control step `faultAt`. */
  const drive = (
    where: { out: string } | { resume: string },
    faultAt = Number.POSITIVE_INFINITY,
    ended = () => {},
    more: PartialConfig = {},
  ) =>
    trainCommand.run(
      { given: { ...("out" in where ? given : {}), ...more }, ...where },
      new Captured(),
      async (config, { signal, drives }) => {
        const host = await PlantHost.make(config);
        host.disturb = (step) => {
          if (step === faultAt) host.robot.fault = Fault.boardReset;
        };
        const operator = { signal, say: () => {}, confirm: async () => true, takeHeartbeat: () => true };
        const link = new RobotLink(host, config, operator, new Recorder(drives));
        return Object.assign(link, { close: () => RobotLink.prototype.close.call(link).finally(ended) });
      },
    );
  const shaOf = async (path: string) =>
    createHash("sha256")
      .update(await readFile(path))
      .digest("hex");

  test("keeps recordings, metrics and drives of the laps that were stopped, however often", async () => {
    const out = join(folder, "robot");
    const lap = 40 * 7;
    await expect(drive({ out }, 1.5 * lap)).rejects.toThrow(/lap 2 was stopped/);
    const first = await shaOf(join(out, "rollouts", "0002.mcap"));
    const [, line] = (await readFile(join(out, "metrics.jsonl"), "utf8")).split("\n");
    await expect(drive({ resume: out }, 0.5 * lap)).rejects.toThrow(/lap 2 was stopped/);
    const second = await shaOf(join(out, "rollouts", "0002.mcap"));
    await drive({ resume: out });
    expect(await readdir(join(out, "rollouts"))).toStrictEqual([
      "0001.mcap",
      "0002-stopped-2.mcap",
      "0002-stopped.mcap",
      "0002.mcap",
      "0003.mcap",
    ]);
    expect(await shaOf(join(out, "rollouts", "0002-stopped.mcap"))).toBe(first);
    expect(await shaOf(join(out, "rollouts", "0002-stopped-2.mcap"))).toBe(second);
    const lines = (await readFile(join(out, "stopped.jsonl"), "utf8")).split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(line);
    expect((await metricsOf(out)).map(({ index }) => index)).toStrictEqual([1, 2, 3]);
    expect(await readdir(join(out, "drives"))).toHaveLength(3);
    expect(await kept(checkpointPath(out, 3))).toStrictEqual(["0001.mcap", "0002.mcap", "0003.mcap"]);

    // those that begin at rest are known, in later resumes too: they go on from nothing
    await drive({ resume: out }, undefined, undefined, { rollouts: 4 });
    const begun = async (updates: number) =>
      Object.keys((await readCheckpoint(checkpointPath(out, updates))).optimiser).filter((key) => /^begins/.test(key));
    expect(await Promise.all([1, 2, 3, 4].map(begun))).toEqual([
      [],
      ["begins.2"],
      ["begins.2"],
      ["begins.2", "begins.4"],
    ]);
  });

  test("that cannot be made lets go of the robot", async () => {
    const ended = jest.fn();
    await expect(drive({ out: "/proc/lapgrad" }, undefined, ended)).rejects.toThrow(/cannot create the folder/);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  test("whose disk hangs under a checkpoint ends, and lets go of the robot", async () => {
    const handles = await fileHandles();
    const { datasync } = handles;
    jest.useFakeTimers({
      doNotFake: ["nextTick", "setImmediate", "setTimeout", "clearTimeout", "performance", "Date"],
    });
    const flush = jest.spyOn(handles, "datasync").mockImplementation(async function (this: FileHandle) {
      if (!/0002\.ckpt\.\d+\.tmp$/.test(await readlink(`/proc/self/fd/${this.fd}`))) return datasync.call(this);
      setImmediate(() => jest.advanceTimersByTime(30_000));
      return new Promise<never>(() => {});
    });
    const [out, ended] = [join(folder, "hanging"), jest.fn()];
    try {
      await expect(drive({ out }, undefined, ended)).rejects.toThrow(/^the disk has not answered for 30 s: check it/);
    } finally {
      jest.useRealTimers();
      flush.mockRestore();
    }
    expect(ended).toHaveBeenCalledTimes(1);
    await drive({ resume: out });
    expect((await metricsOf(out)).map(({ index }) => index)).toStrictEqual([1, 2, 3]);
  });
});
