/**
 * Counts what the control loop allocates per step of a drive, with the serial link and a board that answers at once; a
 * process of its own, run with `node --expose-gc`. Prints the bytes, of objects that live on and of those that do not,
 * as V8's sampling sees them.
 */
import { Session } from "node:inspector";
import { completeConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { robotFor } from "../../src/links/links.js";
import { controlLoop, pilotCore } from "../../src/runtime/control.js";
import { handedOver } from "../../src/runtime/handover.js";
import { layoutFor, Ring } from "../../src/runtime/records.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { AnsweringBoard } from "./answering-board.js";

const DT = 0.02;
const WARM_UP = 100_000;
const STEPS = 200_000;
/** between samples [bytes] */
const INTERVAL = 512;

const config = completeConfig({ link: "serial", corridor: 100, "max-uncertainty": 1e9, "max-jump": 100 });
const { task } = resolveTask(config);
const kind = robotFor(config, task);
const core = await pilotCore(config);
if (!kind) throw new Error("no robot");
const shared = new Shared(core.parameterCount());
const ring = new Ring(layoutFor(task));
const options = { heartbeatWithin: Number.POSITIVE_INFINITY };
const loop = await controlLoop(config, kind, new AnsweringBoard(), 1, shared, ring, options);
const ends = new Int32Array(ring.buffer, 0, 2);

let now = 0;
function run(steps: number): void {
  for (let i = 0; i < steps; i++) {
    now += DT;
    shared.mainHeartbeat = now;
    loop.step(now, false);
    // the reader's end, without taking the rows, which would allocate
    if ((i & 1023) === 0) Atomics.store(ends, 1, Atomics.load(ends, 0));
  }
}

run(20);
shared.start.set(task.initialState);
shared.giveParameters(core.view("parameters"), handedOver(core));
shared.give(Order.arm);
run(60);
shared.give(Order.drive);
run(WARM_UP);

interface Node {
  readonly selfSize: number;
  readonly callFrame: { readonly url: string };
  readonly children: readonly Node[];
}
/** Bytes of our own code; this file's clock is its own. */
const ownBytes = ({ selfSize, callFrame: { url }, children }: Node): number =>
  (/build\/src\//.test(url) ? selfSize : 0) + children.reduce((sum, child) => sum + ownBytes(child), 0);

const session = new Session();
session.connect();
session.post("HeapProfiler.startSampling", {
  samplingInterval: INTERVAL,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
} as object);
run(STEPS);
session.post("HeapProfiler.stopSampling", (_, { profile }) => {
  if (shared.runtimeState !== RuntimeState.driving)
    throw new Error(`it is ${RuntimeState[shared.runtimeState]}, not driving`);
  process.stdout.write(`${ownBytes(profile.head) / STEPS}\n`);
});
