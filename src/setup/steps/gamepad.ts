/** Which buttons and sticks of a gamepad do what: each is pressed once. The robot is left alone. */
import type { GamepadLayout } from "../../config/gamepads.js";
import { GamepadPart } from "../../runtime/gamepad-records.js";
import { refused, type SetupStep } from "../step.js";

const { button, axis } = GamepadPart;
const ASKED: readonly (readonly [keyof GamepadLayout, GamepadPart, string])[] = [
  ["hold", button, "press the button that is to be held while the robot moves, e.g. the right shoulder's"],
  ["stop", button, "press the button that is to stop it for good, e.g. B or circle"],
  ["begin", button, "press the button that is to begin a drive, e.g. start"],
  ["throttle", axis, "push the stick that is to drive it forward to its end, and let it go"],
  ["steering", axis, "push the stick that is to steer it to the left to its end, and let it go"],
];
const NAMES = { [button]: "button", [axis]: "axis" } as const;

const gamepad: SetupStep = {
  describe: "buttons and sticks of a gamepad",
  async run(rig, { config }) {
    const map: Record<string, number | boolean> = {};
    const found: string[] = [];
    for (const [name, part, question] of ASKED) {
      const { number, value } = await rig.press(question, part);
      const other = ASKED.find(([known, kind]) => kind === part && map[known] === number);
      if (other)
        return refused(`${NAMES[part]} ${number} for ${other[0]} and ${name}`, "each must be another one: do it again");
      map[name] = number;
      // the kernel's axes are below 0 forward and to the left
      if (part === axis) map[`${name}Reversed`] = value > 0;
      found.push(`${name} ${number}${part === axis && value > 0 ? " reversed" : ""}`);
    }
    return { value: found.join(", "), ok: true, changes: { "gamepad-map": { ...config["gamepad-map"], ...map } } };
  },
};
export default gamepad;
