/**
 * How punctual the control thread is and how fast a serial line answers, on the car on the desk (firmware-bridge/desk);
 * writes docs/results/real-time.md. The learner trains in simulation in the main thread all the while.
 * Usage, after a build, in the project's folder: node scripts/real-time.mjs [--quick]
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { completeConfig } from "../build/src/config/config.js";
import { FrameReader, FrameWriter } from "../build/src/links/wire/frames.js";
import { FrameType, protocol, writePing } from "../build/src/links/wire/protocol.js";
import { setTiming } from "../build/src/recording/timing.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { Recorder } from "../build/src/runtime/recorder.js";
import { RobotLink } from "../build/src/runtime/robot-link.js";
import { SerialConnection } from "../build/src/runtime/serial-connection.js";
import { ThreadHost } from "../build/src/runtime/thread-host.js";
import { DescriptorTransport } from "../build/src/runtime/transport.js";
import { coreFor, initialisePolicy } from "../build/src/session.js";
import { roomFor } from "../build/src/training/collect.js";
import { trainingInMemory } from "../build/src/training/in-memory.js";
import { writeStudyPage } from "./study.mjs";

const isQuick = process.argv.includes("--quick");
const SECONDS = isQuick ? 5 : 30;
const LONG = isQuick ? 10 : 600;
const PINGS = isQuick ? 500 : 5000;
const NETWORK = 0.1375;

/** The car on the desk with real-time priority, so that what is measured is the host; its terminal. */
async function startDesk() {
  const child = spawn("chrt", ["--fifo", "40", "build/firmware/desk"], { stdio: ["ignore", "pipe", "inherit"] });
  const [path] = await once(child.stdout, "data");
  return { child, device: String(path).trim() };
}

/**
 * Drives for `seconds` at a control period, with or without a learner beside it and other processes; the loop's
 * lateness.
 */
async function lateness(device, { period, seconds, realTime, learner, busy }) {
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
  const core = await coreFor(config, 1, segments, "strict", roomFor(config, 1, segments).steps * 2);
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
  const others = Array.from({ length: busy }, () => spawn(process.execPath, ["-e", "for (;;) Math.sqrt(2)"]));
  let isDriving = true;
  try {
    await link.open();
    const drive = link.drive(core, 0, segments, false).finally(() => {
      isDriving = false;
    });
    if (learner) await learn(() => isDriving);
    const { stopped } = await drive;
    return { ...host.lateness.quantiles(), missed: host.shared.missed, isRealTime: host.shared.isRealTime, stopped };
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

/** Times from a ping to its answer [s], on the control thread's kind of descriptor. */
async function roundTrips(device) {
  const connection = new SerialConnection(device, protocol.baud);
  const transport = new DescriptorTransport(await connection.open());
  const writer = new FrameWriter();
  const incoming = new Uint8Array(4096);
  let answered = false;
  const reader = new FrameReader((type) => {
    answered ||= type === FrameType.pong;
  });
  const times = [];
  for (let i = 0; i < PINGS; i++) {
    writePing(writer.payload, 0, { time: i });
    const count = writer.finish(FrameType.ping, i & 0xff);
    answered = false;
    const began = performance.now();
    transport.write(writer.wire, count);
    while (!answered && performance.now() - began < 1000) reader.push(incoming, transport.read(incoming));
    times.push((performance.now() - began) / 1000);
  }
  await connection.close();
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(part * times.length))];
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

const ms = (seconds) => (1000 * seconds).toFixed(seconds < 0.01 ? 3 : 1);
const { child, device } = await startDesk();
try {
  const rows = [["control loop", "scheduler", "beside it", "steps", "p50 [ms]", "p99 [ms]", "most [ms]", "missed"]];
  const cases = [
    [0.005, SECONDS, true, false, 0],
    [0.005, SECONDS, true, true, 0],
    [0.005, SECONDS, true, true, 3],
    [0.005, SECONDS, false, false, 0],
    [0.005, SECONDS, false, true, 0],
    [0.005, SECONDS, false, true, 3],
    [0.02, LONG, true, true, 0],
  ];
  for (const [period, seconds, realTime, learner, busy] of cases) {
    const late = await lateness(device, { period, seconds, realTime, learner, busy });
    const beside = [learner && "learner", busy > 0 && `${busy} busy processes`].filter(Boolean).join(", ") || "nothing";
    const scheduler = late.isRealTime ? "SCHED_FIFO" : "usual";
    const stopped = late.stopped === undefined ? "" : ` (stopped: ${late.stopped.split(";")[0]})`;
    rows.push([
      `${1 / period} Hz, ${seconds} s`,
      scheduler,
      beside,
      `${late.steps}`,
      ...[late.p50, late.p99, late.most].map(ms),
      `${late.missed}${stopped}`,
    ]);
    console.log(rows.at(-1).join("  "));
  }
  const trips = await roundTrips(device);
  console.log("round trip", trips);
  const bytes = spawnSync(process.execPath, ["build/test/runtime/allocation-side.js"], {
    encoding: "utf8",
  }).stdout.trim();
  console.log("bytes allocated per step", bytes);
  const load = spawnSync("cat", ["/proc/loadavg"], { encoding: "utf8" }).stdout.split(" ")[0];
  if (!isQuick)
    await writeStudyPage("real-time", {
      load,
      lateness: markdownTable(rows),
      pings: PINGS,
      roundTrips: markdownTable([["p50 [ms]", "p99 [ms]", "most [ms]"], [trips.p50, trips.p99, trips.most].map(ms)]),
      bytes: Number(bytes).toFixed(1),
    });
} finally {
  child.kill();
}
