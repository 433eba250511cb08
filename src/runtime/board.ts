import { setTimeout } from "node:timers/promises";
import type { Pause } from "../links/board.js";
import type { Transport } from "../links/robot.js";
import { protocol } from "../links/wire/protocol.js";
import { SerialConnection } from "./serial-connection.js";
import { DescriptorTransport } from "./transport.js";

/** Does something with the board at a port that nothing else drives; opening it resets an Arduino. */
export async function withBoard<T>(
  device: string,
  action: (transport: Transport, pause: Pause) => Promise<T>,
  baud: number = protocol.baud,
): Promise<T> {
  const connection = new SerialConnection(device, baud);
  const transport = new DescriptorTransport(await connection.open());
  try {
    return await action(transport, async (milliseconds) => void (await setTimeout(milliseconds)));
  } finally {
    await connection.close();
  }
}
