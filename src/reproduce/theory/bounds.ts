/**
 * What Theorem 1 and its lemmas say about every quantity of the study, what follows for these loops, and how far the
 * measured is from it.
 */
import { exponentialGrowth, type Growth, powerGrowth } from "./growth.js";
import type { Measured } from "./measure.js";
import { type System, systemNamed } from "./systems.js";

/** alpha < 1, = 1, > 1. */
export type Regime = "below" | "at" | "above";
type PerRegime<V> = Readonly<Record<Regime, V>>;

/** A quantity with its bounds; exponents are of T for alpha <= 1, of alpha^T above. */
export interface Claim {
  readonly quantity: "biasOfB" | "biasOfA" | "variance" | "eigenvalue" | "secondOrder";
  readonly title: string;
  readonly theorem: PerRegime<string>;
  /** where the appendix says something else */
  readonly lemma?: PerRegime<string>;
  readonly derived: PerRegime<string>;
  readonly exponent: PerRegime<number>;
  /** whether the theorem's bound is tight for these loops, and why not */
  readonly verdict: PerRegime<string>;
}

const bias = {
  theorem: { below: "T", at: "T²", above: "T² α^T" },
  lemma: { below: "T²", at: "T³", above: "T³ α^T" },
};
const exponential = "α^T tight, T² not: the last steps outweigh all others";

export const claims: readonly Claim[] = [
  {
    ...bias,
    quantity: "biasOfB",
    title: "bias, error in B",
    derived: { below: "T", at: "T²", above: "α^T" },
    exponent: { below: 1, at: 2, above: 1 },
    verdict: { below: "tight; Lemma 2 is not", at: "tight; Lemma 2 is not", above: exponential },
  },
  {
    ...bias,
    quantity: "biasOfA",
    title: "bias, error in A_cl",
    derived: { below: "T", at: "T³", above: "T α^T" },
    exponent: { below: 1, at: 3, above: 1 },
    verdict: {
      below: "tight; Lemma 2 is not",
      at: "Theorem 1 does not hold; Lemma 2 is tight",
      above: "α^T tight; T suffices",
    },
  },
  {
    quantity: "variance",
    title: "variance",
    theorem: { below: "T²", at: "T⁴", above: "T⁴ α^2T" },
    derived: { below: "T²", at: "T⁴", above: "α^2T" },
    exponent: { below: 2, at: 4, above: 2 },
    verdict: { below: "tight", at: "tight", above: "α^2T tight, T⁴ not, as for the bias" },
  },
  {
    quantity: "eigenvalue",
    title: "largest eigenvalue",
    theorem: { below: "T", at: "T⁴", above: "T⁴ α^3T" },
    derived: { below: "T", at: "T³", above: "α^2T" },
    exponent: { below: 1, at: 3, above: 2 },
    verdict: {
      below: "tight",
      at: "not tight: F_xx = 0 leaves the sum of ‖∂x/∂θ‖², T³",
      above: "not tight, for no system: see the term with F_xx",
    },
  },
  {
    quantity: "secondOrder",
    title: "term with F_xx",
    theorem: { below: "T", at: "T⁴", above: "T⁴ α^3T" },
    derived: { below: "T", at: "T⁴", above: "α^2T" },
    exponent: { below: 1, at: 4, above: 2 },
    verdict: { below: "tight", at: "tight", above: "not tight: p decays where ∂x/∂θ grows, so 2T" },
  },
];

/** A loop's quantity with its measured growth. */
export interface Judged {
  readonly claim: Claim;
  readonly system: System;
  readonly regime: Regime;
  readonly growth: Growth;
  /** the measured exponent: of T, or of alpha^T */
  readonly measured: number;
  /** relative to the derived exponent */
  readonly error: number;
}

export function regimeOf({ alpha }: System): Regime {
  return alpha < 1 ? "below" : alpha === 1 ? "at" : "above";
}

/** Every claim for every loop measured. */
export function judge(all: readonly Measured[]): Judged[] {
  return claims.flatMap((claim) =>
    all.map((measured) => {
      const system = systemNamed(measured.system);
      const regime = regimeOf(system);
      const values = measured[claim.quantity];
      const growth = (regime === "above" ? exponentialGrowth : powerGrowth)(measured.horizons, values);
      const exponent = regime === "above" ? growth.rate / Math.log(system.alpha) : growth.power;
      return { claim, system, regime, growth, measured: exponent, error: exponent / claim.exponent[regime] - 1 };
    }),
  );
}
