/**
 * README's first steps with a stopwatch, in a new clone of this checkout and with npm's cache empty, so that every
 * package comes over the network: once on the whole computer, and once on half of one core, as a slow computer has it
 * (all steps on the first core, beside a loop that never rests). Writes docs/results/newcomer.md.
 *
 * Usage: node scripts/newcomer.mjs
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

/** What a program is started with to stay on the first core. */
const FIRST_CORE = ["taskset", "-c", "0"];

/** The steps with their times [s], and the sizes [MB] of what they leave; `prefix`: what every step is started with. */
async function walk(prefix) {
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
      const [program, ...args] = [...prefix, "sh", "-c", line];
      const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
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
    return {
      times: rows.map(([what, took, at]) => `| ${what} | ${took.toFixed(1)} | ${at.toFixed(0)} |`).join("\n"),
      sizes: ["node_modules", "build", "runs/mine"]
        .map((name) => `| \`${name}\` | ${megabytes(join(clone, name))} |`)
        .join("\n"),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** {@link walk} on half of the first core. */
async function walkSlowly() {
  const [program, ...args] = [...FIRST_CORE, process.execPath, "-e", "for (;;);"];
  const loop = spawn(program, args, { stdio: "ignore" });
  try {
    return await walk(FIRST_CORE);
  } finally {
    loop.kill();
  }
}

const megabytes = (folder) =>
  Math.round(Number(execFileSync("du", ["-sk", folder], { encoding: "utf8" }).split("\t")[0]) / 1000);

const { times, sizes } = await walk([]);
const { times: slowTimes } = await walkSlowly();
const machine = `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`;
const text = Object.entries({ machine, times, slowTimes, sizes }).reduce(
  (page, [name, value]) => page.replace(`{{${name}}}`, value),
  readFileSync("scripts/pages/newcomer.md", "utf8"),
);
writeFileSync("docs/results/newcomer.md", text);
console.log(text);
