import { expect, test } from "@jest/globals";
import { McapIndexedReader, McapWriter } from "@mcap/core";
import { McapFile } from "../../src/recording/mcap-file.js";
import { randomNumbers } from "../support/cores.js";

const encoder = new TextEncoder();
const schema = (name: string) => ({ name, encoding: "jsonschema", data: encoder.encode(`{"title":"${name}"}`) });
const channel = (topic: string, schemaId: number) => ({
  schemaId,
  topic,
  messageEncoding: "json",
  metadata: new Map(),
});
const metadata = (name: string) => ({ name, metadata: new Map([["key", name]]) });

/** 4000 messages of 0 to 400 bytes on three topics, in no order of time: some 800 kB. */
const messages = (() => {
  const random = randomNumbers(5);
  return Array.from({ length: 4000 }, (_, sequence) => ({
    topic: Math.floor(1.5 * (random() + 1)),
    sequence,
    time: BigInt(Math.floor(1e9 * (random() + 1))),
    data: new Uint8Array(Math.floor(200 * (random() + 1))).fill(sequence),
  }));
})();
const TOPICS = ["/a", "/b", "/c"];

async function byLibrary(): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0n;
  const writable = {
    write: async (bytes: Uint8Array) => {
      parts.push(bytes);
      length += BigInt(bytes.length);
    },
    position: () => length,
  };
  const writer = new McapWriter({ writable, chunkSize: 64 * 1024 });
  await writer.start({ profile: "", library: "lapgrad" });
  await writer.addMetadata(metadata("first"));
  const ids = new Map<number, number>();
  for (const { topic, sequence, time, data } of messages) {
    if (!ids.has(topic)) {
      const schemaId = await writer.registerSchema(schema(TOPICS[topic]));
      ids.set(topic, await writer.registerChannel(channel(TOPICS[topic], schemaId)));
    }
    const channelId = ids.get(topic) ?? -1;
    await writer.addMessage({ channelId, sequence, logTime: time, publishTime: time, data });
  }
  await writer.addMetadata(metadata("last"));
  await writer.end();
  return Buffer.concat(parts);
}

/** @param endsEvery ends a chunk after so many messages */
function byFile(endsEvery = Infinity): { bytes: Buffer; pieces: number } {
  const parts: Uint8Array[] = [];
  const file = new McapFile((part) => parts.push(part));
  file.addMetadata(metadata("first"));
  const ids = new Map<number, number>();
  for (const { topic, sequence, time, data } of messages) {
    if (!ids.has(topic)) ids.set(topic, file.addChannel(channel(TOPICS[topic], file.addSchema(schema(TOPICS[topic])))));
    file.addMessage({ channelId: ids.get(topic) ?? -1, sequence, logTime: time, publishTime: time, data });
    if ((sequence + 1) % endsEvery === 0) file.endChunk();
  }
  file.addMetadata(metadata("last"));
  file.end();
  return { bytes: Buffer.concat(parts), pieces: parts.length };
}

test("the bytes are those of the library's writer", async () => {
  const { bytes } = byFile();
  expect(bytes.length).toBeGreaterThan(700_000);
  expect(bytes.equals(await byLibrary())).toBe(true);
  const empty: Uint8Array[] = [];
  new McapFile((part) => empty.push(part)).end();
  expect(Buffer.concat(empty).length).toBeLessThan(300);
});

test("chunks that are ended early are found by the index", async () => {
  const { bytes, pieces } = byFile(100);
  const readable = {
    size: async () => BigInt(bytes.length),
    read: async (offset: bigint, size: bigint) => bytes.subarray(Number(offset), Number(offset + size)),
  };
  const reader = await McapIndexedReader.Initialize({ readable });
  expect(reader.chunkIndexes.length).toBe(40);
  expect(pieces).toBe(40 + 5); // header, two of metadata, end of data, summary
  const found: number[] = [];
  for await (const { sequence, data } of reader.readMessages({ validateCrcs: true })) {
    found.push(sequence);
    expect(Buffer.from(data).equals(messages[sequence].data)).toBe(true);
  }
  expect(found.sort((a, b) => a - b)).toEqual(messages.map((_, i) => i));
});
