/**
 * Tells a service manager (systemd, Type=notify; deploy/lapgrad.service) how the robot is, by the program
 * systemd-notify. Without one, that is without NOTIFY_SOCKET, it does nothing.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../links/faults.js";
import { RobotPhase } from "../links/robot.js";
import { Restarts } from "./restarts.js";
import { Order, type Shared } from "./shared.js";
import { RuntimeState } from "./states.js";

/** A message is sent this often, or three times in the time after which the manager gives up [ms]. */
const PERIOD = 1000;
/** The last message must be sent within this [ms]. */
const LAST_WITHIN = 500;
/**
 * A shell that hands every message on: the process that drives is large, and forking it would slow the control thread.
 * It ends when a message cannot be handed on.
 */
const NOTIFY = 'while IFS= read -r line; do systemd-notify "$line" || exit; done';

export class Service {
  readonly #shared: Shared;
  readonly #say: (text: string) => void;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #restarts = new Restarts();
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;
  #isReady = false;
  #ticks = 0;
  #status = "";

  /** `say`: for people. */
  constructor(shared: Shared, say: (text: string) => void, environment: NodeJS.ProcessEnv = process.env) {
    this.#shared = shared;
    this.#say = say;
    this.#environment = environment;
  }

  start(): void {
    if (!this.#environment.NOTIFY_SOCKET) return;
    this.#startShell();
    this.#timer = setInterval(() => this.#notify(), Math.min(PERIOD, this.#givesUpAfter / 3)).unref();
    this.#notify();
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#timer);
    // one that is suspended hears no other signal
    const timer = setTimeout(() => this.#child?.kill("SIGKILL"), LAST_WITHIN);
    this.#child?.stdin?.end("STOPPING=1\n");
    await this.#ended;
    clearTimeout(timer);
  }

  /** A program that has not said that it is alive for this long is ended by the manager [ms]. */
  get #givesUpAfter(): number {
    return Number(this.#environment.WATCHDOG_USEC ?? Number.POSITIVE_INFINITY) / 1000;
  }

  #startShell(): void {
    const child = spawn("sh", ["-c", NOTIFY], { stdio: ["pipe", "ignore", "ignore"], env: this.#environment });
    this.#child = child;
    this.#status = ""; // what the last one was told may be lost
    child.stdin?.on("error", () => {}); // it has ended, which is heard below
    this.#ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(this.#restart(error.message)));
      child.once("close", (code, signal) => resolve(this.#restart(signal ?? `exit code ${code}`)));
    });
  }

  /** Without it a drive goes on, unless the manager would end the program for its silence. */
  #restart(why: string): void {
    if (this.#isEnding) return;
    const what = `the shell that tells the service manager how the robot is ended (${why})`;
    if (this.#restarts.mayRestart()) {
      this.#say(`${what}; it was started again`);
      this.#startShell();
      this.#notify();
      return;
    }
    clearInterval(this.#timer);
    this.#child = undefined;
    this.#say(`${what}, again and again`);
    if (this.#givesUpAfter < Number.POSITIVE_INFINITY) this.#shared.give(Order.stop, Fault.serviceNotifier);
  }

  /** Ready is said again and again: systemd before version 246 loses what a process says that has ended. */
  #notify(): void {
    const { ticks, phase, runtimeState, battery } = this.#shared;
    this.#isReady ||= phase !== RobotPhase.connecting;
    const state = phase === RobotPhase.connecting ? "waiting for the robot" : RuntimeState[runtimeState];
    const status = Number.isFinite(battery) && this.#isReady ? `${state}, battery ${battery.toFixed(1)} V` : `${state}`;
    if (this.#isReady) this.#tell("READY=1");
    if (status !== this.#status) this.#tell(`STATUS=${status}`);
    if (ticks !== this.#ticks) this.#tell("WATCHDOG=1");
    this.#status = status;
    this.#ticks = ticks;
  }

  #tell(line: string): void {
    const stdin = this.#child?.stdin;
    if (stdin && !stdin.writableNeedDrain) stdin.write(`${line}\n`);
  }
}
