/** Charts of the study `real-car`. */
import { extentOf, linearAxis, pad, union } from "../report/axis.js";
import type { Chart, ChartLine } from "../report/chart.js";
import { slopeThroughZero } from "./agreement.js";
import { type Pair, ROBOTS, type Run } from "./prediction-pairs.js";

/** Class names of what belongs to all runs of a robot. */
export const ROBOT_CLASS = { JetRacer: "car", Go1: "go1" } as const;
/** Colours, and the scatter charts, which are the page's first section, side by side. */
export const CHART_STYLE = `
.car{--c:var(--purple)}.car1{--c:var(--blue)}.car2{--c:var(--orange)}.go1{--c:var(--green)}
.point{stroke-width:7}
section:first-of-type{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(480px,100%),1fr));gap:0 24px}
section:first-of-type>h2,section:first-of-type>.key{grid-column:1/-1}`;

const ZERO = { lo: 0, hi: 0 };

/**
 * Every pair a point, with the line of equality (dashed) and the best lines through 0 of each robot. Costs in
 * thousandths.
 */
export function scatterChart(what: string, runs: readonly { run: Run; pairs: readonly Pair[] }[]): Chart {
  const all = runs.flatMap(({ pairs }) => pairs);
  const x = pad(union(ZERO, extentOf(all.map(({ predicted }) => 1e3 * predicted))), 0.06);
  const y = pad(union(ZERO, extentOf(all.map(({ realised }) => 1e3 * realised))), 0.06);
  const through = (slope: number, className: string): ChartLine => ({
    className,
    x: [x.lo, x.hi],
    y: [slope * x.lo, slope * x.hi],
  });
  const best = ROBOTS.map((robot) => {
    const pairs = runs.filter(({ run }) => run.robot === robot).flatMap((run) => run.pairs);
    return through(slopeThroughZero(pairs), `median ${ROBOT_CLASS[robot]}`);
  });
  const points = runs.flatMap(({ run, pairs }) =>
    pairs.map(({ from, predicted, realised }) => ({
      className: `point ${run.className}`,
      x: [1e3 * predicted],
      y: [1e3 * realised],
      hint: `${run.label}, rollout ${from} to ${from + 1}`,
    })),
  );
  return {
    heading: `${what}: realised change [1e-3 per control step]`,
    description: `Realised against predicted change of the mean stage cost, ${what}. The table has the slopes.`,
    width: 620,
    height: 400,
    fixedRatio: true,
    x: linearAxis(x, 6),
    y: linearAxis(y, 5),
    xLabel: "predicted change [1e-3 per control step]",
    lines: [
      { className: "zero", x: [x.lo, x.hi], y: [0, 0] },
      { className: "zero", x: [0, 0], y: [y.lo, y.hi] },
      through(1, "level"),
      ...best,
      ...points,
    ],
  };
}

/** Mean predicted over mean realised change against the place that the change of outputs was taken from. */
export function phaseChart(curves: readonly { className: string; label: string; shares: readonly number[] }[]): Chart {
  const y = pad(union(ZERO, extentOf(curves.flatMap(({ shares }) => shares))), 0.08);
  return {
    heading: "Mean predicted / mean realised change, fitted model, full co-state",
    description: "Ratio of mean predicted to mean realised change against the shift of the outputs in laps",
    width: 1040,
    height: 260,
    x: linearAxis({ lo: -0.5, hi: 0.5 }, 10),
    y: linearAxis(y, 5),
    xLabel: "change of outputs taken from so many laps later",
    lines: [
      { className: "zero", x: [-0.5, 0.5], y: [0, 0] },
      { className: "level", x: [-0.5, 0.5], y: [1, 1] },
      ...curves.map(({ className, label, shares }) => ({
        className: `median ${className}`,
        x: shares.map((_, i) => i / (shares.length - 1) - 0.5),
        y: shares,
        hint: label,
      })),
    ],
  };
}
