/** Tracks from files: by what is in them, not by how they are called. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";
import { readCsv } from "./csv.js";
import type { RawTrack } from "./track.js";
import { readYaml } from "./yaml.js";

/** Files larger than this are no tracks [bytes]. */
const LARGEST = 20_000_000;

/** What the file says, not yet a track. */
export function readRawTrack(path: string): RawTrack {
  let text: string;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > LARGEST)
      throw new UserError(`${path} has ${bytes.length} bytes; a track has at most ${LARGEST}: is it the right file?`);
    text = bytes.toString("utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot read the track ${path}: ${problemOf(error)}; give a CSV or YAML file with --track`);
  }
  if (text.includes("\0")) throw new UserError(`${path} is not a text; a track is a CSV or YAML file (docs/tracks.md)`);
  const isYaml = /\.ya?ml$/i.test(path) || /^\s*(points|shape|name)\s*:/m.test(text);
  return isYaml ? readYaml(basename(path), text) : readCsv(basename(path), text);
}
