/** Files that are either the old or the new, whatever happens in between. */
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, UserError } from "./errors.js";

/** Replaces a file: written beside it, flushed to disk, renamed, and the folder flushed. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UserError(`cannot write ${path}: ${messageOf(error)}`, 1);
  }
}

/** Makes a rename within the folder durable. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Creates a folder for output; an existing one must be empty. */
export async function createEmptyFolder(path: string, remedy: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    if ((await readdir(path)).length === 0) return;
  } catch (error) {
    throw new UserError(`cannot create the folder ${path}: ${messageOf(error)}`);
  }
  throw new UserError(`the folder ${path} exists and is not empty: ${remedy}`);
}
