/**
 * A thread that does nothing but listen for `lapgrad stop`: so the robot can be stopped while the main thread is busy,
 * or hangs. Whoever can connect may stop the robot, as everybody may press a stop button.
 */
import { createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { Order, Shared } from "./shared.js";
import { RuntimeState } from "./states.js";
import { type About, AT_REST, STOP } from "./stop-socket.js";

export interface StopThreadData {
  readonly name: string;
  readonly about: About;
  readonly parameters: number;
  readonly shared: SharedArrayBuffer;
}

/** How often it looks whether the robot is at rest [ms]. */
const LOOK = 5;

const { name, about, parameters, shared: buffer } = workerData as StopThreadData;
const shared = new Shared(parameters, buffer);

function stop(socket: Socket): void {
  shared.give(Order.stop);
  parentPort?.postMessage(STOP);
  const timer = setInterval(() => {
    const rests = shared.runtimeState === RuntimeState.fault || shared.runtimeState === RuntimeState.idle;
    if (!shared.isTaken() || !rests) return;
    clearInterval(timer);
    socket.end(`${AT_REST}\n`);
  }, LOOK);
  socket.on("close", () => clearInterval(timer));
}

createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", () => stop(socket));
  socket.write(`${JSON.stringify(about)}\n`);
})
  .on("error", () => {}) // a sandbox without sockets
  .listen(name);
