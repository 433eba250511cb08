/// <reference lib="dom" />
/** The camera's pictures, whole or in part. */
import type { Picture, PictureSource } from "../picture.js";

export class VideoSource implements PictureSource {
  readonly #video: HTMLVideoElement;
  readonly #context: CanvasRenderingContext2D;

  constructor(video: HTMLVideoElement) {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("this browser has no canvas");
    this.#video = video;
    this.#context = context;
  }

  get width(): number {
    return this.#video.videoWidth;
  }

  get height(): number {
    return this.#video.videoHeight;
  }

  crop(x: number, y: number, width: number, height: number): Picture {
    const { canvas } = this.#context;
    if (canvas.width < width || canvas.height < height) {
      canvas.width = Math.max(canvas.width, width);
      canvas.height = Math.max(canvas.height, height);
    }
    this.#context.drawImage(this.#video, x, y, width, height, 0, 0, width, height);
    return this.#context.getImageData(0, 0, width, height);
  }
}

/** Calls `take` with the time [ms, of performance] of every picture. */
export function eachPicture(video: HTMLVideoElement, take: (taken: number) => void): void {
  video.requestVideoFrameCallback((now, { captureTime, presentationTime }) => {
    // where the camera does not say when, it was not later than it was shown
    take(captureTime ?? Math.min(now, presentationTime));
    eachPicture(video, take);
  });
}
