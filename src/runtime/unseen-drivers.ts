/**
 * Processes that drive a robot where `lapgrad stop` does not reach: sockets are those of one network namespace, and a
 * container, or a service with a network of its own, has another.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { type DrivingProcess, linkOf } from "./stop-socket.js";

/** What must be in the command line of whatever moves a robot: cli/shared.ts. */
const ARM = /^--arm(=|$)/;

/** Their numbers; `seen`: those that were found by their sockets. */
export function findUnseenDrivers(seen: readonly Pick<DrivingProcess, "pid">[]): number[] {
  const network = linkOf("/proc/self/ns/net");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && drivesRobot(wordsOf(name)))
    .filter((name) => linkOf(`/proc/${name}/ns/net`) !== network) // another user's cannot be read
    .map(Number)
    .filter((pid) => pid !== process.pid && !seen.some((driver) => driver.pid === pid));
}

/** Whether these are the words of a lapgrad that may move a robot. */
function drivesRobot([program, ...words]: readonly string[]): boolean {
  const isLapgrad = words.some((word) => basename(word) === "lapgrad" || word.endsWith("/cli/main.js"));
  return /^node/.test(basename(program)) && isLapgrad && words.some((word) => ARM.test(word));
}

function wordsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [""]; // gone meanwhile
  }
}
