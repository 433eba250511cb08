/** Controls of the study `real-car`: how much agreement is left where there should be none. */
import { digits } from "../output.js";
import { uniformFrom } from "../statistics.js";
import { correlationOf, leftover, type Point } from "./agreement.js";
import type { Variant } from "./predicted-change.js";
import {
  ofRobot,
  type Pair,
  pairsOf,
  type ReplayedRun,
  ROBOTS,
  SHIFTS,
  shiftedPairs,
  words,
} from "./prediction-pairs.js";
import { phaseChart, ROBOT_CLASS } from "./real-car-charts.js";
import { between, DRAWS, type Interval, intervalOf, shuffled } from "./resampling.js";
import type { SectionContent } from "./study-text.js";

/** A change of outputs moved by less than this part of a lap still half belongs where it was. */
const LEAST_SHIFT = 0.1;

/** What is left when the change of outputs does not belong to its place, or to its pair. */
export interface Control {
  readonly variant: Variant;
  readonly robot: string;
  readonly correlation: number;
  /** correlation with every pair's change of outputs moved to a random place of the lap */
  readonly shifted: Interval;
  /** the mean change predicted then, as part of the realised one */
  readonly shiftedShare: Interval;
  /** part of the orders of the pairs, within their run, with a correlation as high */
  readonly permuted: number;
  /** correlation of what is left of both without their linear trends over the run */
  readonly detrended: number;
}

/** The prediction destroyed in several ways, with all else as it was. */
export function controlsOf(replayed: readonly ReplayedRun[]): Control[] {
  const variants = [...new Set(replayed.map(({ variant }) => variant))];
  return variants.flatMap((variant) =>
    ROBOTS.map((robot) => {
      const runs = ofRobot(replayed, robot).filter((run) => run.variant === variant);
      const shifts = runs.map(shiftedPairs);
      const pairs = shifts.flatMap(([unmoved]) => unmoved);
      const realised = pairs.reduce((sum, pair) => sum + pair.realised, 0);
      const correlation = correlationOf(pairs);
      const random = uniformFrom(2);
      const correlations: number[] = [];
      const shares: number[] = [];
      let asHigh = 0;
      for (let draw = 0; draw < DRAWS; draw++) {
        const place = () => Math.round(SHIFTS * (LEAST_SHIFT + (1 - 2 * LEAST_SHIFT) * random()));
        const moved = shifts.flatMap((byShift) => byShift[0].map((_, i) => byShift[place()][i]));
        correlations.push(correlationOf(moved));
        shares.push(moved.reduce((sum, pair) => sum + pair.predicted, 0) / realised);
        const mixed = shifts.flatMap(([unmoved]) => {
          const order = shuffled(unmoved, random);
          return unmoved.map((pair, i) => ({ predicted: order[i].predicted, realised: pair.realised }));
        });
        if (correlationOf(mixed) >= correlation) asHigh++;
      }
      return {
        variant,
        robot,
        correlation,
        shifted: intervalOf(correlations),
        shiftedShare: intervalOf(shares),
        permuted: asHigh / DRAWS,
        detrended: correlationOf(shifts.flatMap(([unmoved]) => detrended(unmoved))),
      };
    }),
  );
}

export function controlContent(replayed: readonly ReplayedRun[], controls: readonly Control[]): SectionContent {
  const runs = replayed.filter(({ variant }) => variant.truncation === "none" && variant.model === "fitted");
  const curves = ROBOTS.map((robot) => ({
    className: ROBOT_CLASS[robot],
    label: robot,
    shares: Array.from({ length: SHIFTS + 1 }, (_, i) => {
      const pairs = ofRobot(runs, robot).flatMap((run) => pairsOf(run, 1, (i - SHIFTS / 2) / SHIFTS));
      const sum = (of: (pair: Pair) => number) => pairs.reduce((total, pair) => total + of(pair), 0);
      return sum(({ predicted }) => predicted) / sum(({ realised }) => realised);
    }),
  }));
  return {
    table: [
      [
        "robot",
        "gradient",
        "correlation",
        "moved",
        "mean predicted / realised, moved",
        "mixed: as high",
        "without trend",
      ],
      ...controls.map(({ variant, robot, correlation, shifted, shiftedShare, permuted, detrended }) => [
        robot,
        words(variant),
        digits(correlation, 2),
        between(shifted),
        between(shiftedShare),
        permuted === 0 ? `below 1 in ${DRAWS}` : digits(permuted, 2),
        digits(detrended, 2),
      ]),
    ],
    charts: [phaseChart(curves)],
    key: curves.map(({ className, label }) => ({ className: `median ${className}`, label })),
  };
}

/** The pairs of one run less their linear trends, by the index of the rollout. */
function detrended(pairs: readonly Pair[]): Point[] {
  const trend = (of: (pair: Pair) => number) =>
    leftover(pairs.map((pair) => ({ predicted: pair.from, realised: of(pair) })));
  const [predicted, realised] = [trend((pair) => pair.predicted), trend((pair) => pair.realised)];
  return pairs.map((_, i) => ({ predicted: predicted[i], realised: realised[i] }));
}
