/**
 * What looks at a simulated car from outside, through the camera page in a real browser: pictures of its tag are drawn
 * into a canvas, whose stream is the page's camera, in lock-step with simulated time. What the page sends goes through
 * the intake of every source, and arrives late.
 */
import type { RunConfig } from "../../src/config/schema.js";
import { PoseIntake } from "../../src/pose/intake.js";
import type { SeenPose } from "../../src/pose/kind.js";
import { cameraServer } from "../../src/pose/kinds/camera.js";
import { placementsFrom } from "../../src/pose/settings.js";
import { PoseEntry } from "../../src/pose/shared-poses.js";
import type { ViewServer } from "../../src/serve/server.js";
import { freePort } from "../pose/harness.js";
import type { Browser, BrowserPage } from "./browser.js";
import type { View } from "./outside-view.js";
import { normalFrom } from "./sensed-drive.js";

/** A camera that looks straight down on all of the figure-8, from so high [m], with that focal length [pixel]. */
const [WIDTH, HEIGHT] = [1280, 720];
const [EYE, FOCAL] = [5, 750];
const TAG = { id: 7, height: 0.12, size: 0.2 };
/** Pictures per second; how late they are at the robot and how much that varies [s]. */
const RATE = 20;
const [LATE, JITTER] = [0.06, 0.01];
/** Noise of grey values, of 255: up to twice as much to both sides. */
const NOISE = 6;
/** Pictures are numbered, by so many squares in a corner. */
const BITS = 8;
/** A picture that nothing comes of for this long [ms] is an error. */
const WITHIN = 30_000;
/** The last picture that was drawn to start the camera has been looked at by then [ms]. */
const SETTLES = 500;

/** In the page: its clock, its camera, and what draws a picture of a moment. */
const script = `
let clock = 0;
performance.now = () => clock;
const parts = { "tag-id": ${TAG.id}, "tag-size": ${TAG.size}, "tag-height": ${TAG.height} };
addEventListener("DOMContentLoaded", () => {
  for (const [name, value] of Object.entries(parts)) document.getElementById(name).value = value;
});
localStorage.setItem("lapgrad-camera", JSON.stringify({
  size: [${WIDTH}, ${HEIGHT}], floor: [Math.PI, 0, 0, 0, 0, ${EYE}, ${FOCAL}, 0, 0],
}));
const canvas = Object.assign(document.createElement("canvas"), { width: ${WIDTH}, height: ${HEIGHT} });
const context = canvas.getContext("2d");
let stream;
let looked = () => {};
let random = 1;
const eachPicture = HTMLVideoElement.prototype.requestVideoFrameCallback;
let number = 0;
const corner = Object.assign(document.createElement("canvas"), { width: 8 * ${BITS}, height: 8 });
const cornerContext = corner.getContext("2d", { willReadFrequently: true });
/** The number that a picture has in its corner. */
function numberOf(video) {
  cornerContext.drawImage(video, 0, 0, 8 * ${BITS}, 8, 0, 0, 8 * ${BITS}, 8);
  const { data } = cornerContext.getImageData(0, 0, 8 * ${BITS}, 8);
  let found = 0;
  for (let i = 0; i < ${BITS}; i++) if (data[4 * (4 * 8 * ${BITS} + 8 * i + 4)] > 128) found += 2 ** i;
  return found;
}
// the browser may show a picture twice, or the last one late: only the one that was drawn last is looked at
HTMLVideoElement.prototype.requestVideoFrameCallback = function (take) {
  return eachPicture.call(this, (now, picture) => {
    if (numberOf(this) !== number) return this.requestVideoFrameCallback(take);
    const told = looked;
    looked = () => {};
    take(now, { ...picture, captureTime: clock });
    told();
  });
};
function draw(x, y, heading) {
  const scale = ${FOCAL} / (${EYE} - ${TAG.height});
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#889";
  context.fillRect(0, 0, ${WIDTH}, ${HEIGHT});
  context.translate(${WIDTH / 2} + scale * x, ${HEIGHT / 2} - scale * y);
  context.rotate(Math.PI / 2 - heading);
  const module = scale * ${TAG.size} / 8;
  const square = (column, row, n, colour) => {
    context.fillStyle = colour;
    context.fillRect((column - 4) * module, (row - 4) * module, n * module, n * module);
  };
  const code = new AR.Dictionary("APRILTAG_36h11").codeList[${TAG.id}];
  square(-1, -1, 10, "#ddd");
  square(0, 0, 8, "#222");
  for (let i = 0; i < 36; i++) if (code[i] === "1") square(1 + i % 6, 1 + Math.floor(i / 6), 1, "#ddd");
  // as many random numbers as pixels, the same in every run
  const noisy = context.getImageData(0, 0, ${WIDTH}, ${HEIGHT});
  const { data } = noisy;
  for (let i = 0; i < data.length; i += 4) {
    random = (Math.imul(random, 1664525) + 1013904223) | 0;
    const noise = ${NOISE} * random / 2 ** 30;
    data[i] += noise;
    data[i + 1] += noise;
    data[i + 2] += noise;
  }
  context.putImageData(noisy, 0, 0);
  number = (number + 1) % 2 ** ${BITS};
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (let i = 0; i < ${BITS}; i++) {
    context.fillStyle = number & (2 ** i) ? "#fff" : "#000";
    context.fillRect(8 * i, 0, 8, 8);
  }
  stream.getVideoTracks()[0].requestFrame();
}
/** The page looks at a picture of that moment [ms]. */
function show(now, x, y, heading) {
  clock = now;
  return new Promise((resolve) => {
    looked = resolve;
    draw(x, y, heading);
  });
}
navigator.mediaDevices.getUserMedia = async () => {
  stream = canvas.captureStream(0);
  const first = setInterval(() => {
    if (document.getElementById("state").textContent === "sending") clearInterval(first);
    else draw(0, 0, 0);
  }, 100);
  return stream;
};`;

export class CameraView implements View {
  readonly #page: BrowserPage;
  readonly #server: ViewServer;
  readonly #intake: PoseIntake;
  readonly #normal: () => number;
  /** what the page saw, on its way */
  readonly #sent: { readonly pose: SeenPose; readonly arrives: number }[] = [];
  readonly #row = new Float64Array(PoseEntry.count);
  #hasPose = false;
  #now = 0;
  #next = 0;
  /** the moment of which a picture is due: its time [s], x, y [m], heading [rad] */
  #due: readonly [number, number, number, number] | undefined;
  /** pictures that were looked at, and in which the tag was not found */
  pictures = 0;
  unseen = 0;

  private constructor(page: BrowserPage, server: ViewServer, config: RunConfig) {
    this.#page = page;
    this.#server = server;
    this.#normal = normalFrom(config.seed + 1);
    const settings = { name: `tag ${TAG.id}`, ...placementsFrom(config) };
    const put = (row: Float64Array) => {
      this.#row.set(row);
      this.#hasPose = true;
    };
    this.#intake = new PoseIntake(
      settings,
      put,
      () => {},
      () => this.#now,
    );
  }

  /** Serves the page and opens it. */
  static async open(browser: Browser, config: RunConfig): Promise<CameraView> {
    let view: CameraView | undefined;
    const sink = {
      take: (pose: SeenPose) => view?.hear(pose) ?? false,
      lose: () => view?.hear(undefined),
      remark: () => {},
    };
    const server = cameraServer(sink);
    await server.listen(await freePort(), "--pose camera=port");
    const page = await browser.page(server.address, { script });
    await page.until('document.getElementById("start")');
    await page.click("start");
    await page.until('document.getElementById("state").textContent === "sending"');
    await new Promise((resolve) => setTimeout(resolve, SETTLES));
    view = new CameraView(page, server, config);
    return view;
  }

  see(now: number, [x = 0, y = 0, , phi = 0]: ArrayLike<number> & Iterable<number>): void {
    this.#now = now;
    if (now < this.#next) return;
    this.#next = Math.max(this.#next, now - 1 / RATE) + 1 / RATE;
    this.#due = [now, x, y, phi];
  }

  /** Shows the picture that is due to the page, and waits until it has told what it sees there. */
  async look(): Promise<void> {
    if (!this.#due) return;
    const [now, ...place] = this.#due;
    this.#due = undefined;
    const count = ++this.pictures;
    const heard = new Promise<void>((resolve, reject) => {
      this.#heard = resolve;
      setTimeout(() => reject(new Error(`nothing came of picture ${count}`)), WITHIN).unref();
    });
    await this.#page.value(`show(${[1000 * now, ...place].join()})`);
    await heard;
  }

  #heard: () => void = () => {};

  async close(): Promise<void> {
    await this.#page.close();
    await this.#server.close();
  }

  /** The page has told: undefined, that it does not see the tag. */
  hear(pose: SeenPose | undefined): boolean {
    if (pose && Math.abs(pose.taken - this.#now) > 1e-6) return true; // the picture before, looked at twice
    const late = Math.max(0.01, LATE + JITTER * this.#normal());
    if (pose) this.#sent.push({ pose, arrives: this.#now + late });
    else this.unseen++;
    this.#heard();
    return true;
  }

  poll(into: Float64Array): boolean {
    while (this.#sent.length > 0 && this.#sent[0].arrives <= this.#now) {
      const { pose, arrives } = this.#sent.shift() as { pose: SeenPose; arrives: number };
      this.#intake.take(pose, arrives);
    }
    if (!this.#hasPose) return false;
    this.#hasPose = false;
    into.set(this.#row);
    return true;
  }
}
