import { Worker } from "node:worker_threads";
import type { Shared } from "./shared.js";
import { type About, newSocketName } from "./stop-socket.js";
import type { StopThreadData } from "./stop-thread.js";

/** Lets `lapgrad stop` stop the robot, see stop-thread.ts; `onStop` tells the main thread so, when it has time. */
export class StopListener {
  readonly #worker: Worker | undefined;

  constructor(shared: Shared, parameters: number, about: About, onStop: () => void) {
    if (process.platform !== "linux") return;
    const data: StopThreadData = { name: newSocketName(), about, parameters, shared: shared.buffer };
    this.#worker = new Worker(new URL("./stop-thread.js", import.meta.url), { workerData: data });
    this.#worker.on("message", onStop);
    this.#worker.unref();
  }

  async end(): Promise<void> {
    await this.#worker?.terminate();
  }
}
