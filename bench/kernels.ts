/** The measured kernels, and what each side must agree on before any is timed. */
import type { Core } from "../src/core/core.js";
import { RATE, takeCase } from "./case.js";

export const KERNELS = ["forward", "backward", "control", "rollout", "costate", "update"] as const;
export type Kernel = (typeof KERNELS)[number];

export const TITLES: Readonly<Record<Kernel, string>> = {
  forward: "MLP 6-64-64-10 forward",
  backward: "MLP backward + weight gradient",
  control: "control step (network + controller)",
  rollout: "rollout, 1001 steps",
  costate: "co-state pass, all gradients, 1001 steps",
  update: "whole update (rollout, gradient, SGD)",
};

/** What must agree: the largest difference within each array is measured against its largest value. */
export interface Results {
  readonly loss: number;
  readonly states: readonly number[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly gradient: readonly number[];
  readonly parameters: readonly number[];
  readonly networkOutputs: readonly number[];
  readonly networkFeatures: readonly number[];
  readonly networkGradient: readonly number[];
}

/** One core with one case. */
export class CoreKernels {
  private readonly core: Core;
  private readonly given: Float64Array;
  private readonly segments: number;
  private readonly probeRow: number;

  constructor(core: Core, given: Float64Array) {
    this.core = core;
    this.given = given;
    this.segments = given[0];
    this.probeRow = core.view("probe").length / 7;
    this.reset();
  }

  /** Back to the case's parameters, with a rollout recorded and its seeds set. */
  reset(): void {
    takeCase(this.core, this.given);
    this.core.rollOut(0, this.segments);
    const probe = this.core.view("probe");
    probe.set(this.core.view("activations").subarray(0, 6));
    for (let i = 0; i < 10; i++) probe[5 * this.probeRow + i] = 0.1 * (i + 1);
    this.core.gradient(0, 1);
  }

  /** Runs a kernel `repeats` times in one loop; a process runs one core only, so that V8 knows the callee. */
  run(kernel: Kernel, repeats: number): void {
    const E = this.core.exports;
    const { network } = E.LawPart;
    const { value, transpose } = E.Law;
    const { costate } = E.Pass;
    const { segments } = this;
    if (kernel === "forward") for (let i = 0; i < repeats; i++) E.law(value, network, 0);
    if (kernel === "backward") for (let i = 0; i < repeats; i++) E.law(transpose, network, 0);
    if (kernel === "control") {
      const t = this.core.setup.task.timing.stepsPerSegment;
      for (let i = 0; i < repeats; i++) E.controlStep(0, 1, t);
    }
    if (kernel === "rollout") for (let i = 0; i < repeats; i++) E.rollOut(0, segments, -1, 0);
    if (kernel === "costate") for (let i = 0; i < repeats; i++) E.windowPass(costate, 0, 0);
    if (kernel === "update") for (let i = 0; i < repeats; i++) this.update(0);
  }

  private update(rate: number): number {
    this.core.rollOut(0, this.segments);
    const loss = this.core.gradient(0, 1);
    this.core.descend(rate);
    return loss;
  }

  results(): Results {
    this.reset();
    const copy = (name: Parameters<Core["view"]>[0]): number[] => [...this.core.view(name)];
    const loss = this.update(RATE);
    const driven = {
      loss,
      states: copy("states"),
      inputs: copy("inputs"),
      outputs: copy("outputs"),
      gradient: copy("gradient"),
      parameters: copy("parameters"),
    };
    this.reset();
    this.core.view("gradient").fill(0);
    this.core.evaluateLaw("network");
    this.core.transposeOfLaw("network");
    const probe = copy("probe");
    const results = {
      ...driven,
      networkOutputs: probe.slice(2 * this.probeRow, 2 * this.probeRow + 10),
      networkFeatures: probe.slice(4 * this.probeRow, 4 * this.probeRow + 6),
      networkGradient: copy("gradient"),
    };
    this.reset();
    return results;
  }
}

/** Largest difference within each result, relative to its largest expected value. */
export function disagreements(expected: Results, got: Results): Map<keyof Results, number> {
  const errors = new Map<keyof Results, number>();
  for (const key of Object.keys(expected) as (keyof Results)[]) {
    const a = [expected[key]].flat();
    const b = [got[key]].flat();
    const scale = Math.max(...a.map(Math.abs));
    const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
    errors.set(key, a.length === b.length ? worst / scale : Number.NaN);
  }
  return errors;
}
