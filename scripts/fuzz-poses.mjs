/**
 * Sends damaged datagrams through the readers of poses and the intake behind them (test/pose/fuzz.ts).
 *
 * Usage: node scripts/fuzz-poses.mjs [datagrams in all] [file of what was done], after a build; default: ten million.
 * Each reader gets its share in blocks of 100 000 with seeds of their own; with a file, blocks that stand there are not
 * done again. Exit 1 with the block's seed if a pose comes out that cannot be, or anything is thrown.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";

const { fuzz, READERS } = await import("../build/test/pose/fuzz.js");
const BLOCK = 100_000;
const [total = "10000000", file] = process.argv.slice(2);
Error.stackTraceLimit = 10;

const names = Object.keys(READERS);
const blocks = Math.ceil(Number(total) / BLOCK / names.length);
const done = file && existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(JSON.parse) : [];
for (let seed = 1; seed <= blocks; seed++) {
  for (const name of names) {
    if (done.some((one) => one.name === name && one.seed === seed)) continue;
    const begun = performance.now();
    const row = { name, seed, ...fuzz(name, BLOCK, seed), seconds: (performance.now() - begun) / 1000 };
    done.push(row);
    if (file) appendFileSync(file, `${JSON.stringify(row)}\n`);
  }
}
console.log("| reader | datagrams | poses taken | remarks | µs per datagram |\n|---|---|---|---|---|");
for (const name of names) {
  const rows = done.filter((one) => one.name === name);
  const sum = (key) => rows.reduce((all, one) => all + one[key], 0);
  const datagrams = sum("datagrams");
  const each = ((1e6 * sum("seconds")) / datagrams).toFixed(1);
  console.log(`| ${name} | ${datagrams} | ${sum("poses")} | ${sum("said")} | ${each} |`);
}
