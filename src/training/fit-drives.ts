/** Recordings of rollouts as the drives that a model is fitted to. */
import type { Core } from "../core/core.js";
import { type FitData, unwrap } from "../identification/fit-data.js";
import type { Recording } from "../recording/recording.js";

/**
 * One recording as a drive, after `previous` if it went on from that: headings unwrapped, periods from the recorded
 * times.
 */
export function driveOf(core: Core, recording: Recording, previous: Recording | undefined): FitData {
  const n = core.setup.task.columns.state.length;
  const steps = recording.times.length;
  const states = new Float64Array([...recording.states, ...recording.finalState]);
  const heading = core.setup.task.columns.state.findIndex((name) => name.startsWith("phi "));
  if (heading >= 0) unwrap(states, heading, n);
  const nominal = core.setup.task.timing.controlPeriod;
  const periods = recording.times.map((time, t) => (t + 1 < steps ? recording.times[t + 1] - time : nominal));
  return { states, inputs: recording.inputs, periods, earlier: previous?.inputs ?? new Float64Array(0) };
}

/**
 * A drive from a step on: where the longest delay has passed, if it is not known how it was commanded before, or where
 * the world changed.
 */
export function withoutBeginning(core: Core, { states, inputs, periods }: FitData, step: number): FitData {
  const { state, input } = core.setup.task.columns;
  return {
    states: states.subarray(state.length * step),
    inputs: inputs.subarray(input.length * step),
    periods: periods.slice(step),
    earlier: inputs.subarray(0, input.length * step),
  };
}
