import { LONGEST_PERIOD } from "../../config/timeouts.js";
import { PLANAR_STATE } from "../../tasks/planar.js";
import type { RobotLinkDefinition } from "../definition.js";
import { estimatorSettings } from "../estimator-settings.js";
import { Ros2Robot } from "../ros2/robot.js";
import { INPUTS, ros2SettingsFrom } from "../ros2/settings.js";

const ros2: RobotLinkDefinition = {
  isSimulated: false,
  summary: "a robot on ROS 2",
  transport: { kind: "ros2" },
  describe: (config, task) => {
    const settings = ros2SettingsFrom(config, task);
    const carried = INPUTS[settings.commandType];
    return {
      states: PLANAR_STATE,
      inputs: carried.find((inputs) => inputs.join() === task.columns.input.join()) ?? carried[0],
      longestPeriod: LONGEST_PERIOD,
      make: (transport, nonce) => {
        const estimator = estimatorSettings(config);
        const outside = estimator.outside === true || settings.outside !== undefined;
        return new Ros2Robot(transport, settings, nonce, { ...estimator, outside });
      },
    };
  },
};

export default ros2;
