import { HELPER_TIMEOUT, longestPeriodFor } from "../../config/timeouts.js";
import { PLANAR_STATE } from "../../tasks/planar.js";
import type { RobotLinkDefinition } from "../definition.js";
import { Pca9685Robot } from "../pca9685/robot.js";
import { pca9685SettingsFrom } from "../pca9685/settings.js";

const pca9685: RobotLinkDefinition = {
  isSimulated: false,
  summary: "a car with a PCA9685, as NVIDIA's JetRacer and donkeycar; needs --pose",
  transport: { kind: "i2c" },
  describe: (config) => {
    const settings = pca9685SettingsFrom(config);
    return {
      states: PLANAR_STATE,
      inputs: ["throttle", "steering"],
      longestPeriod: longestPeriodFor(HELPER_TIMEOUT),
      unarmable: settings.unarmable,
      make: (transport) => new Pca9685Robot(transport, settings),
    };
  },
};

export default pca9685;
