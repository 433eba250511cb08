/**
 * The control thread: nothing here but a clock, a sleep and the loop. Runs in a worker, under SCHED_FIFO where that is
 * allowed.
 */
import { parentPort, workerData } from "node:worker_threads";
import { monotonicTime } from "../clock.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { robotFor } from "../links/links.js";
import { SharedPoses } from "../pose/shared-poses.js";
import { type ControlOptions, controlLoop, loopPeriod } from "./control.js";
import { Lateness } from "./lateness.js";
import { makeThreadRealTime } from "./real-time.js";
import { layoutFor, Ring } from "./records.js";
import { Shared } from "./shared.js";
import type { Descriptors } from "./transport.js";
import { DescriptorTransport } from "./transport.js";

/** What the main thread hands over. */
export interface ThreadData {
  readonly config: RunConfig;
  readonly descriptors: Descriptors;
  readonly nonce: number;
  readonly options: ControlOptions;
  readonly parameters: number;
  readonly shared: SharedArrayBuffer;
  readonly ring: SharedArrayBuffer;
  readonly lateness: SharedArrayBuffer;
  /** of a {@link SharedPoses}; undefined: none are measured from outside */
  readonly poses: SharedArrayBuffer | undefined;
}

async function run(data: ThreadData): Promise<void> {
  const { config, descriptors, nonce, options } = data;
  const { task } = resolveTask(config);
  const description = robotFor(config, task);
  if (!description) throw new Error(`link ${config.link} has no robot`);
  const shared = new Shared(data.parameters, data.shared);
  const ring = new Ring(layoutFor(task), data.ring);
  const lateness = new Lateness(data.lateness);
  const transport = new DescriptorTransport(descriptors);
  const poses = data.poses && new SharedPoses(data.poses);
  const loop = await controlLoop(config, description, transport, nonce, shared, ring, options, poses);
  shared.setRealTime(options.realTime !== false && makeThreadRealTime());
  parentPort?.postMessage("ready");
  const period = loopPeriod(task, options);
  let deadline = monotonicTime();
  for (;;) {
    const now = monotonicTime();
    const late = now - deadline;
    lateness.add(late);
    if (!loop.step(now, late > period)) break;
    deadline += period;
    const after = monotonicTime();
    if (deadline < after)
      deadline += period * Math.ceil((after - deadline) / period); // deadlines that passed are not made up for
    else shared.sleep(1000 * (deadline - after));
  }
}

await run(workerData as ThreadData);
