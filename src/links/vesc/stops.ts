/** What a VESC reports, and what keeps it from being armed, for people. */
import { Fault, type Stop } from "../faults.js";
import { APP_CONFIGURATIONS } from "../wire/vesc.js";
import { vescFaultName } from "./fault-codes.js";
import { LEAST_BRAKE, MOST_BRAKE } from "./readiness.js";
import { LONGEST_TIMEOUT } from "./settings.js";

const KNOWN = [...APP_CONFIGURATIONS.values()].join(", ");
const NEXT = "one step: its next answer";
/** Where VESC Tool has it. */
const GENERAL = "VESC Tool, App Settings, General";
const WRITE = "then write the app configuration (docs/vesc.md)";

/** Applications of a VESC that are none of ours, by number. */
const APPS: Readonly<Record<string, string>> = {
  1: "PPM",
  2: "ADC",
  4: "PPM and UART",
  5: "ADC and UART",
  6: "VESC Remote",
  7: "NRF",
  8: "Custom",
  9: "Balance",
  10: "PAS",
  11: "ADC and PAS",
};

export const vescStops = {
  [Fault.vescFirmware]: {
    what: (value) => `the VESC has firmware ${value}, too old to say when its time-out has passed (known: ${KNOWN})`,
    remedy: "update it: VESC Tool, Firmware; then set it up as docs/vesc.md says",
  },
  [Fault.vescLayout]: {
    what: (value) => `the VESC's firmware ${value} keeps its settings in a layout that is not known (known: ${KNOWN})`,
    remedy: `its time-out cannot be read, so it is not armed: install a firmware that is known by VESC Tool, Firmware`,
  },
  [Fault.vescTimeout]: {
    what: (value) =>
      `the VESC's own time-out is ${value} ms (0: none; allowed: 2.5 control periods to ${1000 * LONGEST_TIMEOUT} ms)`,
    remedy: `${GENERAL}, Timeout: ${1000 * LONGEST_TIMEOUT} ms, ${WRITE}`,
  },
  [Fault.vescBrake]: {
    what: (value) => `the VESC brakes with ${value} A after its time-out (allowed: ${LEAST_BRAKE} to ${MOST_BRAKE} A)`,
    remedy: `${GENERAL}, Timeout Brake Current: what stops it without locking the wheels, e.g. 10 A, ${WRITE}`,
  },
  [Fault.vescServo]: {
    what: () => "the VESC's servo output is off, so nothing would steer",
    remedy: `${GENERAL}, Enable Servo Output: True, ${WRITE}`,
  },
  [Fault.vescApp]: {
    what: (value) => `the VESC runs the app ${APPS[value] ?? value}, which commands the motor too`,
    remedy: `${GENERAL}, App to Use: No App, or UART, ${WRITE}`,
  },
  [Fault.vescImu]: {
    what: () => "the VESC's IMU measures nothing but zeros: it has none, or it is off",
    remedy:
      "VESC Tool, App Settings, IMU, IMU Type: Internal; if it has none: --vesc imu=none with steering-curvature, " +
      "or a pose from outside",
  },
  [Fault.vescRolls]: {
    what: (value) => `the motor turns, at ${value} m/s, while it is to be armed`,
    remedy: "let the car stand",
  },
  [Fault.vescTimedOut]: {
    what: (value) => `the VESC heard no command for ${value} s and braked by itself`,
    noticed: NEXT,
    remedy: "check the cable; the computer may have been too busy: lapgrad doctor",
  },
  [Fault.vescStopped]: {
    what: (value) => `the VESC stopped the motor by itself: ${vescFaultName(value)}`,
    noticed: NEXT,
    remedy: "VESC Tool, Terminal, faults says more; then go on with --resume",
  },
  [Fault.vescKilled]: {
    what: () => "the VESC's kill switch stops it",
    noticed: NEXT,
    remedy: "release it, then go on with --resume",
  },
} satisfies Partial<Record<Fault, Stop>>;
