/**
 * Trains, and lets the disk fail at every single file operation of a run in turn, in every way it can
 * (survival/faulty-disk.c): from the first folder to the report, in a new run, and in one that was killed and is
 * resumed. After each, `--resume` must take the folder up, or `--out` use it, and the training must end as one that
 * nothing disturbed: in simulation to the last bit of every file; on a robot, here the car's double in virtual time,
 * with all rollouts, and with everything still there that the stopped run had written. A command that fails must say
 * so in one sentence.
 *
 * Usage, after a build, in the project's folder: node scripts/fault-enumeration.mjs [--task <name>]… [--kind <kind>]…
 *          [--sample <number of trials>] [--seed <number>] [--jobs <number>] [--at <n>] [--page] [--cache <file>]
 * Exit 0 if every trial came out well; Ctrl-C ends it early, with the result of the trials that there were. `--sample`:
 * so many of all trials, evenly. `--at`: only at that operation. `--page`: writes docs/results/survival.md. `--cache`:
 * keeps the trials' results there, and does not repeat those that it finds.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { markdownTable } from "../build/src/report/markdown.js";
import { differences } from "./compare-runs.mjs";
import { keptRows, writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({
  options: {
    task: { type: "string", multiple: true },
    kind: { type: "string", multiple: true },
    sample: { type: "string" },
    seed: { type: "string", default: "0" },
    jobs: { type: "string", default: `${availableParallelism()}` },
    at: { type: "string" },
    page: { type: "boolean" },
    cache: { type: "string" },
  },
});

const MAIN = resolve("build/src/cli/main.js");
const TRAINER = resolve("build/test/support/trainer.js");
const LAPS = ["--laps", "2", "--hidden", "8,8"];
const ROLLOUTS = ["--rollout-segments", "20", "--window", "10:0:0", "--update", "adam", "--model-fit"];
/** How each training is called. */
const TASKS = {
  scalar: { words: ["scalar", "--rollouts", "3"] },
  "car by laps": { words: LAPS },
  "car by rollouts": { words: [...ROLLOUTS, "--rollouts", "4", "--batch", "2", "--hidden", "8,8"] },
  "robot (double)": {
    words: [...LAPS, "--link", "serial", "--max-uncertainty", "10"],
    isRobot: true,
  },
};
const beginning = ({ words }, out) => [...words, "--out", out];
const resuming = (run) => ["--resume", run];
/** What can become of an operation, and of which: all, those that need room, those that write more than a byte. */
const KINDS = {
  kill: () => true,
  torn: ({ bytes }) => bytes > 1,
  short: ({ bytes }) => bytes > 1,
  EIO: () => true,
  ENOSPC: ({ needsRoom }) => needsRoom,
  full: ({ needsRoom }) => needsRoom,
};

const isDeadly = (kind) => kind === "kill" || kind === "torn";

const scratch = mkdtempSync(join(tmpdir(), "lapgrad-faults-"));
const library = join(scratch, "faulty-disk.so");
execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, "scripts/survival/faulty-disk.c", "-ldl", "-lpthread"]);

/** A training in a process of its own, which a fault may kill. */
function runAlone(task, words, environment) {
  const program = task.isRobot ? [TRAINER, ...words] : [MAIN, "train", ...words];
  const child = spawn(process.execPath, program, {
    cwd: scratch,
    env: { ...process.env, ...environment },
    detached: true, // Ctrl-C is for this program
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  return new Promise((done) => child.on("close", (code, signal) => done({ code, signal, stderr })));
}

/** A process that trains as often as it is asked to, behind the same disk. */
class Trainer {
  #child;
  #answer;
  #uses = 0;

  run(words, environment) {
    // a new one now and then: what one leaves in memory must not decide about the next thousand
    if (this.#uses++ % 100 === 0) this.end();
    this.#child ??= this.#start();
    this.#child.stdin.write(`${JSON.stringify({ words, environment })}\n`);
    return new Promise((done) => (this.#answer = done));
  }

  end() {
    this.#child?.stdin.end();
    this.#child = undefined;
  }

  #start() {
    const env = { ...process.env, ...withFault("", "none", 0), NODE_NO_WARNINGS: "1" };
    const child = spawn(process.execPath, [TRAINER], {
      cwd: scratch,
      env,
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: child.stdout }).on("line", (line) => this.#answer({ signal: null, ...JSON.parse(line) }));
    child.on("exit", (code, signal) => {
      if (this.#child === child) this.#answer({ code, signal, stderr: "the trainer ended" });
    });
    return child;
  }
}

const withFault = (folder, kind, at, log = "") => ({
  LD_PRELOAD: library,
  FAULT_FOLDER: folder,
  FAULT_KIND: kind,
  FAULT_AT: `${at}`,
  FAULT_LOG: log,
});

/** The operations of an undisturbed training. */
async function operationsOf(task, words, folder) {
  const log = `${folder}.log`;
  const { code, stderr } = await runAlone(task, words, withFault(folder, "none", 0, log));
  if (code !== 0) throw new Error(`the undisturbed training failed: ${stderr}`);
  return readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .map((line, i) => {
      const [name, needsRoom, bytes, path] = line.split(" ");
      return {
        at: i + 1,
        name,
        needsRoom: needsRoom === "1",
        bytes: Number(bytes),
        path: path.replace(/\.\d+\./, "."),
      };
    });
}

/** A run that was killed just before its second checkpoint was kept, and of whose lines the last are cut. */
async function stoppedRun(task, operations, folder) {
  const checkpoints = operations.filter(({ name, path }) => name === "rename" && path.startsWith("/checkpoints/"));
  const { at } = checkpoints[2]; // the first is that of the untrained policy
  await runAlone(task, beginning(task, folder), withFault(folder, "kill", at));
  appendFileSync(join(folder, "metrics.jsonl"), '{"index":3,"seconds":2.');
  appendFileSync(join(folder, "updates.jsonl"), '{"update":');
}

const shaOf = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const LINES = ["metrics.jsonl", "updates.jsonl", "stopped.jsonl", "stopped-updates.jsonl"];
const linesOf = (folder, name) => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
};

/** What a robot's run holds that may not get lost: whole recordings by content, drives by name, lines of metrics. */
function treasuresOf(folder) {
  if (!existsSync(folder)) return { files: [], drives: [], lines: [] };
  const names = readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
  return {
    files: names.filter((name) => /^rollouts.*\.mcap$/.test(name)).map((name) => shaOf(join(folder, name))),
    drives: names.filter((name) => /^drives.*\.mcap$/.test(name)),
    lines: LINES.flatMap((name) => linesOf(folder, name)),
  };
}

function lostOf(before, after) {
  return ["files", "drives", "lines"].flatMap((kind) => {
    const missing = before[kind].filter((item) => !after[kind].includes(item));
    return missing.length > 0 ? [`the resume lost ${missing.length} ${kind}: ${missing[0].slice(0, 60)}`] : [];
  });
}

/** What is wrong with how a disturbed command ended. A robot's drive is written by the clock: it may end before. */
function wrongEnd(kind, isRobot, { code, signal, stderr }) {
  if (isDeadly(kind) && !(isRobot && code === 0))
    return signal === "SIGKILL" ? [] : [`was not killed: ${code} ${stderr}`];
  if (signal) return [`ended by ${signal}`];
  if (code === 0) return stderr === "" ? [] : [`exit 0, but said ${stderr}`];
  if (kind === "short") return [`a short write is not an error: ${stderr}`];
  const isSentence = /^lapgrad: [^\n]+\n$/.test(stderr) && !/fault of lapgrad|Error:/.test(stderr);
  return isSentence ? [] : [`is not one sentence: ${stderr}`];
}

/** What is wrong with a finished robot's run. */
function wrongRun(folder) {
  const count = (name) => readdirSync(join(folder, name)).filter((file) => /^\d+\.\w+$/.test(file)).length;
  const found = [linesOf(folder, "metrics.jsonl").length, count("rollouts"), count("checkpoints")];
  return found.join() === "2,2,3" ? [] : [`metrics, recordings and checkpoints are ${found}, not 2,2,3`];
}

/** A trial; the problems it has shown. */
async function tryFault(trainer, { task: name, scenario, kind, at }) {
  const task = TASKS[name];
  const folder = join(scratch, `${name}-${scenario}-${kind}-${at}`.replaceAll(/\W+/g, "-"), "run");
  mkdirSync(join(folder, ".."));
  if (scenario === "resumed") cpSync(join(scratch, name, "stopped"), folder, { recursive: true });
  const words = scenario === "resumed" ? resuming(folder) : beginning(task, folder);
  const fault = withFault(folder, kind, at);
  const ended = isDeadly(kind) ? await runAlone(task, words, fault) : await trainer.run(words, fault);
  const problems = wrongEnd(kind, task.isRobot, ended);
  const before = treasuresOf(folder);
  const healthy = withFault("", "none", 0);
  let again = await trainer.run(resuming(folder), healthy);
  if (again.code !== 0) {
    const refused = again.stderr;
    again = await trainer.run(beginning(task, folder), healthy);
    if (again.code !== 0) problems.push(`dead end. --resume: ${refused}  --out: ${again.stderr}`);
  }
  if (again.code === 0) {
    const found = task.isRobot
      ? [...wrongRun(folder), ...lostOf(before, treasuresOf(folder))]
      : differences(join(scratch, name, "whole"), folder);
    problems.push(...found);
    if (!existsSync(join(folder, "report.html"))) problems.push("there is no report");
  }
  if (problems.length === 0) rmSync(join(folder, ".."), { recursive: true });
  return problems;
}

/** The problems of a trial, and how long it took. */
async function timed(trial) {
  const began = performance.now();
  const problems = await trial();
  return { problems, seconds: (performance.now() - began) / 1000 };
}

/** All trials of a task. */
async function trialsOf(name) {
  const task = TASKS[name];
  mkdirSync(join(scratch, name));
  const [whole, stopped, again] = ["whole", "stopped", "again"].map((run) => join(scratch, name, run));
  const begun = await operationsOf(task, beginning(task, whole), whole);
  await stoppedRun(task, begun, stopped);
  cpSync(stopped, again, { recursive: true });
  const resumed = await operationsOf(task, resuming(again), again);
  return Object.entries({ new: begun, resumed }).flatMap(([scenario, operations]) =>
    operations.flatMap((operation) =>
      Object.keys(KINDS)
        .filter((kind) => KINDS[kind](operation))
        .map((kind) => ({ task: name, scenario, kind, ...operation })),
    ),
  );
}

const began = performance.now();
const tasks = options.task ?? Object.keys(TASKS);
const kinds = options.kind ?? Object.keys(KINDS);
const all = [];
for (const task of tasks) all.push(...(await trialsOf(task)));
const wanted = all.filter(({ kind, at }) => kinds.includes(kind) && (!options.at || at === Number(options.at)));
/** Golden section: the first so many of them are spread evenly over all. */
const step = coprime(Math.round(0.618 * wanted.length), wanted.length);
const count = Math.min(wanted.length, Number(options.sample ?? wanted.length));
const chosen = Array.from({ length: count }, (_, i) => wanted[((Number(options.seed) + i) * step) % wanted.length]);
console.log(`${wanted.length} trials in all, ${chosen.length} of them now`);

const kept = keptRows(options.cache);
const failed = [];
let [next, tried, took] = [0, 0, 0];
// Ctrl-C: no further trial, and the result of those that there were
process.once("SIGINT", () => (next = chosen.length));
async function worker() {
  const trainer = new Trainer();
  while (next < chosen.length) {
    if (next % 200 === 0) console.log(`${next} after ${((performance.now() - began) / 1000).toFixed(0)} s`);
    const trial = chosen[next++];
    const { task, scenario, kind, at, name, path } = trial;
    const { problems, seconds } = await kept([task, scenario, kind, at], () => timed(() => tryFault(trainer, trial)));
    trial.isTried = true;
    tried++;
    took += seconds;
    if (problems.length === 0) continue;
    failed.push(trial);
    console.log(`FAILED ${task}, ${scenario}, ${kind} at ${at} (${name} ${path}):\n  ${problems.join("\n  ")}`);
  }
  trainer.end();
}
await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
const seconds = (performance.now() - began) / 1000;
console.log(`${tried} trials, ${failed.length} failed, ${seconds.toFixed(0)} s`);
if (failed.length === 0) rmSync(scratch, { recursive: true });
else console.log(`what they left is in ${scratch}`);
if (options.page) await writePage();
process.exitCode = failed.length > 0 ? 1 : 0;

/** The smallest number from `from` on that has no divisor in common with `other`. */
function coprime(from, other) {
  const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b));
  let number = Math.max(1, from);
  while (divisor(number, other) !== 1) number++;
  return number;
}

/** Trials of each task and kind, and how many of them failed, if any. */
async function writePage() {
  const cell = (own) => {
    const trials = chosen.filter((trial) => trial.isTried && own(trial)).length;
    const bad = failed.filter(own).length;
    return bad > 0 ? `${trials}, **${bad} failed**` : `${trials}`;
  };
  const rows = tasks.flatMap((task) =>
    ["new", "resumed"].map((scenario) => {
      const own = (trial) => trial.task === task && trial.scenario === scenario;
      const operations = new Set(all.filter(own).map(({ at }) => at)).size;
      return [task, scenario, operations, ...kinds.map((kind) => cell((trial) => own(trial) && trial.kind === kind))];
    }),
  );
  await writeStudyPage("survival", {
    trials: markdownTable([["training", "run", "operations", ...kinds], ...rows]),
    tried,
    all: wanted.length,
    failed: failed.length,
    minutes: (took / 60).toFixed(0),
    jobs: options.jobs,
  });
}
