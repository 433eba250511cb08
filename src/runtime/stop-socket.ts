/**
 * How `lapgrad stop` finds the processes that drive a robot, and what they say to each other. Each such process listens
 * on a socket name without a file (Linux's abstract namespace), which cannot outlive it; the kernel lists the names,
 * and /proc tells whose they are.
 */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

const PREFIX = "lapgrad-robot-";

/** First line of the answer to a connection: who drives what. */
export interface About {
  readonly pid: number;
  readonly device: string;
  /** absolute path of the folder that the drive is recorded in */
  readonly drives: string;
  /** what its fleet calls the robot; absent: it has none */
  readonly robot?: string | undefined;
  /** somebody else drives the robot, which is only heard */
  readonly isHeardOnly?: boolean;
}

/** What the thread that listens tells its program once it does. */
export const LISTENS = "listens";
/** What is sent to stop the robot, and the answer once it is at rest and disarmed; a line each. */
export const STOP = "stop";
export const AT_REST = "at rest";

/** A name for this process; processes of several containers may have one number. */
export function newSocketName(): string {
  return `\0${PREFIX}${process.pid}-${randomBytes(4).toString("hex")}`;
}

export interface DrivingProcess {
  readonly pid: number;
  readonly socket: string;
  /** it is this user's (any user's, for root), and has the socket open: nobody borrowed its number */
  readonly isOurs: boolean;
}

/** Who drives a robot on this computer. */
export function findDrivingProcesses(): DrivingProcess[] {
  if (process.platform !== "linux") return [];
  // Num RefCount Protocol Flags Type St Inode Path; flag 0x10000: it listens; zeros show as @, and Node may pad
  const lines = readFileSync("/proc/net/unix", "utf8").matchAll(
    new RegExp(`^\\S+ \\S+ \\S+ 00010000 \\S+ \\S+ +(\\d+) @(${PREFIX}(\\d+)-[0-9a-f]+)@*$`, "gm"),
  );
  return [...lines].map(([, inode = "", name = "", pid = ""]) => ({
    pid: Number(pid),
    socket: `\0${name}`,
    isOurs: isOurs(pid, `socket:[${inode}]`),
  }));
}

function isOurs(pid: string, socket: string): boolean {
  const user = process.getuid?.();
  try {
    if (user !== 0 && statSync(`/proc/${pid}`).uid !== user) return false;
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((descriptor) => linkOf(`${folder}/${descriptor}`) === socket);
  } catch {
    return false; // another user's, or gone
  }
}

/** What a symbolic link says; "" if it cannot be read. */
export function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed or ended meanwhile, or another user's
  }
}
