/** Curves over seeds: medians as lines, quartiles as bands. */
import type { ChartLine } from "../report/chart.js";
import type { Spread } from "./statistics.js";

/** One quantity over the seeds. */
export interface SpreadCurve {
  /** class names that give both their colour */
  readonly className: string;
  /** text shown where the pointer rests on the median */
  readonly hint: string;
  /** one per place on the axis */
  readonly spreads: readonly Spread[];
}

/** All medians over all bands, at the places `x`; `drawn`: where a value lies, finite for what cannot be drawn too. */
export function spreadLines(
  curves: readonly SpreadCurve[],
  x: readonly number[],
  drawn: (value: number) => number,
): ChartLine[] {
  const around = [...x, ...x.toReversed()];
  const bands = curves.map(({ className, spreads }) => ({
    className: `band ${className}`,
    x: around,
    y: [...spreads.map(({ lower }) => drawn(lower)), ...spreads.map(({ upper }) => drawn(upper)).reverse()],
  }));
  const medians = curves.map(({ className, hint, spreads }) => ({
    className: `median ${className}`,
    x,
    y: spreads.map(({ median }) => drawn(median)),
    hint,
  }));
  return [...bands, ...medians];
}
