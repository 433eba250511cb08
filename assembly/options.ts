import { computeWide } from "./math/affine";

/** What can be changed at any time after configuration; see docs/equations.md for the meaning of each. */
export enum Option {
  /** control period in simulation [s] */
  controlPeriod,
  /** control steps per segment in simulation */
  stepsPerSegment,
  /** how far ahead of the network call the new setpoint lies [s] */
  lookahead,
  /** spline time of a segment's first control step [s]: dt in simulation, 0 on hardware */
  splineLead,
  /** 1: the first reference starts from the state, 0: from the task */
  startFromState,
  /** 1: gradients flow only within a segment and through the previous setpoint */
  truncate,
  /** 1: the network input's dependence on the state is differentiated too */
  stateFeedback,
  /** 1: mean over the rollouts of a batch [W23 eq. 8], 0: sum */
  meanOverBatch,
  /** first segment counted */
  windowStart,
  /** segments in a window; 0: to the end, one window */
  windowLength,
  /** segments from one window's start to the next; 0: one window */
  windowStride,
  /** the last segment index of a window is at most (number of segments) - windowMargin */
  windowMargin,
  /**
   * segments before a window whose network outputs vary already, though their costs do not count: the window then sees
   * a policy that was in force before it, not one that begins with it (not in paper)
   */
  windowBurnIn,
  /** 1: the pace is lowered where grip is lost (assembly/reflex.ts) */
  reflex,
  /** part of the robot's limits that the task is driven with, of those that its speeds are made for */
  usage,
  /** 1: loops are cut so that V8 can compute in vectors twice as wide; the same bits */
  wide,
  count,
}

export let controlPeriod: f64 = 0.02;
export let stepsPerSegment: i32 = 7;
export let lookahead: f64 = 0.1175;
export let splineLead: f64 = 0.02;
export let startFromState: bool = false;
export let truncate: bool = false;
export let stateFeedback: bool = true;
export let meanOverBatch: bool = true;
let windowStart: i32 = 0;
let windowLength: i32 = 0;
let windowStride: i32 = 0;
let windowMargin: i32 = 1;
let windowBurnIn: i32 = 0;
export let reflex: bool = true;
/** What every pace is multiplied by: speeds go with the root of the usage. */
export let usagePace: f64 = 1.0;

/** False if there is no such option, or if it cannot have such a value: none is negative, and some are not zero. */
export function setOption(option: i32, value: f64): bool {
  if (option < 0 || option >= Option.count || !(value >= least(option) && value <= MOST)) return false;
  if (option == Option.controlPeriod) controlPeriod = value;
  else if (option == Option.stepsPerSegment) stepsPerSegment = i32(value);
  else if (option == Option.lookahead) lookahead = value;
  else if (option == Option.splineLead) splineLead = value;
  else if (option == Option.startFromState) startFromState = value != 0.0;
  else if (option == Option.truncate) truncate = value != 0.0;
  else if (option == Option.stateFeedback) stateFeedback = value != 0.0;
  else if (option == Option.meanOverBatch) meanOverBatch = value != 0.0;
  else if (option == Option.windowStart) windowStart = i32(value);
  else if (option == Option.windowLength) windowLength = i32(value);
  else if (option == Option.windowStride) windowStride = i32(value);
  else if (option == Option.windowMargin) windowMargin = i32(value);
  else if (option == Option.windowBurnIn) windowBurnIn = i32(value);
  else if (option == Option.reflex) reflex = value != 0.0;
  else if (option == Option.wide) computeWide(value != 0.0);
  else usagePace = Math.sqrt(value);
  return true;
}

/** Of every option: a 32-bit number, also as a sum of two of them. */
const MOST: f64 = 16777216.0;
const LEAST_USAGE: f64 = 0.01;

function least(option: i32): f64 {
  if (option == Option.controlPeriod) return 1e-9;
  if (option == Option.usage) return LEAST_USAGE;
  return option == Option.stepsPerSegment || option == Option.windowMargin ? 1.0 : 0.0;
}

/** Number of windows in a rollout of `segments` segments. */
export function windowCount(segments: i32): i32 {
  const last = segments - windowMargin; // largest segment index of a window
  if (windowLength == 0 || windowStride == 0) return windowEnd(0, segments) > windowStart ? 1 : 0;
  let windows: i32 = 0;
  for (let first = windowStart; first + windowLength - 1 <= last; first += windowStride) windows++;
  return windows;
}

/** First segment of a window. */
export function windowBegin(window: i32): i32 {
  return windowStart + window * windowStride;
}

/** One past the last segment of a window. */
export function windowEnd(window: i32, segments: i32): i32 {
  const limit = segments - windowMargin + 1;
  if (windowLength == 0) return limit;
  const end = windowBegin(window) + windowLength;
  return end < limit ? end : limit;
}

/** First segment whose network output varies: the window's first, or earlier by the burn-in. */
export function windowVaries(window: i32): i32 {
  const first = windowBegin(window) - windowBurnIn;
  return first > 0 ? first : 0;
}
