import { readdirSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { messageOf, UserError } from "../errors.js";
import { Fault } from "../links/faults.js";
import { Restarts } from "./restarts.js";
import { Order, type Shared } from "./shared.js";
import { type About, LISTENS, newSocketName } from "./stop-socket.js";
import type { StopThreadData } from "./stop-thread.js";

/** A thread that does not listen within this will not [ms]. */
const LISTENS_WITHIN = 5000;
/** Files and connections that may have to be open at a time, beyond those that are. */
const DESCRIPTORS = 64;

/** What a listener tells the thread that drives. */
export interface StopHeard {
  /** `lapgrad stop` has stopped the robot; when this thread has time */
  onStop(): void;
  say(text: string): void;
}

/**
 * Lets `lapgrad stop` stop the robot, see stop-thread.ts. A thread that ends is started again; if it cannot be, the
 * robot is stopped.
 */
export class StopListener {
  readonly #shared: Shared;
  readonly #parameters: number;
  readonly #about: About;
  readonly #heard: StopHeard;
  readonly #program: URL;
  readonly #restarts = new Restarts();
  #worker: Worker | undefined;
  #isEnding = false;

  /** `program`: the thread. */
  constructor(
    shared: Shared,
    parameters: number,
    about: About,
    heard: StopHeard,
    program = new URL("./stop-thread.js", import.meta.url),
  ) {
    this.#shared = shared;
    this.#parameters = parameters;
    this.#about = about;
    this.#heard = heard;
    this.#program = program;
  }

  /** Until it listens; refuses where it cannot. */
  async start(): Promise<void> {
    if (process.platform !== "linux") return;
    requireDescriptors();
    try {
      await this.#listen();
    } catch (error) {
      throw new UserError(`lapgrad stop could not reach this program, so no robot is driven: ${messageOf(error)}`, 1);
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker?.terminate();
  }

  /** Starts the thread; resolves when it listens, and looks after it from then on. */
  async #listen(): Promise<void> {
    const data: StopThreadData = {
      name: newSocketName(),
      about: this.#about,
      parameters: this.#parameters,
      shared: this.#shared.buffer,
    };
    const worker = new Worker(this.#program, { workerData: data });
    this.#worker = worker;
    let why = "its thread ended";
    worker.on("error", (error) => {
      why = messageOf(error);
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => void worker.terminate(), LISTENS_WITHIN);
      worker.once("exit", () => {
        clearTimeout(timer);
        reject(new Error(why));
      });
      worker.on("message", (message) => {
        if (message !== LISTENS) return this.#heard.onStop();
        clearTimeout(timer);
        resolve();
      });
    });
    worker.unref();
    worker.once("exit", () => void this.#restart(why));
  }

  async #restart(why: string): Promise<void> {
    if (this.#isEnding) return;
    try {
      if (!this.#restarts.mayRestart()) throw new Error("again and again");
      await this.#listen();
      this.#heard.say(`the thread that listens for lapgrad stop ended (${why}); it was started again`);
    } catch (error) {
      if (this.#isEnding) return;
      this.#heard.say(`the thread that listens for lapgrad stop ended (${why}; ${messageOf(error)})`);
      this.#shared.give(Order.stop, Fault.stopListener);
    }
  }
}

/** Refuses where so few files may be open that connections could not be accepted. */
function requireDescriptors(): void {
  let limit: number;
  let open: number;
  try {
    limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? Infinity);
    open = readdirSync("/proc/self/fd").length;
  } catch {
    return; // without /proc the connection itself tells
  }
  if (limit - open < DESCRIPTORS)
    throw new UserError(
      `only ${limit} files may be open, and ${open} are: ${DESCRIPTORS} more may be needed to drive, and to hear ` +
        `lapgrad stop; raise the limit: ulimit -n ${Math.max(256, 2 * (open + DESCRIPTORS))}`,
      1,
    );
}
