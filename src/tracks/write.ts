/** Tracks as files of either kind. */
import { stringify } from "yaml";
import { rowsOf, textOf } from "./text.js";
import type { Track } from "./track.js";

/** CSV or, by the ending of the path, YAML. */
export function trackFile(track: Track, path: string): string {
  return /\.ya?ml$/i.test(path) ? yamlOf(track) : textOf(track);
}

function yamlOf(track: Track): string {
  const rows = rowsOf(track).map((row) => `  - [${row}]`);
  const lines = ["# x, y, room to the right and to the left [m], speed [m/s]", "points:", ...rows];
  return `${stringify({ name: track.name })}${lines.join("\n")}\n`;
}
