/**
 * A thread that does nothing but listen for `lapgrad stop`: so the robot can be stopped while the main thread is busy,
 * or hangs. Whoever can connect may stop the robot, as everybody may press a stop button, and nobody can keep others
 * from it: a connection that says nothing is closed, and many close the oldest.
 */
import { createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { Order, Shared } from "./shared.js";
import { RuntimeState } from "./states.js";
import { type About, AT_REST, LISTENS, STOP } from "./stop-socket.js";

export interface StopThreadData {
  readonly name: string;
  readonly about: About;
  readonly parameters: number;
  readonly shared: SharedArrayBuffer;
}

/** How often it looks whether the robot is at rest [ms]. */
const LOOK = 5;
/** Connections at a time. */
const MOST = 16;
/** A connection that has said nothing for this long is closed [ms]. */
const IDLE = 1000;
/** One that asked to stop the robot need not wait longer [ms]; braking takes up to three seconds. */
const WAITS = 10_000;

const { name, about, parameters, shared: buffer } = workerData as StopThreadData;
const shared = new Shared(parameters, buffer);
/** those that have said nothing yet, and those that wait for the robot's rest, the oldest first */
const idle = new Set<Socket>();
const waiting = new Set<Socket>();

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
  if (idle.size + waiting.size >= MOST) [...idle, ...waiting][0]?.destroy();
  idle.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => {
    idle.delete(socket);
    waiting.delete(socket);
  });
  socket.setTimeout(IDLE, () => socket.destroy());
  // the first byte is enough, and nothing more is read
  socket.once("data", () => {
    socket.pause();
    socket.setTimeout(WAITS);
    idle.delete(socket);
    waiting.add(socket);
    stop(socket);
  });
  socket.write(`${JSON.stringify(about)}\n`);
})
  .on("error", (error) => {
    throw error; // ends this thread
  })
  .listen(name, () => parentPort?.postMessage(LISTENS));
