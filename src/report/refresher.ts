/**
 * Keeps the report of a run up to date while it is being driven, on a thread of its own: neither what learns nor what
 * drives waits for it.
 */
import { Worker } from "node:worker_threads";
import { messageOf } from "../errors.js";
import type { Answer } from "../workers/pool.js";

/** Between two reports, and before the first one [ms]: shorter than a lap of a real car. */
const PAUSE = 5000;
/** A report that takes long on a long run is written after so many times its own time: at most 5 % of a core. */
const SHARE = 20;

export class ReportRefresher {
  readonly #run: string;
  readonly #failed: (why: string) => void;
  #worker: Worker | undefined;
  /** a report is being written */
  isWriting = false;
  /** before this time nothing is written [ms] */
  #next = performance.now() + PAUSE;

  /** `failed`: told, for people and once, why there is no newer report; the drive goes on. */
  constructor(run: string, failed: (why: string) => void) {
    this.#run = run;
    this.#failed = failed;
  }

  /** More is on disk. Writes if it is time; what comes too early is in the next report. */
  grown(): void {
    if (this.isWriting || performance.now() < this.#next) return;
    const worker = this.#worker ?? this.#begin();
    this.isWriting = true;
    const began = performance.now();
    worker.once("message", (answer: Answer<string>) => {
      const took = performance.now() - began;
      this.isWriting = false;
      this.#next = performance.now() + Math.max(PAUSE, SHARE * took);
      if ("error" in answer) this.#fail(answer.error);
    });
    worker.postMessage(this.#run);
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./refresh-worker.js", import.meta.url));
    worker.unref();
    worker.once("error", (error) => this.#fail(messageOf(error)));
    this.#worker = worker;
    return worker;
  }

  #fail(why: string): void {
    this.#next = Number.POSITIVE_INFINITY;
    this.#failed(`the report is not brought up to date until the end: ${why}`);
  }

  /** Ends, even in the middle of a report: the file is whole, if older. Whoever writes the last one comes after it. */
  async close(): Promise<void> {
    this.#next = Number.POSITIVE_INFINITY;
    await this.#worker?.terminate();
  }
}
