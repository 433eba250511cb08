/** Foxglove's protocol: its own client reads every channel, and the bytes are those of its document. */

import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FoxgloveClient } from "@foxglove/ws-protocol";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { McapIndexedReader } from "@mcap/core";
import { WebSocket } from "ws";
import { FOXGLOVE } from "../../src/view/foxglove-service.js";
import { LiveServer } from "../../src/view/live-server.js";
import { RunFeed } from "../../src/view/run-feed.js";
import { newFolder, SMALL, trainRun } from "../support/runs.js";
import { until } from "../support/until.js";

let folder: string;
let run: string;
let server: LiveServer;
let address: string;
beforeAll(async () => {
  folder = await newFolder();
  run = join(folder, "run");
  await trainRun({ given: { ...SMALL, rollouts: 2 }, out: run });
  server = new LiveServer([new RunFeed(run)]);
  const { host, search } = new URL(await server.start(0));
  address = `ws://${host}/${search}`;
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Topics, schema names and schemas of the recording that is shown. */
async function recorded(): Promise<Record<string, [string, string]>> {
  const bytes = readFileSync(join(run, "rollouts", "0002.mcap"));
  const readable = {
    size: async () => BigInt(bytes.length),
    read: async (offset: bigint, size: bigint) => bytes.subarray(Number(offset), Number(offset + size)),
  };
  const reader = await McapIndexedReader.Initialize({ readable });
  const schemaOf = (id: number) => reader.schemasById.get(id);
  return Object.fromEntries(
    [...reader.channelsById.values()].map(({ topic, schemaId }) => {
      const schema = schemaOf(schemaId);
      return [topic, [schema?.name ?? "", Buffer.from(schema?.data ?? []).toString("utf8")]];
    }),
  );
}

test("Foxglove's client subscribes to every channel of a recording, and reads messages of each", async () => {
  const client = new FoxgloveClient({ ws: new WebSocket(address, FOXGLOVE[1]) as never });
  const channels = new Map<number, { topic: string; schemaName: string; schema: string }>();
  const messages = new Map<string, Record<string, unknown>[]>();
  const topics = new Map<number, string>();
  const problems: string[] = [];
  client.on("error", (error) => problems.push(error.message));
  client.on("status", ({ message }) => problems.push(message));
  client.on("advertise", (added) => {
    for (const channel of added) {
      channels.set(channel.id, channel);
      topics.set(client.subscribe(channel.id), channel.topic);
    }
  });
  client.on("message", ({ subscriptionId, data, timestamp }) => {
    const topic = topics.get(subscriptionId) ?? "";
    const message = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8"));
    messages.set(topic, [...(messages.get(topic) ?? []), message]);
    // the time of receipt is now
    if (Math.abs(Number(timestamp) / 1e6 - Date.now()) > 60_000) problems.push(`${topic} is of ${timestamp}`);
  });
  const expected = await recorded();
  // /rl/rollout is what a file ends with; a drive that goes on has no end
  const { "/rl/rollout": _, ...shown } = expected;
  await until(() => Object.keys(shown).every((topic) => (messages.get(topic)?.length ?? 0) > 1));
  const declared = [...channels.values()].map(({ topic, schemaName, schema }) => [topic, [schemaName, schema]]);
  expect(Object.fromEntries(declared)).toEqual(shown);
  expect(problems).toEqual([]);
  const step = messages.get("/rl/step")?.[0] as { state: number[]; input: number[]; cost: number };
  expect([step.state.length, step.input.length, typeof step.cost]).toEqual([4, 2, "number"]);
  client.close();
});

describe.each(FOXGLOVE)("%s", (protocol) => {
  test("a handshake as its document says, and frames byte by byte", async () => {
    const socket = new WebSocket(address, ["other", protocol], { headers: { Origin: "https://app.foxglove.dev" } });
    const texts: Record<string, unknown>[] = [];
    const frames: Buffer[] = [];
    socket.on("message", (data: Buffer, isBinary) =>
      isBinary ? frames.push(data) : texts.push(JSON.parse(String(data))),
    );
    await until(() => texts.length >= 2);
    expect(socket.protocol).toBe(protocol);
    expect(texts[0]).toEqual({ op: "serverInfo", name: "lapgrad", capabilities: [], metadata: {} });
    expect(texts[1].op).toBe("advertise");
    const channels = () =>
      texts.filter(({ op }) => op === "advertise").flatMap(({ channels }) => channels as Record<string, unknown>[]);
    await until(() => channels().some(({ topic }) => topic === "/pose"));
    const pose = channels().find(({ topic }) => topic === "/pose");
    expect(pose).toMatchObject({ encoding: "json", schemaName: "foxglove.PoseInFrame", schemaEncoding: "jsonschema" });
    socket.send(JSON.stringify({ op: "subscribe", subscriptions: [{ id: 7_000_000, channelId: pose?.id }] }));
    await until(() => frames.length > 2);
    const [frame] = frames;
    expect(frame[0]).toBe(1);
    expect(frame.readUInt32LE(1)).toBe(7_000_000);
    const message = JSON.parse(frame.subarray(13).toString("utf8"));
    expect(message.frame_id).toBe("map");
    const { sec, nsec } = message.timestamp;
    expect(frame.readBigUInt64LE(5)).toBe(BigInt(sec) * 1_000_000_000n + BigInt(nsec));
    socket.send(JSON.stringify({ op: "unsubscribe", subscriptionIds: [7_000_000] }));
    socket.send(JSON.stringify({ op: "setParameters", parameters: [] }));
    await until(() => texts.some(({ op }) => op === "status"));
    const count = frames.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(frames.length).toBe(count);
    const code = new Promise((resolve) => socket.once("close", resolve));
    socket.send(Buffer.from([1, 2, 3])); // a message of the client's: nothing may be published here
    expect(await code).toBe(1008);
  });
});

test("subscriptions that are none are passed over, and what is no object ends the connection", async () => {
  const socket = new WebSocket(address, FOXGLOVE[0]);
  let frames = 0;
  let isAnswered = false;
  socket.on("message", (data, isBinary) => {
    if (isBinary) frames++;
    else if (JSON.parse(String(data)).op === "status") isAnswered = true;
  });
  await new Promise((resolve) => socket.once("open", resolve));
  for (const subscriptions of [7, [7], [{ id: -1, channelId: 1 }], [{ id: 2 ** 40, channelId: 1 }], [null]])
    socket.send(JSON.stringify({ op: "subscribe", subscriptions }));
  socket.send('{"op":"getParameters"}'); // answered: the connection is still there
  await until(() => isAnswered);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(frames).toBe(0);
  const code = new Promise((resolve) => socket.once("close", resolve));
  socket.send("[]");
  expect(await code).toBe(1008);
});
