/** The live page of a command that drives, as that command sees it. */
import { Worker } from "node:worker_threads";
import { messageOf, UserError } from "../errors.js";
import type { FromView, ToView, ViewThreadData, WatchedRobot } from "./thread.js";

export class View {
  readonly address: string;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;

  private constructor(address: string, worker: Worker, ended: Promise<void>) {
    this.address = address;
    this.#worker = worker;
    this.#ended = ended;
  }

  /**
   * Serves the page of a run on a thread of its own.
   * @param stop called when somebody pressed the stop button
   * @param failed called with the reason if the thread ends by itself later: who drives goes on without a page
   * @throws UserError if no port is free
   */
  static async open(data: ViewThreadData, stop: () => void, failed: (why: string) => void = () => {}): Promise<View> {
    const worker = new Worker(new URL("./thread.js", import.meta.url), { workerData: data });
    worker.unref();
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    const address = await new Promise<string>((resolve, reject) => {
      worker.on("message", (message: FromView) => {
        if ("stop" in message) stop();
        else if ("address" in message) resolve(message.address);
        else reject(new UserError(message.failure, 1));
      });
      worker.once("error", reject);
    });
    worker.on("error", (error) => failed(messageOf(error)));
    return new View(address, worker, ended);
  }

  /** Shows a line in the page's log. */
  say(line: string): void {
    this.#tell({ say: line });
  }

  /** Shows a robot as its control thread sees it. */
  watchRobot(robot: WatchedRobot): void {
    this.#tell({ robot });
  }

  /** Shows a plant; the function that is returned is told time [s] and state, and waits for nobody. */
  watchPlant(states: number): (time: number, state: ArrayLike<number>) => void {
    const plant = new SharedArrayBuffer(8 * (states + 1));
    this.#tell({ plant });
    const numbers = new Float64Array(plant);
    return (time, state) => {
      numbers[0] = time;
      numbers.set(state, 1);
    };
  }

  async close(): Promise<void> {
    this.#tell({ close: true });
    const timer = setTimeout(() => void this.#worker.terminate(), 1000);
    await this.#ended;
    clearTimeout(timer);
  }

  #tell(message: ToView): void {
    this.#worker.postMessage(message);
  }
}
