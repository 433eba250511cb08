/** The windows of segments whose cost counts [docs/equations.md, section 10]. */
import type { Core } from "./core.js";

/** First segment, length and stride of the windows; length 0: one window to the end. */
export interface Windows {
  readonly start: number;
  readonly length: number;
  readonly stride: number;
}

/** Sets the windows that count in every rollout of the core from now on. */
export function setWindows(core: Core, { start, length, stride }: Windows): void {
  core.setOption("windowStart", start);
  core.setOption("windowLength", length);
  core.setOption("windowStride", stride);
}
