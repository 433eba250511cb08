/**
 * The two helper processes of a PCA9685 (links/pca9685/helper.py): one drives, at the end of two pipes that the control
 * thread reads and writes, one watches it. Both give neutral when this process ends, however it ends.
 */
import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.js";
import type { ChipSettings } from "../links/pca9685/settings.js";
import type { Connection, Descriptors } from "./transport.js";

const HELPER = fileURLToPath(new URL("../../assets/links/pca9685/helper.py", import.meta.url));
/** Python starts within a second, on a slow and busy computer within several [ms]. */
const READY_WITHIN = 10_000;
const END_WITHIN = 2000;

/** Roles of the helper. */
type Role = "drive" | "guard";

export class Pca9685Connection implements Connection {
  readonly name: string;
  failure: string | undefined;
  readonly #settings: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #children: { role: Role; child: ChildProcess; ended: Promise<void> }[] = [];
  #descriptors: Descriptors | undefined;
  #closes = false;

  constructor(bus: number, chips: ChipSettings, environment: NodeJS.ProcessEnv = process.env) {
    this.name = `/dev/i2c-${bus}`;
    this.#settings = JSON.stringify({ bus, ...chips });
    this.#environment = environment;
  }

  async open(): Promise<Descriptors> {
    const { own, others } = openPipes();
    this.#descriptors = own;
    try {
      const driving = this.#start("drive", [...others, "pipe"]);
      for (const descriptor of others) closeSync(descriptor);
      await driving;
      await this.#start("guard", ["pipe", "ignore", "pipe"]);
    } catch (error) {
      await this.close();
      throw error;
    }
    return own;
  }

  /** Process ids, for those who watch them. */
  pidOf(wanted: Role): number | undefined {
    return this.#children.find(({ role }) => role === wanted)?.child.pid;
  }

  /** The end of its pipe is the driver's end, which gives neutral; then nobody need watch it. */
  async close(): Promise<void> {
    this.#closes = true;
    const { read, write } = this.#descriptors ?? {};
    this.#descriptors = undefined;
    if (write !== undefined) closeSync(write);
    for (const { child, ended } of this.#children.splice(0)) {
      child.stdin?.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), END_WITHIN);
      await ended;
      clearTimeout(timer);
    }
    if (read !== undefined) closeSync(read);
  }

  /** Until it is ready; a UserError if it cannot be. */
  #start(role: Role, stdio: StdioOptions): Promise<void> {
    const child = spawn("python3", ["-I", HELPER, role, this.#settings], { stdio, env: this.#environment });
    let said = "";
    let onReady = () => {};
    const ready = new Promise<void>((resolve) => {
      onReady = resolve;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-1000);
      if (said.includes("\n")) onReady();
    });
    const ended = new Promise<void>((resolve) => {
      child.once("error", (error) => {
        said = `python3 cannot be started (${error.message}): install it, e.g. sudo apt install python3`;
        resolve();
      });
      child.once("close", (code, signal) => {
        const why = said.trim().split("\n").at(-1) ?? "";
        if (!this.#closes)
          this.failure ??= `the helper that is to ${role} ended (${signal ?? `exit code ${code}`}) ${why}`;
        resolve();
      });
    });
    this.#children.push({ role, child, ended });
    const late = new Promise<void>((resolve) => setTimeout(resolve, READY_WITHIN).unref());
    return Promise.race([ready, ended, late]).then(() => {
      const line = said.trim().split("\n").at(-1);
      if (line !== "ready") throw new UserError(line || `the helper that is to ${role} did not start in time`, 1);
    });
  }
}

/** A PCA9685 that is only heard: it says nothing, so that nothing is opened. */
export class HeardI2c implements Connection {
  readonly name = "poses from outside";
  readonly failure = undefined;
  #nothing: number | undefined;

  async open(): Promise<Descriptors> {
    this.#nothing = openSync("/dev/null", "r+");
    return { read: this.#nothing, write: this.#nothing };
  }

  async close(): Promise<void> {
    if (this.#nothing !== undefined) closeSync(this.#nothing);
    this.#nothing = undefined;
  }
}

/**
 * Two pipes without a name; of each one end is our own and one another process's, which sees the end of ours: with both
 * ends in one descriptor it would not.
 */
function openPipes(): { readonly own: Descriptors; readonly others: readonly [number, number] } {
  const folder = mkdtempSync(join(tmpdir(), "lapgrad-"));
  const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
  try {
    const [commands, answers] = ["commands", "answers"].map((name) => join(folder, name));
    const { status, error } = spawnSync("mkfifo", [commands, answers]);
    if (status !== 0) throw new UserError(`mkfifo failed (${error?.message ?? status}): it belongs to coreutils`, 1);
    const reader = openSync(commands, O_RDONLY | O_NONBLOCK);
    const write = openSync(commands, O_WRONLY | O_NONBLOCK);
    const read = openSync(answers, O_RDONLY | O_NONBLOCK);
    const writer = openSync(answers, O_WRONLY | O_NONBLOCK);
    return { own: { read, write }, others: [reader, writer] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
