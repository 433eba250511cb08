import { setTimeout } from "node:timers/promises";
import type { Pause } from "../links/board.js";
import type { BytePort } from "../links/robot.js";
import { protocol } from "../links/wire/protocol.js";
import { DescriptorPort } from "./descriptor-port.js";
import { SerialLine } from "./serial-line.js";

/** Does something with the board at a port that nothing else drives; opening it resets an Arduino. */
export async function withBoard<T>(device: string, action: (port: BytePort, pause: Pause) => Promise<T>): Promise<T> {
  const line = new SerialLine(device, protocol.baud);
  const port = new DescriptorPort(await line.open());
  try {
    return await action(port, async (milliseconds) => void (await setTimeout(milliseconds)));
  } finally {
    await line.close();
  }
}
