/** The rows of one rollout, from what the control thread wrote down to the core. */
import type { Core, RegionName } from "../core/core.js";
import { UserError } from "../errors.js";
import { HEAD, type Layout, paceIn, RecordKind } from "./records.js";

/**
 * Takes from the end of `rows` what the robot did not get: `until`, task time of the last command that it followed. How
 * long it followed that one is not known, so its row is what the rollout ends with: the last that is taken away.
 * Undefined if none is.
 */
export function takeUnfollowed(rows: Float64Array[], until: number): Float64Array | undefined {
  let end: Float64Array | undefined;
  while (rows.length > 0 && rows[rows.length - 1][1] >= until) end = rows.pop();
  return end;
}

/**
 * Puts rows of steps and network calls (records.ts), at least one step, into rollout `slot`, behind the segments that
 * it holds already (`goesOn`: the drive went on), and goes through it: costs and derivatives at the core's present
 * parameters, whatever parameters drove. `end`: the row with task time and state after the last step. Throws if they
 * are more than the core has room for.
 */
export function storeRollout(
  core: Core,
  slot: number,
  rows: readonly Float64Array[],
  end: Float64Array,
  layout: Layout,
  goesOn: boolean,
): void {
  const counts = core.view("counts", slot);
  let [steps, segments] = goesOn ? counts : [0, 0];
  const calls = rows.filter(([kind]) => kind === RecordKind.call).length;
  if (steps + rows.length - calls > core.setup.steps || segments + calls > core.setup.segments)
    throw new UserError(
      `a rollout of ${steps + rows.length - calls} control steps in ${segments + calls} segments does not fit into ` +
        `the core's ${core.setup.steps} and ${core.setup.segments}: ` +
        "the network was called more often, or less, than once in network-period",
      1,
    );
  const { states, inputs, references, outputs } = layout;
  const shifts = core.view("taskShifts", slot);
  const [, firstShift] = paceIn(rows[0], layout);
  if (!goesOn) shifts[0] = 0;
  // task time at the start, and how far it had got ahead of time by then since the drive began
  const earlier = firstShift - shifts[steps];
  const start = goesOn ? counts[2] : rows[0][1] + earlier;
  const put = (region: RegionName, index: number, row: Float64Array, from: number, width: number) =>
    core.view(region, slot).set(row.subarray(from, from + width), index * width);
  const [times, periods, paces] = [core.view("times", slot), core.view("periods", slot), core.view("paces", slot)];
  rows.forEach((row, i) => {
    if (row[0] === RecordKind.call) {
      core.view("segmentStarts", slot)[segments] = steps;
      core.view("segmentTimes", slot)[segments] = row[1] + paceIn(row, layout)[1];
      put("segmentStates", segments, row, HEAD, states);
      put("outputs", segments++, row, HEAD + states, outputs);
    } else {
      // a call has the time of the step that it belongs to
      const next = i + 1 < rows.length ? rows[i + 1] : end;
      times[steps] = row[1] + earlier - start;
      paces[steps] = paceIn(row, layout)[0];
      periods[steps] = next[1] - row[1];
      put("states", steps, row, HEAD, states);
      put("inputs", steps, row, HEAD + states, inputs);
      put("references", steps++, row, HEAD + states + inputs, references);
    }
  });
  put("states", steps, end, HEAD, states);
  paces[steps] = paces[steps - 1];
  core.view("pace")[core.exports.Pace.driven] = paces[steps] / Math.sqrt(core.usage);
  counts.set([steps, segments, start]);
  if (!goesOn) core.view("earlierInputs", slot).fill(0);
  core.replay(slot, "recalled", false, goesOn);
}
