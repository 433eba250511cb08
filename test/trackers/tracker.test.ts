/** Metrics on their way to a tracking server: all of them, in order, whatever happens to the server or the training. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import type { DriveResult } from "../../src/links/link.js";
import { Tracker, trackerAddress } from "../../src/trackers/tracker.js";
import { type TrainedRollout, withNotices } from "../../src/training/metrics.js";
import { RunFolder } from "../../src/training/run-folder.js";
import { Captured, newFolder, SMALL_ARGUMENTS } from "../support/runs.js";
import { until } from "../support/until.js";
import { MlflowServer } from "./mlflow-server.js";

const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const config = completeConfig({ task: "scalar", rollouts: 5, parameters: { model: { a: 1.1 } } });

let folder: string;
let server: MlflowServer;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  server = new MlflowServer();
  await server.start();
  await rm(join(folder, "tracker.json"), { force: true });
});
afterEach(() => server.kill());

/** So many laps, one with a number that is not finite. */
function laps(count: number): TrainedRollout[] {
  return Array.from({ length: count }, (_, i) => {
    const index = i + 1;
    const numbers = { seconds: 2, cost: 10 / index, windowCost: 5 / index, meanCost: 1 / index, slowSeconds: 0 };
    return withNotices({ index, ...numbers, start: 2 * i, "model.a": i === 1 ? Number.NaN : i }, ["a text"]);
  });
}

function track(rollouts: readonly TrainedRollout[], said: string[], address = server.address): Tracker {
  return new Tracker(address, { path: folder, config, rollouts, say: (line) => said.push(line), wait: 5 });
}

/** Values of a metric at the server, by step, in the order in which they came. */
const curve = (key: string) =>
  server.runs[0].metrics.filter((metric) => metric.key === key).map(({ step, value }) => [step, value]);

/** What all of `laps(count)` is at the server. */
const costs = (count: number) => laps(count).map(({ index, windowCost }) => [index, windowCost]);

test("a training is a run of its task's experiment, with settings, metrics and an end", async () => {
  const said: string[] = [];
  const tracker = track(laps(2), said);
  for (const lap of laps(5).slice(2)) tracker.grown(lap);
  await tracker.close("FINISHED");
  expect(said).toEqual([]);
  expect([...server.experiments.keys()]).toEqual(["lapgrad scalar"]);
  const [run] = server.runs;
  expect(server.runs).toHaveLength(1);
  expect(run.params).toMatchObject({ task: "scalar", seed: "1", parameters: '{"model":{"a":1.1}}' });
  expect(curve("windowCost")).toEqual(costs(5));
  expect(curve("model.a").map(([step]) => step)).toEqual([1, 3, 4, 5]); // NaN is no number of JSON
  const times = run.metrics.filter(({ key }) => key === "cost").map(({ timestamp }) => timestamp);
  expect(times.map((time) => time - times[0])).toEqual([0, 2000, 4000, 6000, 8000]); // the driving
  expect(run.status).toBe("FINISHED");
  expect(Math.abs((run.ended ?? 0) - Date.now())).toBeLessThan(60_000);
});

test("whatever single request goes wrong, nothing is lost, doubled or out of order", async () => {
  // requests: experiment asked for, made; run searched, made, set running; params; metrics; end
  for (let failing = 0; failing < 9; failing++)
    for (const trouble of ["lost", (["cut", 500, 429] as const)[failing % 3]] as const) {
      await rm(join(folder, "tracker.json"), { force: true });
      server.runs.length = 0;
      server.experiments.clear();
      const well = Array.from({ length: failing }, () => "none" as const);
      server.troubles.splice(0, server.troubles.length, ...well, trouble);
      const said: string[] = [];
      const tracker = track(laps(3), said);
      await until(() => server.runs.length > 0 && server.runs[0].metrics.length > 0);
      tracker.grown(laps(4)[3]);
      await tracker.close("FINISHED");
      const what = [failing, trouble];
      expect([what, server.runs.length, server.runs[0].status]).toEqual([what, 1, "FINISHED"]);
      expect([what, curve("windowCost")]).toEqual([what, costs(4)]);
      for (const line of said) expect(line).toMatch(/^tracker http.*trying again$|is there again$/);
    }
});

test("a server that is killed gets everything once it is there again, and nobody waits for it", async () => {
  const said: string[] = [];
  const tracker = track([], said);
  const all = laps(300);
  for (const lap of all.slice(0, 10)) tracker.grown(lap);
  await until(() => (server.runs[0]?.metrics.length ?? 0) >= 10 * 6);
  await server.kill();
  const began = performance.now();
  for (const lap of all.slice(10)) tracker.grown(lap);
  expect(performance.now() - began).toBeLessThan(100);
  await until(() => said.length > 0);
  expect(said).toHaveLength(1); // not at every try
  expect(said[0]).toMatch(/^tracker http:\/\/127.0.0.1:\d+\/: .*; trying again$/);
  await server.start();
  await until(() => curve("windowCost").length === 300);
  await tracker.close("KILLED");
  expect(curve("windowCost")).toEqual(costs(300));
  expect(server.runs[0].status).toBe("KILLED");
  expect(said[1]).toMatch(/is there again$/);
  const sizes = server.batches.map(({ metrics }) => (metrics as unknown[] | undefined)?.length ?? 0);
  expect(Math.max(...sizes)).toBeGreaterThan(500);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
});

test("a training that ended goes on where the server had got to; what a robot drives anew is sent, too", async () => {
  const said: string[] = [];
  await track(laps(3), said).close("KILLED");
  await track(laps(5), said).close("FINISHED");
  expect(server.runs).toHaveLength(1);
  expect(curve("windowCost")).toEqual(costs(5));
  const batches = server.batches.filter(({ metrics }) => metrics !== undefined);
  expect(batches).toHaveLength(2); // the first three laps were not sent again
  // two laps were cut off before their update, and one of them was driven again
  const tracker = track(laps(3), said);
  tracker.grown(Object.assign(laps(4)[3], { windowCost: 7 }));
  await tracker.close("FINISHED");
  expect(curve("windowCost").slice(5)).toEqual([[4, 7]]);
  expect(said).toEqual([]);
  // another server is told all from the beginning
  const other = new MlflowServer();
  await other.start();
  await track(laps(2), said, other.address).close("FINISHED");
  expect(other.runs[0].metrics.filter(({ key }) => key === "cost")).toHaveLength(2);
  await other.kill();
});

test("a server that says no is not asked again, and the training goes on", async () => {
  server.troubles.push(403);
  const said: string[] = [];
  const tracker = track(laps(1), said);
  await until(() => said.length > 0);
  tracker.grown(laps(2)[1]);
  await tracker.close("FINISHED");
  expect(said[0]).toMatch(/: 403 PERMISSION_DENIED no; no more is sent$/);
  expect(said[1]).toMatch(/has not got 2 of 2 laps \(403 PERMISSION_DENIED no\); send it later: lapgrad train /);
  expect(said[1]).toMatch(/ --resume .* --tracker mlflow=http:\/\/127\.0\.0\.1:\d+\/$/);
});

test.each([
  ["model", "FAILED"],
  ["measured", "FAILED"],
  ["measured", "KILLED"],
] as const)("a robot that stops in a training, gradient %s: %s", async (gradient, status) => {
  let calls = 0;
  const out = join(folder, `${gradient}-${status}`);
  const given: PartialConfig = { hidden: [8], rollouts: 9, update: "sgd" };
  const tracker = `mlflow=${server.address}`;
  const stopped = trainCommand.run({ given, out, gradient, tracker }, new Captured(), async (_, { stop }) => {
    const stopping = (driven: DriveResult): DriveResult => {
      if (++calls < 4) return driven;
      if (status === "KILLED") stop();
      return { ...driven, stopped: "a wheel is dead" };
    };
    class Stopping extends SimLink {
      override async drive(...call: Parameters<SimLink["drive"]>) {
        return stopping(await super.drive(...call));
      }
      override async driveOn(...call: Parameters<SimLink["driveOn"]>) {
        return stopping(await super.driveOn(...call));
      }
    }
    return new Stopping();
  });
  await expect(stopped).rejects.toThrow("was stopped: a wheel is dead");
  expect(server.runs.map((run) => run.status)).toEqual([status]);
});

test("what is no tracking server, or no address, or a damaged tracker.json", async () => {
  for (const given of ["http://x", "mlflow=", "mlflow=x", "mlflow=file:///etc", "wandb=http://x"])
    expect(() => trackerAddress(given)).toThrow(/allowed is mlflow=http:\/\/… or https:\/\/…$/);
  expect(() => trackerAddress("mlflow=http://user:50%@x")).toThrow(
    /has a % that stands for nothing: write %25 for it$/,
  );
  expect(trackerAddress("mlflow=https://example.org/mlflow")).toBe("https://example.org/mlflow");
  await writeFile(join(folder, "tracker.json"), '{"address":');
  const said: string[] = [];
  const tracker = track(laps(1), said, server.address.replace("//", "//user:p%40ss@"));
  await tracker.close("FINISHED");
  expect(said).toEqual([]);
  expect(curve("windowCost")).toEqual(costs(1));
  // the password is sent, and written nowhere
  expect(server.authorizations[0]).toBe(`Basic ${Buffer.from("user:p@ss").toString("base64")}`);
  expect(await readFile(join(folder, "tracker.json"), "utf8")).not.toMatch(/user|p@ss|p%40ss/);
});

test("lapgrad train --tracker, killed and resumed while the server is away", async () => {
  const run = join(folder, "run");
  const lapgrad = (...words: string[]) => {
    const child = spawn(process.execPath, [main, ...words, "--tracker", `mlflow=${server.address}`, "--json"]);
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
    });
    const ended = new Promise<[number | null, string]>((resolve) =>
      child.once("exit", (code) => resolve([code, said])),
    );
    return { child, ended };
  };
  const first = lapgrad("train", "--rollouts", "100000", ...SMALL_ARGUMENTS, "--out", run);
  await until(() => (server.runs[0]?.metrics.length ?? 0) > 20);
  await server.kill();
  const known = curve("windowCost").length;
  const lines = () => readFileSync(join(run, "metrics.jsonl"), "utf8").split("\n").length;
  await until(() => lines() > known + 3);
  first.child.kill("SIGKILL");
  await first.ended;
  await server.start();
  const driven = (await new RunFolder(run).readMetrics()).length;
  const [code, said] = await lapgrad("train", "--resume", run, "--rollouts", `${driven + 2}`).ended;
  expect([code, said]).toEqual([0, expect.not.stringMatching(/tracker/)]);
  const metrics = await new RunFolder(run).readMetrics();
  expect(metrics).toHaveLength(driven + 2);
  expect(curve("windowCost")).toEqual(metrics.map(({ index, windowCost }) => [index, windowCost]));
  expect(server.runs.map(({ status }) => status)).toEqual(["FINISHED"]);
});
