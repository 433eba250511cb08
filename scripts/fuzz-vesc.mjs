/**
 * Sends damaged answers of a VESC through the link's reader, beside a decoder written from the documents, and through
 * the robot behind it (test/support/vesc-fuzz.ts).
 *
 * Usage: node scripts/fuzz-vesc.mjs [frames in all] [file of what was done], after a build; default: ten million. It
 * goes in blocks of 100 000 with seeds of their own; with a file, blocks that stand there are not done again. Exit 1
 * with the block's seed if the decoders differ, the robot says what cannot be, or anything is thrown.
 */
import { markdownTable } from "../build/src/report/markdown.js";
import { fuzzVesc } from "../build/test/support/vesc-fuzz.js";
import { keptRows } from "./study.mjs";

const BLOCK = 100_000;
const [total = "10000000", file] = process.argv.slice(2);

const kept = keptRows(file);
const sums = { frames: 0, whole: 0, armed: 0, seconds: 0 };
for (let seed = 1; seed <= Math.ceil(Number(total) / BLOCK); seed++) {
  const row = await kept([seed], () => {
    const begun = performance.now();
    try {
      return { ...fuzzVesc(BLOCK, seed), seconds: (performance.now() - begun) / 1000 };
    } catch (error) {
      console.error(`block ${seed}`);
      throw error;
    }
  });
  for (const name of Object.keys(sums)) sums[name] += row[name];
}
const { frames, whole, armed, seconds } = sums;
const numbers = [frames, whole, armed, ((1e6 * seconds) / frames).toFixed(1)].map(String);
console.log(markdownTable([["frames", "whole answers", "steps armed", "µs per frame"], numbers]));
