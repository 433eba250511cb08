/** Travel per count of the wheel: a straight push of a measured length, by hand, twice; (C1). */
import { digits } from "../../output.js";
import { spreadOf, wayOf } from "../estimates.js";
import { refused, type SetupStep } from "../step.js";

/** Pushes may differ by this part, and turn by this [rad]. */
const MOST_SPREAD = 0.05;
const MOST_TURN = 0.35;
/** Fewer counts were no push. */
const LEAST_COUNTS = 5;
/** No wheel is counted as rarely, or as often [m]. */
const [LEAST, MOST] = [1e-5, 0.5];

const travel: SetupStep = {
  describe: "travel per count of the wheel, by pushing the car",
  async run(rig, { config, kind, length }) {
    const pushes: number[] = [];
    const before = config["wheel-travel"];
    const of = `of ${length} m`;
    for (const again of ["", ", once more"]) {
      const { samples } = await rig.hear(`put the car on the floor and push it straight ahead by ${length} m${again}`);
      const { distance, turn } = wayOf(samples);
      const counts = `${digits(distance / before, 3)} ${kind.counts}`;
      if (Math.abs(distance) < LEAST_COUNTS * before)
        return refused(counts, `${kind.counter} counts nothing, or it was not pushed: check its sensor and its cable`);
      if (distance < 0)
        return refused(counts, "it was pushed backwards, or counts so: push it forwards; then do the step motor first");
      if (Math.abs(turn) > MOST_TURN)
        return refused(`it turned by ${Math.round((turn * 180) / Math.PI)}°`, "push it along a straight line");
      pushes.push(distance);
    }
    if (spreadOf(pushes) > MOST_SPREAD)
      return refused(
        `${pushes.map((push) => digits(push / before, 3)).join(" and ")} ${kind.counts} ${of} each`,
        "the pushes differ too much: a wheel slips, or they were not of the same length; push slowly, or farther",
      );
    const value = Number(((2 * length * before) / (pushes[0] + pushes[1])).toPrecision(4));
    if (!(value >= LEAST && value <= MOST))
      return refused(`${value} m per count`, `allowed is ${LEAST} to ${MOST} m: was it pushed by ${length} m?`);
    return { value: `${value} m per count (it was ${before})`, ok: true, changes: { "wheel-travel": value } };
  },
};
export default travel;
