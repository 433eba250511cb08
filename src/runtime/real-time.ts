/** Real-time priority where the system allows it. */
import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";

/** Priority under SCHED_FIFO, 1 to 99; above the kernel's interrupt threads it must not be. */
const PRIORITY = 50;
/** A chrt that takes longer hangs [ms]. */
const WITHIN = 2000;

/** For this thread alone; false if the system does not allow it, or has no /proc that tells its number. */
export function makeThreadRealTime(): boolean {
  try {
    return process.platform === "linux" && change(basename(readlinkSync("/proc/thread-self")));
  } catch {
    return false;
  }
}

/** For all threads of another process, those that it will start included. */
export function makeProcessRealTime(process: number): boolean {
  return change(`${process}`, "--all-tasks");
}

function change(id: string, ...options: readonly string[]): boolean {
  const words = ["--fifo", ...options, "-p", `${PRIORITY}`, id];
  return spawnSync("chrt", words, { stdio: "ignore", timeout: WITHIN }).status === 0;
}
