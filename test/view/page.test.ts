/** The live page in a browser: a training as it happens, recorded runs of all tasks, and what goes wrong. */
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { HeardDrive } from "../../src/recording/heard-drive.js";
import { Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { limitsOf } from "../../src/view/limits.js";
import { LiveServer } from "../../src/view/live-server.js";
import { RunFeed } from "../../src/view/run-feed.js";
import { View } from "../../src/view/view.js";
import { Browser, type BrowserPage } from "../support/browser.js";
import { browserTest } from "../support/browser-test.js";
import { newFolder, SMALL, trainRun } from "../support/runs.js";

const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

let folder: string;
let browser: Browser | undefined;
const pages: BrowserPage[] = [];
beforeAll(async () => {
  folder = await newFolder();
});
afterEach(closePages);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

async function pageOf(address: string, options?: Parameters<Browser["page"]>[1]): Promise<BrowserPage> {
  browser ??= Browser.open();
  const page = await browser.page(address, options);
  pages.push(page);
  return page;
}

async function closePages(): Promise<void> {
  for (const page of pages.splice(0)) await page.close();
}

/** Serves runs while `work` looks at them. */
async function served(runs: readonly string[], work: (address: string) => Promise<void>): Promise<void> {
  const server = new LiveServer(runs.map((run) => new RunFeed(run)));
  try {
    await work(await server.start(0));
  } finally {
    await server.close();
  }
}

/** Where the robot is drawn. */
const ROBOT = `[...document.querySelectorAll("#stage .part")].map((path) => path.getAttribute("d")).join()`;

browserTest("a training is seen while it happens, and its button stops it", async () => {
  const out = join(folder, "live");
  const words = ["train", "--view", "--view-port", "0", "--laps", "100000", "--out", out, "--json"];
  const child = spawn(process.execPath, [main, ...words], { stdio: ["ignore", "pipe", "ignore"] });
  let printed = "";
  child.stdout.on("data", (data) => {
    printed += data;
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    while (!printed.includes("\n")) await new Promise((resolve) => setTimeout(resolve, 20));
    const { address } = JSON.parse(printed.split("\n")[0]);
    const page = await pageOf(address);
    await page.until(`/lap ([3-9]|\\d\\d)/.test(document.getElementById("lap-text").textContent)`);
    expect(await page.text("title")).toBe("car-figure8: live");
    expect(await page.text("state")).toBe("running");
    await page.until(`document.querySelector("#learning-charts .curve") && document.querySelector("#model-table td")`);
    await page.until(`document.querySelectorAll("#along-charts figure").length === 5`);
    await page.until(`document.querySelectorAll("#stage .part.wheel").length === 4`);
    const before = await page.value<string>(ROBOT);
    await page.until(`${ROBOT} !== ${JSON.stringify(before)}`);
    expect(await page.text("log-lines")).toMatch(/car-figure8 on sim, plant nominal/);
    await page.click("stop");
    expect(await ended).toBe(0);
    await page.until(`["not connected", "finished"].includes(document.getElementById("state").textContent)`);
    expect(JSON.parse(printed.trim().split("\n")[1])).toMatchObject({ complete: false, run: out });
  } finally {
    child.kill("SIGKILL");
  }
});

const TASKS = ["car-figure8", "quadruped-figure8", "pendulum-reach", "cart-pole", "scalar"];

/** Widths [pixel], and whether it is dark; the last one is worked with. */
const SCREENS = [
  [768, false],
  [390, true],
  [1280, false],
] as const;

browserTest("recorded runs of all tasks can be scrubbed, on every screen", async () => {
  for (const task of TASKS) {
    const out = join(folder, task);
    await trainRun({ given: { task, rollouts: 2 }, out });
    await served([out], async (address) => {
      for (const [width, isDark] of task === TASKS[0] ? SCREENS : SCREENS.slice(1)) {
        const page = await pageOf(address, { width, isDark });
        await page.until(`document.querySelectorAll("#stage .part").length > 0 && document.querySelector("#now dd")`);
        await page.until(`document.querySelectorAll("#along-charts figure").length > 0`);
        const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        expect([task, width, await page.value(overflow)]).toEqual([task, width, 0]);
        if (width !== 1280) continue;
        await page.value(`time.value = 3, time.dispatchEvent(new Event("input"))`);
        await page.until(`document.getElementById("play").textContent === "Play"`);
        const [shown, picture] = [await page.text("time-text"), await page.value<string>(ROBOT)];
        await page.press("ArrowRight");
        await page.until(`document.getElementById("time-text").textContent !== ${JSON.stringify(shown)}`);
        expect(await page.value(ROBOT)).not.toBe(picture);
        await page.press("[");
        await page.until(`/ 1 of 2$/.test(document.getElementById("lap-text").textContent)`);
        await page.press(" ");
        await page.until(`document.getElementById("play").textContent === "Pause"`);
        await page.press("f");
        await page.until(`/ 2 of 2$/.test(document.getElementById("lap-text").textContent)`);
      }
      await closePages();
    });
  }
  expect(browser?.complaints).toEqual([]);
});

browserTest("a drive of somebody else, without reference, cost and setpoints, plays", async () => {
  const path = join(folder, "heard.mcap");
  const drive = await HeardDrive.create(path, carFigure8, "hardware");
  const [round, input] = [(i: number) => 0.02 * i, Float64Array.of(0.1, Number.NaN)];
  for (let i = 0; i < 400; i++) drive.take(round(i), Float64Array.of(Math.sin(round(i)), i / 400, 1, round(i)), input);
  await drive.close();
  await served([path], async (address) => {
    const page = await pageOf(address, { script: "window.failed = []; onerror = (what) => failed.push(what)" });
    await page.until(`${ROBOT} !== ""`);
    const before = await page.value<string>(ROBOT);
    await page.until(`${ROBOT} !== ${JSON.stringify(before)}`); // it plays by itself
    expect(await page.value(`failed`)).toStrictEqual([]);
    expect(await page.value(`/NaN|undefined|null/.test(document.body.innerText)`)).toBe(false);
  });
});

browserTest("two runs over each other", async () => {
  await served([join(folder, "car-figure8"), join(folder, "live")], async (address) => {
    const page = await pageOf(address);
    await page.until(`document.querySelectorAll("#learning-charts .curve").length >= 2`);
    await page.until(`document.querySelector("#stage .other")`);
    expect(await page.value(`document.getElementById("stage").innerText`)).toMatch(
      /Dashed: car-figure8: live, best lap/,
    );
  });
});

browserTest("a robot is drawn as it is now, beside its gates", async () => {
  const config = completeConfig({ window: "0:0:0", corridor: 0.4 });
  const view = await View.open({ path: "", config, port: 0 }, () => {});
  try {
    const shared = new Shared(3);
    shared.setRuntimeState(RuntimeState.driving);
    shared.state.set([3, 0.5, 2, 1.5]);
    view.watchRobot({ buffer: shared.buffer, parameters: 3, states: 4, limits: limitsOf(config) });
    const page = await pageOf(view.address, { width: 390 });
    await page.until(`document.querySelectorAll("#stage .part.wheel").length === 4`);
    const before = await page.value<string>(ROBOT);
    shared.state.set([2.9, 1, 2, 1.8]);
    await page.until(`${ROBOT} !== ${JSON.stringify(before)}`);
    const values = await page.value<string>(`document.getElementById("robot-values").innerText`);
    expect(values).toMatch(/driving.*2\.00 m\/s.*stops beyond 5\.00 m\/s/s);
    expect(values).toMatch(/stops beyond 0\.400 m/);
    expect(await page.value(`document.querySelector(".controls").offsetHeight`)).toBe(0);
    expect(await page.value(`document.documentElement.scrollWidth`)).toBe(390);
  } finally {
    await view.close();
  }
});

browserTest("a connection that breaks is made again", async () => {
  await served([join(folder, "scalar")], async (address) => {
    const { port, search } = new URL(address);
    const sockets = new Set<Socket>();
    const tunnel = createServer((near) => {
      const far = connect(Number(port), "127.0.0.1");
      for (const socket of [near, far]) socket.on("error", () => {}) && sockets.add(socket);
      near.pipe(far).pipe(near);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => tunnel.once("listening", resolve));
    const { port: own } = tunnel.address() as { port: number };
    const page = await pageOf(`http://127.0.0.1:${own}/${search}`);
    await page.until(`document.getElementById("state").textContent === "finished"`);
    const lost = "window.seen = []; new MutationObserver(() => seen.push(state.textContent))";
    await page.value(`${lost}.observe(state, { childList: true })`);
    for (const socket of sockets) socket.destroy();
    await page.until(`seen.includes("not connected") && state.textContent === "finished"`);
    await page.until(`document.querySelectorAll("#learning-charts .curve").length > 0`);
    tunnel.close();
    for (const socket of sockets) socket.destroy();
  });
});

browserTest("a browser without WebSocket is told so", async () => {
  await served([join(folder, "scalar")], async (address) => {
    const page = await pageOf(address, { script: "delete globalThis.WebSocket" });
    await page.until(`/this browser has no WebSocket/.test(document.getElementById("note").textContent)`);
  });
});

/**
 * It measures time, on a machine that may be busy: the best of some tries counts, and three times the two seconds that
 * are asked for, which docs/results/view.md shows.
 */
const TRIES = 4;
const LIMIT = 6;

browserTest("a run of 1000 laps opens in a moment", async () => {
  const run = join(folder, "long");
  await trainRun({ given: { ...SMALL, rollouts: 2 }, out: run });
  const [first, second] = (await readFile(join(run, "metrics.jsonl"), "utf8")).split("\n");
  const lines = [first, ...Array.from({ length: 999 }, (_, i) => second.replace('"index":2', `"index":${i + 2}`))];
  await writeFile(join(run, "metrics.jsonl"), `${lines.join("\n")}\n`);
  await mkdir(join(run, "rollouts"), { recursive: true });
  await cp(join(run, "rollouts", "0002.mcap"), join(run, "rollouts", "1000.mcap"));
  const seconds: number[] = [];
  await served([run], async (address) => {
    for (let i = 0; i < TRIES && !(Math.min(...seconds) < LIMIT); i++) {
      const page = await pageOf("about:blank");
      const began = performance.now();
      await page.send("Page.navigate", { url: address });
      await page.until(`/1000 of 1000/.test(document.getElementById("lap-text").textContent)`);
      await page.until(`document.querySelector("#stage .part") && document.querySelector("#learning-charts .curve")`);
      seconds.push((performance.now() - began) / 1000);
    }
  });
  expect(Math.min(...seconds)).toBeLessThan(LIMIT);
});
