/** Poses from outside, received in a thread of their own. */
import { Worker } from "node:worker_threads";
import { UserError } from "../errors.js";
import type { PoseSettings } from "./settings.js";
import { SharedPoses } from "./shared-poses.js";
import type { PoseSource } from "./source.js";
import type { FromPoseThread, PoseThreadData } from "./thread.js";

export class ThreadPoseSource implements PoseSource {
  readonly #settings: PoseSettings;
  readonly #say: (text: string) => void;
  readonly #poses = new SharedPoses();
  readonly #signal: AbortSignal | undefined;
  #worker: Worker | undefined;

  /** `say`: takes lines for people; `signal`: ends waiting for the first pose. */
  constructor(settings: PoseSettings, say: (text: string) => void, signal?: AbortSignal) {
    this.#settings = settings;
    this.#say = say;
    this.#signal = signal;
  }

  /** For a {@link SharedPoses} of the thread that reads. */
  get buffer(): SharedArrayBuffer {
    return this.#poses.buffer;
  }

  /**
   * Until the first pose of the car has come.
   * @throws UserError if none comes, with what came instead
   */
  async open(): Promise<void> {
    const data: PoseThreadData = { settings: this.#settings, shared: this.buffer };
    const worker = new Worker(new URL("./thread.js", import.meta.url), { workerData: data });
    this.#worker = worker;
    worker.unref();
    try {
      await new Promise<void>((resolve, reject) => {
        worker.on("message", (message: FromPoseThread) => {
          if ("say" in message) this.#say(message.say);
          else if ("isSeen" in message) resolve();
          else reject(new UserError(`--pose ${this.#settings.kind}: ${message.failure}`, message.exitCode));
        });
        worker.once("error", reject);
        const stop = () => reject(new UserError("stopped before the first pose came", 1));
        if (this.#signal?.aborted) stop();
        this.#signal?.addEventListener("abort", stop);
        worker.once("exit", () => reject(new Error("the thread that receives poses ended")));
      });
    } catch (error) {
      await this.close();
      throw error;
    }
    worker.on("error", (error) => this.#say(`the thread that receives poses ended: ${error.message}`));
  }

  poll(into: Float64Array): boolean {
    return this.#poses.poll(into);
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
