/** One process of a drive over a PCA9685 is suspended or killed: how soon the motor is neutral. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { completeConfig } from "../../src/config/config.js";
import { type ChipSettings, pca9685SettingsFrom } from "../../src/links/pca9685/settings.js";
import { monotonicMs, SimulatedI2c } from "./simulated-i2c.js";

export const PROCESSES = ["host", "drive", "guard"] as const;
export const SIGNALS = ["SIGKILL", "SIGSTOP"] as const;
export const BOARDS = ["jetracer", "jetracer-pro", "jetracer-ai", "donkeycar"] as const;
export type BoardName = (typeof BOARDS)[number];

const HOST = fileURLToPath(new URL("../links/pca9685/host-process.js", import.meta.url));
/** It is looked at for this time after a signal, and after a suspended process went on [ms]. */
const WATCHED = 400;
const RESUMED = 300;

export function chipsOf(board: BoardName): ChipSettings {
  const config = completeConfig({ link: "pca9685", pose: "udp", pca9685: { board, stop: "multiplexer" } });
  return pca9685SettingsFrom(config).chips;
}

/** What the motor is driven with, when: 0 is neutral. */
export function motorOf(i2c: SimulatedI2c, { motor }: ChipSettings): { ms: number; driven: boolean }[] {
  if ("most" in motor) return i2c.pulses(motor.address, 0).map(({ ms, us }) => ({ ms, driven: us > 0 }));
  const [, neutral] = motor.pulses;
  const pulses = i2c.pulses(motor.address, motor.channel);
  // as near as the chip's steps of 4 to 5 µs can be
  return pulses.map(({ ms, us }) => ({ ms, driven: Math.abs(us - neutral) > 3 }));
}

export class DrivingProcess {
  readonly i2c: SimulatedI2c;
  readonly chips: ChipSettings;
  readonly lines: Record<string, unknown>[] = [];
  readonly #child;
  readonly #ended: Promise<void>;

  constructor(folder: string, board: BoardName) {
    this.chips = chipsOf(board);
    this.i2c = new SimulatedI2c(folder, [this.chips.steering.address, this.chips.motor.address]);
    const { LD_PRELOAD, ...environment } = this.i2c.environment;
    this.#child = spawn(process.execPath, [HOST, "1", JSON.stringify(this.chips)], {
      env: { ...environment, HELPER_PRELOAD: LD_PRELOAD },
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.lines.push(JSON.parse(line)));
    this.#ended = new Promise((resolve) => this.#child.once("exit", () => resolve()));
  }

  said(name: string): unknown {
    return this.lines.find((line) => line[name] !== undefined)?.[name];
  }

  /** Once it has driven for a moment. */
  async drives(): Promise<void> {
    for (let i = 0; this.said("armed") === undefined; i++) {
      if (i > 3000) throw new Error(`it was not armed: ${JSON.stringify(this.lines)}`);
      await sleep(10);
    }
    await sleep(150 + 40 * Math.random());
    if (!motorOf(this.i2c, this.chips).at(-1)?.driven)
      throw new Error(`it does not drive: ${JSON.stringify(this.lines)}`);
  }

  pid(who: (typeof PROCESSES)[number]): number {
    return Number(this.said(who));
  }

  /** Ends what is left of it; whoever was suspended goes on first. */
  async end(): Promise<void> {
    for (const who of PROCESSES) for (const signal of ["SIGCONT", "SIGKILL"] as const) tell(this.pid(who), signal);
    this.#child.kill("SIGKILL");
    await this.#ended;
    this.i2c.close();
  }
}

function tell(pid: number, signal: NodeJS.Signals): void {
  if (!(pid > 0)) return;
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

/** What came of it. */
export interface Stopped {
  /** from the signal to the write from which on the motor was neutral; infinite if it never was [ms] */
  readonly neutral: number;
  /** for how long the motor was driven after a suspended process went on [ms] */
  readonly again: number;
}

/** Drives, tells one process a signal, and lets it go on if it was suspended. */
export async function stopOne(
  folder: string,
  board: BoardName,
  who: (typeof PROCESSES)[number],
  signal: (typeof SIGNALS)[number],
): Promise<Stopped> {
  const driving = new DrivingProcess(folder, board);
  try {
    await driving.drives();
    const from = monotonicMs();
    tell(driving.pid(who), signal);
    await sleep(WATCHED);
    const to = monotonicMs();
    if (signal === "SIGSTOP") {
      tell(driving.pid(who), "SIGCONT");
      await sleep(RESUMED);
    }
    const all = motorOf(driving.i2c, driving.chips);
    const last = all.filter(({ ms, driven }) => driven && ms < to).at(-1)?.ms ?? from;
    const neutral = all.find(({ ms, driven }) => !driven && ms > last)?.ms ?? Number.POSITIVE_INFINITY;
    const again = all.filter(({ ms, driven }) => driven && ms >= to);
    const stood = all.find(({ ms, driven }) => !driven && ms > (again.at(-1)?.ms ?? 0))?.ms ?? Number.POSITIVE_INFINITY;
    return { neutral: neutral - from, again: again.length === 0 ? 0 : stood - (again[0]?.ms ?? 0) };
  } finally {
    await driving.end();
  }
}
