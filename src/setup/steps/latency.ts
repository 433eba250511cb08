/** Latency of poses from outside, and whether they agree with wheel and gyro; equations as of `doctor --pose`. */
import { poseAgreement } from "../../doctor/pose-agreement.js";
import { refused, type SetupStep } from "../step.js";

const latency: SetupStep = {
  describe: "latency of the poses from outside, by pushing the car",
  needs: () => ({ "wheel-travel": "travel" }),
  async run(rig, { config }) {
    const { measured } = await rig.hear(
      "let the car stand, then push it over the floor in curves to both sides, 4 m and more, and let it stand again",
    );
    const { findings, latency } = poseAgreement(measured, config["wheel-travel"]);
    const wrong = findings.find(({ status }) => status === "problem");
    if (wrong || latency === undefined)
      return refused(wrong?.found ?? "nothing to compare", wrong?.remedy ?? "check the source of poses: doctor --pose");
    const seconds = Number(latency.toFixed(3));
    return { value: `${1000 * seconds} ms`, ok: true, changes: { "pose-latency": seconds } };
  },
};
export default latency;
