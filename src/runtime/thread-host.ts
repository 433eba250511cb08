/** A control loop in a thread of its own, on a serial port. */
import { randomBytes } from "node:crypto";
import { Worker } from "node:worker_threads";
import { SerialPort } from "serialport";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { messageOf, UserError } from "../errors.js";
import type { ControlOptions } from "./control.js";
import type { ThreadData } from "./control-thread.js";
import type { ControlHost } from "./host.js";
import { Lateness } from "./lateness.js";
import { layoutFor, Ring } from "./records.js";
import { Order, Shared } from "./shared.js";

/** The main thread looks after the control thread this often [ms]. */
const LOOK = 10;
/** A control thread that has made no step for so long hangs [ms]. */
const HANGS_AFTER = 3000;
/** A control thread that has not ended within this is ended [ms]; stopping takes up to three seconds. */
const END_WITHIN = 5000;

export class ThreadHost implements ControlHost {
  readonly shared: Shared;
  readonly ring: Ring;
  readonly lateness = new Lateness();
  readonly #config: RunConfig;
  readonly #device: string;
  readonly #baud: number;
  readonly #options: ControlOptions;
  readonly #parameters: number;
  #port: SerialPort | undefined;
  #worker: Worker | undefined;
  #failure: Error | undefined;
  #ticks = 0;
  #movedAt = Number.POSITIVE_INFINITY;
  #ended: Promise<void> = Promise.resolve();

  /** `parameters`: how many the policy has. */
  constructor(config: RunConfig, device: string, baud: number, parameters: number, options: ControlOptions) {
    this.#config = config;
    this.#device = device;
    this.#baud = baud;
    this.#options = options;
    this.#parameters = parameters;
    this.shared = new Shared(parameters);
    this.ring = new Ring(layoutFor(resolveTask(config).task));
  }

  async start(): Promise<void> {
    this.#port = await openPort(this.#device, this.#baud);
    const data: ThreadData = {
      config: this.#config,
      device: this.#device,
      nonce: randomBytes(4).readUInt32LE(),
      options: this.#options,
      parameters: this.#parameters,
      shared: this.shared.buffer,
      ring: this.ring.buffer,
      lateness: this.lateness.buffer,
    };
    const worker = new Worker(new URL("./control-thread.js", import.meta.url), { workerData: data });
    this.#worker = worker;
    worker.on("error", (error) => {
      this.#failure = error;
    });
    this.#ended = new Promise((resolve) => worker.once("exit", () => resolve()));
    await Promise.race([new Promise((resolve) => worker.once("message", resolve)), this.#ended]);
    this.#check();
  }

  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    this.#check();
  }

  async end(): Promise<void> {
    if (this.#worker) {
      this.shared.give(Order.quit);
      const timer = setTimeout(() => void this.#worker?.terminate(), END_WITHIN);
      await this.#ended;
      clearTimeout(timer);
    }
    const port = this.#port;
    if (port?.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
  }

  note(): string | undefined {
    if (this.shared.isRealTime) return undefined;
    return "the control thread has no real-time priority: on a busy computer its steps may be 20 ms late; lapgrad doctor says how to allow it";
  }

  summary(): string | undefined {
    const late = this.lateness.quantiles();
    if (!late) return undefined;
    const ms = (seconds: number) => `${(1000 * seconds).toFixed(2)} ms`;
    const most = `late by ${ms(late.p50)} in the median, ${ms(late.p99)} in 99 of 100, ${ms(late.most)} at most`;
    return `control loop: ${late.steps} steps, ${most}; ${this.shared.missed} deadlines missed`;
  }

  /** Throws if the control thread has died, or has made no step for long. */
  #check(): void {
    const { ticks } = this.shared;
    const now = performance.now();
    if (ticks !== this.#ticks) this.#movedAt = now;
    this.#ticks = ticks;
    if (now - this.#movedAt > HANGS_AFTER)
      throw new UserError(
        "the control thread hangs; the robot stops by itself: end this program, lapgrad stop if need be",
        1,
      );
    if (this.#failure)
      throw new UserError(`the control thread ended: ${messageOf(this.#failure)}; the robot stops by itself`, 1);
  }
}

/** Opens and configures a port, which gets no listener: what arrives is for the control thread. */
async function openPort(path: string, baudRate: number): Promise<SerialPort> {
  // a read that finds nothing returns at once
  const port = new SerialPort({ path, baudRate, autoOpen: false, vmin: 0, vtime: 0 });
  await new Promise<void>((resolve, reject) =>
    port.open((error) =>
      error
        ? reject(new UserError(`cannot open ${path}: ${error.message}; lapgrad doctor tells what keeps it`, 1))
        : resolve(),
    ),
  );
  return port;
}
