/**
 * Compares two runs of the same training bit for bit: all their files byte by byte, but for the report, the time of day
 * and comments. Exit 0 if they agree; otherwise 1 and the first difference of each file.
 * Usage: node scripts/compare-runs.mjs <run> <run>
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const LEFT_OUT = /report\.html$|\.lock$/;
const TIME = new Set(["wallSeconds", "wallClock", "out", "report"]);

/** The files of a folder that are compared. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => statSync(join(folder, name)).isFile() && !LEFT_OUT.test(name))
    .sort();
}

const HASH = 32;

/**
 * What is compared of a file, by name: of JSON every value but the time of day, of a configuration every setting, of a
 * checkpoint every array and every value of its header, of others all bytes.
 */
function partsOf(path) {
  const bytes = readFileSync(path);
  if (/\.jsonl?$/.test(path)) return valuesOf(bytes.toString());
  if (path.endsWith(".yaml")) {
    const settings = bytes
      .toString()
      .replace(/^#.*\n/gm, "")
      .split(/^(?=\S)/m);
    return new Map(settings.map((text) => [text.split(":", 1)[0], Buffer.from(text)]));
  }
  return path.endsWith(".ckpt") ? arraysOf(bytes) : new Map([["", bytes]]);
}

/** Every value of lines of JSON, by its path. */
function valuesOf(text) {
  const parts = new Map();
  const put = (name, value) => {
    if (typeof value !== "object" || value === null) parts.set(name, Buffer.from(JSON.stringify(value)));
    else for (const [key, inner] of Object.entries(value)) if (!TIME.has(key)) put(`${name}.${key}`, inner);
  };
  for (const [i, line] of text.split("\n").entries()) if (line !== "") put(i + 1, JSON.parse(line));
  return parts;
}

/** The parts of a checkpoint (src/checkpoint/checkpoint.ts). */
function arraysOf(bytes) {
  let at = 16 + bytes.readUInt32LE(12);
  const { arrays, ...header } = JSON.parse(bytes.toString("utf8", 16, at));
  const parts = valuesOf(JSON.stringify(header));
  for (const [name, length] of Object.entries(arrays)) {
    parts.set(name, bytes.subarray(at, at + 8 * length));
    at += 8 * length;
  }
  return parts.set("checksum", at + HASH === bytes.length ? Buffer.alloc(0) : bytes.subarray(at));
}

/**
 * A text for every difference of two folders. `mayAdd`: settings, values and arrays of checkpoints that only the second
 * has are none: a later version knows more.
 */
export function differences(one, other, mayAdd = false) {
  const [a, b] = [filesOf(one), filesOf(other)];
  if (a.join() !== b.join()) {
    return [`files: only before ${a.filter((f) => !b.includes(f))}; only after ${b.filter((f) => !a.includes(f))}`];
  }
  return a.flatMap((file) => {
    const [parts, others] = [partsOf(join(one, file)), partsOf(join(other, file))];
    const names = new Set([...parts.keys(), ...(mayAdd ? [] : others.keys())]);
    return [...names].flatMap((name) => difference(`${file} ${name}`.trim(), parts.get(name), others.get(name)));
  });
}

function difference(what, x, y) {
  if (x === undefined || y === undefined) return [`${what}: only ${x ? "before" : "after"}`];
  if (x.equals(y)) return [];
  const at = x.findIndex((byte, i) => byte !== y[i]);
  const around = (bytes) => JSON.stringify(bytes.subarray(Math.max(0, at - 40), at + 40).toString("latin1"));
  return [`${what}: ${x.length} and ${y.length} bytes, first difference at ${at}\n    ${around(x)}\n    ${around(y)}`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [first, second] = process.argv.slice(2);
  const found = second ? differences(first, second) : ["usage: node scripts/compare-runs.mjs <run> <run>"];
  for (const line of found) console.error(line);
  process.exitCode = found.length > 0 ? 1 : 0;
  if (found.length === 0) console.log(`${first} and ${second} agree bit for bit: ${filesOf(first).length} files`);
}
