/** Ctrl-C. */
import { readFileSync } from "node:fs";

export interface Interrupt {
  /** aborted by the first interrupt */
  readonly signal: AbortSignal;
  /** as the first interrupt does */
  stop(): void;
  release(): void;
}

/** A second interrupt counts this long after the first [ms]: two that waited while this thread was busy are one. */
const APART = 300;

/**
 * The first interrupt (Ctrl-C, a service manager's SIGTERM, a terminal that hangs up) aborts the signal; the second, a
 * moment later, ends the process at once.
 */
export function watchInterrupts(): Interrupt {
  const controller = new AbortController();
  let heard = Number.POSITIVE_INFINITY;
  const onSignal = () => {
    const now = performance.now();
    if (controller.signal.aborted && now - heard > APART) process.exit(130);
    heard = Math.min(heard, now);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const hangsUp = !ignoresHangUp();
  if (hangsUp) process.on("SIGHUP", onSignal);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    release: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      if (hangsUp) process.off("SIGHUP", onSignal);
    },
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
