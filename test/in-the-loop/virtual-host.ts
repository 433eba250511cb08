/**
 * A control loop in virtual time: it steps when the simulated robot has run for a control period, and sleeps nowhere.
 */
import { resolveTask } from "../../src/config/resolve.js";
import type { RunConfig } from "../../src/config/schema.js";
import { robotFor } from "../../src/links/links.js";
import type { Transport } from "../../src/links/robot.js";
import type { PoseSource } from "../../src/pose/source.js";
import { controlLoop, loopPeriod } from "../../src/runtime/control.js";
import type { ControlLoop } from "../../src/runtime/control-loop.js";
import type { ControlHost } from "../../src/runtime/host.js";
import { layoutFor, Ring } from "../../src/runtime/records.js";
import { Order, Shared } from "../../src/runtime/shared.js";

/** What carries a robot's bytes, and its clock. */
export interface VirtualBoard {
  readonly nowUs: number;
  connect(receive: (bytes: Uint8Array) => void): Promise<void>;
  disconnect(): Promise<void>;
  send(bytes: Uint8Array): Promise<void>;
  run(ms: number): Promise<void>;
}

/** Bytes between the loop and the board. */
export class BoardTransport implements Transport {
  #arrived: Uint8Array[] = [];
  #sent: Uint8Array[] = [];

  /** What a bad transport makes of the frames sent in a step, and of the bytes that arrive. */
  tamperOut: (frames: readonly Uint8Array[]) => readonly Uint8Array[] = (frames) => frames;
  tamperIn: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;

  /** What the board sent. */
  arrive = (bytes: Uint8Array): void => {
    this.#arrived.push(this.tamperIn(bytes.slice()));
  };

  /** What is to be sent to the board. */
  takeSent(): Uint8Array {
    const bytes = Buffer.concat(this.tamperOut(this.#sent));
    this.#sent = [];
    return bytes;
  }

  read(into: Uint8Array): number {
    const all = Buffer.concat(this.#arrived);
    const count = Math.min(all.length, into.length);
    into.set(all.subarray(0, count));
    this.#arrived = count < all.length ? [all.subarray(count)] : [];
    return count;
  }

  write(bytes: Uint8Array, count: number): boolean {
    this.#sent.push(bytes.slice(0, count));
    return true;
  }
}

export class VirtualHost implements ControlHost {
  readonly shared: Shared;
  readonly ring: Ring;
  readonly transport = new BoardTransport();
  readonly #config: RunConfig;
  protected readonly board: VirtualBoard;
  readonly #car: Pick<VirtualBoard, "run">;
  readonly #nonce: number;
  #loop: Pick<ControlLoop, "step"> | undefined;
  #runs = true;
  /** called before every step, for tests that disturb something; false: the host makes no step, as if it hung */
  before: (now: number) => undefined | boolean | Promise<undefined | boolean> = () => undefined;
  /** somebody else drives: the robot is only heard */
  listens = false;
  /** it drives a set-up's moves, and no policy */
  moves = false;
  /** looks at the car from outside; undefined: nothing does */
  poses: Pick<PoseSource, "poll"> | undefined;
  /** what the host's clock is ahead of the board's [s] */
  clockAhead = 0;

  /** `car`: what lets time pass, for the board and for what it drives. */
  constructor(config: RunConfig, board: VirtualBoard, car: Pick<VirtualBoard, "run">, parameters: number, nonce = 1) {
    this.#config = config;
    this.board = board;
    this.#car = car;
    this.#nonce = nonce;
    this.shared = new Shared(parameters);
    this.ring = new Ring(layoutFor(resolveTask(config).task));
  }

  async start(): Promise<void> {
    const kind = robotFor(this.#config, resolveTask(this.#config).task);
    if (!kind) throw new Error("no robot");
    const { shared, ring, poses } = this;
    this.#loop = await controlLoop(this.#config, kind, this.transport, this.#nonce, shared, ring, this.#options, poses);
    await this.board.connect(this.transport.arrive);
  }

  async pause(): Promise<void> {
    await this.#car.run(1000 * loopPeriod(resolveTask(this.#config).task, this.#options));
    const now = this.board.nowUs / 1e6;
    if ((await this.before(now)) === false) return;
    this.#runs = this.#loop?.step(now + this.clockAhead, false) ?? false;
    const bytes = this.transport.takeSent();
    if (bytes.length > 0) await this.board.send(bytes);
  }

  get #options() {
    return { heartbeatWithin: Number.POSITIVE_INFINITY, listens: this.listens, moves: this.moves };
  }

  note(): undefined {}

  summary(): undefined {}

  async end(): Promise<void> {
    this.shared.give(Order.quit);
    while (this.#runs) await this.pause();
    await this.board.disconnect();
  }
}
