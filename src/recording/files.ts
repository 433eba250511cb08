import { readFile } from "node:fs/promises";
import { problemOf } from "../files.js";
import { RecordingError } from "./recording.js";

/** The whole file; a {@link RecordingError} that names the file and the remedy if it cannot be read. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new RecordingError(`cannot read ${path}: ${problemOf(error)}`);
  }
}
