/**
 * What the classical rules have in common: one drive without stops, a lap at a time, the model fitted to it after every
 * lap, and the derivatives of what the lap cost by the outputs of all its segments. No network.
 */
import { completeConfig, type PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import { segmentsPerRollout } from "../config/units.js";
import { setWindows } from "../core/windows.js";
import { recordingFrom } from "../recording/transfer.js";
import { seed } from "../session.js";
import { ModelFitter } from "../training/model-fit.js";
import { checkActionSpace } from "./car-environment.js";
import { SegmentDrive } from "./segment-drive.js";

/** What a classical rule needs of a configuration: the raw model, fitted to the last laps. */
export const FITTED: PartialConfig = { "update-every": "lap", model: "raw", "model-fit": true, reflex: false };

export class LapDrive {
  /** segments of a lap, and its time [s] */
  readonly lap: number;
  readonly lapTime: number;
  /** a slot for what is driven in the model alone, as long as the drive's own */
  readonly planSlot = SegmentDrive.OTHERS;
  /** stage costs of the control steps of the last lap; a view */
  costs: Float64Array = new Float64Array(0);
  readonly #fitter: ModelFitter;
  #laps = 0;

  private constructor(
    readonly config: RunConfig,
    readonly drive: SegmentDrive,
  ) {
    this.lap = segmentsPerRollout(config);
    this.lapTime = drive.core.setup.task.timing.lapTime as number; // it has laps: load() looked
    this.#fitter = new ModelFitter(config);
  }

  static async load(config: RunConfig): Promise<LapDrive> {
    checkActionSpace(config.task);
    const fitted = completeConfig({ ...config, ...FITTED });
    const drive = await SegmentDrive.load(fitted, 2 * segmentsPerRollout(fitted) - 1, 1);
    seed(drive.core, config.seed);
    drive.begin();
    return new LapDrive(fitted, drive);
  }

  get core() {
    return this.drive.core;
  }

  /** Drives a lap; what ended it early, for people. */
  driveLap(act: (taskTime: number) => ArrayLike<number>): string | undefined {
    const { core, drive } = this;
    for (let j = 0; j < this.lap; j++) {
      const stopped = drive.drive(act(drive.taskTime));
      this.costs = drive.costsOfLast(j + 1);
      if (stopped !== undefined) return stopped;
    }
    this.#laps++;
    this.#fitter.keep(recordingFrom(core, drive.slot, this.#laps, drive.segments() - this.lap), this.#laps === 1);
    return undefined;
  }

  /** Fits the model to the last laps, and takes its derivatives along them by outputs that may all vary. */
  fit(): void {
    const { core, drive } = this;
    this.vary();
    core.replay(drive.slot, "recalled", false, true);
    this.#fitter.refit(core, { first: drive.slot, count: 1 });
  }

  /**
   * From now on derivatives are by the outputs themselves, in their own units: a network of weights and biases 0, whose
   * tanh has slope 1 there. The next segment that is driven needs {@link SegmentDrive.setOutputs} again.
   */
  vary(): void {
    this.core.view("parameters").fill(0);
    this.core.view("outputScale").fill(1);
  }

  /**
   * Of what lies in a slot, after {@link fit}: `each` is given, from the last segment back to `from`, the change of all
   * residuals per change of output `k` of segment `j` alone; control steps before `step` do not change. The tangent
   * pass of a window that begins with a segment is the response to a lasting change from there on, so that of one
   * segment is the difference of two.
   */
  responses(
    slot: number,
    from: number,
    outputs: number,
    each: (j: number, k: number, response: Float64Array, step: number) => void,
  ): void {
    const { core, drive } = this;
    const starts = core.view("segmentStarts", slot);
    const size = core.setup.task.columns.residual.length;
    const steps = drive.steps(slot);
    const tangents = core.view("residualTangents", slot);
    const direction = core.view("direction").fill(0);
    const biases = direction.subarray(direction.length - drive.scale.length);
    const lasting = Array.from({ length: outputs }, () => new Float64Array(size * steps));
    const response = new Float64Array(size * steps);
    core.setOption("windowBurnIn", 0);
    for (let j = drive.segments(slot) - 1; j >= from; j--) {
      setWindows(core, { start: j, length: 0, stride: 0 });
      for (let k = 0; k < outputs; k++) {
        biases.fill(0);
        biases[k] = 1;
        core.tangentPass(slot, 0);
        for (let i = size * starts[j]; i < size * steps; i++) {
          response[i] = tangents[i] - lasting[k][i];
          lasting[k][i] = tangents[i];
        }
        each(j, k, response, starts[j]);
      }
    }
  }
}
