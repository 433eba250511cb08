/** Clocks that several processes of a machine share. */

const origin = Number(process.hrtime.bigint()) / 1e9 - performance.now() / 1000;

/** The machine's monotonic clock [s], without the allocation that process.hrtime costs. */
export function monotonicTime(): number {
  return origin + performance.now() / 1000;
}

/** Time since 1970 [s], as it was when the process began and monotonic from then on. */
export function wallTime(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}
