/**
 * Compares two runs of the same training bit for bit: all their files byte by byte, but for the report, the time of day
 * and comments. Exit 0 if they agree; otherwise 1 and the first difference of each file.
 * Usage: node scripts/compare-runs.mjs <run> <run>
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const LEFT_OUT = /report\.html$|\.lock$/;
const TIME = /"(wallSeconds|wallClock|out|report)": ?[^,}]*/g;

/** The files of a folder that are compared. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => statSync(join(folder, name)).isFile() && !LEFT_OUT.test(name))
    .sort();
}

/** What is compared of a file: bytes, or text without the time of day and without comments. */
function essence(path) {
  if (/\.jsonl?$/.test(path)) return Buffer.from(readFileSync(path, "utf8").replace(TIME, ""));
  if (path.endsWith(".yaml")) return Buffer.from(readFileSync(path, "utf8").replace(/^#.*\n/gm, ""));
  return readFileSync(path);
}

/** A text for every file of which two folders differ. */
export function differences(one, other) {
  const [a, b] = [filesOf(one), filesOf(other)];
  if (a.join() !== b.join()) {
    return [`files: only before ${a.filter((f) => !b.includes(f))}; only after ${b.filter((f) => !a.includes(f))}`];
  }
  return a.flatMap((file) => {
    const [x, y] = [essence(join(one, file)), essence(join(other, file))];
    if (x.equals(y)) return [];
    const at = x.findIndex((byte, i) => byte !== y[i]);
    const around = (bytes) => JSON.stringify(bytes.subarray(Math.max(0, at - 40), at + 40).toString("latin1"));
    return [
      `${file}: ${x.length} and ${y.length} bytes, first difference at ${at}\n    ${around(x)}\n    ${around(y)}`,
    ];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [first, second] = process.argv.slice(2);
  const found = second ? differences(first, second) : ["usage: node scripts/compare-runs.mjs <run> <run>"];
  for (const line of found) console.error(line);
  process.exitCode = found.length > 0 ? 1 : 0;
  if (found.length === 0) console.log(`${first} and ${second} agree bit for bit: ${filesOf(first).length} files`);
}
