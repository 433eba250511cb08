import { crc32 } from "node:zlib";
import {
  type Channel,
  type ChunkIndex,
  McapChunkBuilder,
  McapRecordBuilder,
  type Message,
  type Metadata,
  type MetadataIndex,
  Opcode,
  type Schema,
  type Statistics,
  type SummaryOffset,
} from "@mcap/core";

/** Small chunks: what a torn file loses is at most the one that was being written. */
const CHUNK_SIZE = 64 * 1024;
/** The last bytes of a footer record, which its checksum does not cover: the checksum itself. */
const CHECKSUM_SIZE = 4;

/** What takes topics and their messages: a file, or whoever looks. */
export type RecordSink = Pick<McapFile, "addSchema" | "addChannel" | "addMessage">;

/**
 * The bytes of an MCAP file as they arise: chunks of 64 KiB without compression, their message indexes, and at the end
 * the summary. The same bytes as of the library's McapWriter, with two differences that recording a drive needs:
 * nothing has to be waited for, and a chunk can be ended before it is full.
 */
export class McapFile {
  readonly #take: (records: Uint8Array) => void;
  readonly #records = new McapRecordBuilder();
  readonly #chunk = new McapChunkBuilder({});
  readonly #schemas: Schema[] = [];
  readonly #channels: Channel[] = [];
  readonly #chunks: ChunkIndex[] = [];
  readonly #metadata: MetadataIndex[] = [];
  readonly #messageCounts = new Map<number, bigint>();
  #startTime: bigint | undefined;
  #endTime = 0n;
  /** bytes handed on */
  #length = 0;
  /** checksum of the bytes handed on */
  #crc = 0;

  /** @param take gets the file piece by piece, each piece some whole records and its own to keep */
  constructor(take: (records: Uint8Array) => void) {
    this.#take = take;
    this.#records.writeMagic();
    this.#records.writeHeader({ profile: "", library: "lapgrad" });
    this.#handOn();
  }

  /** Appends a metadata record; the messages of an open chunk come after it. */
  addMetadata(metadata: Metadata): void {
    const offset = BigInt(this.#length);
    const length = this.#records.writeMetadata(metadata);
    this.#metadata.push({ name: metadata.name, offset, length });
    this.#handOn();
  }

  /** Declares a schema; its id. */
  addSchema(schema: Omit<Schema, "id">): number {
    const declared = { ...schema, id: this.#schemas.length + 1 }; // 0 means "no schema"
    this.#schemas.push(declared);
    this.#chunk.addSchema(declared);
    return declared.id;
  }

  /** Declares a channel, whose first message must be the next one; its id. */
  addChannel(channel: Omit<Channel, "id">): number {
    const declared = { ...channel, id: this.#channels.length };
    this.#channels.push(declared);
    this.#chunk.addChannel(declared);
    return declared.id;
  }

  addMessage(message: Message): void {
    this.#chunk.addMessage(message);
    const { channelId, logTime } = message;
    this.#messageCounts.set(channelId, (this.#messageCounts.get(channelId) ?? 0n) + 1n);
    if (this.#startTime === undefined || logTime < this.#startTime) this.#startTime = logTime;
    if (logTime > this.#endTime) this.#endTime = logTime;
    if (this.#chunk.byteLength > CHUNK_SIZE) this.endChunk();
  }

  /** Hands on the open chunk, if there is a message in it, with its message indexes. */
  endChunk(): void {
    if (this.#chunk.numMessages === 0) return;
    const { messageStartTime, messageEndTime, buffer } = this.#chunk;
    const uncompressedSize = BigInt(buffer.length);
    const chunkStartOffset = BigInt(this.#length);
    const compression = "";
    const chunkLength = this.#records.writeChunk({
      messageStartTime,
      messageEndTime,
      uncompressedSize,
      uncompressedCrc: crc32(buffer),
      compression,
      records: buffer,
    });
    const indexStart = this.#records.length;
    const messageIndexOffsets = new Map<number, bigint>();
    for (const index of this.#chunk.indices) {
      messageIndexOffsets.set(index.channelId, chunkStartOffset + BigInt(this.#records.length));
      this.#records.writeMessageIndex(index);
    }
    this.#chunks.push({
      messageStartTime,
      messageEndTime,
      chunkStartOffset,
      chunkLength,
      messageIndexOffsets,
      messageIndexLength: BigInt(this.#records.length - indexStart),
      compression,
      compressedSize: uncompressedSize,
      uncompressedSize,
    });
    this.#chunk.reset();
    this.#handOn();
  }

  /** Hands on the rest of the data and the summary by which viewers find everything; the file is then whole. */
  end(): void {
    this.endChunk();
    this.#records.writeDataEnd({ dataSectionCrc: this.#crc });
    this.#handOn();

    const records = this.#records;
    const summaryStart = BigInt(this.#length);
    const groups: SummaryOffset[] = [];
    const addGroup = <T>(groupOpcode: Opcode, items: readonly T[], write: (item: T) => void): void => {
      const start = records.length;
      for (const item of items) write(item);
      const groupLength = BigInt(records.length - start);
      if (groupLength > 0n) groups.push({ groupOpcode, groupStart: summaryStart + BigInt(start), groupLength });
    };
    addGroup(Opcode.SCHEMA, this.#schemas, (schema) => records.writeSchema(schema));
    addGroup(Opcode.CHANNEL, this.#channels, (channel) => records.writeChannel(channel));
    addGroup(Opcode.STATISTICS, [this.#statistics()], (statistics) => records.writeStatistics(statistics));
    addGroup(Opcode.METADATA_INDEX, this.#metadata, (index) => records.writeMetadataIndex(index));
    addGroup(Opcode.CHUNK_INDEX, this.#chunks, (index) => records.writeChunkIndex(index));

    const summaryOffsetStart = summaryStart + BigInt(records.length);
    for (const group of groups) records.writeSummaryOffset(group);
    const footer = { summaryStart, summaryOffsetStart, summaryCrc: 0 };
    const unchecked = new McapRecordBuilder();
    unchecked.writeFooter(footer);
    const summaryCrc = crc32(unchecked.buffer.subarray(0, -CHECKSUM_SIZE), crc32(records.buffer));
    records.writeFooter({ ...footer, summaryCrc });
    records.writeMagic();
    this.#handOn();
  }

  #statistics(): Statistics {
    return {
      messageCount: [...this.#messageCounts.values()].reduce((sum, count) => sum + count, 0n),
      schemaCount: this.#schemas.length,
      channelCount: this.#channels.length,
      attachmentCount: 0,
      metadataCount: this.#metadata.length,
      chunkCount: this.#chunks.length,
      messageStartTime: this.#startTime ?? 0n,
      messageEndTime: this.#endTime,
      channelMessageCounts: this.#messageCounts,
    };
  }

  #handOn(): void {
    const { buffer } = this.#records; // a copy
    this.#records.reset();
    this.#crc = crc32(buffer, this.#crc);
    this.#length += buffer.length;
    this.#take(buffer);
  }
}
