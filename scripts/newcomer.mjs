/**
 * README's first steps with a stopwatch, in a new clone of this checkout and with npm's cache empty, so that every
 * package comes over the network: writes docs/results/newcomer.md.
 *
 * Usage: node scripts/newcomer.mjs
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(tmpdir(), "lapgrad-newcomer-"));
const clone = join(root, "lapgrad");
const env = { ...process.env, npm_config_cache: join(root, "cache") };
const began = performance.now();
const since = (start) => (performance.now() - start) / 1000;
const rows = [];

/** Runs a line; `seen`: a text to time, and what it is. */
function step(line, cwd, seen) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", line], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (data) => {
      const before = text;
      text += data;
      if (seen?.pattern.test(text) && !seen.pattern.test(before))
        rows.push([`… ${seen.what}`, since(start), since(began)]);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`${line} ended with ${code}:\n${text}`));
      rows.push([`\`${line}\``, since(start), since(began)]);
      resolve(text);
    });
  });
}

const megabytes = (folder) =>
  Math.round(Number(execFileSync("du", ["-sk", folder], { encoding: "utf8" }).split("\t")[0]) / 1000);

try {
  await step(`git clone -q ${process.cwd()} lapgrad`, root);
  rows[0][0] = "`git clone <this repository> lapgrad`, from this disk";
  await step("npm ci", clone);
  await step("npm start -- --out runs/mine", clone, {
    pattern: /^ +2 +0\.\d\d/m,
    what: "the first trained lap is seen",
  });
  await step("./lapgrad drive runs/mine --laps 3", clone);
  await step("./lapgrad drive runs/mine --laps 3 --without-network", clone);
  const table = rows.map(([what, took, at]) => `| ${what} | ${took.toFixed(1)} | ${at.toFixed(0)} |`).join("\n");
  const sizes = ["node_modules", "build", "runs/mine"].map((name) => [name, megabytes(join(clone, name))]);
  const text = readFileSync("scripts/pages/newcomer.md", "utf8")
    .replace("{{machine}}", `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`)
    .replace("{{times}}", table)
    .replace("{{sizes}}", sizes.map(([name, size]) => `| \`${name}\` | ${size} |`).join("\n"));
  writeFileSync("docs/results/newcomer.md", text);
  console.log(text);
} finally {
  rmSync(root, { recursive: true, force: true });
}
