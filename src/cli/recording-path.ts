/** Where a recording will be written, found out before a robot moves; nothing is overwritten. */
import { access, constants, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors.js";
import { exists, unusedPath, writingProblemOf } from "../files.js";
import { timestamp } from "../output.js";

/** The file that was given as --out; otherwise a new one in runs/, whose name begins with the command's. */
export async function recordingPath(out: string | undefined, command: string): Promise<string> {
  try {
    if (out === undefined) {
      await mkdir("runs", { recursive: true });
      return await unusedPath(join("runs", `${command}-${timestamp(new Date())}`), ".mcap");
    }
    await readdir(dirname(out)); // a file in place of the folder is refused too
    await access(dirname(out), constants.W_OK);
  } catch (error) {
    const path = out ?? join("runs", `${command}.mcap`);
    throw new UserError(`cannot write the recording ${path}: ${writingProblemOf(path, error)}; or use --out`);
  }
  if (await exists(out)) throw new UserError(`${out} exists already: choose another file with --out, or remove it`);
  return out;
}
