/** Simulated PCA9685 chips for other processes (simulated-i2c.c), and what was written to them when. */
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Layout of struct bus in simulated-i2c.c. */
const [FAILS, ENTRIES, PRESENT, REGISTERS] = [0, 4, 8, 8 + 128];
const LOG = REGISTERS + 128 * 256;
const [ENTRY, KEPT] = [48, 65536];
const SIZE = LOG + ENTRY * KEPT + 256;
const CHANNEL_0 = 6;
const SLEEP = 0x10;

/** A write to a chip. */
interface Written {
  /** by the monotonic clock [ms] */
  readonly ms: number;
  readonly address: number;
  readonly first: number;
  readonly data: readonly number[];
}

/** Where this machine's monotonic clock is [ms]. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export class SimulatedI2c {
  readonly environment: NodeJS.ProcessEnv;
  readonly #file: number;

  /** In a folder that is there. */
  constructor(folder: string, addresses: readonly number[]) {
    const library = join(folder, "simulated-i2c.so");
    if (!existsSync(library))
      execFileSync("cc", [
        "-shared",
        "-fPIC",
        "-O1",
        "-o",
        library,
        "test/support/simulated-i2c.c",
        "-ldl",
        "-lpthread",
      ]);
    const path = join(folder, `bus-${process.hrtime.bigint()}`);
    this.#file = openSync(path, "w+");
    ftruncateSync(this.#file, SIZE);
    for (const address of addresses) {
      this.#put(PRESENT + address, [1]);
      this.powerOn(address);
    }
    this.environment = { ...process.env, LD_PRELOAD: library, I2C_FILE: path };
  }

  /** Registers as they are after power-on. */
  powerOn(address: number): void {
    const registers = new Uint8Array(256);
    registers.set([0x11, 0x04, 0xe2, 0xe4, 0xe8, 0xe0]);
    for (let channel = 0; channel < 16; channel++) registers[CHANNEL_0 + 4 * channel + 3] = 0x10;
    registers[0xfe] = 0x1e;
    this.#put(REGISTERS + 256 * address, registers);
  }

  /** Nothing answers any more, or again. */
  fail(isBroken: boolean): void {
    this.#put(FAILS, [isBroken ? 1 : 0]);
  }

  registers(address: number): Uint8Array {
    return this.#get(REGISTERS + 256 * address, 256);
  }

  /** Part of a period for which a channel is on, 0 to 1. */
  duty(address: number, channel: number): number {
    const registers = this.registers(address);
    return registers[0] & SLEEP
      ? 0
      : dutyOf([...registers.subarray(CHANNEL_0 + 4 * channel, CHANNEL_0 + 4 * channel + 4)]);
  }

  /** Pulses of a channel in the order in which they were written: when [ms], and how long [µs]. */
  pulses(address: number, channel: number): { ms: number; us: number }[] {
    const first = CHANNEL_0 + 4 * channel;
    const period = ((this.registers(address)[0xfe] ?? 0) + 1) * (4096 / 25);
    return this.#log()
      .filter((one) => one.address === address && one.first <= first && first + 4 <= one.first + one.data.length)
      .map(({ ms, first: from, data }) => ({ ms, us: period * dutyOf(data.slice(first - from, first - from + 4)) }));
  }

  close(): void {
    closeSync(this.#file);
  }

  #log(): Written[] {
    const count = new DataView(this.#get(ENTRIES, 4).buffer).getUint32(0, true);
    if (count > KEPT) throw new Error("the log ran over");
    const view = new DataView(this.#get(LOG, ENTRY * count).buffer);
    return Array.from({ length: count }, (_, i) => {
      const at = ENTRY * i;
      const length = view.getUint8(at + 10);
      return {
        ms: Number(view.getBigUint64(at, true)) / 1e6,
        address: view.getUint8(at + 8),
        first: view.getUint8(at + 9),
        data: Array.from({ length }, (_, k) => view.getUint8(at + 11 + k)),
      };
    });
  }

  #put(at: number, bytes: ArrayLike<number>): void {
    writeSync(this.#file, Uint8Array.from(bytes), 0, bytes.length, at);
  }

  #get(at: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    readSync(this.#file, bytes, 0, count, at);
    return bytes;
  }
}

/** Of the four registers of a channel. */
function dutyOf([, onHigh = 0, off = 0, offHigh = 0]: readonly number[]): number {
  if (offHigh & 0x10) return 0;
  return onHigh & 0x10 ? 1 : (off + 256 * (offHigh & 0x0f)) / 4096;
}
