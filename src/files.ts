/** Files that are either the old or the new, whatever happens in between, and errors of the file system for people. */
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { access, type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, parse, resolve } from "node:path";
import { messageOf, UserError } from "./errors.js";
import { quoted } from "./shell.js";

const PROBLEMS: Readonly<Partial<Record<string, string>>> = {
  ENOENT: "there is no such file or folder: check the path",
  ENOTDIR: "a part of the path is a file, not a folder: check the path",
  EISDIR: "it is a folder: name a file in it",
  EEXIST: "it exists already: choose another name",
  EACCES: "access is denied: check owner and permissions",
  EPERM: "access is denied: check owner and permissions",
  EROFS: "it is on a read-only disk: choose another place",
  ENAMETOOLONG: "the name is too long: choose a shorter one",
  ENOSPC: "the disk is full: free some space",
  EDQUOT: "the disk quota is used up: free some space",
  EIO: "the disk does not work: check it and its cable",
  EFBIG: "the file would be larger than this process may write: check `ulimit -f`",
};

/** What the file system that Yarn's Plug'n'Play puts in front of Node's says of fdatasync and its like. */
const NO_METHOD = "Method not implemented.";
/** What to do about it. */
export const NO_PLUG_N_PLAY = "set nodeLinker: node-modules in .yarnrc.yml, then yarn install";

/** A process's number is not enough: another computer's may be the same. */
const MOST_RANDOM = 2 ** 47;

/** Code of an error of the file system, e.g. ENOENT; undefined if it is another error. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** What is wrong, and the remedy, in words. */
export function problemOf(error: unknown): string {
  if (!isPlugNPlay(error)) return PROBLEMS[codeOf(error) ?? ""] ?? messageOf(error);
  return `Yarn's Plug'n'Play cannot bring it to the disk for certain: ${NO_PLUG_N_PLAY}`;
}

/** Whether a file could not be brought to the disk because of Yarn's Plug'n'Play. */
export function isPlugNPlay(error: unknown): boolean {
  return messageOf(error) === NO_METHOD;
}

/** A text file, whole. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${problemOf(error)}`);
  }
}

/**
 * Replaces a file: written beside it under a name of its own, so that several processes and computers may do it at a
 * time, flushed to disk, renamed, and the folder flushed.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await replaceAtomically(path, (file) => file.writeFile(content));
}

/** The same for a file that is written piece by piece; if `write` throws, the old file stays. */
export async function replaceAtomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomInt(MOST_RANDOM)}.tmp`;
  try {
    const file = await open(temporary, "w");
    try {
      await write(file);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error is the one to tell
    throw error instanceof UserError ? error : cannotWrite(path, error);
  }
}

/** The error for a file that could not be written; its cause is what the file system said. */
export function cannotWrite(path: string, cause: unknown): UserError {
  return new UserError(`cannot write ${path}: ${writingProblemOf(path, cause)}`, 1, { cause });
}

/** What keeps a file from being written, and the remedy. */
export function writingProblemOf(path: string, error: unknown): string {
  const folder = dirname(path);
  const isMissing = codeOf(error) === "ENOENT" && !existsSync(folder);
  return isMissing ? `there is no folder ${folder}: mkdir -p ${quoted(folder)}` : problemOf(error);
}

/** Makes it durable that a file of the folder was made or renamed. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether a file is what a killed {@link writeAtomically} left. */
export function isTemporary(name: string): boolean {
  return /\.\d+\.tmp$/.test(name);
}

/** What is in a folder; nothing if there is none. @throws UserError if it cannot be read */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw new UserError(`cannot read the folder ${folder}: ${problemOf(error)}`, 1);
  }
}

/** Removes such files from a folder. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isTemporary(name)) await rm(join(folder, name), { force: true });
}

/** Some disks take half a minute to write back what waits; after this long one does not answer [s]. */
const ANSWERS_WITHIN = 30;

/**
 * What an operation on the disk gives; an error if it does not end within `within` seconds in which this process
 * ran: the seconds of one that was suspended do not count.
 */
export async function answered<T>(operation: Promise<T>, within = ANSWERS_WITHIN): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    let waited = 0;
    timer = setInterval(() => {
      if (++waited >= within)
        reject(new UserError(`the disk has not answered for ${within} s: check it and its cable`, 1));
    }, 1000);
  });
  try {
    return await Promise.race([operation, silence]);
  } finally {
    clearInterval(timer);
  }
}

/** Creates a folder and the folders above it, unless it is there. */
export async function createFolder(path: string): Promise<void> {
  try {
    await makeFolder(resolve(path));
  } catch (error) {
    throw new UserError(`cannot create the folder ${path}: ${problemOf(error)}`);
  }
}

/**
 * Like mkdir with `recursive`, which never returns where a file system (/proc) refuses with ENOENT. @throws what the
 * file system says
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    if (codeOf(error) !== "ENOENT" || (await exists(dirname(path)))) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

/** Whether there is something of that name; throws if the disk does not tell. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return false;
    throw new UserError(`cannot look for ${path}: ${problemOf(error)}`);
  }
}

/** `base` with the ending, or base-2, base-3 … if there is something of that name. */
export async function unusedPath(base: string, ending = ""): Promise<string> {
  let path = base + ending;
  for (let i = 2; await exists(path); i++) path = `${base}-${i}${ending}`;
  return path;
}

/** Gives a file another name, with `suffix` before its ending, if there is one: nothing is overwritten. */
export async function setAside(path: string, suffix: string): Promise<void> {
  if (!(await exists(path))) return;
  const { dir, name, ext } = parse(path);
  const aside = await unusedPath(join(dir, name + suffix), ext);
  try {
    await rename(path, aside);
    await flushFolder(dir);
  } catch (error) {
    throw new UserError(`cannot rename ${path} to ${aside}: ${problemOf(error)}`, 1);
  }
}
