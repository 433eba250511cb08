/** What must be known of a car with a VESC. */
import { VESC_SERVO } from "../../config/robot-settings.js";
import type { RunConfig } from "../../config/schema.js";
import { longestPeriodFor } from "../../config/timeouts.js";
import { UserError } from "../../errors.js";
import type { EstimatorSettings } from "../../estimation/entries.js";
import { estimatorSettings } from "../estimator-settings.js";

/** A VESC that waits longer for a command is not armed [s]. */
export const LONGEST_TIMEOUT = 0.2;

export interface VescSettings {
  /** distance per electrical revolution [m] */
  readonly wheelTravel: number;
  /** what throttle 1 is: a part of the supply, or a current [A] */
  readonly drive: "duty" | "current";
  readonly most: number;
  /** positions of the servo at steering -1, 0 and 1, 0 to 1 */
  readonly right: number;
  readonly centre: number;
  readonly left: number;
  readonly throttleReversed: boolean;
  /** part of the throttle at which its motor still stands */
  readonly deadZone: number;
  /** whether its IMU is read, and the accelerometer too */
  readonly imu: "gyro" | "all" | "none";
  readonly gyroReversed: boolean;
  /** a VESC that waits less for a command would stop at a missed one [s] */
  readonly shortestTimeout: number;
  readonly estimator: Partial<EstimatorSettings>;
}

/**
 * Of a configuration, with the defaults of docs/vesc.md.
 * @throws UserError if nothing would tell how it turns
 */
export function vescSettingsFrom(config: RunConfig): VescSettings {
  const { vesc } = config;
  const { servoMin = VESC_SERVO.servoMin, servoCentre = VESC_SERVO.servoCentre, servoMax = VESC_SERVO.servoMax } = vesc;
  const { steeringReversed = false, imu = "gyro" } = vesc;
  const {
    drive = "duty",
    maxDuty = 0.3,
    maxCurrent = 20,
    throttleReversed = false,
    gyroReversed = false,
    deadZone = 0,
  } = vesc;
  if (imu === "none" && config.pose === "" && config["steering-curvature"] === 0)
    throw new UserError(
      "vesc.imu is none, so nothing measures how the car turns: give steering-curvature, or a pose from outside " +
        "(--pose), or use the VESC's IMU",
    );
  return {
    wheelTravel: config["wheel-travel"],
    drive,
    most: drive === "duty" ? maxDuty : maxCurrent,
    right: steeringReversed ? servoMax : servoMin,
    centre: servoCentre,
    left: steeringReversed ? servoMin : servoMax,
    throttleReversed,
    deadZone,
    imu,
    gyroReversed,
    shortestTimeout: (LONGEST_TIMEOUT / longestPeriodFor(LONGEST_TIMEOUT)) * config["control-period"],
    estimator: estimatorSettings(config),
  };
}
