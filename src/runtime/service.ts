/**
 * Tells a service manager (systemd, Type=notify; deploy/lapgrad.service) how the robot is, by the program
 * systemd-notify. Without one, that is without NOTIFY_SOCKET, it does nothing.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { RobotPhase } from "../links/robot.js";
import type { Shared } from "./shared.js";
import { RuntimeState } from "./states.js";

/** A message is sent this often, or three times in the time after which the manager gives up [ms]. */
const PERIOD = 1000;
/** The last message must be sent within this [ms]. */
const LAST_WITHIN = 500;
/**
 * A shell that hands every message on: the process that drives is large, and forking it would slow the control thread.
 */
const NOTIFY = 'while IFS= read -r line; do systemd-notify "$line"; done';

export class Service {
  readonly #shared: Shared;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;
  #ticks = 0;
  #status = "";

  constructor(shared: Shared, environment: NodeJS.ProcessEnv = process.env) {
    this.#shared = shared;
    this.#environment = environment;
  }

  start(): void {
    if (!this.#environment.NOTIFY_SOCKET) return;
    const child = spawn("sh", ["-c", NOTIFY], { stdio: ["pipe", "ignore", "ignore"], env: this.#environment });
    child.stdin?.on("error", () => {}); // a robot drives on without a manager that listens
    this.#ended = new Promise((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
    this.#child = child;
    const givesUpAfter = Number(this.#environment.WATCHDOG_USEC ?? Number.POSITIVE_INFINITY) / 1000;
    this.#timer = setInterval(() => this.#notify(), Math.min(PERIOD, givesUpAfter / 3)).unref();
    this.#notify();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    const timer = setTimeout(() => this.#child?.kill(), LAST_WITHIN);
    this.#child?.stdin?.end("STOPPING=1\n");
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ready is said again and again: systemd before version 246 loses what a process says that has ended. */
  #notify(): void {
    const { ticks, phase, runtimeState, battery } = this.#shared;
    this.#isReady ||= phase !== RobotPhase.connecting;
    const state = phase === RobotPhase.connecting ? "waiting for the robot" : RuntimeState[runtimeState];
    const status = Number.isFinite(battery) && this.#isReady ? `${state}, battery ${battery.toFixed(1)} V` : `${state}`;
    if (this.#isReady) this.#say("READY=1");
    if (status !== this.#status) this.#say(`STATUS=${status}`);
    if (ticks !== this.#ticks) this.#say("WATCHDOG=1");
    this.#status = status;
    this.#ticks = ticks;
  }

  #say(line: string): void {
    const stdin = this.#child?.stdin;
    if (stdin && !stdin.writableNeedDrain) stdin.write(`${line}\n`);
  }
}
