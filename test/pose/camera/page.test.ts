/**
 * The camera page in a real browser: its camera is a canvas that is drawn as time goes on, and what comes out at the
 * other end is compared with what was drawn.
 */
import { afterAll, beforeAll, expect } from "@jest/globals";
import { monotonicTime } from "../../../src/clock.js";
import { completeConfig } from "../../../src/config/config.js";
import { type Place, sceneOf } from "../../../src/pose/scene.js";
import { poseSettingsFrom } from "../../../src/pose/settings.js";
import { PoseEntry } from "../../../src/pose/shared-poses.js";
import { ThreadPoseSource } from "../../../src/pose/thread-source.js";
import { Browser } from "../../support/browser.js";
import { browserTest } from "../../support/browser-test.js";
import { freePort } from "../harness.js";

/** Small, since a browser without a graphics processor draws it. */
const [WIDTH, HEIGHT] = [640, 360];
/** A camera that looks straight down from so high [m], over a tag so high, so large, with that focal length [pixel]. */
const EYE = 3;
const TAG = { height: 0.12, size: 0.28 };
const FOCAL = 320;
/** Twelve poses take 1.2 s, or as long as a busy machine takes [s]. */
const WITHIN = 60;

let browser: Browser;
beforeAll(() => {
  browser = Browser.open();
});
afterAll(() => browser.close());

/** In the page: a camera whose pictures show the tag on a circle of 0.8 m, at 0.05 rad/s. */
const script = `
const parts = { "tag-size": ${TAG.size}, "tag-height": ${TAG.height} };
addEventListener("DOMContentLoaded", () => {
  for (const [name, value] of Object.entries(parts)) document.getElementById(name).value = value;
});
localStorage.setItem("lapgrad-camera", JSON.stringify({
  size: [${WIDTH}, ${HEIGHT}], floor: [Math.PI, 0, 0, 0, 0, ${EYE}, ${FOCAL}, 0, 0],
}));
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: ${WIDTH}, height: ${HEIGHT} });
  const context = canvas.getContext("2d");
  const code = new AR.Dictionary("APRILTAG_36h11").codeList[7];
  const scale = ${FOCAL} / (${EYE} - ${TAG.height});
  const draw = () => {
    const angle = 0.05 * performance.now() / 1000;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#889";
    context.fillRect(0, 0, ${WIDTH}, ${HEIGHT});
    context.translate(${WIDTH / 2} + scale * 0.8 * Math.cos(angle), ${HEIGHT / 2} - scale * 0.8 * Math.sin(angle));
    context.rotate(-angle); // drives to the left of where it is: forwards is angle + 90°
    const module = scale * ${TAG.size} / 8;
    const square = (x, y, n, colour) => {
      context.fillStyle = colour;
      context.fillRect((x - 4) * module, (y - 4) * module, n * module, n * module);
    };
    square(-1, -1, 10, "#fff");
    square(0, 0, 8, "#000");
    for (let i = 0; i < 36; i++) if (code[i] === "1") square(1 + i % 6, 1 + Math.floor(i / 6), 1, "#fff");
  };
  setInterval(draw, 100);
  return canvas.captureStream(10);
};`;

browserTest(
  "poses of a tag on a canvas come to the control thread's end, with the times of their pictures",
  async () => {
    const settings = poseSettingsFrom(completeConfig({ pose: `camera=${await freePort()}`, "pose-name": "tag 7" }));
    if (!settings) throw new Error("no source");
    let tell: (address: string) => void;
    const told = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const circle = Array.from({ length: 90 }, (_, i): Place => {
      const angle = (2 * Math.PI * i) / 90;
      return [0.8 * Math.cos(angle), 0.8 * Math.sin(angle)];
    });
    const scene = sceneOf(circle, 0.3, settings.intake.frame);
    const source = new ThreadPoseSource({ ...settings, scene }, (text) => {
      const [address] = /http:\S+/.exec(text) ?? [];
      if (address !== undefined) tell(address);
    });
    try {
      const opening = source.open();
      const failed = opening.then(() => Promise.reject(new Error("it opened before anybody saw its page")));
      const page = await browser.page(await Promise.race([told, failed]), { script });
      await page.until('document.getElementById("start")');
      await page.click("start");
      await opening;
      const rows: Float64Array[] = [];
      for (const end = monotonicTime() + WITHIN; rows.length < 12; ) {
        if (monotonicTime() > end) throw new Error(`${rows.length} poses; the page: ${await page.text("state")}`);
        const row = new Float64Array(PoseEntry.count);
        if (source.poll(row)) rows.push(row);
        else await new Promise((resolve) => setTimeout(resolve, 3));
      }
      for (const [seconds, arrived, x, y, heading] of rows) {
        const angle = Math.atan2(y, x);
        expect(Math.abs(Math.hypot(x, y) - 0.8)).toBeLessThan(5e-3);
        expect(Math.abs(Math.sin(heading - angle - Math.PI / 2))).toBeLessThan(0.0175);
        expect(Math.cos(heading - angle - Math.PI / 2)).toBeGreaterThan(0);
        expect(seconds).toBeLessThanOrEqual(arrived);
      }
      expect(rows.at(-1)?.[PoseEntry.arrived]).toBeLessThanOrEqual(monotonicTime());
      expect(await page.text("state")).toBe("sending");
      // track and corridor are drawn where they are on the floor, and nothing between them
      for (const [radius, isDrawn] of [
        [0.8, true],
        [0.95, false],
      ] as const) {
        const [u, v] = [WIDTH / 2 + (FOCAL / EYE) * radius * 0.8, HEIGHT / 2 + (FOCAL / EYE) * radius * 0.6];
        const context = `document.getElementById("overlay").getContext("2d")`;
        const pixels = `Array.from(${context}.getImageData(${u - 2}, ${v - 2}, 5, 5).data)`;
        const alpha = await page.value(`Math.max(...${pixels}.filter((_, i) => i % 4 === 3))`);
        expect([radius, Number(alpha) > 100]).toEqual([radius, isDrawn]);
      }
      expect(browser.complaints).toEqual([]);
    } finally {
      await source.close();
    }
  },
);
