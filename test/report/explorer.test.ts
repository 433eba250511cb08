/** A report in a browser: values are read off its charts, and parts of them enlarged, by mouse, finger and key. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { renderReport } from "../../src/report/report.js";
import { Browser, type BrowserPage } from "../support/browser.js";
import { browserTest } from "../support/browser-test.js";
import { withoutScript } from "../support/page-script.js";
import { LAP, RADIUS, reportOf } from "./fixture.js";

let folder: string;
let browser: Browser | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-report-"));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** The chart with a heading, as an expression in the page. */
const chart = (heading: string) =>
  `[...document.querySelectorAll("figure")]
    .find((figure) => figure.querySelector("h3").textContent.startsWith("${heading}")).querySelector(".plot")`;

/** Where on the screen a part of a chart is, from the left and from below. */
async function placeIn(page: BrowserPage, heading: string, x: number, y: number): Promise<[number, number]> {
  const box = await page.value<{ left: number; top: number; width: number; height: number }>(
    `(${chart(heading)}.scrollIntoView({ block: "center" }), ${chart(heading)}.getBoundingClientRect().toJSON())`,
  );
  return [box.left + x * box.width, box.top + (1 - y) * box.height];
}

function mouse(page: BrowserPage, type: string, [x, y]: readonly [number, number], buttons = 0) {
  return page.send("Input.dispatchMouseEvent", {
    type,
    x,
    y,
    button: buttons ? "left" : "none",
    buttons,
    clickCount: 1,
  });
}

function touch(page: BrowserPage, type: string, ...points: readonly (readonly [number, number])[]) {
  return page.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
}

/** What a chart tells of the values at its cursor. */
const told = (page: BrowserPage, heading: string): Promise<string> =>
  page.value(`${chart(heading)}.querySelector("output")?.innerText ?? ""`);

/** Labels of the horizontal axis. */
const labels = (page: BrowserPage, heading: string): Promise<string[]> =>
  page.value(`[...${chart(heading)}.querySelectorAll("i.x")].map((label) => label.textContent)`);

async function opened(options: Parameters<Browser["page"]>[1] = {}): Promise<BrowserPage> {
  const path = join(folder, "report.html");
  await writeFile(path, renderReport(reportOf(15)));
  browser ??= Browser.open();
  const page = await browser.page(`file://${path}`, options);
  await page.until(`document.querySelector(".plot[tabindex]")`);
  return page;
}

browserTest("the mouse reads values, and enlarges what it draws over in all charts along the lap", async () => {
  const page = await opened();
  await mouse(page, "mouseMoved", await placeIn(page, "Radial error", 0.25, 0.5));
  // the lap phase is the time of the recording, which is off by its offset times the cosine of that; laps lie over
  // each other, and the first one is read
  expect(await told(page, "Radial error")).toMatch(
    /^lap phase 1\.00 s\s+first, rollout 1\s+0\.162\s+best and last, rollout 15\s+0\.010[78]\d?$/,
  );
  expect(await page.value(`document.querySelectorAll(".reader s").length`)).toBeGreaterThan(4);
  // on the track the same moment is marked: a quarter of a lap
  const marks = await page.value<string[]>(
    `[...${chart("Track from above")}.querySelectorAll("b")].map(({ style }) => style.left)`,
  );
  expect(marks).toHaveLength(2);
  for (const left of marks) expect(Number.parseFloat(left)).toBeCloseTo(50, 0);

  await mouse(page, "mousePressed", await placeIn(page, "Radial error", 0.25, 0.5), 1);
  await mouse(page, "mouseMoved", await placeIn(page, "Radial error", 0.4, 0.5), 1);
  await mouse(page, "mouseReleased", await placeIn(page, "Radial error", 0.5, 0.5), 1);
  for (const heading of ["Radial error", "Speed", "Steering"]) {
    const shown = (await labels(page, heading)).map(Number);
    expect([shown[0], shown[shown.length - 1]]).toEqual([1, 2]);
    expect(shown.length).toBeGreaterThan(3);
  }
  await mouse(page, "mouseMoved", await placeIn(page, "Radial error", 0.5, 0.5));
  expect(await told(page, "Radial error")).toMatch(/^lap phase 1\.50 s/);
  expect(await labels(page, "Window cost")).toContain("5.0");
  await page.value(`${chart("Speed")}.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }))`);
  expect((await labels(page, "Radial error")).map(Number)).toContain(LAP);
  await page.close();
});

browserTest("a chart that is drawn anew under a mouse that holds it shows numbers all the same", async () => {
  const page = await opened();
  await mouse(page, "mousePressed", await placeIn(page, "Radial error", 0.25, 0.5), 1);
  await page.value(
    `(${chart("Radial error")}.outerHTML += "", document.dispatchEvent(new Event("change", { bubbles: true })))`,
  );
  await mouse(page, "mouseMoved", await placeIn(page, "Radial error", 0.4, 0.5), 1);
  await mouse(page, "mouseReleased", await placeIn(page, "Radial error", 0.5, 0.5), 1);
  const boxes = await page.value<string[]>(
    `[...document.querySelectorAll(".plot svg")].map((svg) => svg.getAttribute("viewBox"))`,
  );
  expect(boxes.length).toBeGreaterThan(5);
  for (const box of boxes) expect(box).toMatch(/^[\d.]+( [\d.]+){3}$/);
  expect((await labels(page, "Radial error")).map(Number)).toContain(LAP);
  await page.close();
});

browserTest("keys move the cursor and enlarge; the learning curve tells laps, a hidden lap nothing", async () => {
  const page = await opened();
  const focus = (heading: string) => page.value(`${chart(heading)}.focus()`);
  await focus("Window cost");
  for (let i = 0; i < 60; i++) await page.press("ArrowRight");
  expect(await told(page, "Window cost")).toMatch(/^driving .* min\s+window cost, rollout 15\s+0\.030[12]$/);
  await focus("Speed");
  await page.press("ArrowRight");
  expect(await told(page, "Speed")).toMatch(/^lap phase 2\.04 s\s+first, rollout 1\s+2\.30/);
  await page.press("+");
  expect((await labels(page, "Steering")).map(Number)).not.toContain(0);
  await page.press("0");
  expect((await labels(page, "Steering")).map(Number)).toContain(0);
  await page.click("show0");
  await page.press("ArrowLeft");
  expect(await told(page, "Speed")).not.toMatch(/first/);
  await focus("Track from above");
  await page.press("ArrowRight");
  expect(await told(page, "Track from above")).toMatch(/best and last, rollout 15\s+−1\.5\d\d?, ?−?0\./);
  expect(RADIUS).toBe(1.5);
  await page.press("+");
  expect((await labels(page, "Track from above")).length).toBeGreaterThan(2);
  await page.press("Escape");
  expect(await told(page, "Track from above")).toBe("");
  await page.close();
});

browserTest("fingers read and enlarge on a phone, whose page does not run over its edge", async () => {
  const page = await opened({ width: 390 });
  await page.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 2 });
  const [left, right, outer] = [
    await placeIn(page, "Radial error", 0.4, 0.5),
    await placeIn(page, "Radial error", 0.6, 0.5),
    await placeIn(page, "Radial error", 0.9, 0.5),
  ];
  await touch(page, "touchStart", left);
  await touch(page, "touchEnd");
  expect(await told(page, "Radial error")).toMatch(/^lap phase 1\.6\d? ?\d? ?s/);
  await touch(page, "touchStart", left, right);
  await touch(page, "touchMove", left, outer);
  await touch(page, "touchEnd");
  const shown = (await labels(page, "Speed")).map(Number);
  // what was below the fingers, 1.6 s and 2.4 s, still is, now half a chart apart: 1.6 s are shown
  expect(shown[0]).toBeGreaterThan(0.95);
  expect(shown[shown.length - 1]).toBeLessThan(2.6);
  expect(await page.value("document.documentElement.scrollWidth")).toBe(390);
  const buttons = `[...document.querySelectorAll(".tools button")].find(({ title }) => title === "show all")`;
  expect(await page.value(`${buttons}.getBoundingClientRect().width >= 26`)).toBe(true);
  await page.close();
  expect(browser?.complaints).toEqual([]);
});

browserTest("without a script all is there, and nothing that needs one", async () => {
  const path = join(folder, "plain.html");
  await writeFile(path, withoutScript(renderReport(reportOf(3))));
  browser ??= Browser.open();
  const page = await browser.page(`file://${path}`);
  await page.until(`document.querySelectorAll(".plot path").length > 50`);
  expect(await page.value(`document.querySelectorAll("button, .tools, [tabindex].plot").length`)).toBe(0);
  await page.close();
});
