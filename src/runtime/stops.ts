/**
 * Everything that stops a robot by itself, one entry per fault: what is said about it, how soon it is noticed, what to
 * do. docs/safety.md shows these tables. Nothing here loads the core.
 */
import { Fault, type FoundFault, robotStops, type Stop } from "../links/faults.js";
import { pca9685Stops } from "../links/pca9685/stops.js";
import { vescStops } from "../links/vesc/stops.js";
import type { Gate } from "./gate.js";
import { type GateFault, gates } from "./gates.js";
import type { GateSettings } from "./observation.js";
import { ARM_WITHIN } from "./states.js";

const WIRED = "where its first 3 s of driving tell, mostly within 1 s";

/** What robots report. */
const reported = { ...robotStops, ...vescStops, ...pca9685Stops };
type RobotFault = keyof typeof reported;

/**
 * Found by the control loop or by the main thread, and no gate. A fault that has an entry here and elsewhere, or
 * nowhere, does not compile.
 */
const runtimeStops: Readonly<Record<Exclude<Fault, Fault.none | GateFault | RobotFault>, Stop>> = {
  [Fault.operatorStop]: {
    what: () => "stopped by the operator",
    noticed: "one step; Ctrl-C: when the main thread has time",
    remedy: "go on with --resume",
  },
  [Fault.bounds]: {
    what: () => "the state left the bounds of the task",
    noticed: "one step",
    remedy: "put the car back, then go on with --resume",
  },
  [Fault.policy]: {
    what: () => "the policy gave a command that is not a number",
    noticed: "one step; it is not sent",
    remedy: "the parameters are damaged: go on with --resume, from the last checkpoint",
  },
  [Fault.recorder]: {
    what: () => "the drive could not be recorded any more",
    noticed:
      "a full disk: 1 s, and what the main thread is busy with; " +
      "a main thread that does not take the records: 6144 rows, about a minute",
    remedy: "free some space on the disk, then go on with --resume",
  },
  [Fault.suspended]: {
    what: () => "the program is being suspended (Ctrl-Z)",
    noticed: "when the main thread has time; it is suspended once the car is at rest and disarmed",
    remedy: "fg ends it in order; go on with --resume",
  },
  [Fault.terminalGone]: {
    what: () => "the terminal is gone",
    noticed: "when the main thread has time",
    remedy: "drive in tmux, or as a service (docs/deployment.md); go on with --resume",
  },
  [Fault.stopListener]: {
    what: () => "lapgrad stop could not reach this program any more",
    noticed: "when its thread could not be started again",
    remedy: "see that the computer has memory and open files left (ulimit -n), then go on with --resume",
  },
  [Fault.serviceNotifier]: {
    what: () => "the service manager could not be told any more that the robot is watched",
    noticed: "when the shell that tells it could not be started again; only with WatchdogSec",
    remedy: "see that systemd-notify works and the service may start programs, then go on with --resume",
  },
  [Fault.steeringReversed]: {
    what: (value) => `it turns against its steering: the fit found a curvature of ${value} 1/m at full steering`,
    noticed: WIRED,
    remedy:
      "steering is the wrong way round: --servo steeringReversed=true, on ROS 2 --ros2 steerScale with the other " +
      "sign (or the gyro is, see how it is mounted); in simulation the plant's steeringGain and plant-change",
  },
  [Fault.steeringDead]: {
    what: (value, limit) => `steering does not turn it: the fit found ${value} 1/m at full steering (below ${limit})`,
    noticed: WIRED,
    remedy:
      "check the steering's servo and its cable, --servo steeringMin and steeringMax, or the ROS topic of the " +
      "steering (or the gyro); in simulation the plant's steeringGain and plant-change",
  },
  [Fault.throttleReversed]: {
    what: (value) => `it brakes under throttle: the fit found an acceleration of ${value} m/s² at full throttle`,
    noticed: WIRED,
    remedy:
      "throttle is the wrong way round: --servo throttleReversed=true, on ROS 2 --ros2 driveScale with the other " +
      "sign (or the speed is, see the sign of wheel-travel); in simulation the plant's throttleGain and plant-change",
  },
  [Fault.throttleDead]: {
    what: (value, limit) => `throttle does not drive it: the fit found ${value} m/s² at full throttle (below ${limit})`,
    noticed: WIRED,
    remedy:
      "check motor, ESC, battery and their cables, --servo throttleMin and throttleMax, or the ROS topic of the " +
      "throttle; in simulation the plant's throttleGain and plant-change",
  },
  [Fault.unexplained]: {
    what: (value, limit) =>
      `steering explains ${value} % of how it turned (less than ${limit} %): no model of this kind describes it`,
    noticed: WIRED,
    remedy:
      "check that what measures the state sees this robot, its axes and heading, and delays; " +
      "and the task's model and plant",
  },
  [Fault.noAnswer]: {
    what: (value) => `nothing answered within ${value} s`,
    noticed: `5 s at the start, ${ARM_WITHIN} s when arming`,
    remedy: "check cable, power, port and which firmware the board has: lapgrad doctor",
  },
  [Fault.foreignBytes]: {
    what: (value, limit) => `${value} bytes came within ${limit} s, but no answer of a robot among them`,
    noticed: "5 s at the start",
    remedy:
      "another device is at this port, its baud rate is another, or what is sent comes back: " +
      "lapgrad doctor lists the ports; docs/firmware.md",
  },
};

const gateStops = Object.fromEntries(gates.map((gate) => [gate.fault, gate])) as Record<GateFault, Gate>;

const stops: Readonly<Record<Exclude<Fault, Fault.none>, Stop>> = { ...gateStops, ...runtimeStops, ...reported };

/** What happened, for people. */
export function describeFault({ fault, value, limit }: FoundFault): string {
  if (fault === Fault.none) return "nothing";
  // a value that is beyond its limit reads so
  const enough = [3, 4, 5, 6, 7].find((count) => numberText(value, count) !== numberText(limit, 3)) ?? 3;
  return stops[fault].what(numberText(value, value === limit ? 3 : enough), numberText(limit, 3));
}

/** What happened and what to do about it, for people. */
export function explainFault(found: FoundFault): string {
  return `${describeFault(found)}; ${remedyOf(found.fault)}`;
}

/** What to do about it. */
export function remedyOf(fault: Fault): string {
  return fault === Fault.none ? "" : stops[fault].remedy;
}

function numberText(value: number, digits: number): string {
  return `${Number(value.toPrecision(digits))}`;
}

/** A stop as a row of a table, for people. */
export interface StopRow {
  readonly says: string;
  /** what limits it, with its value; "" if nothing does */
  readonly limit: string;
  readonly noticed: string;
  readonly remedy: string;
}

/** The gates in their order, what else the program finds, and what robots report; limits as they are at `settings`. */
export function stopRows(settings: GateSettings): Readonly<Record<"gates" | "stops" | "reports", readonly StopRow[]>> {
  const row = ({ what, noticed = "", remedy }: Stop, limit = "") => ({ says: what("…", "…"), limit, noticed, remedy });
  return {
    gates: gates.map((gate) => row(gate, gate.limit.text(settings))),
    stops: Object.values(runtimeStops).map((stop) => row(stop)),
    reports: Object.values<Stop>(reported).map((stop) => row(stop)),
  };
}
