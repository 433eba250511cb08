/** What is needed of an `AbortSignal`. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What work stops by, and who asks for it. */
export interface Stopping {
  readonly signal: AbortSignal;
  stop(): void;
  release(): void;
}

/** A signal of its own that `given` aborts too, until `release`. */
export function stopBy(given: StopSignal | undefined): Stopping {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  if (given?.aborted) stop();
  given?.addEventListener("abort", stop);
  return { signal: stopping.signal, stop, release: () => given?.removeEventListener("abort", stop) };
}
