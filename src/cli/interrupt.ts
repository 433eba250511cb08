/** Ctrl-C. */

export interface Interrupt {
  /** aborted by the first interrupt */
  readonly signal: AbortSignal;
  /** as the first interrupt does */
  stop(): void;
  release(): void;
}

/** The first interrupt (Ctrl-C, or a service manager's SIGTERM) aborts the signal; the second ends the process at once. */
export function watchInterrupts(): Interrupt {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    release: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
