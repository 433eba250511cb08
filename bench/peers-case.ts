/** A critic's step, as SAC on the car takes it for each critic: what is timed, and what all sides must agree on. */
import { drawUniform } from "../src/peers/batch/initial.js";
import { type Floats, Kernels } from "../src/peers/batch/kernels.js";
import { Network } from "../src/peers/batch/network.js";
import { squaredError } from "../src/peers/soft-policy.js";

const ROWS = 256;
/** 17 numbers of the observation and 10 of the action; two hidden layers. */
const SIZES = [27, 256, 256, 1];

export interface CriticResults {
  readonly loss: number;
  /** of every layer by its weights [inputs][width], then by its bias [width] */
  readonly gradient: readonly number[];
}

export class CriticStep {
  private readonly network: Network;
  private readonly inputs: Floats;
  private readonly values = new Float32Array(ROWS);

  constructor() {
    const kernels = new Kernels(1);
    this.network = new Network(kernels, { sizes: SIZES, activation: "relu", rows: ROWS });
    this.inputs = kernels.floats(ROWS * SIZES[0]);
    drawUniform(kernels, this.network);
    for (const values of [this.inputs.values, this.values])
      for (let i = 0; i < values.length; i++) values[i] = kernels.call.normal();
  }

  /** Inputs, values and parameters as the C reads them. */
  case(): Uint8Array {
    const layers = this.network.places.flatMap((_, i) => {
      const { weights, bias } = this.network.layer(i);
      return [...weights, ...bias];
    });
    return new Uint8Array(Float32Array.of(...this.inputs.values, ...this.values, ...layers).buffer);
  }

  /** Forward, loss, backward with all gradients; returns the loss. */
  run(): number {
    const outputs = this.network.forward(this.inputs, ROWS, "learning");
    const loss = squaredError(outputs, this.values, ROWS, this.network.outputGradient.values);
    this.network.backward({ parameters: true, inputs: false });
    return loss;
  }

  results(): CriticResults {
    const loss = this.run();
    const { gradient, places } = this.network;
    const part = (place: number, count: number) => [...gradient.values.subarray(place / 4, place / 4 + count)];
    return {
      loss,
      gradient: places.flatMap(({ weights, bias }, i) => [
        ...part(weights, SIZES[i] * SIZES[i + 1]),
        ...part(bias, SIZES[i + 1]),
      ]),
    };
  }
}
