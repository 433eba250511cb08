/** The firmware of the RP2040, as its UF2 file brings it, in rp2040js and in virtual time. */
import { readFileSync } from "node:fs";
import { ConsoleLogger, LogLevel, Simulator } from "rp2040js";
import { protocol } from "../../src/links/wire/protocol.js";
import type { Pulse } from "./simulated-board.js";

const FLASH = 0x10000000;
const RAM = 0x20000000;
/** where the boot ROM runs the second-stage loader */
const LOADER = 0x20041f00;
const NANOS_PER_CYCLE = 1e9 / 12e6;
const NANOS_PER_BYTE = (10 * 1e9) / protocol.baud;
const STEERING_PIN = 2;
const THROTTLE_PIN = 3;
const WATCHDOG = 0x40058;
const WATCHDOG_CTRL = 0x40058000;
const PAGE = 256;
const HIGH = 1;

/** The bytes of a UF2 file in order: its blocks follow one another without gaps. */
export function uf2Image(path: string): Uint8Array {
  const file = readFileSync(path);
  const image = Buffer.alloc((file.length / 512) * PAGE);
  for (let at = 0; at < file.length; at += 512)
    file.copy(image, file.readUInt32LE(at + 12) - FLASH, at + 32, at + 32 + PAGE);
  return image;
}

export class SimulatedRp2040 {
  readonly #simulator = new Simulator();
  readonly #clock = this.#simulator.clock;
  readonly #chip = this.#simulator.rp2040;
  readonly #incoming: number[] = [];
  readonly #image: Uint8Array;
  #nextByteNanos = 0;
  readonly #startNanos: number;
  /** starts of the firmware, the first included */
  starts = 0;
  readonly steering: Pulse[] = [];
  readonly throttle: Pulse[] = [];

  /** `wrapMs`: the chip's 32-bit clock wraps this long after the start. */
  constructor(uf2: string, receive: (bytes: Uint8Array) => void, wrapMs = 2 ** 32 / 1000) {
    this.#startNanos = (2 ** 32 - wrapMs * 1000) * 1000;
    this.#clock.tick(this.#startNanos);
    this.#image = uf2Image(uf2);
    this.#chip.logger = new ConsoleLogger(LogLevel.Error);
    const uart = this.#chip.uart[0];
    if (uart) uart.onByte = (byte) => receive(Uint8Array.of(byte));
    this.#watch(STEERING_PIN, this.steering);
    this.#watch(THROTTLE_PIN, this.throttle);
    const watchdog = this.#chip.peripherals[WATCHDOG] as unknown as { onWatchdogTrigger: () => void };
    watchdog.onWatchdogTrigger = () => this.#boot();
    this.#boot();
  }

  get nowUs(): number {
    return (this.#clock.nanos - this.#startNanos) / 1000;
  }

  #watch(pin: number, pulses: Pulse[]): void {
    let riseUs = 0;
    this.#chip.gpio[pin]?.addListener((level, before) => {
      if (level === HIGH) riseUs = this.nowUs;
      else if (before === HIGH) pulses.push({ riseUs, widthUs: this.nowUs - riseUs });
    });
  }

  /** What the chip's reset and its boot ROM do: peripherals off, loader to memory, jump there. */
  #boot(): void {
    this.starts++;
    this.#chip.writeUint32(WATCHDOG_CTRL, 0);
    this.#chip.pwm.reset();
    for (const pin of this.#chip.gpio) {
      pin.ctrl = 0x1f;
      pin.checkForUpdates();
    }
    this.#chip.flash.set(this.#image);
    this.#chip.sram.set(this.#image.subarray(0, PAGE), LOADER - RAM);
    this.#chip.core.SP = LOADER;
    this.#chip.core.PC = LOADER;
  }

  /** The processor stands still, as in an endless loop without interrupts. */
  freeze(): void {
    const LOOP = 0xe7fe;
    const at = RAM + 0x30000;
    this.#chip.writeUint16(at, LOOP);
    this.#chip.core.PC = at;
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.#incoming.push(...bytes);
  }

  async run(ms: number): Promise<void> {
    const target = this.#clock.nanos + ms * 1e6;
    while (this.#clock.nanos < target) {
      if (this.#incoming.length > 0 && this.#clock.nanos >= this.#nextByteNanos) {
        this.#chip.uart[0]?.feedByte(this.#incoming.shift() ?? 0);
        this.#nextByteNanos = this.#clock.nanos + NANOS_PER_BYTE;
      }
      this.#clock.tick(this.#chip.core.executeInstruction() * NANOS_PER_CYCLE);
    }
  }
}
