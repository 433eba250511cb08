/** A control loop in a thread of its own, at the end of a transport. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { messageOf, UserError } from "../errors.js";
import { Fault } from "../links/faults.js";
import { SETTLES } from "../pose/sender-clock.js";
import type { ThreadPoseSource } from "../pose/thread-source.js";
import type { ControlOptions } from "./control.js";
import type { ThreadData } from "./control-thread.js";
import { closeGamepad } from "./gamepad-device.js";
import type { ControlHost } from "./host.js";
import { Lateness } from "./lateness.js";
import { LiveView } from "./live-view.js";
import { layoutFor, Ring } from "./records.js";
import { Service } from "./service.js";
import { Order, Shared } from "./shared.js";
import { StopListener } from "./stop-listener.js";
import type { About } from "./stop-socket.js";
import type { Connection } from "./transport.js";

/** The main thread looks after the control thread this often [ms]. */
const LOOK = 10;
/** A control thread that has made no step for this long hangs [ms]. */
const HANGS_AFTER = 3000;
/** A control thread that has not ended within this is ended [ms]; stopping takes up to three seconds. */
const END_WITHIN = 5000;

/** What a thread that drives a robot needs beside the configuration. */
export interface ThreadContext {
  /** folder that the drive is recorded in */
  readonly drives: string;
  /** what its fleet calls the robot */
  readonly robot?: string | undefined;
  /** called when `lapgrad stop` has stopped the robot */
  readonly onStop: () => void;
  /** for people */
  readonly say: (text: string) => void;
  /** where the robot's pose is measured from outside; opened and closed here; undefined: nowhere */
  readonly poses?: ThreadPoseSource | undefined;
}

export class ThreadHost implements ControlHost {
  readonly shared: Shared;
  readonly ring: Ring;
  readonly lateness = new Lateness();
  readonly #config: RunConfig;
  readonly #connection: Connection;
  readonly #options: ControlOptions;
  readonly #parameters: number;
  readonly #context: ThreadContext;
  readonly #service: Service;
  #listener: StopListener | undefined;
  #view: LiveView | undefined;
  #worker: Worker | undefined;
  #failure: Error | undefined;
  #ticks = 0;
  #movedAt = Number.POSITIVE_INFINITY;
  #ended: Promise<void> = Promise.resolve();

  /** `parameters`: how many the policy has. */
  constructor(
    config: RunConfig,
    connection: Connection,
    parameters: number,
    options: ControlOptions,
    context: ThreadContext,
  ) {
    this.#config = config;
    this.#connection = connection;
    this.#options = options;
    this.#parameters = parameters;
    this.#context = context;
    this.shared = new Shared(parameters);
    const layout = layoutFor(resolveTask(config).task);
    this.ring = new Ring(layout);
    if (connection.show) this.#view = new LiveView(layout, connection.show.bind(connection));
    this.#service = new Service(this.shared, context.say);
  }

  async start(): Promise<void> {
    // first of all it can be stopped: then it does not begin
    const about: About = {
      pid: process.pid,
      device: this.#connection.name,
      drives: resolve(this.#context.drives),
      robot: this.#context.robot,
      isHeardOnly: this.#options.listens === true && this.#options.gamepad === undefined,
    };
    this.#listener = new StopListener(this.shared, this.#parameters, about, {
      onStop: () => this.#context.onStop(),
      say: this.#context.say,
    });
    await this.#listener.start();
    if (this.#context.poses) {
      await this.#context.poses.open();
      await delay(1000 * SETTLES); // the sender's clock is known by then
    }
    const descriptors = await this.#connection.open();
    const data: ThreadData = {
      config: this.#config,
      descriptors,
      nonce: randomBytes(4).readUInt32LE(),
      options: this.#options,
      parameters: this.#parameters,
      shared: this.shared.buffer,
      ring: this.ring.buffer,
      lateness: this.lateness.buffer,
      poses: this.#context.poses?.buffer,
    };
    const worker = new Worker(new URL("./control-thread.js", import.meta.url), { workerData: data });
    this.#worker = worker;
    worker.on("error", (error) => {
      this.#failure = error;
    });
    this.#ended = new Promise((resolve) => worker.once("exit", () => resolve()));
    await Promise.race([new Promise((resolve) => worker.once("message", resolve)), this.#ended]);
    this.#movedAt = performance.now();
    this.#check();
    this.#service.start();
  }

  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    if (this.shared.stoppedFor === Fault.operatorStop) this.#context.onStop();
    this.#check();
  }

  async end(): Promise<void> {
    if (this.#worker) {
      this.shared.give(Order.quit);
      const timer = setTimeout(() => void this.#worker?.terminate(), END_WITHIN);
      await this.#ended;
      clearTimeout(timer);
    }
    await this.#connection.close();
    if (this.#options.gamepad) closeGamepad(this.#options.gamepad);
    await this.#context.poses?.close();
    await this.#listener?.end();
    await this.#service.end();
  }

  watch(row: Float64Array): void {
    this.#view?.take(row);
  }

  note(): string | undefined {
    if (this.shared.isRealTime) return undefined;
    return (
      "the control thread has no real-time priority: on a busy computer its steps may be 20 ms late; " +
      "lapgrad doctor says how to allow it"
    );
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
    if (this.#connection.failure !== undefined)
      throw new UserError(`${this.#connection.failure}; the robot stops by itself`, 1);
  }
}
