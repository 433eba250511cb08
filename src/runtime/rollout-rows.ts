/** The rows of one rollout, collected from what the control thread wrote down, and put into the core. */
import type { Core, RegionName } from "../core/core.js";
import { UserError } from "../errors.js";
import { HEAD, type Layout } from "./records.js";

/**
 * Rows as they lie in the ring (records.ts): those of control steps, and those of network calls with the step of each.
 */
export class RolloutRows {
  readonly steps: Float64Array[] = [];
  readonly calls: Float64Array[] = [];
  /** step at which each call was made */
  readonly starts: number[] = [];

  addCall(row: Float64Array): void {
    this.calls.push(row);
    this.starts.push(this.steps.length);
  }

  addStep(row: Float64Array): void {
    this.steps.push(row);
  }
}

/**
 * Puts rows, at least one step, into rollout `slot`, behind the segments that it holds already (`goesOn`: the drive
 * went on), and goes through it: costs and derivatives at the core's present parameters, whatever parameters drove.
 * `end`: the row with task time and state after the last step. Throws if they are more than the core has room for.
 */
export function storeRollout(
  core: Core,
  slot: number,
  rows: RolloutRows,
  end: Float64Array,
  layout: Layout,
  goesOn: boolean,
): void {
  const counts = core.view("counts", slot);
  const [stepsBefore, segmentsBefore] = goesOn ? counts : [0, 0];
  const steps = stepsBefore + rows.steps.length;
  const segments = segmentsBefore + rows.calls.length;
  if (steps > core.setup.steps || segments > core.setup.segments)
    throw new UserError(
      `a rollout of ${steps} control steps in ${segments} segments does not fit into the core's ` +
        `${core.setup.steps} and ${core.setup.segments}: ` +
        "the network was called more often, or less, than once in network-period",
      1,
    );
  const start = goesOn ? counts[2] : rows.steps[0][1];
  const { states, inputs, references, outputs } = layout;
  const put = (region: RegionName, index: number, row: Float64Array, from: number, width: number) =>
    core.view(region, slot).set(row.subarray(from, from + width), index * width);
  const times = core.view("times", slot);
  const periods = core.view("periods", slot);
  rows.steps.forEach((row, i) => {
    const t = stepsBefore + i;
    const next = i + 1 < rows.steps.length ? rows.steps[i + 1] : end;
    times[t] = row[1] - start;
    periods[t] = next[1] - row[1];
    put("states", t, row, HEAD, states);
    put("inputs", t, row, HEAD + states, inputs);
    put("references", t, row, HEAD + states + inputs, references);
  });
  put("states", steps, end, HEAD, states);
  rows.calls.forEach((row, i) => {
    const j = segmentsBefore + i;
    core.view("segmentStarts", slot)[j] = stepsBefore + rows.starts[i];
    core.view("segmentTimes", slot)[j] = row[1];
    put("segmentStates", j, row, HEAD, states);
    put("outputs", j, row, HEAD + states, outputs);
  });
  counts.set([steps, segments, start]);
  if (!goesOn) core.view("earlierInputs", slot).fill(0);
  core.check(core.exports.replay(slot, core.exports.Network.recalled, false, goesOn), "the drive");
}
