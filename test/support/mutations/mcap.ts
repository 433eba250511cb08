/** MCAP files changed record by record and written anew, so that every checksum fits. */
import { McapStreamReader, McapWriter, type TypedMcapRecord } from "@mcap/core";
import { mutateBytes, mutateValue, type Random } from "./random.js";

type Message = Extract<TypedMcapRecord, { type: "Message" }>;

export interface McapContents {
  readonly metadata: readonly { readonly name: string; readonly metadata: Map<string, string> }[];
  /** by id */
  readonly topics: ReadonlyMap<number, string>;
  readonly messages: readonly Message[];
}

/** What a file holds of the topics that are read back, and one other. */
export function contentsOf(bytes: Uint8Array): McapContents {
  const reader = new McapStreamReader();
  reader.append(bytes);
  const metadata: McapContents["metadata"][number][] = [];
  const topics = new Map<number, string>();
  const messages: Message[] = [];
  for (let record = reader.nextRecord(); record; record = reader.nextRecord()) {
    if (record.type === "Metadata") metadata.push(record);
    if (record.type === "Channel" && /^\/(rl\/|events|drive)/.test(record.topic)) topics.set(record.id, record.topic);
    if (record.type === "Message" && topics.has(record.channelId)) messages.push(record);
  }
  return { metadata, topics, messages };
}

/** The records with one to three changes, as another program's writer writes them. */
export async function mutateMcap(random: Random, contents: McapContents): Promise<Uint8Array> {
  const messages = [...contents.messages];
  const metadata = contents.metadata.map(({ name, metadata }) => ({ name, metadata: new Map(metadata) }));
  for (let times = random.below(4); times > 0; times--) {
    if (random.chance(0.4)) changeMetadata(random, metadata);
    else changeMessages(random, messages);
  }
  return written({ metadata, topics: contents.topics, messages }, compression(random), random);
}

function changeMetadata(random: Random, metadata: { name: string; metadata: Map<string, string> }[]): void {
  const record = metadata[random.below(metadata.length)];
  if (!record) return;
  const choice = random.next();
  if (choice < 0.08) metadata.push({ ...record, metadata: new Map(record.metadata) });
  else if (choice < 0.16) record.name = random.pick(["lapgrad", "lapgrad-end", "other", ""]);
  else {
    const key = random.pick([...record.metadata.keys()]);
    if (random.chance(0.1)) record.metadata.delete(key);
    else record.metadata.set(key, changedText(random, record.metadata.get(key) ?? ""));
  }
}

/** Another text, by what it means where it is JSON. */
function changedText(random: Random, text: string): string {
  try {
    if (random.chance(0.8)) return JSON.stringify(mutateValue(random, JSON.parse(text))) ?? "";
  } catch {
    // no JSON
  }
  return Buffer.from(mutateBytes(random, Buffer.from(text))).toString("latin1");
}

function changeMessages(random: Random, messages: Message[]): void {
  const at = random.below(messages.length);
  const message = messages[at];
  if (!message) return;
  switch (random.below(8)) {
    case 0:
      messages.splice(at, 1 + random.below(4));
      break;
    case 1:
      messages.splice(random.below(messages.length), 0, message);
      break;
    case 2:
      messages.push(...messages.splice(at, 1 + random.below(20)));
      break;
    case 3:
      messages.splice(0, messages.length, ...messages.map((one) => ({ ...one, sequence: 0 })));
      break;
    case 4:
      messages[at] = { ...message, sequence: random.pick([0, 1, 7, 2 ** 32 - 1]) };
      break;
    case 5:
      messages[at] = { ...message, logTime: BigInt(Math.floor(random.next() * 2 ** 53)) };
      break;
    default:
      messages[at] = { ...message, data: Buffer.from(changedText(random, Buffer.from(message.data).toString())) };
  }
}

type Compress = (chunk: Uint8Array) => { compression: string; compressedData: Uint8Array };

/** None, or stored blocks of zstd or LZ4, damaged at times. */
function compression(random: Random): Compress | undefined {
  const name = random.pick(["", "", "zstd", "lz4"]);
  if (name === "") return undefined;
  const isDamaged = random.chance(0.5);
  return (chunk) => {
    const framed = name === "zstd" ? storedZstd(chunk) : storedLz4(chunk);
    return { compression: name, compressedData: isDamaged ? mutateBytes(random, framed) : framed };
  };
}

const MOST_STORED = 100_000;

function storedZstd(chunk: Uint8Array): Uint8Array {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  head.writeUInt32LE(chunk.length, 5);
  const parts: Uint8Array[] = [head];
  for (let at = 0; at < chunk.length; at += MOST_STORED) {
    const block = chunk.subarray(at, at + MOST_STORED);
    const size = Buffer.alloc(3);
    size.writeUIntLE((block.length << 3) | (at + MOST_STORED >= chunk.length ? 1 : 0), 0, 3);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

function storedLz4(chunk: Uint8Array): Uint8Array {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((chunk.length | 0x80000000) >>> 0);
  return Buffer.concat([Buffer.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0), size, chunk, Buffer.alloc(4)]);
}

async function written(contents: McapContents, compress: Compress | undefined, random: Random): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const writable = {
    write: async (bytes: Uint8Array) => {
      parts.push(bytes);
      length += bytes.length;
    },
    position: () => BigInt(length),
  };
  const options = compress ? { compressChunk: compress } : {};
  const writer = new McapWriter({
    writable,
    useChunkIndex: false,
    chunkSize: random.pick([2_000, 1_000_000]),
    ...options,
  });
  await writer.start({ profile: "", library: "" });
  for (const record of contents.metadata) await writer.addMetadata(record);
  const ids = new Map<number, number>();
  for (const [id, topic] of contents.topics)
    ids.set(id, await writer.registerChannel({ topic, messageEncoding: "json", metadata: new Map(), schemaId: 0 }));
  for (const message of contents.messages)
    await writer.addMessage({ ...message, channelId: ids.get(message.channelId) ?? 0 });
  await writer.end();
  return Buffer.concat(parts);
}
