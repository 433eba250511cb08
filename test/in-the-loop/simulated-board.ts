/**
 * The firmware of the ATmega328P in a simulator, in virtual time, with its UART on a pseudo-terminal that the real
 * serialport package opens. Nothing here sleeps: time passes only in `run`, so a test gives the same edges on every
 * machine.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { SerialPort } from "serialport";
import { protocol } from "../../src/links/wire/protocol.js";

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
  readonly #answers: AsyncIterator<string>;
  #port: SerialPort | undefined;
  #awaited = 0;
  #arrived = () => {};
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
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Gives one order of firmware-bridge/sim/lockstep.c and returns its answer. */
  async order(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const { value, done } = await this.#answers.next();
    if (done || value.startsWith("error"))
      throw new Error(`the simulator refused "${line}": ${value ?? "it has ended"}`);
    return value;
  }

  /** Opens a new terminal with serialport; what arrives goes to `receive`. */
  async connect(receive: (bytes: Uint8Array) => void): Promise<void> {
    if (this.#port) await this.disconnect();
    this.#receive = receive;
    const path = await this.order("OPEN");
    const port = new SerialPort({ path, baudRate: protocol.baud, autoOpen: false });
    port.on("data", (bytes: Uint8Array) => {
      this.#awaited -= bytes.length;
      this.#receive(bytes);
      this.#arrived();
    });
    await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
    this.#port = port;
  }

  /**
   * Pulls the cable. The port is closed before the terminal is hung up, which may read as empty for ever afterwards:
   * serialport would read on, and never tell.
   */
  async disconnect(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    if (port) await closed(port);
    await this.order("CLOSE");
  }

  /** Sends bytes through the terminal; they reach the chip one by one while time passes. */
  async send(bytes: Uint8Array): Promise<void> {
    const port = this.#port;
    if (!port) return;
    await new Promise<void>((resolve, reject) => port.write(bytes, (error) => (error ? reject(error) : resolve())));
    await this.order(`READ ${bytes.length}`);
  }

  /** Lets time pass, and waits until serialport has delivered what the chip sent in it. */
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
    if (this.#port) this.#awaited += Number(sent);
    while (this.#awaited > 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
  }

  async stop(): Promise<void> {
    if (this.#port) await closed(this.#port);
    this.#child.stdin.end();
    await new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
  }
}

/** Closes a port, unless it has closed by itself. */
function closed(port: SerialPort): Promise<void> {
  return new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()));
}
