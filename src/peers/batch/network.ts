/**
 * A network of dense layers over batches, in float32. Its parameters, their gradient and Adam's two moments are one
 * flat array each; {@link LayerPlaces} says where a layer's numbers stand.
 */
import { UserError } from "../../errors.js";
import { DEPTH, type Floats, type Kernels } from "./kernels.js";
import { type ActivationName, BatchNorm, Layer, type LayerPlaces, type Mode, type Wanted } from "./layer.js";

export interface NetworkShape {
  /** from inputs to outputs; the last layer is linear */
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  readonly layerNorm?: boolean;
  readonly batchNorm?: boolean;
  readonly dropout?: number;
  /** largest batch */
  readonly rows: number;
}

/** How Adam steps; what is left out is as usual. */
export interface AdamSettings {
  readonly rate: number;
  readonly beta1?: number;
  readonly epsilon?: number;
  /** of decay/2 |parameters|^2 */
  readonly decay?: number;
}

const BETA2 = 0.999;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Hands out places in a flat array [bytes], each array a whole number of vectors long. */
class Places {
  count = 0;

  take(floats: number): number {
    const place = this.count * BYTES;
    this.count += Math.ceil(floats / 4) * 4;
    return place;
  }

  scaling(width: number) {
    return { gain: this.take(width), bias: this.take(width) };
  }
}

export class Network {
  readonly parameters: Floats;
  readonly gradient: Floats;
  /** running means and variances of batch norms */
  readonly statistics: Floats;
  /** [rows][outputs], where the gradient of the outputs is put before {@link backward} */
  readonly outputGradient: Floats;
  /** [rows][inputs], of the last {@link backward} that wanted it */
  readonly inputGradient: Floats;
  readonly places: readonly LayerPlaces[];
  private readonly layers: readonly Layer[];
  private readonly gradients: readonly Floats[];
  private readonly first: Floats;
  private readonly second: Floats;
  private readonly inputNorm: BatchNorm | undefined;
  private rows = 0;
  private mode: Mode = "acting";
  private steps = 0;

  constructor(
    private readonly kernels: Kernels,
    readonly shape: NetworkShape,
  ) {
    const { sizes, activation, rows, layerNorm = false, batchNorm = false, dropout = 0 } = shape;
    for (const [what, size] of [...sizes.map((size) => ["a layer", size] as const), ["a batch", rows] as const])
      if (!Number.isInteger(size) || size < 1 || size > DEPTH)
        throw new UserError(`${what} of ${size} is none: it may have 1 to ${DEPTH}; change the peer's settings`);
    const places = new Places();
    const inputScaling = batchNorm ? places.scaling(sizes[0]) : undefined;
    const last = sizes.length - 2;
    this.places = sizes.slice(1).map((width, i) => ({
      weights: places.take(sizes[i] * width),
      bias: places.take(width),
      ...(layerNorm && i < last ? { layerNorm: places.scaling(width) } : {}),
      ...(batchNorm && i < last ? { batchNorm: places.scaling(width) } : {}),
    }));
    [this.parameters, this.gradient, this.first, this.second] = Array.from({ length: 4 }, () =>
      kernels.floats(places.count),
    ) as [Floats, Floats, Floats, Floats];
    const normed = batchNorm ? sizes.slice(0, -1) : [];
    this.statistics = kernels.floats(2 * normed.reduce((sum, width) => sum + width, 0));
    let used = 0;
    const running = normed.map((width) => {
      const from = used;
      used += 2 * width;
      return {
        address: this.statistics.address + from * BYTES,
        values: this.statistics.values.subarray(from, used),
      };
    });
    if (inputScaling) this.inputNorm = new BatchNorm(kernels, sizes[0], inputScaling, running[0] as Floats, rows);
    this.layers = this.places.map((place, i) => {
      const isLast = i === last;
      const kind: ActivationName = isLast ? "none" : activation;
      const layer = { inputs: sizes[i], width: sizes[i + 1], activation: kind, dropout: isLast ? 0 : dropout };
      return new Layer(kernels, layer, place, running[i + 1], rows);
    });
    this.gradients = sizes.map((width) => kernels.floats(rows * width));
    this.inputGradient = this.gradients[0] as Floats;
    this.outputGradient = this.gradients[sizes.length - 1] as Floats;
    for (const { layerNorm, batchNorm } of this.places)
      for (const scaling of [layerNorm, batchNorm]) if (scaling) this.fillGain(scaling.gain, scaling.bias);
    if (inputScaling) this.fillGain(inputScaling.gain, inputScaling.bias);
  }

  /** Numbers of a layer's weights [inputs][width] and bias [width]. */
  layer(index: number): { weights: Float32Array; bias: Float32Array } {
    const { weights, bias } = this.places[index] as LayerPlaces;
    const [inputs, width] = [this.shape.sizes[index], this.shape.sizes[index + 1]];
    const { values } = this.parameters;
    return {
      weights: values.subarray(weights / BYTES, weights / BYTES + inputs * width),
      bias: values.subarray(bias / BYTES, bias / BYTES + width),
    };
  }

  /** Outputs of a batch, [rows][outputs]; `input`: [rows][inputs], not to be changed before {@link backward}. */
  forward(input: Floats, rows: number, mode: Mode): Float32Array {
    if (rows > this.shape.rows) throw new Error(`a batch of ${rows} rows in a network for ${this.shape.rows}`);
    this.rows = rows;
    this.mode = mode;
    const parameters = this.parameters.address;
    this.inputNorm?.forward(parameters, input.address, rows, mode);
    let from = this.inputNorm ? this.inputNorm.outputs : input;
    for (const layer of this.layers) {
      layer.forward(parameters, from.address, rows, mode);
      from = layer.outputs;
    }
    return from.values;
  }

  /**
   * The derivatives that are wanted, of the last {@link forward}, from {@link outputGradient}, which is overwritten.
   */
  backward(wanted: Wanted): void {
    const { rows, mode } = this;
    const [parameters, gradient] = [this.parameters.address, this.gradient.address];
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const [inputs, outputs] = [this.gradients[i], this.gradients[i + 1]] as [Floats, Floats];
      const isWanted = i > 0 || wanted.inputs || this.inputNorm !== undefined;
      const to = isWanted ? inputs.address : 0;
      this.layers[i]?.backward(parameters, gradient, outputs.address, to, rows, mode, wanted.parameters);
    }
    this.inputNorm?.backward(parameters, gradient, this.inputGradient.address, rows, mode);
  }

  /** A step of Adam down the gradient. */
  step({ rate, beta1 = 0.9, epsilon = 1e-8, decay = 0 }: AdamSettings): void {
    this.steps++;
    this.kernels.call.adam(
      this.parameters.address,
      this.gradient.address,
      this.first.address,
      this.second.address,
      this.parameters.values.length,
      rate,
      beta1,
      BETA2,
      epsilon,
      1 / (1 - beta1 ** this.steps),
      1 / (1 - BETA2 ** this.steps),
      decay,
    );
  }

  /** Moves all parameters by the part `tau` toward those of `other`, of the same shape; 1: copies them. */
  follow(other: Network, tau: number): void {
    const { parameters } = this;
    this.kernels.call.follow(parameters.address, tau, other.parameters.address, parameters.values.length);
  }

  private fillGain(gain: number, bias: number): void {
    this.parameters.values.fill(1, gain / BYTES, bias / BYTES);
  }
}
