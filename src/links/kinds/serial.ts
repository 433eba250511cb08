import { longestPeriodFor } from "../../config/timeouts.js";
import { PLANAR_STATE } from "../../tasks/planar.js";
import type { RobotLinkDefinition } from "../definition.js";
import { estimatorSettings } from "../estimator-settings.js";
import { SerialRobot } from "../serial/robot.js";
import { servoFrom } from "../serial/servo.js";
import { protocol } from "../wire/protocol.js";

const serial: RobotLinkDefinition = {
  isSimulated: false,
  summary: "a car behind this project's firmware",
  transport: { kind: "serial", baud: protocol.baud },
  describe: (config) => ({
    states: PLANAR_STATE,
    inputs: ["throttle", "steering"],
    longestPeriod: longestPeriodFor(protocol.commandTimeout / 1000),
    make: (transport, nonce) => {
      const { servo } = config;
      const required = { battery: servo.batteryRequired === true, radio: servo.radioRequired === true };
      return new SerialRobot(
        transport,
        {
          wheelTravel: config["wheel-travel"],
          servo: servoFrom(servo),
          deadZone: servo.deadZone ?? 0,
          required,
          estimator: estimatorSettings(config),
        },
        nonce,
      );
    },
  }),
};

export default serial;
