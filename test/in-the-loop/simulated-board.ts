/**
 * The firmware of the ATmega328P in a simulator, in virtual time, with its UART on a pseudo-terminal that is opened,
 * read and written as a real port is. Nothing here sleeps: time passes only in `run`, so a test gives the same edges on
 * every machine.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { protocol } from "../../src/links/wire/protocol.js";
import { SerialConnection } from "../../src/runtime/serial-connection.js";
import { DescriptorTransport } from "../../src/runtime/transport.js";

export interface Pulse {
  readonly riseUs: number;
  readonly widthUs: number;
}

/** Not a pin: the chip started anew. */
const RESET = 0;
const STEERING_PIN = 1;
const THROTTLE_PIN = 2;

/** The simulated board and its terminal. */
export class SimulatedBoard {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<void>;
  /** who waits for an answer, the oldest first */
  readonly #waiting: ((answer: string | undefined) => void)[] = [];
  #said = "";
  #connection: SerialConnection | undefined;
  #transport: DescriptorTransport | undefined;
  #receive: (bytes: Uint8Array) => void = () => {};
  nowUs = 0;
  readonly steering: Pulse[] = [];
  readonly throttle: Pulse[] = [];
  /** when the chip started anew [us] */
  readonly resets: number[] = [];
  /** every edge and every byte count, for comparing two drives */
  readonly log: string[] = [];

  constructor(runner: string, elf: string) {
    this.#child = spawn(runner, [elf], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdout.setEncoding("latin1").on("data", (text: string) => this.#take(text));
    this.#closed = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.#child.stdout.on("end", () => {
      for (const answered of this.#waiting.splice(0)) answered(undefined);
    });
  }

  /** number of the simulator's process */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.stdout.readableEnded;
  }

  #take(text: string): void {
    const lines = (this.#said + text).split("\n");
    this.#said = lines.pop() ?? "";
    for (const line of lines) this.#waiting.shift()?.(line);
  }

  /** Gives one order of firmware-bridge/sim/lockstep.c and returns its answer. */
  async order(line: string): Promise<string> {
    if (this.hasEnded) throw new Error(`the simulator has ended before "${line}"`);
    this.#child.stdin.write(`${line}\n`);
    const answer = await new Promise<string | undefined>((resolve) => this.#waiting.push(resolve));
    if (answer === undefined || answer.startsWith("error"))
      throw new Error(`the simulator refused "${line}": ${answer ?? "it has ended"}`);
    return answer;
  }

  /** Opens a new terminal; what arrives goes to `receive`. */
  async connect(receive: (bytes: Uint8Array) => void): Promise<void> {
    if (this.#connection) await this.disconnect();
    this.#receive = receive;
    this.#connection = new SerialConnection(await this.order("OPEN"), protocol.baud);
    this.#transport = new DescriptorTransport(await this.#connection.open());
  }

  /** Pulls the cable. */
  async disconnect(): Promise<void> {
    await this.#close();
    await this.order("CLOSE");
  }

  async #close(): Promise<void> {
    await this.#connection?.close();
    this.#connection = undefined;
    this.#transport = undefined;
  }

  /** Sends bytes through the terminal; they reach the chip one by one while time passes. */
  async send(bytes: Uint8Array): Promise<void> {
    if (!this.#transport) return;
    if (!this.#transport.write(bytes, bytes.length))
      throw new Error(`the terminal took less than ${bytes.length} bytes`);
    await this.order(`READ ${bytes.length}`);
  }

  /** Lets time pass, and delivers what the chip sent in it. */
  async run(ms: number): Promise<void> {
    const answer = await this.order(`RUN ${Math.round(ms * 1000)}`);
    const [now, sent, ...pulses] = answer.split(" ");
    this.log.push(answer);
    this.nowUs = Number(now);
    for (const pulse of pulses) {
      const [pin = 0, riseUs = 0, widthUs = 0] = pulse.split(":").map(Number);
      if (pin === RESET) this.resets.push(riseUs);
      if (pin === STEERING_PIN) this.steering.push({ riseUs, widthUs });
      if (pin === THROTTLE_PIN) this.throttle.push({ riseUs, widthUs });
    }
    let awaited = this.#transport ? Number(sent) : 0;
    const bytes = new Uint8Array(awaited);
    while (awaited > 0) {
      const count = this.#transport?.read(bytes) ?? awaited;
      awaited -= count;
      if (count > 0) this.#receive(bytes.slice(0, count));
      else await setImmediate(); // the kernel has it, and not given it yet
    }
  }

  /** Also if it has ended already. */
  async stop(): Promise<void> {
    await this.#close();
    this.#child.stdin.end();
    await this.#closed;
  }
}
