/**
 * Batches of networks for the peers: the only exports. A module of its own, in float32, beside the robot's core, which
 * has nothing of it but the random numbers. Memory is the host's, and laid out by it; nothing here allocates, checks
 * sizes or throws. Addresses are bytes, counts are floats.
 */
export { batchNorm, batchNormTranspose, batchStatistics, runningStatistics } from "./batch-norm";
export {
  cos,
  exp,
  log,
  log1p,
  reluInPlace,
  reluTranspose,
  silu,
  siluTranspose,
  sin,
  tanh,
  tanhInPlace,
  tanhTranspose,
} from "./functions";
export { layerNorm, layerNormTranspose } from "./layer-norm";
export { product, productScratch } from "./product";
export { dropoutMask, normal, seed, uniform } from "./random";
export { adam, addScaled, columnSums, follow, multiply, scale, squaredNorm } from "./vectors";

/** Where the host's memory begins [bytes]. */
export const heapBase: usize = __heap_base;
