/** Trainings through the real firmware in simavr (test/in-the-loop), in virtual time, and the costs that they wrote. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import trainCommand from "../build/src/cli/commands/train.js";
import { CAR, robotAround } from "../build/test/in-the-loop/robot.js";
import { SimulatedBoard } from "../build/test/in-the-loop/simulated-board.js";

const quiet = { terminal: undefined, say: () => {}, result: () => {} };

/** Window costs of a run. */
async function costsOf(run) {
  const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line).windowCost);
}

/** Those of a training through the firmware, kept in the folder `out`. */
export async function throughFirmware(given, out) {
  const board = new SimulatedBoard("build/firmware/lockstep", "build/firmware/atmega328p.elf");
  try {
    await board.run(50);
    const { connect } = robotAround(board, given);
    await trainCommand.run({ given: { ...given, ...CAR, corridor: 3 }, out }, quiet, connect);
  } finally {
    await board.stop();
  }
  return costsOf(out);
}

/** Those of the same without it. */
export async function directly(given, out) {
  await trainCommand.run({ given, out }, quiet);
  return costsOf(out);
}
