/**
 * Sends damaged datagrams through the readers of poses and the intake behind them (test/pose/fuzz.ts).
 *
 * Usage: node scripts/fuzz-poses.mjs [datagrams in all] [file of what was done], after a build; default: ten million.
 * Each reader gets its share in blocks of 100 000 with seeds of their own; with a file, blocks that stand there are not
 * done again. Exit 1 with the block's seed if a pose comes out that cannot be, or anything is thrown.
 */
import { markdownTable } from "../build/src/report/markdown.js";
import { fuzz, READERS } from "../build/test/pose/fuzz.js";
import { keptRows } from "./study.mjs";

const BLOCK = 100_000;
const [total = "10000000", file] = process.argv.slice(2);
Error.stackTraceLimit = 10;

const names = Object.keys(READERS);
const blocks = Math.ceil(Number(total) / BLOCK / names.length);
const kept = keptRows(file);
const done = [];
for (let seed = 1; seed <= blocks; seed++) {
  for (const name of names) {
    const row = await kept([name, seed], () => {
      const begun = performance.now();
      return { name, ...fuzz(name, BLOCK, seed), seconds: (performance.now() - begun) / 1000 };
    });
    done.push(row);
  }
}
const table = names.map((name) => {
  const rows = done.filter((one) => one.name === name);
  const sum = (key) => rows.reduce((all, one) => all + one[key], 0);
  const [datagrams, poses, said] = ["datagrams", "poses", "said"].map(sum);
  return [name, `${datagrams}`, `${poses}`, `${said}`, ((1e6 * sum("seconds")) / datagrams).toFixed(1)];
});
console.log(markdownTable([["reader", "datagrams", "poses taken", "remarks", "µs per datagram"], ...table]));
