/**
 * Sends the metrics of a run to a tracking server while it is driven. Nobody waits for it: what the server has not got
 * is in metrics.jsonl anyway, and tracker.json says how far it is; so a server that is away, or a training that ends,
 * loses nothing.
 */
import { randomUUID } from "node:crypto";
import { basename, join, resolve } from "node:path";
import type { RunConfig } from "../config/schema.js";
import { unitOf } from "../config/units.js";
import { messageOf, UserError } from "../errors.js";
import { exists, readText, writeAtomically } from "../files.js";
import { quoted } from "../shell.js";
import type { TrainedRollout } from "../training/metrics.js";
import { type Metric, Mlflow, MOST, Refused, type Status } from "./mlflow.js";

/** First and longest wait before a server is tried again [ms]. */
const WAITS = { first: 1000, longest: 60_000 };
/** How long the end of a training waits for a server [ms]. */
const LAST_WAIT = 10_000;

/** tracker.json of a run's folder. */
interface TrackerFile {
  /** of the server */
  readonly address: string;
  /** by which the run is found there */
  readonly key: string;
  /** since 1970 [ms] */
  readonly began: number;
  /** rollouts that it has got */
  readonly sent: number;
}

export interface Tracked {
  /** folder of the run */
  readonly path: string;
  readonly config: RunConfig;
  /** driven before; more follow by {@link Tracker.grown} */
  readonly rollouts: readonly TrainedRollout[];
  readonly say: Tracker["say"];
  /** first wait before a server is tried again [ms] */
  readonly wait?: number;
}

/** The address in what --tracker was given, `mlflow=http://…`. @throws UserError if there is none */
export function trackerAddress(given: string): string {
  const [, address] = /^mlflow=(.+)$/s.exec(given) ?? [];
  if (address === undefined) throw new UserError(`--tracker is ${given}; allowed is mlflow=http://… or https://…`);
  new Mlflow(address, new AbortController().signal); // refuses what is no address
  return address;
}

export class Tracker {
  /** says something to people */
  say: (line: string) => void;
  readonly #tracked: Tracked;
  readonly #rollouts: TrainedRollout[];
  readonly #end = new AbortController();
  readonly #server: Mlflow;
  #file: TrackerFile | undefined;
  #id = "";
  #isAway = false;
  /** ends a wait: there is more to send, or the server is to be tried at once */
  #wake = () => {};
  /** how the training ended; undefined: it goes on */
  #status: Exclude<Status, "RUNNING"> | undefined;
  /** the server knows that */
  #isEnded = false;
  readonly #work: Promise<void>;
  /** why nothing is sent any more */
  #refused: string | undefined;

  /** Begins to send; never throws but for an address that is none. */
  constructor(address: string, tracked: Tracked) {
    this.#server = new Mlflow(address, this.#end.signal);
    this.#tracked = tracked;
    this.say = tracked.say;
    this.#rollouts = [...tracked.rollouts];
    this.#work = this.#send();
  }

  /** A rollout was driven. */
  grown(rollout: TrainedRollout): void {
    this.#rollouts.push(rollout);
    if (!this.#isAway) this.#wake();
  }

  /** Sends what is left, for a moment, and says what could not be sent, and how to send it. */
  async close(status: Exclude<Status, "RUNNING">): Promise<void> {
    const { path, config } = this.#tracked;
    const deadline = setTimeout(() => this.#stop(), LAST_WAIT);
    this.#status = status;
    this.#wake();
    await this.#work;
    clearTimeout(deadline);
    const missing = this.#rollouts.length - (this.#file?.sent ?? 0);
    if (missing === 0 && this.#isEnded) return;
    const what = missing > 0 ? `${missing} of ${this.#rollouts.length} ${unitOf(config)}s` : "how the training ended";
    this.say(
      `${this.#server.address} has not got ${what}${this.#refused ? ` (${this.#refused})` : ""}; send it later: ` +
        `lapgrad train --resume ${quoted(path)} --tracker mlflow=${quoted(this.#server.address)}`,
    );
  }

  #stop(): void {
    this.#end.abort();
    this.#wake();
  }

  async #send(): Promise<void> {
    const { wait = WAITS.first } = this.#tracked;
    for (let pause = wait; !this.#end.signal.aborted && !this.#isEnded; ) {
      try {
        if (this.#id === "") await this.#join();
        await this.#sendRollouts();
        if (this.#isAway) this.say(`${this.#server.address} is there again`);
        this.#isAway = false;
        pause = wait;
        if (this.#status === undefined) await this.#waiting();
        else await this.#tellEnd(this.#status);
      } catch (error) {
        if (this.#end.signal.aborted) return;
        const isFinal = error instanceof UserError;
        if (isFinal) this.#refused = messageOf(error);
        if (isFinal || !this.#isAway)
          this.say(
            `tracker ${this.#server.address}: ${messageOf(error)}; ${isFinal ? "no more is sent" : "trying again"}`,
          );
        if (isFinal) return;
        this.#isAway = true;
        await this.#waiting(this.#status === undefined ? pause : wait);
        pause = Math.min(2 * pause, WAITS.longest);
      }
    }
  }

  /** Until it is woken, or for a time [ms]. */
  #waiting(longest?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = longest === undefined ? undefined : setTimeout(resolve, longest).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Finds the run at the server, or makes it there. */
  async #join(): Promise<void> {
    const { path, config } = this.#tracked;
    const file = this.#file ?? (await this.#readFile());
    const name = basename(resolve(path));
    this.#id = await this.#server.run({ experiment: `lapgrad ${config.task}`, name, ...file });
    await this.#server.setStatus(this.#id, "RUNNING");
    await this.#server.logParams(this.#id, paramsOf(config)).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error; // what was set once stays, whatever a resumed run is set to
    });
  }

  /** Where a training before this one was; a new beginning for another server. */
  async #readFile(): Promise<TrackerFile> {
    const path = join(this.#tracked.path, "tracker.json");
    const { address } = this.#server;
    const known = (await exists(path)) ? fileIn(await readText(path)) : undefined;
    // a robot drives what was cut off before its update anew: that is sent, too
    const sent = Math.min(known?.sent ?? 0, this.#tracked.rollouts.length);
    const file =
      known?.address === address ? { ...known, sent } : { address, key: randomUUID(), began: Date.now(), sent: 0 };
    await this.#keep(file);
    return file;
  }

  async #keep(file: TrackerFile): Promise<void> {
    await writeAtomically(join(this.#tracked.path, "tracker.json"), `${JSON.stringify(file)}\n`);
    this.#file = file;
  }

  /** In order, as many in a request as it may hold. */
  async #sendRollouts(): Promise<void> {
    for (let file = this.#file; file && file.sent < this.#rollouts.length; file = this.#file) {
      const { began, sent } = file;
      const metrics: Metric[] = [];
      let end = sent;
      for (; end < this.#rollouts.length; end++) {
        const more = metricsOf(this.#rollouts[end], began);
        if (end > sent && metrics.length + more.length > MOST.metrics) break;
        metrics.push(...more);
      }
      for (let i = 0; i < metrics.length; i += MOST.metrics)
        await this.#server.logMetrics(this.#id, metrics.slice(i, i + MOST.metrics));
      await this.#keep({ ...file, sent: end });
    }
  }

  async #tellEnd(status: Exclude<Status, "RUNNING">): Promise<void> {
    if (this.#file && this.#file.sent < this.#rollouts.length) return;
    await this.#server.setStatus(this.#id, status, Date.now());
    this.#isEnded = true;
  }
}

/**
 * All finite numbers of a rollout. Their time is that of the run's beginning and the driving since then: when they are
 * sent again it is the same.
 */
function metricsOf({ noticed: _, index, ...numbers }: TrainedRollout, began: number): Metric[] {
  const timestamp = Math.round(began + 1000 * (numbers.start + numbers.seconds));
  return Object.entries(numbers).flatMap(([key, value]) =>
    Number.isFinite(value) ? [{ key, value, timestamp, step: index }] : [],
  );
}

/** The configuration as texts. */
function paramsOf(config: RunConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "object" ? JSON.stringify(value) : String(value)]],
    ),
  );
}

/** What is in a tracker.json; undefined if it is none: then the run begins anew at the server. */
function fileIn(text: string): TrackerFile | undefined {
  try {
    const { address, key, began, sent } = JSON.parse(text);
    const isFile = typeof address === "string" && typeof key === "string" && [began, sent].every(Number.isSafeInteger);
    return isFile ? { address, key, began, sent } : undefined;
  } catch {
    return undefined;
  }
}
