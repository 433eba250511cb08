/** Drives that were not closed, because the process was killed or the power went, made whole again. */
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../errors.js";
import { codeOf, problemOf, removeTemporaries, replaceAtomically } from "../files.js";
import { noMetadata, readMcap, recordsOf } from "./contents.js";
import { DriveCopy } from "./drive-copy.js";
import { McapFile } from "./mcap-file.js";
import { RecordingError } from "./recording.js";
import { endsLikeMcap, TAIL } from "./recover.js";

/** A drive that was not closed. */
export interface RecoveredDrive {
  readonly path: string;
  /** false if it could not be recovered and is left as it was */
  readonly isRecovered: boolean;
  /** what the file holds now; 0 if it could not be recovered */
  readonly steps: number;
  readonly segments: number;
  /** for people: what was kept, or why it could not be recovered */
  readonly message: string;
}

/**
 * Makes the drives (*.mcap) of a folder whole that were not closed: everything that can be read, an event "recovered",
 * and the end with its indexes, written beside the file, which it then replaces. Closed ones are left alone; their last
 * bytes tell. A kill or a full disk on the way leaves a file as it was. No drive in the folder may be being recorded.
 * @returns the drives that were not closed, in the order of their names; none if there is no such folder
 * @throws RecordingError if the folder cannot be read
 */
export async function recoverDrives(folder: string): Promise<RecoveredDrive[]> {
  const drives: RecoveredDrive[] = [];
  for (const path of await drivesIn(folder)) {
    try {
      if (!(await isClosed(path))) drives.push({ path, isRecovered: true, ...(await recover(path)) });
    } catch (error) {
      const message = `${path} was not closed and is left as it is: ${messageOf(error)}`;
      drives.push({ path, isRecovered: false, steps: 0, segments: 0, message });
    }
  }
  return drives;
}

async function drivesIn(folder: string): Promise<string[]> {
  try {
    await removeTemporaries(folder); // of a recovery that was killed
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith(".mcap"))
      .map((name) => join(folder, name))
      .sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw new RecordingError(`cannot read the folder ${folder}: ${problemOf(error)}`);
  }
}

async function isClosed(path: string): Promise<boolean> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL), 0, TAIL, Math.max(0, size - TAIL));
    return endsLikeMcap(buffer.subarray(0, bytesRead));
  } catch (error) {
    throw new RecordingError(`cannot read it: ${problemOf(error)}`);
  } finally {
    await file?.close();
  }
}

async function recover(path: string): Promise<Pick<RecoveredDrive, "steps" | "segments" | "message">> {
  const bytes = await readMcap(path);
  const pieces: Uint8Array[] = [];
  const copy = new DriveCopy(path, new McapFile((piece) => pieces.push(piece)));
  await replaceAtomically(path, async (file) => {
    let damage = "";
    const writeOut = async () => {
      for (const piece of pieces.splice(0)) await file.writeFile(piece);
    };
    for (const record of recordsOf(bytes, (problem) => (damage = problem))) {
      copy.add(record);
      await writeOut();
    }
    if (!copy.finish()) throw noMetadata(path, bytes.length, damage);
    await writeOut();
  });
  const { steps, segments } = copy;
  return { steps, segments, message: `${path} was not closed: ${copy.kept} are kept` };
}
