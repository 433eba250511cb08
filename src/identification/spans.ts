/**
 * Recordings as spans of uninterrupted driving: headings unwrapped, gaps and numbers that are none cut out, the launch
 * left out.
 */
import { isHeardOnly, type Recording } from "../recording/recording.js";
import { type FitData, LONGEST_DELAY, unwrap } from "./fit-data.js";

/** Driving without interruption, with the commands before it. */
export interface Span extends FitData {
  /** rows: when each command was given, those before the first step included, and the end [s] */
  readonly commandTimes: Float64Array;
  /** per input, rows as `commandTimes`: integral of the command up to then [s] */
  readonly integrals: readonly [Float64Array, Float64Array];
}

/** Spans of one recording, and what was found in it, for people. */
export interface Cut {
  readonly spans: readonly Span[];
  readonly notes: readonly string[];
}

/** A time without a step longer than so many control periods is a gap. */
const LONGEST_GAP = 3;

/**
 * Cuts a recording of a car into spans, from segment `skip` on. The first steps of every span serve only as commands
 * that are still on their way: what was commanded before them is not known.
 */
export function spansOf(recording: Recording, skip: number): Cut {
  const { times, inputs, segmentStarts, finalState } = recording;
  const states = new Float64Array([...recording.states, ...finalState]);
  const last = states.length / 4 - 1; // steps whose next state is known
  const begins = skip < segmentStarts.length ? segmentStarts[skip] : times.length;
  const from = isHeardOnly(recording) ? 0 : begins; // who drives by radio launches as anybody drives
  const period = medianPeriod(times);
  /** What is wrong with a step, undefined if nothing is. */
  const fault = (t: number): string | undefined => {
    if (!soundAt(states, 4, t) || !soundAt(states, 4, t + 1) || !soundAt(inputs, 2, t))
      return "a state or input is not a finite number; left out";
    const step = t + 1 < times.length ? times[t + 1] - times[t] : period;
    if (step > 0 && step <= LONGEST_GAP * period) return undefined;
    return `lasts ${seconds(step)}, the control period is ${seconds(period)}; the drive is cut there`;
  };
  const notes: string[] = [];
  const spans: Span[] = [];
  let begin = 0;
  for (let t = 0; t <= last; t++) {
    const problem = t < last ? fault(t) : "";
    if (problem === undefined) continue;
    const span = spanBetween(recording, states, Math.max(begin + LONGEST_DELAY, from), t, period);
    if (span) spans.push(span);
    const isNew = t === 0 || begin < t;
    if (problem && isNew && t >= from) notes.push(`step ${t} (${times[t].toFixed(2)} s): ${problem}`);
    begin = t + 1;
  }
  return { spans, notes };
}

const seconds = (value: number) => `${Number(value.toPrecision(3))} s`;

function medianPeriod(times: Float64Array): number {
  const steps = times
    .subarray(1)
    .map((time, i) => time - times[i])
    .sort();
  return steps.at(steps.length >> 1) ?? 0;
}

function soundAt(rows: Float64Array, columns: number, row: number): boolean {
  for (let i = row * columns; i < (row + 1) * columns; i++) if (!Number.isFinite(rows[i])) return false;
  return true;
}

/** Steps `from` to `to`, the state after the last one included; undefined if there is none. */
function spanBetween(
  { times, inputs }: Recording,
  allStates: Float64Array,
  from: number,
  to: number,
  period: number,
): Span | undefined {
  const steps = to - from;
  if (steps < 1) return undefined;
  const states = allStates.slice(4 * from, 4 * (to + 1));
  unwrap(states, 3, 4);
  const lead = from - LONGEST_DELAY;
  const commandTimes = Float64Array.from({ length: to - lead + 1 }, (_, i) =>
    lead + i < times.length ? times[lead + i] : times[times.length - 1] + period,
  );
  const integral = (input: number) => {
    const sums = new Float64Array(commandTimes.length);
    for (let i = 1; i < sums.length; i++)
      sums[i] = sums[i - 1] + inputs[2 * (lead + i - 1) + input] * (commandTimes[i] - commandTimes[i - 1]);
    return sums;
  };
  return {
    states,
    inputs: inputs.slice(2 * from, 2 * to),
    periods: Float64Array.from(
      { length: steps },
      (_, t) => commandTimes[LONGEST_DELAY + t + 1] - commandTimes[LONGEST_DELAY + t],
    ),
    earlier: inputs.slice(2 * lead, 2 * from),
    commandTimes,
    integrals: [integral(0), integral(1)],
  };
}

/** Driving time of spans [s]. */
export function secondsOf(spans: readonly FitData[]): number {
  return spans.reduce((sum, { periods }) => sum + periods.reduce((a, b) => a + b, 0), 0);
}

/** Control period of spans [s]: the median. */
export function periodOf(spans: readonly FitData[]): number {
  const all = Float64Array.from(spans.flatMap(({ periods }) => Array.from(periods))).sort();
  return all.at(all.length >> 1) ?? 0;
}
