/**
 * Counts what the control loop allocates per step of a drive, with the serial link, a board that answers at once and
 * late poses from outside; a process of its own, run with `node --expose-gc`. Prints the bytes, of objects that live on
 * and of those that do not, as V8's sampling sees them: of all, and of what of that measures and estimates.
 */
import { Session } from "node:inspector";
import { completeConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { robotFor } from "../../src/links/links.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import { controlLoop, pilotCore } from "../../src/runtime/control.js";
import { handedOver } from "../../src/runtime/handover.js";
import { layoutFor, Ring } from "../../src/runtime/records.js";
import { Order, Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { PlanarState } from "../../src/tasks/planar.js";
import { AnsweringBoard } from "./answering-board.js";

const DT = 0.02;
const WARM_UP = 60_000;
const STEPS = 100_000;
/** between samples [bytes] */
const INTERVAL = 512;

const config = completeConfig({ link: "serial", corridor: 100, "max-uncertainty": 1e9, "max-jump": 100, pose: "udp" });
const { task } = resolveTask(config);
const kind = robotFor(config, task);
const core = await pilotCore(config);
if (!kind) throw new Error("no robot");
const shared = new Shared(core.parameterCount());
const ring = new Ring(layoutFor(task));
const options = { heartbeatWithin: Number.POSITIVE_INFINITY };
/** Poses are this late [steps], and there is one at every other step. */
const LATE = 3;
const board = new AnsweringBoard();
Object.assign(board.telemetry, { throttlePulse: 1500, steeringPulse: 1500 });
/** A car in which no gate finds fault. */
const plant = await pilotCore(config);
const inputs = plant.view("inputs");
const car = plant.view("plantState");
car.set(task.initialState);
plant.restPlant();
/** Its last places, the newest first. */
const [x, y, heading] = [0, 1, 3].map((part) => new Float64Array(LATE + 1).fill(task.initialState[part]));
let [now, steps, distance] = [0, 0, 0];

/** Another step by what it was told. */
function moveCar(): void {
  const { telemetry } = board;
  inputs[0] = (telemetry.throttlePulse - 1500) / 500;
  inputs[1] = (telemetry.steeringPulse - 1500) / 500;
  if (inputs[0] !== 0 || inputs[1] !== 0) plant.drivePlant(DT);
  for (const past of [x, y, heading]) past.copyWithin(1, 0);
  x[0] = car[PlanarState.x];
  y[0] = car[PlanarState.y];
  heading[0] = car[PlanarState.phi];
  distance += Math.sqrt((x[0] - x[1]) * (x[0] - x[1]) + (y[0] - y[1]) * (y[0] - y[1]));
  // sensors are never twice the same
  const noise = 0.01 * Math.sin(1.7 * steps++);
  telemetry.wheelTicks = Math.round(distance / config["wheel-travel"]);
  telemetry.wheelSpeed = (car[PlanarState.v] + noise) / config["wheel-travel"];
  telemetry.yawAngle = heading[0];
  telemetry.yawRate = (heading[0] - heading[1]) / DT + noise;
  telemetry.accelLeft = car[PlanarState.v] * telemetry.yawRate;
}

const poses = {
  poll(into: Float64Array): boolean {
    into[PoseEntry.seconds] = now - LATE * DT;
    into[PoseEntry.arrived] = now;
    into[PoseEntry.x] = x[LATE];
    into[PoseEntry.y] = y[LATE];
    into[PoseEntry.heading] = heading[LATE];
    return (steps & 1) === 0;
  },
};
const loop = await controlLoop(config, kind, board, 1, shared, ring, options, poses);
const ends = new Int32Array(ring.buffer, 0, 2);

function run(steps: number): void {
  for (let i = 0; i < steps; i++) {
    now += DT;
    moveCar();
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
/** Bytes of code in these files; this file's clock is its own. */
const bytesIn = (files: RegExp, { selfSize, callFrame: { url }, children }: Node): number =>
  (files.test(url) ? selfSize : 0) + children.reduce((sum, child) => sum + bytesIn(files, child), 0);

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
  const [all, measuring] = [/build\/src\//, /build\/src\/(estimation|links|pose)\//];
  process.stdout.write(`${bytesIn(all, profile.head) / STEPS} ${bytesIn(measuring, profile.head) / STEPS}\n`);
});
