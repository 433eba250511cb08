/**
 * The policy of the soft actor-critics: a Gaussian squashed into (-1, 1) (Haarnoja et al. 2018, appendix C).
 *
 *   a = tanh(u),  u = mean + std noise,  std = exp(log std)
 *   log p(a) = sum over the action of  -noise^2 / 2 - log std - log(2 pi) / 2 - log(1 - a^2)
 *
 * with log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2 u)), which never takes the logarithm of zero. Gradients are by
 * the noise held fixed.
 */
import type { Exports } from "./batch/kernels.js";

const LOG_STD_MIN = -20;
const LOG_STD_MAX = 2;
/** log(2 pi) / 2 */
export const HALF_LOG_TWO_PI = 0.9189385332046727;

/** Actions drawn for a batch, and what the gradient needs of them; all [rows][size] but logProb [rows]. */
export interface Draw {
  readonly actions: Float64Array;
  readonly logProb: Float64Array;
  readonly noise: Float64Array;
}

export function newDraw(rows: number, size: number): Draw {
  return {
    actions: new Float64Array(rows * size),
    logProb: new Float64Array(rows),
    noise: new Float64Array(rows * size),
  };
}

/** `head`: what the network puts out, [rows][mean, then log std of the action]; fills `draw` from its noise. */
export function squash(call: Exports, head: ArrayLike<number>, rows: number, size: number, draw: Draw): void {
  const { actions, logProb, noise } = draw;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const at = row * size + i;
      const logStd = Math.min(Math.max(head[row * 2 * size + size + i], LOG_STD_MIN), LOG_STD_MAX);
      const u = head[row * 2 * size + i] + call.exp(logStd) * noise[at];
      actions[at] = call.tanh(u);
      sum -= noise[at] ** 2 / 2 + logStd + HALF_LOG_TWO_PI + 2 * (Math.LN2 - u - softplus(call, -2 * u));
    }
    logProb[row] = sum;
  }
}

/**
 * The transpose of {@link squash}: from the gradient by actions [rows][size] and by logProb, the same number for every
 * row, that by the head [rows][2 size].
 */
export function squashTranspose(
  call: Exports,
  head: ArrayLike<number>,
  rows: number,
  size: number,
  draw: Draw,
  byActions: ArrayLike<number>,
  byLogProb: number,
  byHead: Float32Array | Float64Array,
): void {
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < size; i++) {
      const at = row * size + i;
      const raw = head[row * 2 * size + size + i];
      const isFree = raw >= LOG_STD_MIN && raw <= LOG_STD_MAX;
      const action = draw.actions[at];
      const byU = byActions[at] * (1 - action ** 2) + byLogProb * 2 * action;
      byHead[row * 2 * size + i] = byU;
      byHead[row * 2 * size + size + i] = isFree ? byU * call.exp(raw) * draw.noise[at] - byLogProb : 0;
    }
}

/** log(1 + e^x) */
export function softplus(call: Exports, x: number): number {
  return Math.max(x, 0) + call.log1p(call.exp(-Math.abs(x)));
}
