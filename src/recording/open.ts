import { type AuthorsFile, readAuthors } from "./authors.js";
import { readBytes } from "./files.js";
import { looksLikeGzip, looksLikeJsonObject } from "./json.js";
import { readRecording } from "./reader.js";
import { type Recording, RecordingError } from "./recording.js";
import { looksLikeMcap } from "./recover.js";

/**
 * Reads the recordings in a file: one of ours (MCAP), or the authors' JSON, plain or gzip. What it is follows from what
 * is in it.
 * @throws RecordingError if it is neither, or cannot be read
 */
export async function openRecording(
  path: string,
): Promise<{ recordings: readonly Recording[]; authors?: AuthorsFile }> {
  const bytes = await readBytes(path);
  if (looksLikeMcap(bytes)) return { recordings: [await readRecording(path)] };
  if (!looksLikeJsonObject(bytes) && !looksLikeGzip(bytes))
    throw new RecordingError(
      `${path} (${bytes.length} bytes) is not a recording; give an MCAP file of lapgrad (<run>/rollouts/0001.mcap), ` +
        "or a rollout or training run of the authors (JSON, or JSON in gzip)",
    );
  const authors = await readAuthors(path);
  return { recordings: authors.recordings, authors };
}
