/**
 * The model driven before the next rollout of the robot (not in paper; equations in docs/equations.md, section 13):
 * from where the robot is, or from the starts of the rollouts just driven, and from a new start on the task, at a place
 * that changes from update to update. So a policy is judged by where it leads, and does not forget what the robot is
 * not driving at the moment.
 */
import type { Core } from "../core/core.js";
import { setWindows, type Windows } from "../core/windows.js";
import type { Batch } from "./definition.js";

/** Residuals beyond this [m] are down-weighted (Huber). */
const THRESHOLD = 1;
/** Of the conjugate gradients; they also stop at this part of the right-hand side. */
export const SOLVER = { iterations: 10, tolerance: 1e-3 } as const;
/** The golden section: parts of the task's period that are never near each other, whatever the number of updates. */
const SPREAD = 0.6180339887498949;

export class ModelRollouts {
  /** how many are driven */
  readonly count: number;
  private readonly shift: number;

  /**
   * `turn`: updates before this one. The model must be the one that is to be trusted. What it did not explain before
   * the world changed, or in a spin, counts no more.
   */
  constructor(
    private readonly core: Core,
    private readonly batch: Batch,
    turn: number,
  ) {
    this.count = batch.count + 1;
    this.shift = (turn * SPREAD) % 1;
    for (let i = 0; i < batch.count; i++) core.recordModelError(batch.first + i);
    const columns = core.setup.task.columns.state.length;
    const errors = core.view("disturbances", batch.first + batch.count - 1);
    if (batch.changedFrom !== undefined) errors.fill(0, 0, batch.changedFrom * columns);
    for (const { from, until } of batch.spun ?? []) errors.fill(0, from * columns, until * columns);
    const { foreseen } = batch.modelRollouts;
    if (foreseen > 0) core.tryForesee(batch.first, foreseen); // out of its bounds: so are the model rollouts from there
  }

  /**
   * Rolls the model out from all starts with the present parameters, at the present pace or another; mean cost of whole
   * rollouts, infinite if one left its bounds.
   */
  rollOut(pace = this.core.pace): number {
    const { core, batch } = this;
    const { first, continuation, restart } = batch.modelRollouts;
    this.countAll();
    let cost = 0;
    for (let i = 0; i < this.count; i++) {
      const restarts = i === batch.count;
      const start = restarts ? "restart" : continuation > 0 ? "continuation" : "replay";
      const source = restarts ? batch.first : batch.first + i;
      const segments = restarts ? restart : continuation;
      if (!core.tryRollOutModel(first + i, source, start, segments, this.shift, pace)) return Number.POSITIVE_INFINITY;
      cost += core.windowCost(first + i) / this.count;
    }
    return cost;
  }

  /** What the next rollout, or piece, would cost where it counts, by the last {@link rollOut}. */
  nextCost(): number {
    return this.costOver(this.batch.modelRollouts.counted);
  }

  /** The same of every segment of the next window; of separate rollouts all together. */
  windowCosts(): Float64Array {
    const { window, continuation } = this.batch.modelRollouts;
    if (continuation === 0) return Float64Array.of(this.costOver(window));
    return Float64Array.from({ length: window.length }, (_, start) => this.costOver({ start, length: 1, stride: 0 }));
  }

  private costOver(windows: Windows): number {
    const { core, batch } = this;
    const { first, continuation } = batch.modelRollouts;
    setWindows(core, windows);
    const likely = continuation > 0 ? 1 : this.count; // one drive goes on from here, separate rollouts start anywhere
    let cost = 0;
    for (let i = 0; i < likely; i++) cost += core.windowCost(first + i) / likely;
    return cost;
  }

  /**
   * A Gauss-Newton step of the last {@link rollOut} into the region `step`, its damping held to the region `anchor`.
   */
  solve(damping: number): void {
    this.countAll();
    const { first } = this.batch.modelRollouts;
    const { iterations, tolerance } = SOLVER;
    this.core.solveStep(first, this.count, damping * this.count, THRESHOLD, iterations, tolerance, true);
  }

  /** Weights W of the last {@link rollOut}'s residuals (Huber), for the two below. */
  weighResiduals(): void {
    this.countAll();
    this.each((slot) => {
      const weights = this.core.view("residualWeights", slot);
      for (const [i, residual] of this.core.usedPart("residuals", slot).entries())
        weights[i] = Math.min(1, THRESHOLD / Math.abs(residual));
    });
  }

  /** J^T W r of all, into the region `gradient`. */
  transposeOfResiduals(): void {
    this.gather((slot) => this.core.view("residuals", slot));
  }

  /** J^T W J v of all, v = `direction`, into the region `gradient`. */
  normalProduct(): void {
    this.gather((slot) => {
      this.core.tangentPass(slot, 0);
      return this.core.view("residualTangents", slot);
    });
  }

  /** Sum over all of J^T W w, with the w that `valuesOf` gives of a slot. */
  private gather(valuesOf: (slot: number) => Float64Array): void {
    const { core } = this;
    const gradient = core.view("gradient");
    const sum = new Float64Array(gradient.length);
    this.each((slot) => {
      const values = valuesOf(slot);
      const [seeds, weights] = [core.view("seeds", slot), core.view("residualWeights", slot)];
      for (let i = 0; i < values.length; i++) seeds[i] = weights[i] * values[i];
      core.costatePass(slot, 0);
      for (let k = 0; k < sum.length; k++) sum[k] += gradient[k];
    });
    gradient.set(sum);
  }

  private each(work: (slot: number) => void): void {
    const { first } = this.batch.modelRollouts;
    for (let slot = first; slot < first + this.count; slot++) work(slot);
  }

  /** Ends them: windows, and what was driven, are again what they were. */
  end(): void {
    const { foreseen, counted } = this.batch.modelRollouts;
    if (foreseen > 0) this.core.forget(this.batch.first, foreseen);
    setWindows(this.core, counted);
  }

  private countAll(): void {
    setWindows(this.core, { start: 0, length: 0, stride: 0 });
    this.core.setOption("windowBurnIn", 0);
  }
}
