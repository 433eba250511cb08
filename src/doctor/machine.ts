/** The system that this process runs on. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, freemem, getPriority, totalmem, userInfo } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FileStatus, ListedPort, Outcome, Process, System } from "./system.js";

/** After this a command, or a list of ports, counts as not there [ms]. */
const ANSWER_WITHIN = 400;
/** The same of commands that first have a service started [ms]. */
const SLOW: Readonly<Record<string, number>> = { timedatectl: 3000 };
const WRITES = 20;
const WRITE_BYTES = 4096;
/** A slow disk gets fewer writes: no further one after this [ms]. */
const WRITING_TIME = 300;
/** Says its thread's id, then waits for the end. */
const THREAD = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", () => {});
  parentPort.postMessage(require("node:fs").readlinkSync("/proc/thread-self"));
`;
const require = createRequire(import.meta.url);

export const machine: System = {
  platform: process.platform,
  architecture: arch(),
  nodeVersion: process.version,
  environment: process.env,
  processor: processorName(),
  cores: availableParallelism(),
  memory: { total: totalmem(), available: freemem() },
  niceness: getPriority(),
  userName: attempt(() => userInfo().username) ?? "",
  glibc,
  wallClock: Date.now,
  monotonicClock: process.hrtime.bigint,

  read: (path) => attempt(() => fs.readFileSync(path, "utf8")),
  list: (path) => attempt(() => fs.readdirSync(path).sort()) ?? [],
  status: (path) => attempt(() => statusOf(path)),
  realPath: (path) => attempt(() => fs.realpathSync(path)),
  mayUse: (path) =>
    attempt(() => {
      fs.accessSync(path, fs.constants.R_OK | fs.constants.W_OK);
      return true;
    }) ?? false,
  run,
  withThread,
  processes: () => (attempt(() => fs.readdirSync("/proc")) ?? []).flatMap((name) => processOf(name) ?? []),

  freeSpace: (folder) => {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize;
  },
  writeTimes,
  validatesWasm: (bytes) => WebAssembly.validate(bytes),
  probeCore: async () => (await import("./core-probe.js")).probeCore(),
  loadSerialPackage: async () => {
    await import("serialport");
  },
  listSerialPorts: async () => {
    const { SerialPort } = await import("serialport");
    return inTime<readonly ListedPort[]>(SerialPort.list());
  },
  askBoard: async (path) => {
    const [{ askBoard }, { withBoard }] = await Promise.all([
      import("../links/board.js"),
      import("../runtime/board.js"),
    ]);
    return withBoard(path, (port, pause) => askBoard(port, pause, randomBytes(4).readUInt32LE()));
  },
  askVesc: async (path) => {
    const [{ askVesc }, { withBoard }, { VESC_BAUD }] = await Promise.all([
      import("../links/vesc/ask.js"),
      import("../runtime/board.js"),
      import("../links/wire/vesc.js"),
    ]);
    return withBoard(path, askVesc, VESC_BAUD);
  },
  packageFolder,
  packageVersion: (name) => {
    const folder = packageFolder(name);
    if (folder === undefined) return undefined;
    return (JSON.parse(fs.readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
  },
};

function packageFolder(name: string): string | undefined {
  const folders = (require.resolve.paths(name) ?? []).map((folder) => join(folder, name));
  return folders.find((folder) => attempt(() => fs.statSync(join(folder, "package.json"))) !== undefined);
}

/** What cannot be seen is not there: files of /proc and /sys come and go, and are not everybody's. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Of most arm64 processors Node says "unknown". */
function processorName(): string {
  const name = cpus()[0]?.model.trim() ?? "";
  return name === "unknown" ? "" : name;
}

function glibc(): string | undefined {
  const report = process.report?.getReport() as { header: Record<string, string> } | undefined;
  return report?.header.glibcVersionRuntime;
}

function statusOf(path: string): FileStatus {
  const stats = fs.statSync(path);
  return {
    isFolder: stats.isDirectory(),
    isCharacterDevice: stats.isCharacterDevice(),
    mode: stats.mode & 0o777,
    gid: stats.gid,
  };
}

function run(command: string, ...args: readonly string[]): Promise<Outcome> {
  const timeout = SLOW[command] ?? ANSWER_WITHIN;
  const options = { timeout, killSignal: "SIGKILL", env: { ...process.env, LC_ALL: "C" } } as const;
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : undefined;
      resolve({ code, stdout, stderr });
    });
  });
}

async function withThread<T>(action: (threadId: number) => Promise<T>): Promise<T> {
  const worker = new Worker(THREAD, { eval: true });
  try {
    const link = await new Promise<string>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    return await action(Number(link.split("/").at(-1)));
  } finally {
    await worker.terminate();
  }
}

/** A process of /proc by the name of its folder; undefined if it is none, is gone, or is this one. */
function processOf(name: string): Process | undefined {
  const pid = Number(name);
  if (!Number.isInteger(pid) || pid === process.pid) return undefined;
  const folder = `/proc/${name}`;
  return attempt(() => ({
    pid,
    name: fs.readFileSync(`${folder}/comm`, "utf8").trim(),
    command: fs.readFileSync(`${folder}/cmdline`, "utf8").replaceAll("\0", " ").trim(),
    open: (attempt(() => fs.readdirSync(`${folder}/fd`)) ?? []).flatMap(
      (fd) => attempt(() => fs.readlinkSync(`${folder}/fd/${fd}`)) ?? [],
    ),
  }));
}

/** As a run writes. */
async function writeTimes(folder: string): Promise<readonly number[]> {
  const path = join(folder, `.lapgrad-doctor-${process.pid}`);
  const file = await fs.promises.open(path, "wx");
  try {
    await fs.promises.unlink(path); // at once, so that nothing is left whatever happens; the open file stays usable
    const bytes = new Uint8Array(WRITE_BYTES);
    const times: number[] = [];
    const begun = performance.now();
    while (times.length < WRITES && performance.now() - begun < WRITING_TIME) {
      const started = performance.now();
      await file.write(bytes);
      await file.datasync();
      times.push(performance.now() - started);
    }
    return times;
  } finally {
    await file.close();
  }
}

/** Rejects after the time that commands get too: whoever lists the ports asks udevadm. */
function inTime<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_WITHIN} ms`)), ANSWER_WITHIN);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
