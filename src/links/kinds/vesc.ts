import { longestPeriodFor } from "../../config/timeouts.js";
import { PLANAR_STATE } from "../../tasks/planar.js";
import type { RobotLinkDefinition } from "../definition.js";
import { askingOnly } from "../vesc/port.js";
import { VescRobot } from "../vesc/robot.js";
import { LONGEST_TIMEOUT, vescSettingsFrom } from "../vesc/settings.js";
import { VESC_BAUD } from "../wire/vesc.js";

const vesc: RobotLinkDefinition = {
  isSimulated: false,
  summary: "a car with a VESC, as F1TENTH",
  transport: { kind: "serial", baud: VESC_BAUD },
  describe: (config) => {
    const settings = vescSettingsFrom(config);
    return {
      states: PLANAR_STATE,
      inputs: ["throttle", "steering"],
      longestPeriod: longestPeriodFor(LONGEST_TIMEOUT),
      whenHeard: askingOnly,
      make: (transport) => new VescRobot(transport, settings),
    };
  },
};

export default vesc;
