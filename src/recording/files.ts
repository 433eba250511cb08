import { readFile } from "node:fs/promises";
import { messageOf } from "../errors.js";
import { RecordingError } from "./recording.js";

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder: check the path",
  ENOTDIR: "a part of the path is a file, not a folder: check the path",
  EISDIR: "it is a folder: name a file in it",
  EACCES: "access is denied: check owner and permissions",
  EPERM: "access is denied: check owner and permissions",
};

function problemOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return (typeof code === "string" ? PROBLEMS[code] : undefined) ?? messageOf(error);
}

/** The whole file; a {@link RecordingError} that names the file and the remedy if it cannot be read. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new RecordingError(`cannot read ${path}: ${problemOf(error)}`);
  }
}
