/**
 * The newest rollout of a run, or a robot as it is now, for Foxglove and Lichtblick: the channels, schemas and messages
 * of a recording, as they would be read from its file, at twenty control steps a second at most. Of the protocol
 * (https://github.com/foxglove/ws-protocol, docs/spec.md) only what a server needs that sends: it has no capabilities.
 */
import type { RecordSink } from "../recording/mcap-file.js";
import type { Stamp } from "../recording/messages.js";
import { describe, type RolloutMetadata, widthsOf } from "../recording/metadata.js";
import { Motion } from "../recording/motion.js";
import type { Recording } from "../recording/recording.js";
import { addScene, segmentAt, stepAt } from "../recording/writer.js";
import type { Service, Viewer } from "../serve/server.js";
import { type LiveState, objectIn } from "./messages.js";
import type { RunFeed } from "./run-feed.js";

/** Sub-protocols under which these messages are known: the SDK's, and the one before it. */
export const FOXGLOVE = ["foxglove.sdk.v1", "foxglove.websocket.v1"] as const;

/** First byte of a message's data. */
const MESSAGE_DATA = 1;
/** In front of the data: that byte, the subscription (uint32), the time of receipt [ns] (uint64), low bytes first. */
const HEAD = 1 + 4 + 8;
/** What a client may have subscribed to. */
const MOST = 64;

interface Channel {
  readonly id: number;
  readonly topic: string;
  readonly encoding: string;
  readonly schemaName: string;
  readonly schema: string;
  readonly schemaEncoding: string;
}

/** A rollout that is played. */
interface Played {
  readonly version: number;
  readonly recording: Recording;
  readonly metadata: RolloutMetadata;
  readonly motion: Motion;
  /** wall clock [s] at its first step */
  readonly began: number;
  step: number;
  segment: number;
}

export class FoxgloveService implements Service, RecordSink {
  readonly ofPage = false;
  readonly #feed: RunFeed;
  /** subscriptions of each client, by channel */
  readonly #clients = new Map<Viewer, Map<number, number>>();
  readonly #schemas: { readonly name: string; readonly encoding: string; readonly text: string }[] = [];
  readonly #channels: Channel[] = [];
  #played: Played | undefined;
  /** of a robot as it is now, whether anything was recorded or not */
  #live: Motion | undefined;
  #isLoading = false;

  constructor(feed: RunFeed) {
    this.#feed = feed;
  }

  open(viewer: Viewer): void {
    this.#clients.set(viewer, new Map());
    viewer.send(JSON.stringify({ op: "serverInfo", name: "lapgrad", capabilities: [], metadata: {} }));
    viewer.send(JSON.stringify({ op: "advertise", channels: this.#channels }));
  }

  close(viewer: Viewer): void {
    this.#clients.delete(viewer);
  }

  /** Subscriptions count; whatever else a client may ask is answered with what is understood here. */
  hear(viewer: Viewer, data: Buffer, isBinary: boolean): boolean {
    const subscribed = this.#clients.get(viewer);
    const asked = isBinary ? undefined : objectIn(data.toString("utf8"));
    if (!subscribed || typeof asked?.op !== "string") return false;
    if (asked.op === "subscribe")
      for (const { id, channelId } of objectsIn(asked.subscriptions))
        if (isId(id) && isId(channelId) && subscribed.size < MOST) subscribed.set(channelId, id);
    if (asked.op === "unsubscribe" && Array.isArray(asked.subscriptionIds))
      for (const [channel, id] of subscribed) if (asked.subscriptionIds.includes(id)) subscribed.delete(channel);
    if (asked.op !== "subscribe" && asked.op !== "unsubscribe") {
      const message = "this server only sends: subscribe and unsubscribe are all that it understands";
      viewer.send(JSON.stringify({ op: "status", level: 1, message }));
    }
    return true;
  }

  /** Sends what is due. */
  tick(live: LiveState | undefined): void {
    if (this.#clients.size === 0) return;
    const now = Date.now() / 1000;
    const played = this.#played;
    if (live) this.#showLive(live, now);
    else if (!played || played.version !== this.#feed.version || played.step >= played.metadata.steps)
      void this.#load();
    else play(played, now);
  }

  #showLive({ state }: LiveState, now: number): void {
    const columns = this.#feed.frame?.columns;
    if (!columns) return;
    this.#live ??= new Motion(this, { columns }, widthsOf(columns));
    this.#live.addPose(wallStamp(now), state);
  }

  /** Loads the newest rollout, and tells what stands still in it. */
  async #load(): Promise<void> {
    const index = this.#feed.metrics.length;
    if (this.#isLoading || index === 0) return;
    this.#isLoading = true;
    try {
      const recording = await this.#feed.recording(index);
      const metadata = describe(recording);
      const motion = new Motion(this, recording.info, metadata.widths);
      const began = Date.now() / 1000;
      this.#played = { version: this.#feed.version, recording, metadata, motion, began, step: 0, segment: 0 };
      addScene(motion, wallStamp(began), recording, metadata);
    } catch {
      // the feed's note says what cannot be read; the next tick tries again
    } finally {
      this.#isLoading = false;
    }
  }

  // what a recording's topics want of their file; rollout after rollout declares the same, and keeps its channels

  addSchema({ name, encoding, data }: Parameters<RecordSink["addSchema"]>[0]): number {
    const text = Buffer.from(data).toString("utf8");
    const known = this.#schemas.findIndex((one) => one.name === name && one.text === text);
    return known >= 0 ? known : this.#schemas.push({ name, encoding, text }) - 1;
  }

  addChannel({ schemaId, topic, messageEncoding }: Parameters<RecordSink["addChannel"]>[0]): number {
    const { name, encoding, text: schema } = this.#schemas[schemaId];
    let channel = this.#channels.find((one) => one.topic === topic && one.schema === schema);
    if (!channel) {
      const id = this.#channels.length + 1;
      channel = { id, topic, encoding: messageEncoding, schemaName: name, schema, schemaEncoding: encoding };
      this.#channels.push(channel);
      const text = JSON.stringify({ op: "advertise", channels: [channel] });
      for (const viewer of this.#clients.keys()) viewer.send(text);
    }
    return channel.id;
  }

  addMessage({ channelId, logTime, data }: Parameters<RecordSink["addMessage"]>[0]): void {
    for (const [viewer, subscribed] of this.#clients) {
      const subscription = subscribed.get(channelId);
      if (subscription === undefined || !viewer.isReady) continue;
      const message = Buffer.alloc(HEAD + data.length);
      message.writeUInt8(MESSAGE_DATA, 0);
      message.writeUInt32LE(subscription, 1);
      message.writeBigUInt64LE(logTime, 5);
      message.set(data, HEAD);
      viewer.send(message);
    }
  }
}

/** Sends the step that is due now, and the network calls up to it; steps between two ticks are left out. */
function play(played: Played, now: number): void {
  const { recording, metadata, motion, began } = played;
  const { times, segmentStarts } = recording;
  let step = played.step;
  while (step < metadata.steps && times[step] <= now - began) step++;
  if (step === played.step) return;
  played.step = step;
  const stamp = wallStamp(began + times[step - 1]);
  for (; played.segment < metadata.starts && segmentStarts[played.segment] < step; played.segment++)
    motion.addSegment(stamp, segmentAt(recording, metadata, played.segment));
  motion.addStep(stepAt(recording, metadata, step - 1), stamp);
}

/** The stamp of a time since 1970 [s], to the microsecond: those of a recording count from its start. */
function wallStamp(time: number): Stamp {
  const microseconds = BigInt(Math.round(time * 1e6));
  const nanoseconds = microseconds * 1000n;
  return {
    nanoseconds,
    text: `{"sec":${microseconds / 1_000_000n},"nsec":${(microseconds % 1_000_000n) * 1000n}}`,
  };
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((one) => Object(one)) : [];
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;
}
