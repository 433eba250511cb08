/** What the contract of pose sources is given: who sends, as the source's own documents say. */
import { createSocket } from "node:dgram";
import type { PoseSink, SeenPose } from "../../src/pose/kind.js";
import type { Placed } from "./encoders/bytes.js";

export interface Sender {
  /** what stands behind the source's name to hear it */
  readonly place: string;
  /** The objects as they are now, `seconds` by the sender's clock. */
  send(objects: readonly Placed[], seconds: number): Promise<void>;
  /** What the source says while it opens. */
  told?(text: string): void;
  /** Bytes that mean nothing. */
  sendBytes(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

export interface PoseHarness {
  /** the source knows times of the sender */
  readonly hasTimes: boolean;
  /** the source sees whether the car stands upright */
  readonly seesTilt: boolean;
  /** `names`: of all objects, in their order */
  sender(names: readonly string[]): Promise<Sender>;
}

/** A port of this computer that nobody has. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Sends to a port of this computer. */
export async function datagramSender(
  port: number,
  encode: (objects: readonly Placed[], seconds: number) => readonly Buffer[],
): Promise<Sender> {
  const socket = createSocket("udp4");
  const sendBytes = (bytes: Buffer) =>
    new Promise<void>((resolve) => socket.send(bytes, port, "127.0.0.1", () => resolve()));
  return {
    place: `${port}`,
    sendBytes,
    send: async (objects, seconds) => {
      for (const bytes of encode(objects, seconds)) await sendBytes(bytes);
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** Keeps what a source says. */
export class Heard implements PoseSink {
  readonly poses: SeenPose[] = [];
  readonly lost: string[] = [];
  readonly remarks: string[] = [];

  take(pose: SeenPose): boolean {
    this.poses.push(pose);
    return true;
  }

  lose(name: string): void {
    this.lost.push(name);
  }

  remark(text: string): void {
    this.remarks.push(text);
  }
}
