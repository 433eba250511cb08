/**
 * Theorem 1 [W23]: bias and variance of the gradient estimator and the largest eigenvalue of the Hessian against the
 * horizon, for loops below, at and above the edge of stability, measured with the core; and what is wrong in the
 * paper's formulas.
 */
import { linearAxis, logAxis } from "../report/axis.js";
import type { Chart } from "../report/chart.js";
import type { Study } from "./study.js";
import { type SectionContent, studyText } from "./study-text.js";
import { type Claim, type Judged, judge, regimeOf } from "./theory/bounds.js";
import { powerGrowth } from "./theory/growth.js";
import { ROLLOUTS, rateTable, stableRates } from "./theory/learning-rates.js";
import { BATCHES, type Measured, type TheoryJob } from "./theory/measure.js";
import { decide, decidedTable, example, misprintTable } from "./theory/misprints.js";
import { systemNamed, systems } from "./theory/systems.js";

/** Measured exponents may be this far from what was derived. */
const TOLERANCE = 0.1;
/** T: long enough that the slower terms of a sum have died away, short enough that alpha^2T stays a number. */
const HORIZONS = {
  power: [64, 96, 128, 192, 256, 384, 512],
  exponential: [100, 120, 140, 160, 180, 200, 220],
};

/** The jobs of the study; starts: rollouts drawn per loop. */
export function theoryJobs(starts: number): TheoryJob[] {
  return systems.map((system) => ({
    system: system.name,
    starts,
    horizons: regimeOf(system) === "above" ? HORIZONS.exponential : HORIZONS.power,
  }));
}

export const theory: Study = {
  name: "theory",
  describe: "bias, variance and curvature of the gradient against the horizon, beside Theorem 1",
  run: async ({ quick, run }) => {
    const starts = quick ? 2048 : 16384;
    const measured = await run<TheoryJob, Measured>("growth", theoryJobs(starts), "loops");
    const judged = judge(measured);
    const batches = measured.map((one) => ({ one, slope: powerGrowth(BATCHES, one.batchVariance).power }));
    const off = [
      ...judged
        .filter(({ error }) => !(Math.abs(error) <= TOLERANCE))
        .map(({ claim, system }) => `${claim.title}, ${system.label}`),
      ...batches
        .filter(({ slope }) => !(Math.abs(slope + 1) <= TOLERANCE))
        .map(({ one }) => `variance over N, ${labelOf(one)}`),
    ];
    const decided = await decide();
    const rates = await stableRates();
    const { T, ...parameters } = example;
    return {
      ...studyText(
        "theory",
        { starts, rollouts: ROLLOUTS, ...parameters, last: T - 1 },
        {
          bias: growth("Bias over Δ", judged, measured, ["biasOfB", "biasOfA"]),
          variance: growth("Variance of one rollout's gradient", judged, measured, ["variance"]),
          batch: { table: batchTable(batches) },
          eigenvalue: growth("Largest eigenvalue of the Hessian", judged, measured, ["eigenvalue", "secondOrder"]),
          rates: { table: rateTable(rates) },
          example: { table: decidedTable(decided) },
          misprints: { table: misprintTable() },
        },
      ),
      style:
        ".stable{--c:var(--green)}.marginal{--c:var(--blue)}.unstable{--c:var(--orange)}.open{--c:var(--purple)}" +
        "td{white-space:normal;min-width:5em}td:last-child{min-width:11em}th,td{text-align:left}",
      results: {
        starts,
        measured,
        exponents: judged.map(({ claim, system, measured: exponent, growth, error }) => ({
          quantity: claim.quantity,
          system: system.name,
          exponent,
          power: growth.power,
          error,
        })),
        batches: batches.map(({ one, slope }) => ({ system: one.system, slope })),
        rates,
        runningExample: decided,
      },
      ...(off.length > 0 ? { failure: `more than 10 % from what was derived: ${off.join("; ")}` } : {}),
    };
  },
};

const labelOf = ({ system }: Measured): string => systemNamed(system).label;

/** Table of the quantities, chart of the first. */
function growth(
  what: string,
  judged: readonly Judged[],
  measured: readonly Measured[],
  quantities: readonly Claim["quantity"][],
): SectionContent {
  const shown = quantities.flatMap((quantity) => judged.filter(({ claim }) => claim.quantity === quantity));
  const withLemma = shown.some(({ claim }) => claim.lemma !== undefined);
  const rows = shown.map(({ claim, system, regime, measured: exponent, growth }) => [
    claim.title,
    system.label,
    `${system.alpha}`,
    claim.theorem[regime],
    ...(withLemma ? [claim.lemma?.[regime] ?? "-"] : []),
    claim.derived[regime],
    regime === "above" ? `α^${exponent.toFixed(3)}T T^${growth.power.toFixed(2)}` : `T^${exponent.toFixed(3)}`,
    claim.verdict[regime],
  ]);
  const head = [
    "quantity",
    "loop",
    "α",
    "Theorem 1",
    ...(withLemma ? ["Lemma 2"] : []),
    "derived",
    "measured",
    "Theorem 1 is",
  ];
  return {
    table: [head, ...rows],
    charts: [chartOf(what, quantities[0], measured)],
    key: systems.map(({ name, label, alpha }) => ({ className: `median ${name}`, label: `${label}: α = ${alpha}` })),
  };
}

function batchTable(batches: readonly { readonly one: Measured; readonly slope: number }[]): string[][] {
  return [
    ["loop", "bound", "measured", ...BATCHES.map((batch) => `N × variance, N = ${batch}`)],
    ...batches.map(({ one, slope }) => [
      labelOf(one),
      "N^-1",
      `N^${slope.toFixed(3)}`,
      ...one.batchVariance.map((value, i) => (value * BATCHES[i]).toPrecision(3)),
    ]),
  ];
}

function chartOf(heading: string, quantity: Claim["quantity"], measured: readonly Measured[]): Chart {
  const values = measured.flatMap((one) => one[quantity]);
  const longest = Math.max(...measured.flatMap(({ horizons }) => horizons));
  return {
    heading: `${heading} [logarithmic]`,
    note: "Straight lines grow exponentially, bent ones like a power.",
    description: `${heading} against the horizon for four loops. The table below has the exponents.`,
    width: 1040,
    height: 300,
    x: linearAxis({ lo: 0, hi: longest }, 8),
    y: logAxis({ lo: 0.5 * Math.min(...values), hi: 2 * Math.max(...values) }),
    xLabel: "horizon T [steps]",
    lines: measured.map((one) => ({
      className: `median ${one.system}`,
      x: one.horizons,
      y: one[quantity],
      hint: labelOf(one),
    })),
  };
}
