/**
 * Sweeps on this computer by local workers, by a Slurm of one computer and by workers on Redis: whether all give the
 * same bits, also where processes are killed at random moments, what blocks and jobs cost beside their work, and how
 * ten thousand short jobs are done. Writes docs/results/engines.md.
 * Usage, as root, after a build and `npm install --no-save bullmq@6 ioredis@6`, in the project's folder:
 *   node scripts/engines-study.mjs [--cache build/engines.jsonl] [--part bits,kills,overhead,many] [--jobs 10000]
 * What is in the cache is not measured again; what is neither there nor asked for is said to be missing on the page.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { digits } from "../build/src/output.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { perform } from "../build/src/sweeps/kinds.js";
import { readPlan } from "../build/src/sweeps/plan.js";
import { RedisDesk, whyNoRedis } from "./redis-desk.mjs";
import { SlurmDesk, whyNoSlurm } from "./slurm-desk.mjs";
import { keptRows, writeStudyPage } from "./study.mjs";

const PARTS = ["bits", "kills", "overhead", "many"];
const { values: options } = parseArgs({
  options: {
    cache: { type: "string", default: "build/engines.jsonl" },
    part: { type: "string" },
    jobs: { type: "string", default: "10000" },
  },
});
const wanted = options.part?.split(",") ?? PARTS;
const why = whyNoSlurm() ?? whyNoRedis();
if (why) {
  console.error(`engines-study: ${why}`);
  process.exit(1);
}

const MAIN = resolve("build/src/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "lapgrad-engines-"));
const [SLURM_PORT, REDIS_PORT] = [7837, 7839];
/** 4 rules × 60 seeds, a rollout or some laps each. */
const COMPARE = "compare --rules sgd,adam,sgd-lap,adam-lap --plants nominal --seeds 60 --minutes .01";
const BLOCK = "8";
/** Moments at which something is killed, of each engine. */
const KILLS = 25;
/** Short jobs of the large plan, and how many of them are in a block. */
const [MANY, MANY_BLOCK] = [Number(options.jobs), 200];

const desk = new SlurmDesk(join(folder, "slurm"), { port: SLURM_PORT });
const redis = new RedisDesk(join(folder, "redis"), REDIS_PORT);

/** A lapgrad that runs; `ended` resolves to its exit code. */
function start(words, environment = process.env) {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].on("data", (data) => (texts[name] += data));
  return { child, texts, ended: once(child, "close").then(([code]) => code) };
}

async function run(words, environment) {
  const { texts, ended } = start(words, environment);
  const code = await ended;
  if (code !== 0) throw new Error(`lapgrad ${words.join(" ")} ended with ${code}: ${texts.stderr}`);
  return texts.stdout;
}

const plan = (name, words) => run([...words, "--out", name]);

/** Results of a plan by name, as they are on disk. */
function resultsOf(name) {
  const at = join(folder, name, "results");
  return new Map(readdirSync(at).map((file) => [file, readFileSync(join(at, file), "utf8")]));
}

/** Whether every job of the plan has one result, with the same bits as another plan's. */
async function isSame(name, other) {
  const [one, two] = [resultsOf(name), resultsOf(other)];
  const names = (await readPlan(join(folder, name))).names();
  const isWhole = one.size === names.length && names.every((job) => one.get(`${job}.json`) === two.get(`${job}.json`));
  return isWhole && one.size === two.size;
}

const engineOf = {
  local: ["--engine", "local", "--workers", "2"],
  slurm: ["--engine", "slurm", "--block", BLOCK],
  bullmq: ["--engine", `bullmq=${redis.address}`, "--block", BLOCK],
};
const environmentOf = { local: process.env, slurm: desk.environment, bullmq: process.env };

function worker() {
  return start(["worker", redis.address, "--workers", "2"]);
}

/** The comparison by one engine without disturbance, in seconds. */
async function compareBy(engine) {
  const name = `compare-${engine}`;
  await plan(name, ["plan", ...COMPARE.split(" ")]);
  const helper = engine === "bullmq" ? worker() : undefined;
  const begun = performance.now();
  await run(["collect", name, ...engineOf[engine]], environmentOf[engine]);
  const seconds = (performance.now() - begun) / 1000;
  helper?.child.kill("SIGKILL");
  return seconds;
}

/** Processes that do jobs of a plan for Slurm. */
function tasksOf(name) {
  const path = join(folder, name, "plan.jsonl");
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words[2] === "job" && words.includes(path);
    } catch {
      return false; // it has ended
    }
  });
}

/** The comparison by one engine while something is killed again and again. */
async function killedBy(engine) {
  const name = `killed-${engine}`;
  await plan(name, ["plan", ...COMPARE.split(" ")]);
  const counts = {};
  const lines = [];
  const follow = () => start(["collect", name, ...engineOf[engine], "--tries", "30", "--json"], environmentOf[engine]);
  let following = follow();
  let workers = engine === "bullmq" ? [worker(), worker()] : [];
  const ways = {
    slurm: {
      worker: async () => {
        const [pid] = tasksOf(name);
        if (pid === undefined) return false;
        process.kill(Number(pid), "SIGKILL");
      },
      controller: async () => {
        await desk.kill("slurmctld");
        await sleep(1000);
        desk.startController();
      },
    },
    bullmq: {
      worker: async () => {
        workers[0].child.kill("SIGKILL");
        workers = [workers[1], worker()];
      },
      broker: async () => {
        await redis.kill();
        await sleep(1000);
        await redis.start();
      },
    },
  }[engine];
  ways.collector = async () => {
    lines.push(following.texts.stderr);
    following.child.kill("SIGKILL");
    following = follow();
  };
  const names = Object.keys(ways);
  let done = 0;
  while (done < KILLS && following.child.exitCode === null) {
    await sleep(1000 + 4000 * Math.random());
    const way = names[Math.floor(names.length * Math.random())];
    if ((await ways[way]()) === false) continue;
    counts[way] = (counts[way] ?? 0) + 1;
    done++;
    console.log(`${engine}: ${done} killed, last: ${way}; ${resultsOf(name).size} files`);
  }
  const atLast = resultsOf(name).size;
  let mended = 0;
  const mending = setInterval(() => {
    if (engine === "slurm" && desk.mend()) mended++;
  }, 5000);
  const code = await following.ended;
  clearInterval(mending);
  for (const { child } of workers) child.kill("SIGKILL");
  if (code !== 0) throw new Error(`${engine}: ${following.texts.stderr}`);
  const { jobs, missing } = JSON.parse(following.texts.stdout);
  const before = jobs - missing;
  return { kills: done, counts, atLast, done: before, mended, same: await isSame(name, "compare-local") };
}

/** Processor's seconds of a program with everything that it starts. */
function processorSeconds(words) {
  const { stderr, status } = spawnSync("bash", ["-c", 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', "bash", ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const [user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return user + system;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const repeated = (count, work) => median(Array.from({ length: count }, work));

const TINY = (seeds) => `settings: {task: scalar}\nseeds: ${seeds}\nminutes: 0.001\n`;

/** What a block and a job cost beside their work [ms of a processor]. */
async function overhead() {
  writeFileSync(join(folder, "tiny.yaml"), TINY(1000));
  await plan("tiny", ["plan", "tiny.yaml"]);
  const node = repeated(9, () => processorSeconds([process.execPath, "-e", "0"]));
  await run(["job", "--plan", "tiny", "--index", "0"]);
  const skipped = repeated(9, () =>
    processorSeconds([process.execPath, MAIN, "job", "--plan", "tiny", "--index", "0"]),
  );
  const loads = resolve("build/src/sweeps/training.js");
  const loaded = repeated(9, () =>
    processorSeconds([process.execPath, "--input-type=module", "-e", `await import(${JSON.stringify(loads)})`]),
  );
  // jobs in one process: by the plan, and computed alone
  const { runBlock } = await import("../build/src/sweeps/block.js");
  const whole = await readPlan(join(folder, "tiny"));
  await runBlock(whole, [1, 2, 3]); // warm
  const timed = async (work) => {
    const begun = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
  const indices = Array.from({ length: 200 }, (_, i) => 100 + i);
  const alone = await timed(async () => {
    for (const index of indices) await perform(whole.job(index));
  });
  const planned = await timed(() =>
    runBlock(
      whole,
      indices.map((index) => index + 300),
    ),
  );
  return {
    node: 1000 * node,
    block: 1000 * (skipped - node),
    loading: 1000 * (loaded - node),
    job: (planned - alone) / indices.length,
    work: alone / indices.length,
  };
}

/** Ten thousand short jobs: planned, run in blocks two at a time, collected. */
async function many() {
  writeFileSync(join(folder, "many.yaml"), TINY(MANY));
  const took = async (work) => {
    const begun = performance.now();
    const processor = await work();
    return { seconds: (performance.now() - begun) / 1000, processor };
  };
  const lapgrad = (...words) => processorSeconds([process.execPath, MAIN, ...words]);
  const planning = await took(() => lapgrad("plan", "many.yaml", "--out", "many"));
  const whole = await readPlan(join(folder, "many"));
  await perform(whole.job(0));
  const sample = Math.min(MANY, 500);
  const begun = process.cpuUsage();
  for (let i = 0; i < sample; i++) await perform(whole.job(i));
  const { user, system } = process.cpuUsage(begun);
  const work = (user + system) / 1e6 / sample;
  let processor = 0;
  let next = 0;
  const lane = async () => {
    while (next < MANY) {
      const first = next;
      next += MANY_BLOCK;
      const words = ["job", "--plan", "many", "--index", `${first}..${first + MANY_BLOCK - 1}`];
      const child = spawn(
        "bash",
        ["-c", 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', "bash", process.execPath, MAIN, ...words],
        {
          cwd: folder,
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
      let text = "";
      child.stderr.on("data", (data) => (text += data));
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(text);
      const [a, b] = text.trim().split("\n").at(-1).split(" ").map(Number);
      processor += a + b;
    }
  };
  const running = await took(async () => {
    await Promise.all([lane(), lane()]);
    return processor;
  });
  const collecting = await took(() => lapgrad("collect", "many"));
  const missing = (await whole.missing()).length;
  return { planning, running, collecting, work: work * MANY, missing };
}

const kept = keptRows(options.cache);
const rows = {};
const measure = async (part, what, work) => {
  const nothing = () => Promise.reject(new Error("it is not in the cache"));
  const row = kept([what, VERSION_OF_STUDY], wanted.includes(part) ? work : nothing);
  rows[what] = wanted.includes(part) ? await row : await row.catch(() => undefined);
  console.log(what, JSON.stringify(rows[what]));
};
/** A number to be raised when what is measured changes. */
const VERSION_OF_STUDY = 1;

try {
  if (wanted.includes("bits") || wanted.includes("kills")) {
    await desk.start();
    await redis.start();
  }
  await measure("bits", "bits", async () => {
    const seconds = {};
    for (const engine of ["local", "slurm", "bullmq"]) {
      seconds[engine] = await compareBy(engine);
      console.log(engine, seconds[engine]);
    }
    const same = {
      slurm: await isSame("compare-slurm", "compare-local"),
      bullmq: await isSame("compare-bullmq", "compare-local"),
    };
    return { seconds, same };
  });
  for (const engine of ["slurm", "bullmq"])
    await measure("kills", `kills ${engine}`, async () => {
      if (!readdirSync(folder).includes("compare-local")) await compareBy("local");
      return killedBy(engine);
    });
  await measure("overhead", "overhead", overhead);
  await measure("many", `many ${MANY}`, many);
} finally {
  await redis.kill();
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
}

const NONE = "Not measured yet.";
const names = { local: "local workers", slurm: "Slurm", bullmq: "Redis" };
const ms = (value) => `${digits(value, 3)} ms`;
const yes = (is) => (is ? "yes" : "**no**");

const bitsTable = ({ seconds, same }) =>
  markdownTable([
    ["engine", "two workers took", "same"],
    ...Object.entries(seconds).map(([engine, took]) => [
      names[engine],
      `${took.toFixed(0)} s`,
      engine === "local" ? "-" : yes(same[engine]),
    ]),
  ]);

const killsTable = (engines) =>
  markdownTable([
    ["engine", "killed", "of which", "results at the last kill", "jobs done", "same"],
    ...engines.map(([engine, { kills, counts, atLast, done, same }]) => {
      const of = Object.entries(counts).map(([what, times]) => `${what} ${times}`);
      return [names[engine], `${kills} times`, of.join(", "), `${atLast}`, `${done}`, yes(same)];
    }),
  ]);

const overheadTable = ({ node, block, loading, job, work }) =>
  markdownTable([
    ["what", "processor's time"],
    ["Node that does nothing", ms(node)],
    ["a block beyond that, its jobs being done", ms(block)],
    ["loading the training code", ms(loading)],
    ["a job in a block beyond its computation", ms(job)],
    ["its computation (task `scalar`)", ms(work)],
  ]);

function manyText({ planning, running, collecting, work, missing }) {
  const whole = planning.processor + running.processor + collecting.processor;
  const table = markdownTable([
    ["step", "on the wall", "processor's time"],
    ...[
      ["plan", planning],
      [`${MANY / MANY_BLOCK} blocks of ${MANY_BLOCK} jobs, two at a time`, running],
      ["collect", collecting],
    ].map(([what, { seconds, processor }]) => [what, `${seconds.toFixed(1)} s`, `${processor.toFixed(1)} s`]),
    ["jobs missing in the end", "", `${missing}`],
  ]);
  const share = ((100 * (whole - work)) / whole).toFixed(0);
  const alone = `the ${work.toFixed(1)} s that the same trainings take in one process that is warm`;
  const each = (1000 * (whole - work)) / MANY;
  const enough = digits(4 * each, 2);
  const least = `Overhead is ${digits(each, 2)} ms a job: it is below 20 % with jobs of ${enough} ms and more.`;
  return `${table}\n\nOverhead, all processor's time that is not\n${alone}: ${share} %.\n${least}`;
}

/** What a thousand cores would do with jobs of a minute, by what is serial and what each block costs. */
function paperText({ node, block, loading }, { planning, collecting }) {
  const [seconds, cores] = [60, 1000];
  const serial = (1000 * (planning.processor + collecting.processor)) / MANY;
  const blockCost = node + block + loading;
  return [
    `Planning and collecting are one process for all: together ${digits(serial, 2)} ms a job. ${cores} cores with jobs`,
    `of ${seconds} s do ${digits(cores / seconds, 3)} jobs a second, for which that process is busy`,
    `${digits((serial * cores) / seconds / 10, 2)} % of the time. With a job to a block each core loses`,
    `${digits(blockCost, 3)} ms to every job, ${digits(blockCost / 10 / seconds, 2)} % of it. So the sweep would take`,
    "little more than a thousandth of one core's time. What is not in this, because one computer cannot show",
    "it: a shared file system, which takes a file for each job and flushes it; how many tasks a second a cluster's",
    "Slurm starts; a Redis with more blocks than it had here.",
  ].join("\n");
}

const [cost, large] = [rows.overhead, rows[`many ${MANY}`]];
const killed = ["slurm", "bullmq"].flatMap((engine) =>
  rows[`kills ${engine}`] ? [[engine, rows[`kills ${engine}`]]] : [],
);
await writeStudyPage("engines", {
  command: COMPARE,
  block: BLOCK,
  bits: rows.bits ? bitsTable(rows.bits) : NONE,
  kills: killed.length > 0 ? killsTable(killed) : NONE,
  overhead: cost ? overheadTable(cost) : NONE,
  jobs: MANY,
  many: large ? manyText(large) : NONE,
  paper: cost && large ? paperText(cost, large) : NONE,
});
