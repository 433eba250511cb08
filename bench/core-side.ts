/**
 * A build of the core as one side of the comparison: node core-side.js <side> <case file>, where the side is strict,
 * wide, fused, fused-wide or twin; see bench/side.ts.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { benchCore } from "./case.js";
import { CoreKernels, KERNELS } from "./kernels.js";
import type { CoreName } from "./side.js";

const [name = "", path = ""] = process.argv.slice(2);
const bytes = await readFile(path);
const given = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const kernels = new CoreKernels(await benchCore(name as CoreName, given[0]), given);

for await (const line of createInterface({ input: process.stdin })) {
  const [command, kernel, repeats] = line.split(" ");
  const known = KERNELS.find((name) => name === kernel);
  if (command === "results") {
    console.log(JSON.stringify(kernels.results()));
  } else if (command === "run" && known) {
    const begun = process.hrtime.bigint();
    kernels.run(known, Number(repeats));
    console.log(JSON.stringify({ nanoseconds: Number(process.hrtime.bigint() - begun) }));
  } else {
    throw new Error(`unknown command "${line}"`);
  }
}
