/**
 * A serial port: opened and configured by serialport, read and written by the control thread through a descriptor of
 * its own.
 */
import { closeSync, constants, openSync } from "node:fs";
import { SerialPort } from "serialport";
import { UserError } from "../errors.js";
import type { Connection, Descriptors } from "./transport.js";

export class SerialConnection implements Connection {
  /** path of the port */
  readonly name: string;
  readonly failure = undefined;
  readonly #baudRate: number;
  #port: SerialPort | undefined;
  #descriptor: number | undefined;

  constructor(path: string, baudRate: number) {
    this.name = path;
    this.#baudRate = baudRate;
  }

  async open(): Promise<Descriptors> {
    this.#port = await openPort(this.name, this.#baudRate);
    this.#descriptor = openSync(this.name, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    return { read: this.#descriptor, write: this.#descriptor };
  }

  async close(): Promise<void> {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    const port = this.#port;
    if (port?.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
  }
}

/**
 * Opens, locks (flock: it holds against root too, and until the port is closed) and configures a port, which gets no
 * listener: what arrives is for the control thread.
 */
async function openPort(path: string, baudRate: number): Promise<SerialPort> {
  // a read that finds nothing returns at once
  const port = new SerialPort({ path, baudRate, autoOpen: false, lock: true, vmin: 0, vtime: 0 });
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error ? reject(new UserError(refusal(path, error.message), 1)) : resolve())),
  );
  return port;
}

function refusal(path: string, message: string): string {
  if (/lock/i.test(message))
    return `${path} is in use: another program, perhaps a second lapgrad, has it; lapgrad stop, or lapgrad doctor`;
  return `cannot open ${path}: ${message}; lapgrad doctor tells what keeps it`;
}
