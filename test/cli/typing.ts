/**
 * Commands that are typed one after the other in one process, each by the command line's own main, which is loaded anew
 * for it: what it says, its exit code and its files are those of a process of its own, and the half second is spared
 * that such a process takes to load and compile everything.
 *
 * Usage: node build/test/cli/typing.js. Every line read is a command as JSON, `{ folder, words }`, and every line
 * written what came of it: `{ code, stdout, stderr }`.
 */
import { createInterface } from "node:readline";

const main = new URL("../../src/cli/main.js", import.meta.url).href;
const answer = process.stdout.write.bind(process.stdout);
const texts = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"] as const) {
  process[name].setMaxListeners(0); // every main adds its own
  process[name].write = (text: string | Uint8Array) => {
    texts[name] += typeof text === "string" ? text : Buffer.from(text).toString();
    return true;
  };
}
process.setMaxListeners(0);

let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { folder, words } = JSON.parse(line) as { folder: string; words: string[] };
  process.chdir(folder);
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...words);
  process.exitCode = 0;
  Object.assign(texts, { stdout: "", stderr: "" });
  await import(`${main}?${++count}`);
  answer(`${JSON.stringify({ code: process.exitCode, ...texts })}\n`);
}
process.exitCode = 0;
