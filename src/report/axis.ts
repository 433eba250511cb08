/** Values below this are rounding errors of zero in whatever unit a robot has. */
const NOISE = 1e-9;

/** An axis of a chart: where a value lies, 0 at the low end and 1 at the high end, and which values are labelled. */
export interface Axis {
  /** what equal distances are: equal differences, or equal factors */
  readonly scale: "linear" | "log";
  readonly extent: Extent;
  readonly position: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** What of an axis says where values lie. */
export type ScaleOf = Pick<Axis, "scale" | "extent">;

/** Least and greatest value; lo > hi if there is none. */
export interface Extent {
  readonly lo: number;
  readonly hi: number;
}

/** Least and greatest finite value. */
export function extentOf(values: Iterable<number>): Extent {
  let lo = Infinity;
  let hi = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return { lo, hi };
}

/** The smallest extent that holds all of them. */
export function union(...extents: readonly Extent[]): Extent {
  return { lo: Math.min(...extents.map(({ lo }) => lo)), hi: Math.max(...extents.map(({ hi }) => hi)) };
}

/**
 * All values, but at most `reach` times the extent of the important ones to either side: a rollout that drove away must
 * not shrink the others to a dot. Without important values: all.
 */
export function limitExtent(all: Extent, important: Extent, reach: number): Extent {
  if (!(important.hi > important.lo)) return all;
  const margin = reach * (important.hi - important.lo);
  return { lo: Math.max(all.lo, important.lo - margin), hi: Math.min(all.hi, important.hi + margin) };
}

/** Widens an extent by a part of itself on either side; an empty or single-valued one to what can be drawn. */
export function pad({ lo, hi }: Extent, part: number): Extent {
  if (!(hi >= lo)) return { lo: -1, hi: 1 };
  // Such differences are noise on a constant; enlarged, they would look like a curve.
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  if (size < NOISE) return { lo: -1, hi: 1 };
  const margin = hi - lo <= 1e-3 * size ? 0.1 * size : part * (hi - lo);
  return { lo: lo - margin, hi: hi + margin };
}

/** Round values inside the extent, about `count` of them, at multiples of 1, 2 or 5 times a power of ten. */
export function linearTicks({ lo, hi }: Extent, count: number): { values: number[]; decimals: number } {
  const raw = (hi - lo) / count;
  const power = Math.max(Number.MIN_VALUE * 1e20, 10 ** Math.floor(Math.log10(raw)));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw * 0.7) ?? 10);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values: number[] = [];
  for (let k = Math.ceil(lo / step - 1e-9); k <= Math.floor(hi / step + 1e-9); k++) values.push(k * step);
  return { values, decimals };
}

/** An axis on which equal distances are equal differences. */
export function linearAxis(extent: Extent, count: number): Axis {
  const { values, decimals } = linearTicks(extent, count);
  const large = Math.max(Math.abs(extent.lo), Math.abs(extent.hi)) >= 1e6 || decimals > 4;
  const label = (value: number): string =>
    large ? tickLabel(value) : (value || 0).toFixed(decimals).replace("-", "−");
  const position = (value: number): number => positionOf({ scale: "linear", extent }, value);
  return {
    scale: "linear",
    extent,
    position,
    ticks: values.map((value) => ({ at: position(value), label: label(value) })),
  };
}

/** An axis on which equal distances are equal factors; the extent is positive. */
export function logAxis(extent: Extent): Axis {
  const [lo, hi] = [Math.log10(extent.lo), Math.log10(extent.hi)];
  // The coarsest set of round values that still gives a reader three of them.
  const candidates = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]].map((factors) => {
    const values: number[] = [];
    const stride = Math.max(1, Math.ceil((hi - lo) / 8));
    for (let power = Math.floor(lo); power <= Math.ceil(hi); power += stride) {
      values.push(...factors.map((factor) => factor * 10 ** power));
    }
    return values.filter((value) => value >= extent.lo && value <= extent.hi);
  });
  const values = candidates.find((ticks) => ticks.length >= 3) ?? linearTicks(extent, 5).values;
  const position = (value: number): number => positionOf({ scale: "log", extent }, value);
  return {
    scale: "log",
    extent,
    position,
    ticks: values.map((value) => ({ at: position(value), label: tickLabel(value) })),
  };
}

/** Where a value lies on an axis, as its `position` says. */
export function positionOf({ scale, extent: { lo, hi } }: ScaleOf, value: number): number {
  if (scale === "log") return (Math.log10(value) - Math.log10(lo)) / (Math.log10(hi) - Math.log10(lo));
  return (value - lo) / (hi - lo);
}

/** The value that lies at a position of an axis: the inverse of {@link positionOf}. */
export function valueAt({ scale, extent: { lo, hi } }: ScaleOf, position: number): number {
  return scale === "log" ? lo * (hi / lo) ** position : lo + position * (hi - lo);
}

/** The part of an axis between two of its positions, with labels of its own, about `count` of them. */
export function partOf(axis: ScaleOf, from: number, to: number, count: number): Axis {
  const extent = { lo: valueAt(axis, from), hi: valueAt(axis, to) };
  return axis.scale === "log" ? logAxis(extent) : linearAxis(extent, count);
}

function tickLabel(value: number): string {
  const rounded = Number(value.toPrecision(4));
  const size = Math.abs(rounded);
  const text = size >= 1e5 || (size > 0 && size < 1e-3) ? rounded.toExponential().replace("+", "") : String(rounded);
  return text.replaceAll("-", "−");
}
