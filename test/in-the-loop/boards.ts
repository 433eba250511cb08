/** Starts a simulated ATmega328P for a test, with a host connected, and ends it afterwards. */
import { afterEach } from "@jest/globals";
import { firmware } from "../support/firmware.js";
import { TestHost } from "./host.js";
import { SimulatedBoard } from "./simulated-board.js";

export const atmega = firmware("atmega328p", "lockstep");

const running: SimulatedBoard[] = [];

/** Called at the top of a test file. */
export function stopBoardsAfterEachTest(): void {
  afterEach(async () => {
    for (const board of running.splice(0)) await board.stop();
  });
}

export async function startBoard(): Promise<{ board: SimulatedBoard; host: TestHost }> {
  const board = new SimulatedBoard(atmega.path("lockstep"), atmega.path("atmega328p.elf"));
  running.push(board);
  const host = new TestHost(board);
  await board.connect(host.receive);
  await board.run(50);
  return { board, host };
}
