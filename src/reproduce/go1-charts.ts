/** Charts of the study `go1`. */
import { spreadLines } from "../compare/spread-lines.js";
import { costAt, spreadOf } from "../compare/statistics.js";
import { extentOf, linearAxis, logAxis } from "../report/axis.js";
import type { Chart } from "../report/chart.js";
import type { Walked } from "./go1-recordings.js";
import { BUDGET, type Trained } from "./go1-training.js";

/** Points of a curve, and of a circle of the track. */
const POINTS = 200;
/** Largest cost that is drawn [% of untrained]. */
const MOST = 300;

/** Medians (lines) and quartiles (bands) of all rules over minutes of driving. */
export function learningChart(trained: readonly Trained[]): Chart {
  const times = Array.from({ length: POINTS + 1 }, (_, i) => (BUDGET * i) / POINTS);
  const curves = trained.map(({ rule: { className, label }, curves: seeds }) => ({
    className,
    hint: label,
    spreads: times.map((time) => spreadOf(seeds.map((curve) => costAt(curve, time)))),
  }));
  const drawn = (part: number) => Math.min(100 * part, 10 * MOST);
  const extent = extentOf(curves.flatMap(({ spreads }) => spreads.flatMap((s) => [drawn(s.lower), drawn(s.upper)])));
  return {
    heading: "Simulated Go1: cost [% of untrained, logarithmic]",
    description: "Cost against minutes of driving of all update rules. The table has the numbers.",
    width: 1040,
    height: 330,
    x: linearAxis({ lo: 0, hi: BUDGET }, 6),
    y: logAxis({ lo: 0.8 * extent.lo, hi: Math.min(MOST, Math.max(130, extent.hi)) }),
    xLabel: "driving the policy had learned from [min]",
    lines: [{ className: "level", x: [0, BUDGET], y: [10, 10] }, ...spreadLines(curves, times, drawn)],
  };
}

/** Paths over the figure-8 of two circles of radius R, seen from above. */
export function trackChart(radius: number, before: Walked, after: Walked): Chart {
  const angles = Array.from({ length: POINTS + 1 }, (_, i) => (2 * Math.PI * i) / POINTS);
  const circles = [-1, 1].map((side) => ({
    className: "track",
    x: angles.map((angle) => side * radius * (1 - Math.cos(angle))),
    y: angles.map((angle) => radius * Math.sin(angle)),
  }));
  return {
    heading: "Real Go1 from above, y [m]",
    description: "Path of the real Go1 with and without network over the track",
    width: 900,
    height: 500,
    fixedRatio: true,
    x: linearAxis({ lo: -3.6, hi: 3.6 }, 7),
    y: linearAxis({ lo: -2, hi: 2 }, 4),
    xLabel: "x [m]",
    lines: [
      ...circles,
      { className: "line first", x: before.x, y: before.y },
      { className: "line best", x: after.x, y: after.y },
    ],
  };
}
