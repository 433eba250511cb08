/**
 * What viewers of a live page cost who drives: how late control steps begin, and what the main thread does, without a
 * page and with three viewers, in turn; on the car on the desk. Writes docs/results/view.md.
 * Usage, after a build and `node scripts/firmware.mjs`, in the project's folder: node scripts/view-cost.mjs [--quick]
 */
import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import { completeConfig } from "../build/src/config/config.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { upperMedian } from "../build/src/statistics.js";
import { View } from "../build/src/view/view.js";
import { lateness, startDesk } from "./on-the-desk.mjs";
import { writeStudyPage } from "./study.mjs";

const isQuick = process.argv.includes("--quick");
const SECONDS = isQuick ? 5 : 20;
const ROUNDS = isQuick ? 1 : 4;
const VIEWERS = 3;

/** Viewers in a process of their own, that read what they are told. */
const LOOK = `
import { WebSocket } from "ws";
const { host, search } = new URL(process.argv[1]);
let messages = 0;
for (let i = 0; i < ${VIEWERS}; i++)
  new WebSocket("ws://" + host + "/live" + search, "lapgrad.view.v1").on("message", () => messages++);
process.on("SIGTERM", () => process.stdout.write(String(messages), () => process.exit()));
`;

async function withViewers(work) {
  const view = await View.open({ path: "", config: completeConfig({ window: "0:0:0" }), port: 0 }, () => {});
  const looking = spawn(process.execPath, ["--input-type=module", "-e", LOOK, view.address], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  looking.stdout.on("data", (data) => {
    told += data;
  });
  const result = await work(view);
  const ended = new Promise((resolve) => looking.once("close", resolve));
  looking.kill();
  await ended;
  await view.close();
  return { ...result, messages: Number(told) };
}

const ms = (seconds) => (1000 * seconds).toFixed(3);
const median = (values) => upperMedian(Float64Array.from(values));
const { child, device } = await startDesk();
try {
  const rows = [
    ["round", "beside it", "steps", "p50 [ms]", "p99 [ms]", "most [ms]", "main thread [% of a core]", "told"],
  ];
  const p99 = { none: [], viewers: [] };
  const main = { none: [], viewers: [] };
  const options = { period: 0.02, seconds: SECONDS, realTime: true, learner: false };
  for (let round = 1; round <= ROUNDS; round++)
    for (const kind of round % 2 === 0 ? ["viewers", "none"] : ["none", "viewers"]) {
      const drive = (view) => lateness(device, { ...options, view });
      const late = kind === "none" ? await drive(undefined) : await withViewers(drive);
      const share = (100 * late.mainThread) / late.wall;
      p99[kind].push(late.p99);
      main[kind].push(share);
      const beside = kind === "none" ? "no page" : `page, ${VIEWERS} viewers`;
      const numbers = [late.p50, late.p99, late.most].map(ms);
      rows.push([`${round}`, beside, `${late.steps}`, ...numbers, share.toFixed(2), `${late.messages ?? ""}`]);
      console.log(rows.at(-1).join("  "));
    }
  const change = 100 * (median(p99.viewers) / median(p99.none) - 1);
  const values = {
    seconds: SECONDS,
    rounds: ROUNDS,
    load: loadavg()[0].toFixed(1),
    table: markdownTable(rows),
    none: ms(median(p99.none)),
    viewers: ms(median(p99.viewers)),
    change: `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(0)}`,
    mainNone: median(main.none).toFixed(2),
    mainViewers: median(main.viewers).toFixed(2),
  };
  if (!isQuick) await writeStudyPage("view", values);
} finally {
  child.kill();
}
