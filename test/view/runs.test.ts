/** What the live page says of runs, to whoever speaks its protocol. */
import { appendFile, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { completeConfig } from "../../src/config/config.js";
import { LiveServer } from "../../src/view/live-server.js";
import { type Message, PROTOCOL } from "../../src/view/messages.js";
import { Run } from "../../src/view/page/runs.js";
import { RunFeed } from "../../src/view/run-feed.js";
import { metricsOf, reportOf } from "../report/fixture.js";
import { newFolder, SMALL, trainRun } from "../support/runs.js";
import { until } from "../support/until.js";

const servers: LiveServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function aRun(rollouts = 3): Promise<string> {
  const folder = await newFolder();
  folders.push(folder);
  const out = join(folder, "run");
  await trainRun({ given: { ...SMALL, rollouts }, out });
  return out;
}

/** Somebody who looks at runs, and keeps what they are told. */
class Looker {
  readonly messages: Message[] = [];
  readonly socket: WebSocket;

  constructor(address: string) {
    const { host, search } = new URL(address);
    this.socket = new WebSocket(`ws://${host}/live${search}`, PROTOCOL);
    this.socket.on("message", (data) => this.messages.push(JSON.parse(String(data))));
  }

  of<K extends Message["kind"]>(kind: K): Extract<Message, { kind: K }>[] {
    return this.messages.filter((message): message is Extract<Message, { kind: K }> => message.kind === kind);
  }

  /** Indices of all rollouts that it was told of since a run began. */
  indices(run = 0): unknown[] {
    const from = this.messages.findLastIndex((message) => message.kind === "run" && message.run === run);
    return this.messages
      .slice(from)
      .flatMap((message) => (message.kind === "metrics" && message.run === run ? message.metrics : []))
      .map(({ index }) => index);
  }
}

async function look(runs: readonly string[], stop?: () => void): Promise<Looker> {
  return new Looker(
    await serve(
      runs.map((run) => new RunFeed(run)),
      stop,
    ),
  );
}

/** Serves them until the test is over, at an address. */
function serve(feeds: readonly RunFeed[], stop?: () => void): Promise<string> {
  const server = new LiveServer(feeds, stop);
  servers.push(server);
  return server.start(0);
}

describe("a run that is over", () => {
  test("is told whole, and its recordings when they are asked for", async () => {
    const looker = await look([await aRun()]);
    await until(() => looker.indices().length === 3);
    expect(looker.of("hello")).toEqual([{ kind: "hello", canStop: false, runs: 1, limits: {} }]);
    expect(looker.of("run")[0].frame).toMatchObject({ title: "car-figure8: run", unit: "rollout", lapTime: 5.5 });
    expect(looker.of("state").at(-1)).toMatchObject({ state: "ended", note: "" });
    looker.socket.send('{"ask":"rollout","run":0,"index":2}');
    await until(() => looker.of("rollout").length === 1);
    const [answer] = looker.of("rollout");
    if (!("recording" in answer)) throw new Error(answer.problem);
    expect(answer.recording.times).toHaveLength(140);
    expect(answer.recording.states).toHaveLength(560);
    looker.socket.send('{"ask":"rollout","run":0,"index":9}');
    await until(() => looker.of("rollout").length === 2);
    expect(looker.of("rollout")[1]).toMatchObject({ problem: "there is no rollout 9: 3 were driven" });
  });
  test("has no stop button, and who presses it all the same is put out", async () => {
    const looker = await look([await aRun(1)]);
    await until(() => looker.of("hello").length === 1);
    const code = new Promise((resolve) => looker.socket.once("close", resolve));
    looker.socket.send('{"ask":"stop"}');
    expect(await code).toBe(1008);
  });
  test("is seen by two servers, and two runs by one", async () => {
    const [run, other] = [await aRun(2), await aRun(1)];
    const lookers = [await look([run]), await look([run, other])];
    for (const looker of lookers) await until(() => looker.indices().length === 2);
    await until(() => lookers[1].indices(1).length === 1);
  });
});

test("a stop is passed on, and everybody sees it", async () => {
  let stops = 0;
  const address = await serve([new RunFeed("", completeConfig(SMALL))], () => stops++);
  const lookers = [new Looker(address), new Looker(address)];
  for (const looker of lookers) await until(() => looker.of("state").at(-1)?.state === "running");
  expect(lookers.map((looker) => looker.of("hello")[0].canStop)).toEqual([true, true]);
  lookers[0].socket.send('{"ask":"stop"}');
  for (const looker of lookers) await until(() => looker.of("state").at(-1)?.state === "stopping");
  expect(stops).toBe(1);
});

test("a run that is being written: whole lines count, a torn one waits", async () => {
  const run = await aRun(3);
  const metrics = join(run, "metrics.jsonl");
  const lines = (await readFile(metrics, "utf8")).split("\n");
  await writeFile(metrics, `${lines[0]}\n${lines[1].slice(0, 40)}`);
  const looker = await look([run]);
  await until(() => looker.indices().length === 1);
  await appendFile(metrics, `${lines[1].slice(40)}\n`);
  await until(() => looker.indices().length === 2);
  expect(looker.of("run")).toHaveLength(1);
});

test("a run that was killed and goes on from an earlier rollout begins anew on the page", async () => {
  const run = await aRun(3);
  const metrics = join(run, "metrics.jsonl");
  const lines = (await readFile(metrics, "utf8")).split("\n");
  const looker = await look([run]);
  await until(() => looker.indices().length === 3);
  await writeFile(metrics, `${lines[0]}\n`);
  await until(() => looker.of("run").length === 2 && looker.indices().length === 1);
  await appendFile(metrics, `${lines[1]}\n${lines[2]}\n`);
  await until(() => looker.indices().length === 3);
  expect(looker.of("run")).toHaveLength(2);
});

test("a page forgets what was noticed of rollouts that a run drives again", () => {
  const run = new Run();
  const frame = reportOf(1);
  const noticed = (lines: string[]) => {
    run.begin(frame);
    run.add([{ ...metricsOf(1), noticed: lines }]);
    return run.report(1)?.noticed;
  };
  expect(noticed(["grip was lost"])).toEqual({ 1: ["grip was lost"] });
  expect(noticed([])).toEqual({});
});

test("an old run, whose lines lack what today's have, is shown", async () => {
  const run = await aRun(2);
  const metrics = join(run, "metrics.jsonl");
  const old = (await readFile(metrics, "utf8")).replaceAll(/,"(start|slowSeconds)":[^,}]*/g, "");
  await writeFile(metrics, old.replaceAll(/,"noticed":\[\]/g, ""));
  const looker = await look([run]);
  await until(() => looker.indices().length === 2);
});

test("a damaged run says what is wrong, and its page lives", async () => {
  const run = await aRun(2);
  await appendFile(join(run, "metrics.jsonl"), "{}\n");
  const looker = await look([run]);
  await until(() => looker.of("state").length > 0);
  expect(looker.of("state")[0].note).toMatch(/metrics\.jsonl, line 3 is not the metrics of rollout 3/);
});

test("what is no run is refused before anything is served", async () => {
  const folder = await newFolder();
  folders.push(folder);
  await mkdir(join(folder, "empty"));
  await expect(new RunFeed(join(folder, "empty")).refuseUnlessReadable()).rejects.toThrow(
    /empty is not a run of lapgrad/,
  );
  await expect(new RunFeed(join(folder, "none.mcap")).refuseUnlessReadable()).rejects.toThrow(/none\.mcap/);
});

test("a recording alone is a run of one rollout; one of another task is refused", async () => {
  const run = await aRun(2);
  const looker = await look([join(run, "rollouts", "0002.mcap")]);
  await until(() => looker.indices().length === 1);
  expect(looker.of("run")[0].frame.title).toBe("car-figure8: 0002.mcap");
  const other = join(folders[0], "other");
  await trainRun({ given: { task: "scalar", rollouts: 1 }, out: other });
  await copyFile(join(other, "rollouts", "0001.mcap"), join(run, "rollouts", "0001.mcap"));
  const foreign = await look([run]);
  await until(() => foreign.indices().length === 2);
  foreign.socket.send('{"ask":"rollout","run":0,"index":1}');
  await until(() => foreign.of("rollout").length === 1);
  expect(foreign.of("rollout")[0]).toMatchObject({ problem: "the recording of rollout 1 is of the task scalar" });
});
