/**
 * A layer of a network, with what it keeps of a batch for its transpose: forward and backward side by side.
 *
 *   sums = x W + b   →  dropout  →  layer norm  →  activation  →  batch norm
 *
 * each but the first where the network has it. All arrays are [rows][width], row by row.
 */
import type { Floats, Kernels } from "./kernels.js";

export type ActivationName = "none" | "relu" | "tanh" | "silu";

/** Where a layer's numbers begin in the network's flat arrays of parameters and of their gradient. */
export interface LayerPlaces {
  readonly weights: number;
  readonly bias: number;
  /** gains and biases of the norms; absent without them */
  readonly layerNorm?: Scaling;
  readonly batchNorm?: Scaling;
}

export interface Scaling {
  readonly gain: number;
  readonly bias: number;
}

export interface LayerShape {
  readonly inputs: number;
  readonly width: number;
  readonly activation: ActivationName;
  /** probability with which a sum is dropped while learning; 0: none is */
  readonly dropout: number;
}

/** What a pass is for: `learning` drops sums, and norms by the batch's own statistics; otherwise by running ones. */
export type Mode = "learning" | "acting";

/** Which derivatives are wanted. */
export interface Wanted {
  /** of the parameters: written, not added */
  readonly parameters: boolean;
  /** of the network's inputs */
  readonly inputs: boolean;
}

/** What a product does with its sums by itself: `Activation` of assembly-peers/product.ts. */
const FUSED = { none: 0, relu: 1, tanh: 2, silu: 0 } as const;
/** Momentum of the running statistics of batch norms. */
const MOMENTUM = 0.99;

export class Layer {
  /** [rows][width], of the last forward pass */
  readonly outputs: Floats;
  private readonly activated: Floats;
  private readonly sums: Floats;
  private readonly mask: Floats | undefined;
  private readonly normal: Floats | undefined;
  private readonly inverse: Floats | undefined;
  private readonly norm: BatchNorm | undefined;
  private input = 0;

  constructor(
    private readonly kernels: Kernels,
    private readonly shape: LayerShape,
    private readonly places: LayerPlaces,
    running: Floats | undefined,
    rows: number,
  ) {
    const { width, activation, dropout } = shape;
    this.sums = kernels.floats(rows * width);
    this.activated = activation === "silu" ? kernels.floats(rows * width) : this.sums;
    if (dropout > 0) this.mask = kernels.floats(rows * width);
    if (places.layerNorm) {
      this.normal = kernels.floats(rows * width);
      this.inverse = kernels.floats(rows);
    }
    if (places.batchNorm && running) this.norm = new BatchNorm(kernels, width, places.batchNorm, running, rows);
    this.outputs = this.norm ? this.norm.outputs : this.activated;
  }

  /** Outputs of a batch; `input`: address of [rows][inputs], kept until the backward pass. */
  forward(parameters: number, input: number, rows: number, mode: Mode): void {
    const { call, scratch } = this.kernels;
    const { inputs, width, activation, dropout } = this.shape;
    const { weights, bias, layerNorm } = this.places;
    const sums = this.sums.address;
    const count = rows * width;
    this.input = input;
    const drops = this.mask !== undefined && mode === "learning";
    const isFused = !drops && !layerNorm && activation !== "silu";
    call.product(
      sums,
      input,
      false,
      parameters + weights,
      false,
      parameters + bias,
      rows,
      width,
      inputs,
      FUSED[isFused ? activation : "none"],
      scratch,
    );
    if (drops && this.mask) {
      call.dropoutMask(this.mask.address, count, dropout);
      call.multiply(sums, this.mask.address, count);
    }
    if (layerNorm && this.normal && this.inverse) {
      const [gain, offset] = [parameters + layerNorm.gain, parameters + layerNorm.bias];
      call.layerNorm(sums, gain, offset, sums, this.normal.address, this.inverse.address, rows, width);
    }
    if (activation === "silu") call.silu(sums, this.activated.address, count);
    else if (!isFused && activation === "relu") call.reluInPlace(sums, count);
    else if (!isFused && activation === "tanh") call.tanhInPlace(sums, count);
    this.norm?.forward(parameters, this.activated.address, rows, mode);
  }

  /**
   * `d`: address of the outputs' gradient, overwritten; `gradient`: of the parameters' flat one; `inputGradient`: where
   * that of the inputs goes, or 0 if it is not wanted. After a forward pass of as many rows, in the same mode.
   */
  backward(
    parameters: number,
    gradient: number,
    d: number,
    inputGradient: number,
    rows: number,
    mode: Mode,
    wantsParameters: boolean,
  ): void {
    const { call, scratch } = this.kernels;
    const { inputs, width, activation } = this.shape;
    const { weights, bias, layerNorm } = this.places;
    const count = rows * width;
    this.norm?.backward(parameters, gradient, d, rows, mode);
    if (activation === "relu") call.reluTranspose(this.activated.address, d, count);
    else if (activation === "tanh") call.tanhTranspose(this.activated.address, d, count);
    else if (activation === "silu") call.siluTranspose(this.sums.address, d, count);
    if (layerNorm && this.normal && this.inverse) {
      const sums = wantsParameters ? [gradient + layerNorm.gain, gradient + layerNorm.bias] : [0, 0];
      const gain = parameters + layerNorm.gain;
      call.layerNormTranspose(d, gain, this.normal.address, this.inverse.address, sums[0], sums[1], rows, width);
    }
    if (this.mask && mode === "learning") call.multiply(d, this.mask.address, count);
    if (wantsParameters) {
      call.product(gradient + weights, this.input, true, d, false, 0, inputs, width, rows, FUSED.none, scratch);
      call.columnSums(d, rows, width, gradient + bias);
    }
    if (inputGradient) {
      call.product(inputGradient, d, false, parameters + weights, true, 0, rows, inputs, width, FUSED.none, scratch);
    }
  }
}

/** Batch norm of `width` columns; also stands in front of a network's first layer. */
export class BatchNorm {
  readonly outputs: Floats;
  private readonly normal: Floats;
  private readonly mean: Floats;
  private readonly inverse: Floats;

  /** `running`: means, then variances, [2][width] */
  constructor(
    private readonly kernels: Kernels,
    private readonly width: number,
    private readonly places: Scaling,
    private readonly running: Floats,
    rows: number,
  ) {
    this.outputs = kernels.floats(rows * width);
    this.normal = kernels.floats(rows * width);
    this.mean = kernels.floats(width);
    this.inverse = kernels.floats(width);
    running.values.fill(1, width);
  }

  forward(parameters: number, input: number, rows: number, mode: Mode): void {
    const { call } = this.kernels;
    const { width, mean, inverse, running } = this;
    const variance = running.address + width * Float32Array.BYTES_PER_ELEMENT;
    if (mode === "learning")
      call.batchStatistics(input, rows, width, mean.address, inverse.address, running.address, variance, MOMENTUM);
    else call.runningStatistics(running.address, variance, width, mean.address, inverse.address);
    const [gain, bias] = [parameters + this.places.gain, parameters + this.places.bias];
    const { outputs, normal } = this;
    call.batchNorm(input, gain, bias, mean.address, inverse.address, outputs.address, normal.address, rows, width);
  }

  /** `d`: the gradient of the outputs in, of the inputs out. */
  backward(parameters: number, gradient: number, d: number, rows: number, mode: Mode): void {
    const { gain, bias } = this.places;
    this.kernels.call.batchNormTranspose(
      d,
      parameters + gain,
      this.normal.address,
      this.inverse.address,
      gradient + gain,
      gradient + bias,
      rows,
      this.width,
      mode === "acting",
    );
  }
}
