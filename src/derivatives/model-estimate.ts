/** What the model says of the same laps: its gradient along the parameters, and how it responds to inputs. */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { setWindows } from "../core/windows.js";
import { spansOf } from "../identification/spans.js";
import type { Recording } from "../recording/recording.js";
import { storeRecording } from "../recording/transfer.js";
import { fits } from "../training/fits/fits.js";
import type { AdjustmentSpace } from "./adjustment.js";
import { placeIn } from "./cells.js";
import { PARTS, type ShakenLap } from "./estimate.js";

/**
 * Puts a lap into the core, with the inputs that were under way when it began, and goes through it; in which of `count`
 * equal parts of the lap each step is.
 */
export function storeLap(core: Core, { recording, before }: ShakenLap, count: number): number[] {
  storeRecording(core, 0, recording);
  const earlier = core.view("earlierInputs", 0).fill(0);
  const inputs = before?.inputs ?? new Float64Array(0);
  const kept = Math.min(inputs.length, earlier.length);
  earlier.set(inputs.subarray(inputs.length - kept), earlier.length - kept);
  const opening = core.view("openingSetpoint", 0);
  if (before) opening.set(before.setpoints.subarray(before.setpoints.length - opening.length));
  core.replay(0, "recalled", false, before !== undefined);
  const lapTime = core.setup.task.timing.lapTime as number;
  const [steps, , start] = core.view("counts");
  const [times, shifts] = [core.view("times"), core.view("taskShifts")];
  const begin = lapTime * Math.round(start / lapTime);
  return Array.from({ length: steps }, (_, t) => placeIn(start + times[t] + shifts[t] - begin, lapTime, count));
}

/**
 * The model's gradients of the parts of the lap (equation (PD1) through section 11), the mean over the laps, by the
 * parameters in their units: PARTS x parameters. The core holds the policy and the base that drove, and has room for a
 * lap.
 */
export function modelGradients(core: Core, space: AdjustmentSpace, laps: readonly ShakenLap[]): Float64Array[] {
  const { lapTime, controlPeriod } = core.setup.task.timing;
  const r = core.setup.task.columns.residual.length;
  const sums = Array.from({ length: PARTS }, () => new Float64Array(space.size));
  prepareTangents(core);
  for (const lap of laps) {
    const parts = storeLap(core, lap, PARTS);
    const share = (lapTime as number) / controlPeriod / parts.length / laps.length;
    for (let i = 0; i < space.size; i++) {
      space.pointAlong(core, i);
      core.tangentPass(0, 0);
      const residuals = core.view("residuals");
      const tangents = core.view("residualTangents");
      parts.forEach((part, t) => {
        for (let k = t * r; k < (t + 1) * r; k++) sums[part][i] += 2 * share * residuals[k] * tangents[k];
      });
    }
  }
  return sums;
}

/**
 * The model's Jacobian of the residuals in cells (as {@link residualCells} has them), the mean over the laps: cells x
 * residuals x parameters.
 */
export function modelJacobian(core: Core, space: AdjustmentSpace, laps: readonly ShakenLap[], cells: number) {
  const r = core.setup.task.columns.residual.length;
  const p = space.size;
  const sums = new Float64Array(cells * r * p);
  const counts = new Float64Array(cells);
  prepareTangents(core);
  for (const lap of laps) {
    const places = storeLap(core, lap, cells);
    for (const place of places) counts[place]++;
    for (let i = 0; i < p; i++) {
      space.pointAlong(core, i);
      core.tangentPass(0, 0);
      const tangents = core.view("residualTangents");
      places.forEach((place, t) => {
        for (let k = 0; k < r; k++) sums[(place * r + k) * p + i] += tangents[t * r + k];
      });
    }
  }
  return sums.map((sum, at) => sum / Math.max(1, counts[Math.floor(at / (r * p))]));
}

/** Passes go over the whole lap. */
export function prepareTangents(core: Core): void {
  setWindows(core, { start: 0, length: 0, stride: 0 });
  core.setOption("windowBurnIn", 0);
  core.setOption("windowMargin", 1);
}

/** Fits the core's model to laps, where that is asked for; a part of the fit that is refused stays as it was. */
export function fitModel(core: Core, laps: readonly Recording[], config: RunConfig): void {
  const { model } = core.setup.task;
  const kind = fits[model.kind];
  if (!config["model-fit"] || kind === undefined) return;
  const present = { parameters: model.parameters, delays: [...core.view("inputDelays")] };
  const drives = laps.flatMap((recording) => spansOf(recording, 0).spans);
  const fit = kind.fit(drives, present, "all");
  core.setParameters("model", { kind: model.kind, parameters: fit.model.parameters });
  core.write("inputDelays", fit.model.delays);
}
