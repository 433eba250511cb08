import { createServer, type Socket } from "node:net";
import { data, packet, parameters } from "../encoders/qualisys.js";
import type { PoseHarness } from "../harness.js";

const qualisys: PoseHarness = {
  hasTimes: true,
  seesTilt: true,
  async sender(names) {
    let streaming: Socket | undefined;
    let frame = 0;
    const server = createServer((socket) => {
      socket.on("error", () => {});
      const answer = (kind: number, text: string) => socket.write(packet(kind, Buffer.from(`${text}\0`)));
      answer(1, "QTM RT Interface connected");
      socket.on("data", (bytes: Buffer) => {
        const command = bytes.toString("latin1", 8, bytes.readUInt32LE(0) - 1);
        if (command.startsWith("Version ")) answer(1, command.replace("Version", "Version set to"));
        else if (command === "GetParameters 6D") socket.write(parameters(names));
        else if (command === "StreamFrames AllFrames 6D") streaming = socket;
        else answer(0, "Parse error");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const sendBytes = (bytes: Buffer) =>
      new Promise<void>((resolve) => {
        if (streaming === undefined || streaming.destroyed) setTimeout(resolve, 5);
        // in two parts, as a stream may bring them
        else {
          streaming.write(bytes.subarray(0, 11));
          streaming.write(bytes.subarray(11), () => resolve());
        }
      });
    return {
      place: `127.0.0.1:${port}`,
      sendBytes: (bytes) => sendBytes(packet(3, bytes)),
      send: (objects, seconds) => sendBytes(data(frame++, objects, seconds)),
      close: async () => {
        streaming?.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};

export default qualisys;
