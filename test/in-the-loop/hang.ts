/** Preloaded into a program (node --import): its main thread hangs for three seconds once it gets SIGPROF. */
import { isMainThread } from "node:worker_threads";

const SECONDS = 3;

if (isMainThread)
  process.once("SIGPROF", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000 * SECONDS));
