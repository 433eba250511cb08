/**
 * Networks that predict a Gaussian of what an action changes (Chua et al. 2018), several of them, as in mbrl-lib:
 * inputs normalised, outputs mean and log variance of the change of the observation and of the reward.
 *
 *   loss of each  mean over batch and outputs of  (target - mean)^2 exp(-l) + l
 *   l = softly within [-10, 1/2]:  l = -10 + softplus(l' + 10),  l' = 1/2 - softplus(1/2 - raw)
 *
 * Each learns from its own draws of the transitions; those that predict kept-back ones best are asked.
 */
import { drawTruncatedNormal } from "./batch/initial.js";
import type { Exports, Floats, Kernels } from "./batch/kernels.js";
import { Network } from "./batch/network.js";
import { type Experience, newTransitions, type Transitions } from "./experience.js";
import { softplus } from "./squashed.js";

export interface EnsembleSettings {
  readonly members: number;
  readonly elites: number;
  readonly modelHidden: readonly number[];
  readonly modelLearningRate: number;
  readonly modelDecay: number;
  readonly modelBatch: number;
  /** part of the transitions that is kept back */
  readonly validation: number;
  /** passes over the transitions without a member that predicts better by a hundredth, after which training ends */
  readonly waits: number;
  readonly maxPasses: number;
}

const LOG_VARIANCE_MIN = -10;
const LOG_VARIANCE_MAX = 0.5;
/** Improvement of a member's error that counts. */
const IMPROVEMENT = 0.01;

/** The log variance from what a network puts out, and its derivative. */
export function boundedLogVariance(call: Exports, raw: number): { value: number; slope: number } {
  const sigmoid = (x: number) => 1 / (1 + call.exp(-x));
  const upper = LOG_VARIANCE_MAX - softplus(call, LOG_VARIANCE_MAX - raw);
  return {
    value: LOG_VARIANCE_MIN + softplus(call, upper - LOG_VARIANCE_MIN),
    slope: sigmoid(LOG_VARIANCE_MAX - raw) * sigmoid(upper - LOG_VARIANCE_MIN),
  };
}

/** Loss of outputs [rows][means, raw log variances] for targets [rows][size]; its gradient by outputs is written. */
export function gaussianLoss(
  call: Exports,
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  rows: number,
  size: number,
  gradient: Float32Array | Float64Array,
): number {
  let loss = 0;
  const share = 1 / (rows * size);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < size; i++) {
      const at = 2 * size * row + i;
      const error = outputs[at] - targets[row * size + i];
      const { value, slope } = boundedLogVariance(call, outputs[at + size]);
      const precision = call.exp(-value);
      loss += share * (error ** 2 * precision + value);
      gradient[at] = share * 2 * error * precision;
      gradient[at + size] = share * (1 - error ** 2 * precision) * slope;
    }
  return loss;
}

export class Ensemble {
  /** members, the best first */
  elites: number[];
  private readonly networks: readonly Network[];
  private readonly inputs: Floats;
  private readonly batch: Transitions;
  private readonly targets: Float64Array;
  private readonly mean: Float64Array;
  private readonly deviation: Float64Array;
  private readonly size: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly settings: EnsembleSettings,
    private readonly observationSize: number,
    private readonly actionSize: number,
  ) {
    const { members, modelHidden, modelBatch } = settings;
    const width = observationSize + actionSize;
    this.size = observationSize + 1;
    const sizes = [width, ...modelHidden, 2 * this.size];
    this.networks = Array.from({ length: members }, () => {
      const network = new Network(kernels, { sizes, activation: "silu", rows: modelBatch });
      drawTruncatedNormal(kernels, network, 0.5);
      return network;
    });
    this.elites = Array.from({ length: settings.elites }, (_, i) => i);
    this.inputs = kernels.floats(modelBatch * width);
    this.batch = newTransitions(modelBatch, observationSize, actionSize);
    this.targets = new Float64Array(modelBatch * this.size);
    this.mean = new Float64Array(width);
    this.deviation = new Float64Array(width).fill(1);
  }

  /** Trains on all of it, from where the last training ended. Returns the elites' error on what was kept back. */
  train(experience: Experience): number {
    const { settings, networks } = this;
    this.measureInputs(experience);
    const order = Int32Array.from({ length: experience.count }, (_, i) => i);
    this.kernels.shuffle(order);
    const held = Math.max(1, Math.floor(settings.validation * experience.count));
    const [kept, used] = [order.subarray(0, held), order.subarray(held)];
    const best = networks.map((network) => ({
      error: this.errorOf(network, experience, kept),
      parameters: network.parameters.values.slice(),
    }));
    let waited = 0;
    for (let pass = 0; pass < settings.maxPasses && waited < settings.waits; pass++) {
      waited++;
      for (const [k, network] of networks.entries()) {
        this.pass(network, experience, used);
        const error = this.errorOf(network, experience, kept);
        const one = best[k];
        if ((one.error - error) / one.error > IMPROVEMENT) waited = 0;
        if (error < one.error) {
          one.error = error;
          one.parameters.set(network.parameters.values);
        }
      }
    }
    for (const [k, network] of networks.entries()) network.parameters.values.set(best[k].parameters);
    const ranked = best.map(({ error }, k) => ({ error, k })).sort((a, b) => a.error - b.error);
    this.elites = ranked.slice(0, settings.elites).map(({ k }) => k);
    return ranked.slice(0, settings.elites).reduce((sum, { error }) => sum + error / settings.elites, 0);
  }

  /**
   * Draws what an elite predicts for the first `rows` of observations and actions of `batch` (at most modelBatch) into
   * its next observations and rewards.
   */
  predict(elite: number, batch: Transitions, rows: number): void {
    const { observationSize, size, kernels } = this;
    const { call } = kernels;
    this.fillInputs(batch, rows);
    const outputs = this.networks[elite].forward(this.inputs, rows, "acting");
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < size; i++) {
        const at = 2 * size * row + i;
        const deviation = call.exp(boundedLogVariance(call, outputs[at + size]).value / 2);
        const change = outputs[at] + deviation * call.normal();
        if (i === observationSize) batch.rewards[row] = change;
        else batch.nextObservations[row * observationSize + i] = batch.observations[row * observationSize + i] + change;
      }
  }

  /** One pass over as many transitions as `used` has, drawn from them with repetition. */
  private pass(network: Network, experience: Experience, used: Int32Array): void {
    const { settings, kernels, size } = this;
    for (let first = 0; first < used.length; first += settings.modelBatch) {
      const rows = Math.min(settings.modelBatch, used.length - first);
      for (let row = 0; row < rows; row++) experience.copy(used[kernels.drawIndex(used.length)], this.batch, row);
      this.fillTargets(rows);
      const outputs = network.forward(this.inputs, rows, "learning");
      gaussianLoss(kernels.call, outputs, this.targets, rows, size, network.outputGradient.values);
      network.backward({ parameters: true, inputs: false });
      network.step({ rate: settings.modelLearningRate, decay: settings.modelDecay });
    }
  }

  /** Mean squared error of the predicted means. */
  private errorOf(network: Network, experience: Experience, kept: Int32Array): number {
    const { settings, size } = this;
    let sum = 0;
    for (let first = 0; first < kept.length; first += settings.modelBatch) {
      const rows = Math.min(settings.modelBatch, kept.length - first);
      for (let row = 0; row < rows; row++) experience.copy(kept[first + row], this.batch, row);
      this.fillTargets(rows);
      const outputs = network.forward(this.inputs, rows, "acting");
      for (let row = 0; row < rows; row++)
        for (let i = 0; i < size; i++) sum += (outputs[2 * size * row + i] - this.targets[row * size + i]) ** 2;
    }
    return sum / (kept.length * size);
  }

  /** Inputs and targets of the batch: changes of the observation, and the reward. */
  private fillTargets(rows: number): void {
    const { batch, observationSize, size, targets } = this;
    this.fillInputs(batch, rows);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < observationSize; i++) {
        const at = row * observationSize + i;
        targets[row * size + i] = batch.nextObservations[at] - batch.observations[at];
      }
      targets[row * size + observationSize] = batch.rewards[row];
    }
  }

  private fillInputs(batch: Transitions, rows: number): void {
    const { inputs, mean, deviation, observationSize, actionSize } = this;
    const width = observationSize + actionSize;
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < width; i++)
        inputs.values[row * width + i] = (entry(batch, row, i, observationSize, actionSize) - mean[i]) / deviation[i];
  }

  /** Mean and standard deviation of every input over all transitions. */
  private measureInputs(experience: Experience): void {
    const { mean, deviation, observationSize, actionSize } = this;
    const [sums, squares] = [new Float64Array(mean.length), new Float64Array(mean.length)];
    for (let index = 0; index < experience.count; index++) {
      experience.copy(index, this.batch, 0);
      for (let i = 0; i < mean.length; i++) {
        const value = entry(this.batch, 0, i, observationSize, actionSize);
        sums[i] += value;
        squares[i] += value ** 2;
      }
    }
    for (let i = 0; i < mean.length; i++) {
      mean[i] = sums[i] / experience.count;
      deviation[i] = Math.sqrt(Math.max(squares[i] / experience.count - mean[i] ** 2, 0));
      // an input that never changes stays as it is
      if (deviation[i] < 1e-6) deviation[i] = 1;
    }
  }
}

/** Entry i of observation and action of a row, behind one another. */
function entry(batch: Transitions, row: number, i: number, observationSize: number, actionSize: number): number {
  return i < observationSize
    ? batch.observations[row * observationSize + i]
    : batch.actions[row * actionSize + i - observationSize];
}
