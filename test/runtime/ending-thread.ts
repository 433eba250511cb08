/** A thread in place of the one that listens for `lapgrad stop`: it says that it listens, and ends. */
import { parentPort } from "node:worker_threads";
import { LISTENS } from "../../src/runtime/stop-socket.js";

parentPort?.postMessage(LISTENS);
setTimeout(() => process.exit(1), 20);
