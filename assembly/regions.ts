/**
 * What the host and the core say to each other by number: the core's version, its answers, its sizes, and the columns
 * of some arrays.
 */

/** Raised whenever the meaning of an export, region or option changes; the host refuses any other. */
export const VERSION: i32 = 8;

export enum Status {
  ok,
  /** `configure` was called a second time, or another function before it */
  wrongOrder,
  /** an index outside its table, or a size below 1 */
  badDimension,
  /** the parts do not fit each other: state, input, setpoint or reference sizes differ */
  mismatch,
  /** not enough memory */
  outOfMemory,
  /** a state component left its bounds (or is NaN): the rollout ends there */
  outOfBounds,
  /** a rollout, step, segment or window that does not exist */
  outOfRange,
}

/** Sizes and choices that `configure` reads. */
export enum Dimension {
  model,
  plant,
  controller,
  reward,
  reference,
  task,
  /** rollouts kept side by side */
  rollouts,
  /** control steps, at most, of one rollout */
  steps,
  /** segments (network calls), at most, of one rollout */
  segments,
  hiddenLayers,
  hiddenWidth0,
  hiddenWidth1,
  hiddenWidth2,
  hiddenWidth3,
  /** 1: make room for the forward sensitivity (n x p doubles) */
  sensitivity,
  /** of the plant `external`: its parameters, the doubles that it remembers */
  externalParameters,
  externalMemory,
  /** how many of the first of these are recorded after every control step */
  externalBody,
  /** nodes of the path that a task with a track follows; 0: none */
  pathNodes,
  count,
}

export { Region } from "./regions.generated";

/** What a region has rows for: see assembly/regions.mjs. */
export enum RowsPer {
  /** kept once */
  run,
  /** kept once per rollout */
  rollout,
  /** a row per control step of every rollout */
  step,
  /** a row per segment of every rollout */
  segment,
}

/** Numbers that a call answers with. */
export enum Result {
  /** what the function computes: a loss, a cost, a norm; 1 or 0 for yes or no */
  value,
  /** number of windows of a rollout */
  windows,
  /** of a region */
  address,
  columns,
  rows,
  rowsPer,
  /** of a law: lengths of z and y */
  domain,
  range,
  count,
}

/** Passes over one window. */
export enum Pass {
  costate,
  tangent,
  sensitivity,
  count,
}

/** Columns of the region `counts`. */
export enum Counts {
  steps,
  segments,
  /** task time at the start [s] */
  startTime,
  count,
}

/** Columns of the region `pace`: the time scaling of the task. */
export enum Pace {
  /** what was asked for last */
  asked,
  /** what is driven from the next network call on */
  driven,
  /** how often one was asked for */
  settings,
  count,
}

/** Paces that may be asked for. */
export const LEAST_PACE: f64 = 0.3;
export const MOST_PACE: f64 = 1.5;

/** Columns of the region `reflex`: what assembly/reflex.ts remembers. */
export enum Reflex {
  /** part of the pace that is driven; 1: at rest */
  factor,
  /** part of the model's grip that is left, as far as it knows */
  gripLeft,
  /** how often it has fired */
  firings,
  /**
   * sums over the steps of the segment that is driven: turn rate expected, to whatever side, and to the left what is
   * missing of it; lateral acceleration expected, to whatever side, and to the left; number of steps
   */
  expected,
  missing,
  lateral,
  toTheLeft,
  steps,
  /** shortfall of the segment before, beyond that of the lap before; NaN: not known */
  excess,
  /** of a segment's shortfall from lap to lap, and segments from which it is known */
  variance,
  seen,
  /** mean shortfall above which it fires, after a firing that was dismissed */
  caution,
  /** shortfall of the firing that it acts on; 0: none */
  fired,
  /** segments that are not judged, and in which the pace is not given back */
  blind,
  held,
  /** shortfalls of the last two segments, and where: not yet in `reflexPlaces` */
  lastPlace,
  lastShortfall,
  earlierPlace,
  earlierShortfall,
  count,
}

/** Columns of the region `reflexFirings`. */
export enum Firing {
  /** at the start of the segment that was judged [s] */
  taskTime,
  /** part of the expected turn rate that was missing, the larger of two segments */
  shortfall,
  gripLeft,
  /** from then on */
  pace,
  count,
}

/** Firings that are kept. */
export const FIRINGS: i32 = 8;
/** Parts of a period of the task whose shortfalls are compared from lap to lap. */
export const PLACES: i32 = 40;

/**
 * Columns of the region `path`, whose nodes lie evenly in task time, the last before the first: coefficients of the
 * cubic to the next node, by powers of the part f of the way there [m].
 */
export enum PathNode {
  x0,
  y0,
  x1,
  y1,
  x2,
  y2,
  x3,
  y3,
  count,
}
/** Nodes that a path may have, at most; one with fewer than the least is no path. */
export const MOST_PATH_NODES: i32 = 65536;
/** Columns of the region `adjustment` before the gains. */
export enum Adjustment {
  /** 0: the policy is not adjusted; else one more than the number of knots */
  form,
  count,
}

/** Knots of the adjustment's splines over the lap, at most. */
export const KNOTS: i32 = 6;

/** Columns of the region `jitter`: standard deviations of periods [s]. */
export enum Jitter {
  control,
  network,
  count,
}

/** Columns of the region `solution`: what assembly/gauss-newton.ts leaves there. */
export enum Solution {
  /** sum of weighted squared residuals before the step */
  cost,
  /** -r^T W J d: half the slope's promise */
  slope,
  /** d^T J^T W J d */
  curvature,
  /** |d| */
  norm,
  /** conjugate gradient iterations made */
  iterations,
  /** |residual of the linear system| / |right-hand side| at the end */
  remainder,
  count,
}

/** Inputs kept from before a rollout's first step. */
export const EARLIER: i32 = 64;
/** Room of the law probes for each of z and y, and how many such rows there are. */
export const PROBE_ROW: i32 = 64;
export const PROBE_ROWS: i32 = 7;
