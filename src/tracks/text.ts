/**
 * A track as the text that a run, a checkpoint and a recording keep: the points themselves, evenly spaced, so that
 * nothing depends on a file that may change or be moved. It is a CSV that `lapgrad track` reads like any other.
 */
import { UserError } from "../errors.js";
import { around, type Track } from "./track.js";

const HEADER = "# x_m, y_m, w_tr_right_m, w_tr_left_m, v_mps";
/** Digits behind the point: a tenth of a micrometre, so that curvature keeps four digits. */
const DIGITS = 7;

export function textOf(track: Track): string {
  const before = texts.get(track);
  if (before !== undefined) return before;
  const text = [`# track ${track.name.replaceAll(/\s+/g, " ")}`, HEADER, ...rowsOf(track), ""].join("\n");
  texts.set(track, text);
  return text;
}

/** x, y, room to the right and to the left [m], speed [m/s] of every point. */
export function rowsOf({ x, y, right, left, speed }: Track): string[] {
  const number = (value: number) => String(Number(value.toFixed(DIGITS)));
  return Array.from(x, (_, i) => [x[i], y[i], right[i], left[i], speed[i]].map(number).join(", "));
}

const texts = new WeakMap<Track, string>();

/** Whether a setting is a track itself, not the path of a file. */
export function isTrackText(value: string): boolean {
  return value.includes("\n");
}

const known = new Map<string, Track>();

/** The track that {@link textOf} wrote; the same text gives the same object. */
export function trackOfText(text: string): Track {
  const before = known.get(text);
  if (before) return before;
  const [title, header, ...lines] = text.trimEnd().split("\n");
  const rows = lines.map((line) => line.split(",").map(Number));
  const isWhole = title.startsWith("# track ") && header === HEADER && rows.length > 0;
  if (!isWhole || !rows.every((row) => row.length === 5 && row.every(Number.isFinite)))
    throw new UserError("the track in the configuration is not as it was written: put it back, or give its file again");
  const column = (i: number) => Float64Array.from(rows, (row) => row[i]);
  const [x, y, right, left, speed] = [0, 1, 2, 3, 4].map(column);
  const length = lengthOf(x, y);
  const track = { name: title.slice(8), x, y, right, left, speed, step: length / x.length, length };
  known.set(text, track);
  return track;
}

/** Of the path through evenly spaced points on curves: chords, and what their arcs are longer by, to fourth order. */
function lengthOf(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  let chords = 0;
  let double = 0;
  for (let i = 0; i < n; i++) {
    const [one, two] = [around(i + 1, n), (i + 2) % n];
    chords += Math.hypot(x[one] - x[i], y[one] - y[i]);
    double += Math.hypot(x[two] - x[i], y[two] - y[i]) / 2;
  }
  return chords + (chords - double) / 3; // chords fall short by the square of the spacing
}
