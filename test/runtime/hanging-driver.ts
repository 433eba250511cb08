/**
 * A process that drives a robot, of which only the control thread and the stop thread still run: its main thread hangs
 * for ever.
 */
import { Worker } from "node:worker_threads";
import { Shared } from "../../src/runtime/shared.js";
import { StopListener } from "../../src/runtime/stop-listener.js";
import { findDrivingProcesses } from "../../src/runtime/stop-socket.js";

const [device = "", drives = "", control] = process.argv.slice(2);
const shared = new Shared(1);
const heard = { onStop: () => {}, say: () => {} };
await new StopListener(shared, 1, { pid: process.pid, device, drives }, heard).start();
if (control !== "hangs") new Worker(new URL("./driving-thread.js", import.meta.url), { workerData: shared.buffer });
while (!findDrivingProcesses().some(({ pid }) => pid === process.pid))
  await new Promise((resolve) => setTimeout(resolve, 5));
process.stdout.write("listens\n", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
