import { createSocket } from "node:dgram";
import { frame, models, serverInfo } from "../encoders/natnet.js";
import type { PoseHarness, Sender } from "../harness.js";

/** Motive's side: answers who asks, and sends frames to who asked last. */
export async function motive(names: readonly string[], major = 3, minor = 1): Promise<Sender> {
  const socket = createSocket("udp4");
  let client: { readonly port: number; readonly address: string } | undefined;
  let number = 0;
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  const sendBytes = (bytes: Buffer) =>
    new Promise<void>((resolve) => {
      if (client) socket.send(bytes, client.port, client.address, () => resolve());
      else setTimeout(resolve, 5);
    });
  socket.on("message", (data, from) => {
    client = from;
    const kind = data.readUInt16LE(0);
    if (kind === 0) void sendBytes(serverInfo(major, minor, port));
    if (kind === 4) void sendBytes(models(major, minor, names));
  });
  return {
    place: `127.0.0.1:${port}`,
    sendBytes,
    send: (objects, seconds) => sendBytes(frame(major, minor, number++, objects, seconds)),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

const natnet: PoseHarness = { hasTimes: true, seesTilt: true, sender: (names) => motive(names) };

export default natnet;
