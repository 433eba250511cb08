/** Direction of the steering, as somebody sees it, with the wheels in the air. */
import { IN_THE_AIR, refused, type SetupStep } from "../step.js";

const AT = 0.6;
const LASTS = 1.5;

const servo: SetupStep = {
  describe: "direction of the steering, wheels in the air",
  async run(rig, { config, kind }) {
    await rig.allow("leave the car on its box: its front wheels will turn to one side and back; look which");
    await rig.move({ throttle: 0, steering: AT, seconds: LASTS, room: IN_THE_AIR });
    const seen = await rig.ask("which way did the front wheels go, seen from behind?", {
      l: "left",
      r: "right",
      n: "not at all",
    });
    if (seen === "n")
      return refused("they stand", "check the steering's servo, its cable and its supply, and its channel");
    const isReversed = seen === "r";
    return {
      value: isReversed ? "reversed, which is set right" : "the right way round",
      ok: true,
      changes: isReversed ? kind.turnSteering(config) : {},
    };
  },
};
export default servo;
