/**
 * The gates that every control step of an armed robot must pass, in this order. A new gate is a row here, and a name in
 * links/faults.ts; docs/safety.md shows the table. A check runs at every step: it neither allocates, prints nor throws.
 */
import { lateAfter, silentAfter } from "../config/timeouts.js";
import { Fault } from "../links/faults.js";
import { PlanarState } from "../tasks/planar.js";
import { fixed, type Gate, NONE, setting } from "./gate.js";
import { MISSED } from "./observation.js";
import { plausibilityGates } from "./plausibility-gates.js";

/** With `--dead-man`, the operator's last heartbeat may be this old [s]. */
export const HEARTBEAT_WITHIN = 1.5;
/**
 * The main thread gives a heartbeat ten times a second, and after every computation of the training, which last up
 * to 0.5 s, on a slow computer 1.5 s: after this long it hangs [s].
 */
const MAIN_HANGS_AFTER = 2;
/** Part of a stale state's age from which on it is silence that made it stale. */
const SILENT_PART = 0.5;
/** Sum of missed deadlines: one in ten is too many, and ten in a row. */
const MOST_MISSED = 10 * MISSED;
/**
 * A robot in the plane that stands [m/s] under a first input beyond this, for longer than this [s], does not measure
 * how it moves.
 */
const DRIVEN = 0.2;
const STANDS = 0.05;
const STANDS_FOR = 1;

/** A battery that was measured once may be missing for this long [s]. */
const BATTERY_MISSING = 0.5;

const PUT_BACK = "put the car back, then go on with --resume";
const AT_ONCE = "one step";

/** A drive goes on without poses from outside for this duration [s]: wheel and gyro know the way so far. */
const WITHOUT_POSE = 2;
/** Poses may contradict for this duration [s]; so many of them in a row. */
const CONTRADICTED = 0.5;
const CONTRADICTIONS = 5;

export const gates = [
  {
    fault: Fault.clock,
    what: (value) => `the computer's clock jumped by ${value} s`,
    scope: "armed",
    limit: fixed(1, "s"),
    lasting: 0,
    check: (seen) => seen.measured(seen.passed).isAbove || seen.passed < 0,
    noticed: "at that step",
    remedy: "do not suspend the computer while driving; go on with --resume",
  },
  {
    fault: Fault.lateness,
    what: (value, limit) =>
      `the control loop was late: ${value} s between two steps (limit ${limit} s, and one missed deadline in ten)`,
    scope: "armed",
    limit: {
      of: (settings) => lateAfter(settings["control-period"]),
      text: (settings) =>
        `${lateAfter(settings["control-period"])} s between steps; one deadline in ten, or ten in a row`,
    },
    lasting: 0,
    check: (seen) => seen.measured(seen.passed).isAbove || seen.missed >= MOST_MISSED,
    noticed: "at the late step",
    remedy: "end other programs, allow SCHED_FIFO (lapgrad doctor says how), or choose a longer control-period",
  },
  {
    // a state that is old because nothing came at all is the link's fault
    fault: Fault.lostLink,
    what: (value, limit) => `nothing was heard from the robot for ${value} s (limit ${limit} s)`,
    scope: "armed",
    limit: {
      of: (settings) => silentAfter(settings["control-period"]),
      text: (settings) =>
        `${silentAfter(settings["control-period"])} s; ${SILENT_PART * settings["stale-after"]} s, ` +
        "half of `stale-after`, where the state is stale by then",
    },
    lasting: 0,
    check: (seen) => {
      const isStale = seen.age > seen.staleAfter;
      return seen.exceeds(seen.silence, isStale ? Math.min(seen.limit, SILENT_PART * seen.staleAfter) : seen.limit);
    },
    noticed: "0.1 s",
    remedy: "check cable and power, and that no other program has the port: lapgrad doctor",
  },
  {
    fault: Fault.staleState,
    what: (value, limit) => `the measured state is ${value} s old (limit ${limit} s)`,
    scope: "armed",
    limit: setting("stale-after", "s"),
    lasting: 0,
    check: (seen) => seen.measured(seen.age).isAbove && seen.age < Number.POSITIVE_INFINITY,
    noticed: "0.1 s; 0.25 s for tasks with control steps of 0.1 s",
    remedy: "check what measures the state, or raise stale-after if it is only slow",
  },
  {
    fault: Fault.noState,
    what: () => "the robot does not measure its state",
    scope: "armed",
    limit: setting("stale-after", "s"),
    lasting: 0,
    check: (seen) => seen.measured(seen.age).isAbove,
    noticed: AT_ONCE,
    remedy:
      "keep the car still for two seconds after power on, so that the gyro finds its bias; check gyro and encoder, " +
      "or what sends its poses",
  },
  {
    fault: Fault.deadMan,
    what: (value, limit) => `no key was pressed for ${value} s (limit ${limit} s)`,
    scope: "armed",
    limit: { of: (settings) => settings.heartbeatWithin, text: () => `\`--dead-man\` ${HEARTBEAT_WITHIN} s` },
    lasting: 0,
    check: (seen) => seen.measured(seen.heartbeatAge).isAbove,
    noticed: `${HEARTBEAT_WITHIN} s`,
    remedy: "hold the space bar while the car drives, or leave --dead-man out",
  },
  {
    fault: Fault.gamepadLost,
    what: () => "the gamepad is gone: unplugged, out of range or empty, or it is none",
    scope: "armed",
    limit: NONE,
    lasting: 0,
    check: (seen) => seen.measured(Number.NaN).isGamepadLost,
    noticed: "one step, once the kernel knows it (docs/gamepad.md)",
    remedy: "plug it in, charge it or come nearer; then go on with --resume",
  },
  {
    fault: Fault.gamepadReleased,
    what: () => "the gamepad's dead man's button was let go",
    scope: "armed",
    limit: NONE,
    lasting: 0,
    check: (seen) => !seen.measured(Number.NaN).isHeld,
    noticed: AT_ONCE,
    remedy: "hold it while the car drives; go on with --resume",
  },
  {
    // while it hangs nothing is written down, and Ctrl-C is not heard
    fault: Fault.mainThread,
    what: (value, limit) => `the program's main thread hung for ${value} s (limit ${limit} s)`,
    scope: "armed",
    byHand: true,
    limit: fixed(MAIN_HANGS_AFTER, "s"),
    lasting: 0,
    check: (seen) => seen.measured(seen.mainAge).isAbove,
    noticed: `${MAIN_HANGS_AFTER} s`,
    remedy:
      "see that its terminal is not held (Ctrl-S) and what reads its output does read, end other programs, " +
      "then go on with --resume",
  },
  {
    fault: Fault.notFinite,
    what: () => "the measured state is not a number",
    scope: "armed",
    byHand: true,
    limit: NONE,
    lasting: 0,
    check: (seen) => !seen.measured(Number.NaN).isFinite,
    noticed: AT_ONCE,
    remedy: "check what measures the state",
  },
  ...plausibilityGates,
  {
    fault: Fault.speed,
    what: (value, limit) => `the speed was ${value} m/s (limit ${limit} m/s)`,
    scope: "driving",
    byHand: true,
    limit: setting("max-speed", "m/s"),
    lasting: 0,
    check: (seen) => seen.measured(Math.abs(seen.reading.state[PlanarState.v])).isAbove,
    noticed: AT_ONCE,
    remedy: `${PUT_BACK}; raise max-speed if the place allows it`,
  },
  {
    fault: Fault.jump,
    what: (value, limit) => `the measured position jumped by ${value} m (limit ${limit} m)`,
    scope: "driving",
    limit: {
      of: (settings) => settings["max-jump"],
      text: (settings) => `\`max-jump\` ${settings["max-jump"]} m more than the speed explains`,
    },
    lasting: 0,
    check: (seen) => seen.jump().isAbove,
    noticed: AT_ONCE,
    remedy: "check what measures the state (a second robot in view, a slipping encoder), or raise max-jump",
  },
  {
    fault: Fault.geofence,
    what: (value, limit) => `the car was ${value} m outside the geofence (limit ${limit} m)`,
    scope: "driving",
    byHand: true,
    limit: { of: () => 0, text: ({ geofence }) => `\`geofence\` ${geofence.join() || "none"}` },
    lasting: 0,
    check: (seen) => seen.beyondFence().isAbove,
    noticed: AT_ONCE,
    remedy: `${PUT_BACK}; change geofence if the place allows it`,
  },
  {
    fault: Fault.corridor,
    what: (value, limit) => `the car was ${value} m off the track (limit ${limit} m)`,
    scope: "driving",
    limit: setting("corridor", "m"),
    lasting: 0,
    check: (seen) => seen.distance().square > seen.limit * seen.limit,
    noticed: AT_ONCE,
    remedy: `${PUT_BACK}; raise corridor if the place allows it`,
  },
  {
    fault: Fault.tooClose,
    what: (value, limit) => `another robot was ${value} m away (limit ${limit} m)`,
    scope: "driving",
    limit: setting("min-distance", "m"),
    lasting: 0,
    check: (seen) => seen.nearest().value < seen.limit,
    noticed: "one step; the other one is stopped too",
    remedy: "part them, and let each come back; lower min-distance if the place and the speed allow it",
  },
  {
    fault: Fault.offPlace,
    what: (value, limit) => `it was ${value} m from where it was at this place of the lap before (limit ${limit} m)`,
    scope: "driving",
    limit: {
      of: () => Number.NaN,
      text: () => "2 % of a lap's length and its scatter, from the third lap on; 4 % more while it learns",
    },
    lasting: 0,
    check: (seen) => seen.exceeds(seen.motion.expected.distance, seen.motion.expected.room),
    noticed: AT_ONCE,
    remedy: `look whether it spins, stands or drifts off; ${PUT_BACK}`,
  },
  {
    // before a pose that is missing: it is not, but cannot be true
    fault: Fault.poseContradicts,
    what: (value, limit) => `poses from outside have contradicted wheel and gyro for ${value} s (limit ${limit} s)`,
    scope: "driving",
    limit: fixed(CONTRADICTED, `s, and ${CONTRADICTIONS} poses`),
    lasting: 0,
    check: (seen) => seen.measured(seen.poseAge).isAbove && seen.reading.contradicted >= CONTRADICTIONS,
    noticed: `${CONTRADICTED} s`,
    remedy: "look whether the source sees the car and nothing else, and which way its heading points: doctor --pose",
  },
  {
    fault: Fault.poseLost,
    what: (value, limit) => `no pose from outside that can be true has come for ${value} s (limit ${limit} s)`,
    scope: "driving",
    limit: fixed(WITHOUT_POSE, "s"),
    lasting: 0,
    check: (seen) => seen.measured(seen.poseAge).isAbove,
    noticed: `${WITHOUT_POSE} s`,
    remedy: "look what keeps the source from seeing the car, or its packets from coming; then go on with --resume",
  },
  {
    fault: Fault.uncertain,
    what: (value, limit) => `the position is uncertain by ${value} m (limit ${limit} m)`,
    scope: "driving",
    limit: setting("max-uncertainty", "m"),
    lasting: 0,
    check: (seen) => seen.measured(seen.reading.uncertainty).isAbove,
    noticed: AT_ONCE,
    remedy: "put the car back on the start, then go on with --resume; poses from outside (--pose) end such drift",
  },
  {
    // a dead encoder looks like a car that stands: it would be given ever more throttle
    fault: Fault.wheel,
    what: (value, limit) => `it was driven for ${limit} s and by its own measurement stands (command ${value})`,
    scope: "driving",
    limit: {
      of: () => STANDS_FOR,
      text: () => `slower than ${STANDS} m/s under ${DRIVEN} of the range (m/s) for ${STANDS_FOR} s`,
    },
    lasting: STANDS_FOR,
    check: (seen) => Math.abs(seen.command().value) > DRIVEN && Math.abs(seen.reading.state[PlanarState.v]) < STANDS,
    noticed: `${STANDS_FOR} s`,
    remedy:
      "look whether it moves: if it does, its encoder or localisation is dead; if not, its motor, ESC or " +
      "battery, or the throttle is the wrong way round: --servo throttleReversed",
  },
  {
    // the voltage falls for a moment when the motor starts
    fault: Fault.battery,
    what: (value, limit) => `the battery has ${value} V (limit ${limit} V)`,
    scope: "armed",
    byHand: true,
    limit: setting("min-battery", "V"),
    lasting: 1,
    check: (seen) => seen.measured(seen.reading.battery).value < seen.limit,
    noticed: "1 s, where it is measured",
    remedy: "charge it, then go on with --resume",
  },
  {
    fault: Fault.batteryLost,
    what: () => "the battery was measured, and is not any more",
    scope: "armed",
    limit: NONE,
    lasting: BATTERY_MISSING,
    check: (seen) => seen.measured(Number.NaN).isBatteryLost,
    noticed: `${BATTERY_MISSING} s, where it was measured once`,
    remedy: "check the cable between battery and board: without it nothing protects the cells",
  },
  {
    fault: Fault.actuator,
    what: (value, limit) => `what the robot applies differs from the command by ${value} (limit ${limit})`,
    scope: "armed",
    limit: fixed(0.1, "of the range"),
    lasting: 0.3,
    check: (seen) => seen.difference().isAbove,
    noticed: "0.3 s, where it is reported",
    remedy: "compare the servo settings of the configuration with the board's; check that no radio drives",
  },
] as const satisfies readonly Gate[];

export type GateFault = (typeof gates)[number]["fault"];
