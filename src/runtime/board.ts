import { setTimeout } from "node:timers/promises";
import type { Pause } from "../links/board.js";
import type { BytePort } from "../links/robot.js";
import { protocol } from "../links/wire/protocol.js";
import { openPort } from "./open-port.js";
import { TtyPort } from "./tty-port.js";

/** Does something with the board at a port that nothing else drives; opening it resets an Arduino. */
export async function withBoard<T>(device: string, action: (port: BytePort, pause: Pause) => Promise<T>): Promise<T> {
  const opened = await openPort(device, protocol.baud);
  const port = new TtyPort(device);
  try {
    return await action(port, async (milliseconds) => void (await setTimeout(milliseconds)));
  } finally {
    port.close();
    await new Promise<void>((resolve) => opened.close(() => resolve()));
  }
}
