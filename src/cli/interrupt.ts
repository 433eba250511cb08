/** Signals that end a command in order: Ctrl-C and its like. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Fault } from "../links/faults.js";

export interface Interrupt {
  /** aborted by the first interrupt; its reason is the {@link Fault} that a robot stops for */
  readonly signal: AbortSignal;
  /** as the first interrupt does */
  stop(fault?: Fault): void;
  release(): void;
}

/** A second interrupt counts this long after the first [ms]: two that waited while this thread was busy are one. */
const APART = 300;

/** What would end the process without a word, the last command to its robot still in force. */
const ENDING = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR2", "SIGALRM", "SIGXCPU", "SIGPWR"] as const;

/**
 * The first interrupt (Ctrl-C, a service manager's SIGTERM, a terminal that hangs up, whatever else would end the
 * process) aborts the signal; the second, a moment later, ends the process at once.
 */
export function watchInterrupts(): Interrupt {
  const controller = new AbortController();
  let heard = Number.POSITIVE_INFINITY;
  const stop = (fault = Fault.operatorStop) => controller.abort(fault);
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now();
    const isAgain = controller.signal.aborted && now - heard > APART && name !== "SIGHUP";
    if (isAgain) process.exit(128 + constants.signals[name]);
    heard = Math.min(heard, now);
    stop(name === "SIGHUP" ? Fault.terminalGone : Fault.operatorStop);
  };
  const watched: readonly NodeJS.Signals[] = ignoresHangUp() ? ENDING : [...ENDING, "SIGHUP"];
  for (const name of watched) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop,
    release: () => {
      for (const name of watched) process.off(name, onSignal);
    },
  };
}

/** Waits for the first interrupt. */
export async function untilInterrupted({ signal }: Pick<Interrupt, "signal">): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
}

/**
 * Ctrl-Z: the robot stops first; the process is suspended when the function that is returned says that it is at rest.
 * When it goes on, the drive is over.
 */
export function suspendAtRest(stop: (fault: Fault) => void): () => void {
  let isAsked = false;
  const onSignal = () => {
    isAsked = true;
    stop(Fault.suspended);
  };
  process.on("SIGTSTP", onSignal);
  return () => {
    process.off("SIGTSTP", onSignal);
    if (isAsked) process.kill(process.pid, "SIGSTOP");
  };
}

/** Whether this process was started to outlive its terminal (nohup). */
function ignoresHangUp(): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return true; // not Linux: as it was
  }
}
