/** The robot answers, and what it measures at rest: nothing is asked, nothing moves. */
import { digits } from "../../output.js";
import { wayOf } from "../estimates.js";
import { refused, type SetupStep } from "../step.js";

/** It is heard for [s]. */
const LASTS = 3;
/** Most that a standing car may seem to turn [rad/s], and to move [m]. */
const MOST_RATE = 0.03;
const MOST_WAY = 0.05;

const rest: SetupStep = {
  describe: "it answers, and measures nothing while it stands",
  async run(rig, { kind }) {
    const { samples, battery } = await rig.rest(LASTS);
    const { distance, turn, seconds } = wayOf(samples);
    if (samples.length === 0)
      return refused(
        "nothing measured",
        "it answers, and does not measure: check gyro and wheel, or the poses' source",
      );
    const found = `${digits((1000 * turn) / seconds, 2)} mrad/s, ${digits(1000 * distance, 2)} mm in ${LASTS} s`;
    if (Math.abs(turn / seconds) > MOST_RATE)
      return refused(found, "it was moved, or its gyro drifts: power it on at rest, and let it stand on a firm floor");
    if (Math.abs(distance) > MOST_WAY)
      return refused(found, `it was moved, or ${kind.counter} counts by itself: check the cables`);
    const volts = Number.isNaN(battery) ? "no battery measured" : `battery ${digits(battery, 3)} V`;
    return { value: `${found}; ${volts}`, ok: true, changes: {} };
  },
};
export default rest;
