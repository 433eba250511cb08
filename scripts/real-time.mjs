/**
 * How punctual the control thread is and how fast a serial line answers, on the car on the desk (firmware-bridge/desk);
 * writes docs/results/real-time.md. The learner trains in simulation in the main thread all the while.
 * Usage, after a build, in the project's folder: node scripts/real-time.mjs [--quick]
 */
import { spawnSync } from "node:child_process";
import { FrameReader, FrameWriter } from "../build/src/links/wire/frames.js";
import { FrameType, protocol, writePing } from "../build/src/links/wire/protocol.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { SerialConnection } from "../build/src/runtime/serial-connection.js";
import { DescriptorTransport } from "../build/src/runtime/transport.js";
import { lateness, startDesk } from "./on-the-desk.mjs";
import { writeStudyPage } from "./study.mjs";

const isQuick = process.argv.includes("--quick");
const SECONDS = isQuick ? 5 : 30;
const LONG = isQuick ? 10 : 600;
const PINGS = isQuick ? 500 : 5000;

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
