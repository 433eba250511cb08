/** Drives of the car on the desk (firmware-bridge/desk) with the real control thread, for scripts that measure it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { completeConfig } from "../build/src/config/config.js";
import { protocol } from "../build/src/links/wire/protocol.js";
import { setTiming } from "../build/src/recording/timing.js";
import { Recorder } from "../build/src/runtime/recorder.js";
import { RobotLink } from "../build/src/runtime/robot-link.js";
import { SerialConnection } from "../build/src/runtime/serial-connection.js";
import { ThreadHost } from "../build/src/runtime/thread-host.js";
import { coreFor, initialisePolicy } from "../build/src/session.js";
import { roomFor } from "../build/src/training/collect.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";

const NETWORK = 0.1375;

/** The car on the desk with real-time priority, so that what is measured is the host; its terminal. */
export async function startDesk() {
  const child = spawn("chrt", ["--fifo", "40", "build/firmware/desk"], { stdio: ["ignore", "pipe", "inherit"] });
  const [path] = await once(child.stdout, "data");
  return { child, device: String(path).trim() };
}

/**
 * Drives for `seconds` at a control period, with or without a learner beside it, other processes and a live page; the
 * loop's lateness, and the processor's time [s] that the main thread took of the seconds that it drove.
 */
export async function lateness(device, { period, seconds, realTime, learner, busy = 0, view }) {
  const config = completeConfig({
    link: "serial",
    "control-period": period,
    "steps-per-segment": Math.round(NETWORK / period),
    window: "0:0:0",
    corridor: 100,
    "max-speed": 100,
    "max-jump": 100,
    "max-uncertainty": 100,
    "stale-after": 1,
    parameters: { controller: { throttleLimit: 0.3 } },
  });
  const segments = Math.ceil(seconds / NETWORK);
  const core = await coreFor(config, 1, segments, roomFor(config, 1, segments).steps * 2);
  setTiming(core, "hardware");
  initialisePolicy(core, 1);
  const folder = mkdtempSync(join(tmpdir(), "lapgrad-real-time-"));
  const heartbeatWithin = Number.POSITIVE_INFINITY;
  const context = { drives: folder, onStop: () => {} };
  const connection = new SerialConnection(device, protocol.baud);
  const host = new ThreadHost(config, connection, core.parameterCount(), { heartbeatWithin, realTime }, context);
  const operator = {
    signal: new AbortController().signal,
    say: () => {},
    confirm: async () => true,
    takeHeartbeat: () => true,
  };
  const link = new RobotLink(host, config, operator, new Recorder(folder));
  view?.watchRobot({
    buffer: host.shared.buffer,
    parameters: core.parameterCount(),
    states: core.setup.task.columns.state.length,
    limits: {},
  });
  const others = Array.from({ length: busy }, () => spawn(process.execPath, ["-e", "for (;;) Math.sqrt(2)"]));
  let isDriving = true;
  try {
    await link.open();
    const [began, spent] = [performance.now(), mainThreadSeconds()];
    const drive = link.drive(core, 0, segments, false).finally(() => {
      isDriving = false;
    });
    if (learner) await learn(() => isDriving);
    const { stopped } = await drive;
    const main = { mainThread: mainThreadSeconds() - spent, wall: (performance.now() - began) / 1000 };
    return {
      ...host.lateness.quantiles(),
      ...main,
      missed: host.shared.missed,
      isRealTime: host.shared.isRealTime,
      stopped,
    };
  } finally {
    await link.close();
    for (const other of others) other.kill();
    rmSync(folder, { recursive: true });
  }
}

/** Trains simulated cars as long as `goesOn`, giving way after every lap. */
async function learn(goesOn) {
  for (let seed = 1; goesOn(); seed++) {
    const { rollouts } = await trainingInMemory(completeConfig({ seed }));
    let laps = 0;
    for await (const _ of rollouts()) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!goesOn() || ++laps > 20) break;
    }
  }
}

/** What the processor did for the main thread so far [s]. */
function mainThreadSeconds() {
  const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
