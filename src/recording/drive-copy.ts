import type { TypedMcapRecord } from "@mcap/core";
import { eventMessage } from "./events.js";
import type { McapFile } from "./mcap-file.js";
import { stampOf } from "./messages.js";
import { END_METADATA, METADATA, TOPICS } from "./metadata.js";
import { decodeMetadata, encodeEnd } from "./metadata-text.js";
import { type Columns, RecordingError } from "./recording.js";
import { type TopicChannel, Topics } from "./topics.js";

type RecordOf<Type extends TypedMcapRecord["type"]> = Extract<TypedMcapRecord, { type: Type }>;

/** A topic in the copy. */
interface CopiedChannel extends TopicChannel {
  readonly topic: string;
}

/** A drive that was not closed, copied record by record into a new file, which gets the end that it lacks. */
export class DriveCopy {
  readonly #path: string;
  readonly #file: McapFile;
  readonly #schemas = new Map<number, RecordOf<"Schema">>();
  readonly #declared = new Map<number, RecordOf<"Channel">>();
  /** those with a message, by id in the original */
  readonly #channels = new Map<number, CopiedChannel>();
  #columns: Columns | undefined;
  #end: ReadonlyMap<string, string> | undefined;
  #lastStep = Number.NaN;
  #lastTime = 0;

  constructor(path: string, file: McapFile) {
    this.#path = path;
    this.#file = file;
  }

  get steps(): number {
    return this.#countOf(TOPICS.step);
  }

  get segments(): number {
    return this.#countOf(TOPICS.segment);
  }

  /** What was copied, for people. */
  get kept(): string {
    const time = Number.isNaN(this.#lastStep) ? "" : ` (${this.#lastStep.toFixed(1)} s)`;
    return `${this.steps} steps${time} and ${this.segments} segments`;
  }

  /** @throws RecordingError if the file is not that of a drive */
  add(record: TypedMcapRecord): void {
    if (record.type === "Metadata" && record.name === METADATA && !this.#columns) this.#begin(record);
    if (record.type === "Metadata" && record.name === END_METADATA) this.#end ??= record.metadata;
    if (record.type === "Schema") this.#schemas.set(record.id, record);
    if (record.type === "Channel") this.#declared.set(record.id, record);
    if (record.type === "Message") this.#addMessage(record);
  }

  /** Adds the event "recovered" and the end; false, and nothing, if there was no metadata at the beginning. */
  finish(): boolean {
    if (!this.#columns) return false;
    const topics = new Topics(this.#file, this.#columns, []);
    for (const channel of this.#channels.values())
      if (channel.topic === TOPICS.event) topics.resume(TOPICS.event, channel);
    const message = `the drive was not closed: ${this.kept} are kept`;
    const stamp = stampOf(this.#lastTime);
    const event = { time: this.#lastTime, level: "warning", name: "recovered", message } as const;
    topics.add(TOPICS.event, stamp, eventMessage(stamp, event));
    const { steps, segments } = this;
    const end = { steps, segments, lastTime: this.#lastStep, complete: false, note: "the drive was not closed" };
    this.#file.endChunk();
    // A drive that was killed while its indexes were written has an end already, and is complete.
    this.#file.addMetadata({ name: END_METADATA, metadata: new Map(this.#end ?? encodeEnd(end)) });
    this.#file.end();
    return true;
  }

  #begin(record: RecordOf<"Metadata">): void {
    const { kind, info } = decodeMetadata(record.metadata, this.#path);
    if (kind !== "drive") throw new RecordingError(`${this.#path} is a rollout, not a drive: record it again`);
    this.#columns = info.columns;
    this.#file.addMetadata(record);
  }

  #addMessage(message: RecordOf<"Message">): void {
    const channel = this.#channels.get(message.channelId) ?? this.#declare(message.channelId);
    if (!channel) return;
    this.#file.addMessage({ ...message, channelId: channel.id });
    channel.sequence = message.sequence + 1;
    this.#lastTime = Number(message.logTime) / 1e9;
    if (channel.topic === TOPICS.step) this.#lastStep = this.#lastTime;
  }

  #declare(id: number): CopiedChannel | undefined {
    const declared = this.#declared.get(id);
    const schema = this.#schemas.get(declared?.schemaId ?? 0);
    if (!declared || !schema) return undefined;
    const schemaId = this.#file.addSchema(schema);
    const channel = { id: this.#file.addChannel({ ...declared, schemaId }), topic: declared.topic, sequence: 0 };
    this.#channels.set(id, channel);
    return channel;
  }

  #countOf(topic: string): number {
    const channels = [...this.#channels.values()];
    return channels.find((channel) => channel.topic === topic)?.sequence ?? 0;
  }
}
