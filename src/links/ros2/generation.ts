/**
 * The message classes of rclnodejs, which it writes into its own folder at its first start: by one process at a time,
 * and again where a writing was interrupted. rclnodejs takes any folder of them for whole.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.js";

/** In the folder of rclnodejs. */
export const CLASSES = "generated";
/**
 * Among the classes, once all are written: what {@link GENERATOR} holds. rclnodejs empties the folder before it writes.
 */
export const MARKER = `${CLASSES}/lapgrad-whole.json`;
/** The version of the generator. */
export const GENERATOR = "rosidl_gen/generator.json";
/** The process that writes them. */
const LOCK = "lapgrad-generating.pid";
/** Between two looks whether another process has written them [ms]. */
const LOOK_EVERY = 100;

/** Starts rclnodejs, which lies in `folder`, by `start`: alone where that writes the message classes. */
export async function startWhole<T>(folder: string, start: () => Promise<T>): Promise<T> {
  const lock = join(folder, LOCK);
  while (!isWhole(folder)) {
    const isMine = attempt(folder, () => takeLock(lock));
    if (!isMine) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    else
      try {
        return await write(folder, start);
      } finally {
        rmSync(lock, { force: true });
      }
  }
  return start();
}

async function write<T>(folder: string, start: () => Promise<T>): Promise<T> {
  // between the last look and the lock another process may have ended its writing
  if (isWhole(folder)) return start();
  attempt(folder, () => rmSync(join(folder, CLASSES), { recursive: true, force: true }));
  const started = await start();
  attempt(folder, () => writeFileSync(join(folder, MARKER), readFileSync(join(folder, GENERATOR))));
  return started;
}

function isWhole(folder: string): boolean {
  const marker = textOf(join(folder, MARKER));
  return marker !== undefined && marker === textOf(join(folder, GENERATOR));
}

/** Whether this process has the lock now; that of a process that is gone is taken over. */
function takeLock(lock: string): boolean {
  const mine = `${lock}-${process.pid}`;
  // a link appears with its content, and only where there is none
  writeFileSync(mine, `${process.pid}`);
  try {
    if (linked(mine, lock)) return true;
    const holder = textOf(lock);
    if (holder === undefined || isAlive(Number(holder))) return false;
    // of several that take it over one moves it away; who moved a new one puts it back
    renameSync(lock, mine);
    if (textOf(mine) !== holder) linked(mine, lock);
    return false;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false; // another process was faster
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** In a container the process before often had the number of this one. */
function isAlive(pid: number): boolean {
  if (pid === process.pid || !Number.isInteger(pid) || pid < 1) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM"; // somebody else's
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** What the file system refuses is said with what it means here. */
function attempt<T>(folder: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    throw new UserError(
      `the message classes of rclnodejs in ${join(folder, CLASSES)} are missing or only half written, and cannot be ` +
        `written (${codeOf(error) ?? error}): start one command as the owner of ${folder}, with ROS 2 sourced`,
      1,
    );
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
