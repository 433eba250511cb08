/**
 * The thread that serves the live page of a command that drives: so that neither the main thread, which learns, nor the
 * control thread ever waits for somebody who looks. A robot it reads in shared memory, a run in its folder.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { RunConfig } from "../config/schema.js";
import { messageOf } from "../errors.js";
import { Order, Shared } from "../runtime/shared.js";
import { RuntimeState } from "../runtime/states.js";
import { LiveServer } from "./live-server.js";
import type { Limits, LiveState } from "./messages.js";
import { RunFeed } from "./run-feed.js";

export interface ViewThreadData {
  /** a run's folder or a recording, which need not be there yet; "": none */
  readonly path: string;
  readonly config: RunConfig;
  /** further runs beside it */
  readonly others?: readonly { readonly path: string; readonly config: RunConfig }[];
  readonly port: number | undefined;
}

/** A robot's shared memory; `states`: components of its state, `parameters`: of the policy. */
export interface WatchedRobot {
  readonly buffer: SharedArrayBuffer;
  readonly parameters: number;
  readonly states: number;
  readonly limits: Limits;
}

/** From the main thread. */
export type ToView =
  | { readonly say: string }
  | { readonly robot: WatchedRobot }
  /** time and state of a plant, float64 */
  | { readonly plant: SharedArrayBuffer }
  | { readonly close: true };

/** To the main thread. */
export type FromView = { readonly address: string } | { readonly failure: string } | { readonly stop: true };

const port = parentPort;
if (!port) throw new Error("this is a thread");
const { path, config, others = [], port: wanted } = workerData as ViewThreadData;
const tell = (message: FromView) => port.postMessage(message);

let robot: Shared | undefined;
const feeds = [{ path, config }, ...others].map((run) => new RunFeed(run.path, run.config));
const server = new LiveServer(feeds, () => {
  robot?.give(Order.stop); // at once, whatever the main thread does
  tell({ stop: true });
});

function robotReader({ states }: WatchedRobot, shared: Shared): () => LiveState {
  const known = (value: number) => (Number.isFinite(value) ? value : null);
  return () => ({
    time: shared.now,
    state: Array.from(shared.state.subarray(0, states)),
    runtime: RuntimeState[shared.runtimeState],
    age: shared.age,
    battery: known(shared.battery),
    uncertainty: known(shared.uncertainty),
    ticks: shared.ticks,
    missed: shared.missed,
  });
}

port.on("message", (message: ToView) => {
  if ("say" in message) server.say(message.say);
  else if ("robot" in message) {
    robot = new Shared(message.robot.parameters, message.robot.buffer);
    server.live = robotReader(message.robot, robot);
    server.limits = message.robot.limits;
  } else if ("plant" in message) {
    const [now, state] = [new Float64Array(message.plant, 0, 1), new Float64Array(message.plant, 8)];
    server.live = () => ({ time: now[0], state: Array.from(state) });
  } else
    void server.close().finally(() => {
      port.close();
    });
});

try {
  tell({ address: await server.start(wanted) });
} catch (error) {
  tell({ failure: messageOf(error) });
}
