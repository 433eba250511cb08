/**
 * Gives changed inputs (configurations, checkpoints, recordings, ONNX, policies as JSON, gradient cases) to the
 * commands that read them, and says which did not end in success or one sentence, within 200 MB and 2 s
 * (test/support/mutations).
 * Usage, after a build, in the project's folder:
 * node scripts/mutate-inputs.mjs [--kind mcap] [--count 1000] [--seed 1] [--first 0]
 */
import { parseArgs } from "node:util";
import { markdownTable } from "../build/src/report/markdown.js";
import { KINDS } from "../build/test/support/mutations/kinds.js";
import { mutateInputs } from "../build/test/support/mutations/run.js";

const { values } = parseArgs({
  options: {
    kind: { type: "string" },
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
  },
});
const [count, seed, first] = [values.count, values.seed, values.first].map(Number);

const rows = [];
for (const kind of values.kind === undefined ? Object.keys(KINDS) : [values.kind]) {
  const began = performance.now();
  const { inputs, succeeded, megabytes, seconds, faults } = await mutateInputs(kind, seed, first, count);
  for (const { input, problem } of faults) process.stdout.write(`${kind}, --first ${input}: ${problem}\n`);
  if (faults.length > 0) process.exitCode = 1;
  const minutes = (performance.now() - began) / 60_000;
  rows.push([
    kind,
    inputs,
    succeeded,
    inputs - succeeded - faults.length,
    faults.length,
    megabytes.toFixed(0),
    seconds.toFixed(2),
    minutes.toFixed(1),
  ]);
}
const headings = [
  "kind",
  "inputs",
  "taken",
  "refused in one sentence",
  "faults",
  "most memory [MB]",
  "longest [s]",
  "took [min]",
];
process.stdout.write(`${markdownTable([headings, ...rows.map((row) => row.map(String))])}\n`);
