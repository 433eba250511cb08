/**
 * Theorem 1 [W23]: bias and variance of the gradient estimator and the largest eigenvalue of the Hessian against the horizon, for loops below, at
 * and above the edge of stability, measured with the core; and what is wrong in the paper's formulas.
 */
import { linearAxis, logAxis } from "../report/axis.js";
import type { Chart } from "../report/chart.js";
import type { Section, Study } from "./study.js";
import { type Claim, type Judged, judge, regimeOf } from "./theory/bounds.js";
import { powerGrowth } from "./theory/growth.js";
import { rateSection, stableRates } from "./theory/learning-rates.js";
import { BATCHES, type Measured, type TheoryJob } from "./theory/measure.js";
import { misprintSections } from "./theory/misprints.js";
import { systems } from "./theory/systems.js";

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
    const module = new URL("./theory/worker.js", import.meta.url);
    const measured = await run<TheoryJob, Measured>(module, theoryJobs(starts), "loops");
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
    const misprints = await misprintSections();
    const rates = await stableRates();
    return {
      title: "Growth over the horizon: Theorem 1",
      intro: [
        "The running example of the paper, x+ = a x + b u with a = 1.2, b = 1, and the policy u = k (setpoint - x), or without feedback u = setpoint. What a change of the state is multiplied by per step is α = a - b k: 0.5, 1, 1.1, and 1.2 without feedback. So that all assumptions of the theorem hold, the setpoint is one layer of (1, cos, sin of a clock), with parameters shared over time, and the cost grows linearly beyond an error of 1. So that the bounds are reached where they can be, starts and targets are random (uniform, one target per rollout): an exponentially forgotten start alone leaves a variance that does not grow at all for α < 1.",
        `Everything is measured with the core: ${starts} rollouts per loop, the estimator (7) along each with the true model and with models whose derivatives are off by Δ = 1e-6, the Hessian by the co-state method and Lanczos at cost e²/2. Exponents are least squares on logarithms: of T over 64 to 512 for α ≤ 1, of α^T times a power over 100 to 220 above.`,
      ],
      sections: [
        growthSection(
          "Bias over Δ",
          judged,
          measured,
          ["biasOfB", "biasOfA"],
          [
            "Model error Δ in B alone, a - b k kept (the chart shows it), or in A_cl = a - b k alone. For α = 1 the error of Φ after n steps is n Δ: summed over both times T³ Δ, which Theorem 1's T² Δ does not bound with any constant free of Δ. Lemma 2 has T³, but T² for α < 1, where the sum of n α^n converges and Theorem 1's T is right. So the theorem's line for α = 1 must be the lemma's, and the lemma's for α < 1 the theorem's. For α > 1 the error in A_cl gives (T - c) α^T with a constant c, which the fit takes for a power a little above 1.",
          ],
        ),
        growthSection("Variance of one rollout's gradient", judged, measured, ["variance"], []),
        batchSection(batches),
        growthSection(
          "Largest eigenvalue of the Hessian",
          judged,
          measured,
          ["eigenvalue", "secondOrder"],
          [
            "The loop is linear, so its Hessian is the sum of ‖∂x/∂θ‖² alone. Nonlinear dynamics add the term with F_xx: the sum of ‖p(t+1)‖ ‖∂x(t)/∂θ‖², measured in the second rows. The proof of Lemma 3 bounds each factor by its largest value over time; but p(t+1) is at most α^(T-t) and ∂x(t)/∂θ at most α^t, whose product α^(T-t) α^2t never exceeds α^2T: α^3T is reached by no system that fulfils the assumptions.",
          ],
        ),
        rateSection(rates),
        ...misprints.sections,
      ],
      style:
        ".stable{--c:var(--green)}.marginal{--c:var(--blue)}.unstable{--c:var(--orange)}.open{--c:var(--purple)}td{white-space:normal}th,td{text-align:left}",
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
        runningExample: misprints.numbers,
      },
      ...(off.length > 0 ? { failure: `more than 10 % from what was derived: ${off.join("; ")}` } : {}),
    };
  },
};

const labelOf = ({ system }: Pick<Measured, "system">): string =>
  systems.find(({ name }) => name === system)?.label ?? system;

/** Table of the quantities, chart of the first. */
function growthSection(
  heading: string,
  judged: readonly Judged[],
  measured: readonly Measured[],
  quantities: readonly Claim["quantity"][],
  text: readonly string[],
): Section {
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
  const [first = "variance"] = quantities;
  return {
    heading,
    text,
    table: [head, ...rows],
    charts: [chartOf(heading, first, measured)],
    key: systems.map(({ name, label, alpha }) => ({ className: `median ${name}`, label: `${label}: α = ${alpha}` })),
  };
}

function batchSection(batches: readonly { readonly one: Measured; readonly slope: number }[]): Section {
  return {
    heading: "Variance over the batch size N",
    text: ["The bound 1/N: variance of the mean over N rollouts, N = 1 to 32, at the longest horizon."],
    table: [
      ["loop", "bound", "measured", ...BATCHES.map((batch) => `N × variance, N = ${batch}`)],
      ...batches.map(({ one, slope }) => [
        labelOf(one),
        "N^-1",
        `N^${slope.toFixed(3)}`,
        ...one.batchVariance.map((value, i) => (value * (BATCHES[i] ?? 1)).toPrecision(3)),
      ]),
    ],
  };
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
    fixedRatio: false,
    x: linearAxis({ lo: 0, hi: longest }, 8),
    y: logAxis({ lo: 0.5 * Math.min(...values), hi: 2 * Math.max(...values) }),
    xLabel: "horizon T [steps]",
    lines: measured.map((one) => ({
      className: `median ${one.system}`,
      x: one.horizons,
      y: one[quantity],
      hint: labelOf(one),
    })),
    labels: [],
  };
}
