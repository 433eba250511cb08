/** The thread that looks for the tag in the pictures of a camera of this computer. */
import { parentPort, workerData } from "node:worker_threads";
import type { CameraFile } from "./camera-file.js";
import { newDetector } from "./detector.js";
import type { Picture, PictureSource } from "./picture.js";
import { TagTracker } from "./tracker.js";

/** A picture, a byte per pixel, and when it came [s]. */
export interface Taken {
  readonly picture: Uint8Array<ArrayBuffer>;
  readonly taken: number;
}

/** Where the tag was at that time [m, rad]; null: it is not seen. */
export interface Looked {
  readonly taken: number;
  readonly pose: { readonly x: number; readonly y: number; readonly heading: number } | null;
}

/** A grey picture as a canvas would have it. */
class GreySource implements PictureSource {
  readonly width: number;
  readonly height: number;
  grey = new Uint8Array(0);

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  crop(x: number, y: number, width: number, height: number): Picture {
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let row = 0, at = 0; row < height; row++) {
      const from = (y + row) * this.width + x;
      for (let i = 0; i < width; i++, at += 4) data.fill(this.grey[from + i], at, at + 3);
    }
    return { width, height, data };
  }
}

const port = parentPort;
if (!port) throw new Error("this is a thread");
const { size, lens, tag } = workerData as CameraFile;
const [width, height] = size;
const source = new GreySource(width, height);
const tracker = new TagTracker(newDetector(), { width, height, lens: Float64Array.from(lens) }, tag);

port.on("message", ({ picture, taken }: Taken) => {
  source.grey = picture;
  const found = tracker.find(source);
  const pose = found ? { x: found.x, y: found.y, heading: found.heading } : null;
  port.postMessage({ taken, pose } satisfies Looked);
});
