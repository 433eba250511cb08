/** A stretch of a real drive, from what the control thread wrote down to a rollout in the core. */
import type { Core, RegionName } from "../core/core.js";
import { UserError } from "../errors.js";
import { HEAD, type Layout } from "./records.js";

/** Rows as they lie in the ring. */
export class Stretch {
  readonly steps: Float64Array[] = [];
  readonly calls: Float64Array[] = [];
  /** step at which each call was made */
  readonly starts: number[] = [];

  call(row: Float64Array): void {
    this.calls.push(row);
    this.starts.push(this.steps.length);
  }

  step(row: Float64Array): void {
    this.steps.push(row);
  }
}

/**
 * Puts a stretch into rollout `slot`, behind the segments that it holds already (`kept`; of a drive that went on), and goes through it: costs and
 * derivatives at the core's present parameters, whatever parameters drove. `end`: task time and state after the last step.
 */
export function storeStretch(
  core: Core,
  slot: number,
  stretch: Stretch,
  end: Float64Array,
  layout: Layout,
  goesOn: boolean,
): void {
  const counts = core.view("counts", slot);
  const [before = 0, segments = 0] = goesOn ? counts : [0, 0];
  const steps = before + stretch.steps.length;
  if (steps > core.setup.steps || segments + stretch.calls.length > core.setup.segments)
    throw new UserError(
      `a stretch of ${steps} control steps in ${segments + stretch.calls.length} segments does not fit into the core's ${core.setup.steps} and ` +
        `${core.setup.segments}: the network was called more often, or less, than once in network-period`,
      1,
    );
  const start = goesOn ? (counts[2] ?? 0) : (stretch.steps[0]?.[1] ?? 0);
  const { states, inputs, references, outputs } = layout;
  const put = (region: RegionName, index: number, row: Float64Array, from: number, width: number) =>
    core.view(region, slot).set(row.subarray(from, from + width), index * width);
  const times = core.view("times", slot);
  const periods = core.view("periods", slot);
  stretch.steps.forEach((row, i) => {
    const t = before + i;
    times[t] = (row[1] ?? 0) - start;
    const next = stretch.steps[i + 1] ?? end;
    periods[t] = (next[1] ?? 0) - (row[1] ?? 0);
    put("states", t, row, HEAD, states);
    put("inputs", t, row, HEAD + states, inputs);
    put("references", t, row, HEAD + states + inputs, references);
  });
  put("states", steps, end, HEAD, states);
  stretch.calls.forEach((row, i) => {
    const j = segments + i;
    core.view("segmentStarts", slot)[j] = before + (stretch.starts[i] ?? 0);
    core.view("segmentTimes", slot)[j] = row[1] ?? 0;
    put("segmentStates", j, row, HEAD, states);
    put("outputs", j, row, HEAD + states, outputs);
  });
  counts.set([steps, segments + stretch.calls.length, start]);
  if (!goesOn) core.view("earlierInputs", slot).fill(0);
  core.check(core.exports.replay(slot, core.exports.Network.recalled, false, goesOn), "the drive");
}
