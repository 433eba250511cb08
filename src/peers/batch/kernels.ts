/** The module of the peers' batches (assembly-peers/), and the memory that it works in: one instance per training. */
import { readFileSync } from "node:fs";
import type { instantiate } from "#peers";
import { messageOf, UserError } from "../../errors.js";

/** Its functions; what stands behind the bindings takes and gives the same numbers, and can be instantiated at once. */
export type Exports = Awaited<ReturnType<typeof instantiate>>;

/** An array of float32 in a training's memory. */
export interface Floats {
  /** [bytes], as the kernels want it */
  readonly address: number;
  readonly values: Float32Array;
}

const FILE = new URL("../../../peers/peers.wasm", import.meta.url);
const PAGE = 65536;
/** Arrays begin at multiples of this [bytes]: lines of the processor's cache. */
const ALIGNMENT = 64;
/** Longest sums that a product may have: widths of layers, and rows of a batch. */
export const DEPTH = 4096;

let compiled: WebAssembly.Module | undefined;

/** The module, compiled once per process. */
function module(): WebAssembly.Module {
  try {
    compiled ??= new WebAssembly.Module(readFileSync(FILE));
  } catch (error) {
    throw new UserError(
      `cannot load the batches of the peers (${messageOf(error)}): use a checkout of lapgrad, after \`npm run build\``,
      1,
    );
  }
  return compiled;
}

export class Kernels {
  readonly call: Exports;
  /** for {@link Exports.product} */
  readonly scratch: number;
  private readonly memory: WebAssembly.Memory;
  private top: number;

  /** `megabytes`: all that the training's arrays may take; memory that is not used is not taken from the machine. */
  constructor(seed: number, megabytes = 128) {
    this.memory = new WebAssembly.Memory({ initial: (megabytes << 20) / PAGE });
    const { exports } = new WebAssembly.Instance(module(), { env: { memory: this.memory } });
    this.call = exports as unknown as Exports;
    this.top = this.call.heapBase.value;
    this.scratch = this.floats(this.call.productScratch(DEPTH)).address;
    this.call.seed(seed | 0, Math.floor(seed / 2 ** 32) | 0);
  }

  /** An array of `count` zeros, for good: nothing is freed, views stay valid. */
  floats(count: number): Floats {
    const address = Math.ceil(this.top / ALIGNMENT) * ALIGNMENT;
    this.top = address + count * Float32Array.BYTES_PER_ELEMENT;
    const { buffer } = this.memory;
    if (this.top > buffer.byteLength)
      throw new UserError(
        `networks and batches need more than ${buffer.byteLength >> 20} MB: take smaller layers or batches`,
        1,
      );
    return { address, values: new Float32Array(buffer, address, count) };
  }

  /** A seed for an environment, in [0, 2^31). */
  drawSeed(): number {
    return Math.floor(this.call.uniform() * 2 ** 31);
  }

  /** An integer in [0, bound). */
  drawIndex(bound: number): number {
    return Math.floor(this.call.uniform() * bound);
  }

  /** Brings `order` into an order drawn at random, each as likely (Fisher and Yates). */
  shuffle(order: Int32Array): void {
    for (let i = order.length - 1; i > 0; i--) {
      const other = this.drawIndex(i + 1);
      [order[i], order[other]] = [order[other], order[i]];
    }
  }
}
