/** Tracks as files of either kind. */
import { stringify } from "yaml";
import { textOf } from "./text.js";
import type { Track } from "./track.js";

/** CSV or, by the ending of the path, YAML. */
export function trackFile(track: Track, path: string): string {
  return /\.ya?ml$/i.test(path) ? yamlOf(track) : textOf(track);
}

function yamlOf({ name, x, y, right, left, speed }: Track): string {
  const number = (value: number) => Number(value.toFixed(7));
  const rows = Array.from(x, (_, i) => `  - [${[x[i], y[i], right[i], left[i], speed[i]].map(number).join(", ")}]`);
  const lines = ["# x, y, room to the right and to the left [m], speed [m/s]", "points:", ...rows];
  return `${stringify({ name })}${lines.join("\n")}\n`;
}
