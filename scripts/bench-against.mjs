/**
 * Times the core's kernels beside those of an older checkout, batch by batch in turn, so that whatever else the machine
 * does hits both alike. Usage: node scripts/bench-against.mjs <built checkout before> [rounds, 200]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { benchCore, caseOf, drawCase, SEGMENTS } from "../build/bench/case.js";
import { disagreements, KERNELS } from "../build/bench/kernels.js";
import { Side } from "../build/bench/side.js";
import { compare } from "../build/bench/timing.js";

const [checkout, rounds = "200"] = process.argv.slice(2);
if (!checkout) {
  console.error("usage: node scripts/bench-against.mjs <built checkout before> [rounds]");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "lapgrad-bench-"));
const file = join(folder, "case");
const core = await benchCore("strict", SEGMENTS);
drawCase(core);
writeFileSync(file, new Uint8Array(caseOf(core, SEGMENTS).buffer));
const sides = [Side.before(resolve(checkout), file), Side.core("strict", file)];
const [before, after] = [await sides[0].results(), await sides[1].results()];
const worst = Math.max(...disagreements(before, after).values());
console.log(`largest relative difference of any result: ${worst}\n`);
console.log("| kernel | after : before, median | quartiles |\n|---|---|---|");
for (const kernel of KERNELS) {
  const effort = { rounds: Number(rounds), batch: 4, warmUp: 300 };
  const [, { ratios }] = await compare(kernel, sides, effort, ["before"]);
  const { median, low, high } = ratios.before;
  console.log(`| ${kernel} | ${median.toFixed(3)} | ${low.toFixed(3)} to ${high.toFixed(3)} |`);
}
await Promise.all(sides.map((side) => side.close()));
rmSync(folder, { recursive: true });
