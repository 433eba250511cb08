/** The disk that runs are written to: room, permission, and how long a flush takes. */
import { dirname, resolve } from "node:path";
import { messageOf } from "../errors.js";
import { codeOf, isPlugNPlay, NO_PLUG_N_PLAY, problemOf } from "../files.js";
import { quoted } from "../shell.js";
import { type Answer, type DoctorOptions, type Finding, type Group, note, ok, problem } from "./check.js";
import { megabytes } from "./computer.js";
import type { System } from "./system.js";

/** Free space that a day of driving may use up, and below which a run fails soon [bytes]. */
const LITTLE_SPACE = 1e9;
const NO_SPACE = 50e6;
/** A flush longer than this delays the recording, not the control [ms]. */
const SLOW_FLUSH = 50;

export const disk: Group = {
  name: "disk",
  checks: [
    { name: "free space", run: freeSpace },
    { name: "run folder", run: runFolder },
  ],
};

/** The folder if it is there, otherwise the nearest above it that is: where it would be made. */
function existing(system: System, folder: string): string {
  const path = resolve(folder);
  return system.status(path) !== undefined || dirname(path) === path ? path : existing(system, dirname(path));
}

function freeSpace(system: System, { folder }: DoctorOptions): Finding {
  const at = existing(system, folder);
  const free = system.freeSpace(at);
  const found = `${megabytes(free)} at ${at}`;
  const remedy = `du -sh ${quoted(folder)}/* and remove old runs, or write elsewhere: lapgrad doctor --out <folder>`;
  if (free < NO_SPACE) return problem(`${found}: the disk is full`, remedy);
  return free < LITTLE_SPACE ? note(`${found}; fifteen laps take 20 MB`, remedy) : ok(found);
}

async function runFolder(system: System, { folder }: DoctorOptions): Promise<Answer> {
  const at = existing(system, folder);
  if (system.status(at)?.isFolder === false)
    return problem(`${at} is a file, not a folder`, "lapgrad doctor --out <folder>");
  let times: readonly number[];
  try {
    times = await system.writeTimes(at);
  } catch (error) {
    return problem(`cannot write in ${at}: ${problemOf(error)}`, remedyFor(error, at));
  }
  return [ok(`${at} is writable`), { ...flush(times), name: "flush" }];
}

function flush(times: readonly number[]): Finding {
  const sorted = [...times].sort((a, b) => a - b);
  const [p50, p99] = [0.5, 0.99].map((share) => sorted[Math.ceil(share * sorted.length) - 1]);
  const found = `${milliseconds(p50)} (p99 ${milliseconds(p99)}) for 4 KiB and fdatasync, ${times.length} times`;
  return p99 <= SLOW_FLUSH
    ? ok(found)
    : note(`${found}: slow, as an SD card is`, "record on an SSD or a USB drive: lapgrad train --out <folder there>");
}

function milliseconds(time: number): string {
  return `${time.toFixed(1)} ms`;
}

function remedyFor(error: unknown, folder: string): string {
  if (isPlugNPlay(error)) return NO_PLUG_N_PLAY;
  switch (codeOf(error)) {
    case "EROFS":
      return "sudo mount -o remount,rw / (dmesg says if a damaged disk is why), or lapgrad doctor --out <folder>";
    case "ENOSPC":
    case "EDQUOT":
      return `df -h ${quoted(folder)}, and remove what is not needed`;
    case "EACCES":
    case "EPERM":
      return `sudo chown $USER ${quoted(folder)}, or lapgrad doctor --out <folder>`;
    default:
      return `ls -ld ${quoted(folder)}; ${messageOf(error)}`;
  }
}
