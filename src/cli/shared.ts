/** Arguments that several commands have. Loaded for every command. */
import { type ArgumentType, flag, number, path, text, wholeNumber } from "./arguments.js";

export const policy = { type: text, positional: true, describe: "a run's folder, or a network as JSON" } as const;
export const run = {
  type: path("a run, e.g. runs/mine"),
  positional: true,
  required: true,
  describe: "folder of the run",
} as const;
export const checkpoint = {
  type: text,
  default: "best",
  describe: "of a run: best, last, or a number of laps (of separate rollouts: updates)",
} as const;
export const workers = {
  type: wholeNumber(1),
  describe: "jobs at a time; changes nothing but the time it takes",
  defaultNote: "one per core",
} as const;
export const folder = path("a folder, e.g. runs/mine");
export const serialPort = path("a serial port, e.g. /dev/ttyACM0");
/** What allows a robot to move. */
export const permission = {
  arm: { type: flag, describe: "a robot may move: somebody stands by (docs/safety.md)" },
  deadMan: { type: flag, describe: "a robot drives only while a key is held" },
  firstDrive: { type: flag, describe: "refuse to move a robot unless geofence, max-speed and corridor are given" },
} as const;
/** A port of this computer; 0: any that is free. */
export const viewPort: ArgumentType<number> = number(
  "a port from 0 (any that is free) to 65535",
  (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
);
/** The live page of a command that drives. */
export const viewing = {
  view: { type: flag, describe: "show it on a live page in the browser (docs/view.md)" },
  viewPort: { type: viewPort, describe: "port of the live page that is tried first", defaultNote: "8765" },
} as const;
