/** The control thread: nothing here but a clock, a sleep and the loop. Runs in a worker, under SCHED_FIFO where that is allowed. */
import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { robotKindFor } from "../links/robots.js";
import { type ControlOptions, controlLoop } from "./control.js";
import { Lateness } from "./lateness.js";
import { layoutFor, Ring } from "./records.js";
import { Shared } from "./shared.js";
import { TtyPort } from "./tty-port.js";

/** What the main thread hands over. */
export interface ThreadData {
  readonly config: RunConfig;
  readonly device: string;
  readonly nonce: number;
  readonly options: ControlOptions;
  readonly parameters: number;
  readonly shared: SharedArrayBuffer;
  readonly ring: SharedArrayBuffer;
  readonly lateness: SharedArrayBuffer;
}

/** Priority under SCHED_FIFO, 1 to 99; above the kernel's interrupt threads it must not be. */
const PRIORITY = 50;

/** Real-time priority for this thread alone; false if the system does not allow it. */
function becomeRealTime(): boolean {
  if (process.platform !== "linux") return false;
  const thread = basename(readlinkSync("/proc/thread-self"));
  return spawnSync("chrt", ["--fifo", "-p", `${PRIORITY}`, thread], { stdio: "ignore" }).status === 0;
}

async function run(data: ThreadData): Promise<void> {
  const { config, device, nonce, options } = data;
  const { task } = resolveTask(config);
  const kind = robotKindFor(config, task);
  if (!kind) throw new Error(`link ${config.link} has no robot`);
  const shared = new Shared(data.parameters, data.shared);
  const ring = new Ring(layoutFor(task), data.ring);
  const lateness = new Lateness(data.lateness);
  const port = new TtyPort(device);
  const loop = await controlLoop(config, kind, port, nonce, shared, ring, options);
  shared.setRealTime(options.realTime !== false && becomeRealTime());
  parentPort?.postMessage("ready");
  const period = task.timing.controlPeriod;
  const clock = () => performance.now() / 1000;
  let deadline = clock();
  for (;;) {
    const now = clock();
    const late = now - deadline;
    lateness.add(late);
    if (!loop.step(now, late > period)) break;
    deadline += period;
    const after = clock();
    if (deadline < after)
      deadline += period * Math.ceil((after - deadline) / period); // deadlines that passed are not made up for
    else shared.sleep(1000 * (deadline - after));
  }
  port.close();
}

await run(workerData as ThreadData);
