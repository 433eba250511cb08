import { readFileSync } from "node:fs";
import { messageOf } from "../errors.js";
import type { RecordSink } from "./mcap-file.js";
import { measuredSchema } from "./measured.js";
import type { Stamp } from "./messages.js";
import { TOPICS } from "./metadata.js";
import { type ColumnGroup, type Columns, RecordingError } from "./recording.js";

/** Topics for viewers, in the order in which a file declares them. */
export const VIEW_TOPICS = { tf: "/tf", pose: "/pose", plan: "/plan", track: "/track", drive: "/drive" } as const;
export type Topic = (typeof TOPICS)[keyof typeof TOPICS] | (typeof VIEW_TOPICS)[keyof typeof VIEW_TOPICS];

const FOXGLOVE: ReadonlyMap<Topic, string> = new Map([
  [VIEW_TOPICS.tf, "FrameTransform"],
  [VIEW_TOPICS.pose, "PoseInFrame"],
  [VIEW_TOPICS.plan, "PosesInFrame"],
  [VIEW_TOPICS.track, "SceneUpdate"],
  [TOPICS.event, "Log"],
]);
const ASSET = new URL("../../assets/foxglove-schemas.json", import.meta.url);
const NON_FINITE = 'NaN and infinities are the strings "NaN", "Infinity", "-Infinity"';

const encoder = new TextEncoder();
const encodeJson = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));
let foxglove: ReadonlyMap<string, Uint8Array> | undefined;

/** Foxglove's schemas by name, read from build/assets when the first recording is written. */
function foxgloveSchema(name: string): Uint8Array {
  if (!foxglove) {
    try {
      const schemas: unknown = JSON.parse(readFileSync(ASSET, "utf8"));
      foxglove = new Map(Object.entries(Object(schemas)).map(([key, schema]) => [key, encodeJson(schema)]));
    } catch (error) {
      throw new RecordingError(
        `cannot read Foxglove's schemas: ${messageOf(error)}. Build lapgrad again (npm run build)`,
        1,
      );
    }
  }
  const schema = foxglove.get(name);
  if (!schema)
    throw new RecordingError(`${ASSET.pathname} has no schema ${name}. Build lapgrad again (npm run build)`, 1);
  return schema;
}

const NUMBER = { type: "number" };
const COUNT = { type: "integer", minimum: 0 };
const TEXT = { type: "string" };
const TIME = { type: "object", title: "time", properties: { sec: COUNT, nsec: COUNT } };
const row = (description: string): object => ({ type: "array", items: NUMBER, description });
const schemaOf = (title: string, properties: object): object => ({
  title,
  description: NON_FINITE,
  type: "object",
  properties: { timestamp: TIME, ...properties },
});

/** Name and JSON schema of this project's own messages; the columns' names and units are in the descriptions. */
function ownSchema(
  topic: Topic,
  columns: Columns,
  inputs: readonly string[],
  hasPace: boolean,
): readonly [name: string, schema: object] {
  const measured = measuredSchema(topic);
  if (measured) return measured;
  const named = (group: ColumnGroup): object => row(columns[group].join(", "));
  switch (topic) {
    case TOPICS.step:
      return [
        "lapgrad.Step",
        {
          t: { ...NUMBER, description: "since the start of the rollout [s]" },
          state: named("state"),
          input: named("input"),
          reference: named("reference"),
          residuals: named("residual"),
          cost: { ...NUMBER, description: "stage cost; null if it was not recorded" },
          ...(columns.body ? { body: row(columns.body.join(", ")) } : {}),
          ...(hasPace ? { pace: { ...NUMBER, description: "task time per time" } } : {}),
        },
      ];
    case TOPICS.segment:
      return [
        "lapgrad.Segment",
        {
          firstStep: { ...COUNT, description: "index of the first control step, from 0; null if none followed" },
          taskTime: { ...NUMBER, description: "task time of the network call [s]" },
          state: named("state"),
          outputs: row("setpoint offsets, then gain offsets"),
          setpoint: named("setpoint"),
          gains: named("gain"),
        },
      ];
    case TOPICS.rollout:
      return [
        "lapgrad.Rollout",
        {
          task: TEXT,
          rollout: COUNT,
          timing: TEXT,
          startTime: { ...NUMBER, description: "task time at the start [s]" },
          steps: COUNT,
          segments: COUNT,
          finalState: named("state"),
          summary: { type: "object" },
        },
      ];
    default:
      return ["lapgrad.Input", Object.fromEntries(inputs.map((key) => [JSON.parse(key), NUMBER]))];
  }
}

/** A topic's channel in the file. */
export interface TopicChannel {
  readonly id: number;
  /** number of its next message, from 0 */
  sequence: number;
}

/**
 * The topics of one file that is being written: each is declared with its first message, and its messages are numbered.
 */
export class Topics {
  readonly #file: RecordSink;
  readonly #columns: Columns;
  readonly #inputs: readonly string[];
  readonly #hasPace: boolean;
  /**
   * A message's bytes on their way to the file, which copies them at once: a fresh array each would be 4000 for the
   * collector.
   */
  #scratch = Buffer.alloc(4096);
  readonly #channels = new Map<Topic, TopicChannel>();

  /**
   * @param inputs JSON keys of the inputs, see inputKeys
   * @param hasPace whether steps are recorded with their pace
   */
  constructor(file: RecordSink, columns: Columns, inputs: readonly string[], hasPace = false) {
    this.#file = file;
    this.#columns = columns;
    this.#inputs = inputs;
    this.#hasPace = hasPace;
  }

  /** Goes on with a topic that the file has already. */
  resume(topic: Topic, channel: TopicChannel): void {
    this.#channels.set(topic, { ...channel });
  }

  /** Appends a message. */
  add(topic: Topic, stamp: Stamp, text: string): void {
    const channel = this.#channels.get(topic) ?? this.#declare(topic);
    this.#file.addMessage({
      channelId: channel.id,
      sequence: channel.sequence++,
      logTime: stamp.nanoseconds,
      publishTime: stamp.nanoseconds,
      data: this.#encode(text),
    });
  }

  #encode(text: string): Uint8Array {
    const most = 3 * text.length;
    if (this.#scratch.length < most) this.#scratch = Buffer.alloc(most);
    return this.#scratch.subarray(0, this.#scratch.write(text));
  }

  #declare(topic: Topic): TopicChannel {
    const standard = FOXGLOVE.get(topic);
    let name: string;
    let data: Uint8Array;
    if (standard) {
      [name, data] = [`foxglove.${standard}`, foxgloveSchema(standard)];
    } else {
      const [own, properties] = ownSchema(topic, this.#columns, this.#inputs, this.#hasPace);
      [name, data] = [own, encodeJson(schemaOf(own, properties))];
    }
    const schemaId = this.#file.addSchema({ name, encoding: "jsonschema", data });
    const id = this.#file.addChannel({ schemaId, topic, messageEncoding: "json", metadata: new Map() });
    const channel = { id, sequence: 0 };
    this.#channels.set(topic, channel);
    return channel;
  }
}
