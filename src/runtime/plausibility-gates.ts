/**
 * The gates that find a sensor that lies, and a car that does not go where it drives: rows of gates.ts. Their bounds
 * are explained in docs/equations.md, section 27.
 */
import { Fault } from "../links/faults.js";
import { fixed, type Gate, type Limit, setting } from "./gate.js";
import { BACK, MOVES, PROGRESS_FOR } from "./plausibility.js";

/** No tyre holds more than this [m/s²]: twice the weight. */
const MOST_GRIP = 19.6;
/** Part of a gyro's range that it must not reach. */
const NEAR_RANGE = 0.98;
/** A measured speed may be wrong by this [m/s]. */
const SPEED_NOISE = 0.4;
/** A sensor of a moving car does not repeat itself for this long [s] while its command moves by part of its range. */
const REPEATS = 0.3;
const REPEATS_SPEED = 0.5;
const REPEATS_PLACE = 0.2;
const STEERING_MOVES = 0.03;
const THROTTLE_MOVES = 0.05;
/** Steering that is all on one side of these, part of the range. */
const STEERED = 0.25;
const FULLY_STEERED = 0.5;
/** Yaw rate that is surely against it [rad/s], curvature that is surely none [1/m]. */
const AGAINST = 0.4;
const STRAIGHT = 0.08;
/** Throttle that is all beyond this, part of the range, and speed that is surely the other way [m/s]. */
const FORWARDS = 0.03;
const BACKWARDS = 0.15;
/** Distance of a displacement from what speed and heading give: parts of its length, and what is never wrong [m]. */
const ASIDE_PART = 0.7;
const ASIDE_LEAST = 0.08;
/** Part of the track's extent that a car must reach. */
const PROGRESS = 0.25;
/** What the yaw rate may be by the configured curvature: parts of it, and [rad/s]. */
const CURVATURE_PART = 1.3;
const CURVATURE_LEAST = 0.4;
/** What a residual may reach, besides errors of the fit: [rad/s], [m/s]. */
const TURN_LEAST = 0.3;
const SPEED_LEAST = 0.6;
const OF_ERROR = 5;
/** A fit that is worse than this [rad/s], [m/s] explains no car, and gives no more room. */
const MOST_TURN_ERROR = 0.15;
const MOST_SPEED_ERROR = 0.1;
/** What accelerometer and v w may differ by: [m/s²], parts of what is measured. */
const LATERAL_LEAST = 1.2;
const LATERAL_PART = 0.2;

const CHECK_GYRO = "check the gyro: its range, how it is mounted, its cable";
const CHECK_ENCODER = "check the encoder and wheel-travel; a wheel that slips or is blocked lies too";
const CHECK_PLACE = "check what measures the position, its axes and its heading";
const said = (text: string): Limit => ({ of: () => Number.NaN, text: () => text });
const MOVING = `s faster than ${MOVES} m/s`;

export const plausibilityGates = [
  {
    fault: Fault.yawRange,
    what: (value, limit) => `the gyro measured ${value} rad/s, the end of its range (limit ${limit} rad/s)`,
    scope: "driving",
    limit: said(`${NEAR_RANGE} of its range, where that is known`),
    lasting: 0.05,
    check: (seen) => seen.exceeds(Math.abs(seen.motion.rate), NEAR_RANGE * seen.reading.yawRange),
    noticed: "0.1 s",
    remedy: CHECK_GYRO,
  },
  {
    fault: Fault.grip,
    what: (value, limit) => `speed times yaw rate was ${value} m/s² (limit ${limit} m/s²): no tyre holds that`,
    scope: "driving",
    limit: fixed(MOST_GRIP, "m/s², twice the weight"),
    lasting: 0.1,
    check: (seen) => seen.measured(Math.abs(seen.motion.speed * seen.motion.rate)).isAbove,
    noticed: "0.15 s",
    remedy: CHECK_GYRO,
  },
  {
    fault: Fault.frozenYaw,
    what: (value) => `the gyro repeats the same value, or the heading does: for ${value} s of a steered drive`,
    scope: "driving",
    limit: fixed(REPEATS, MOVING),
    lasting: 0,
    check: (seen) => seen.measured(seen.motion.sameRate).isAbove && seen.motion.isCommanded(1, STEERING_MOVES),
    noticed: `${REPEATS} s`,
    remedy: CHECK_GYRO,
  },
  {
    fault: Fault.frozenSpeed,
    what: (value) => `encoder or speed stayed the same for ${value} s while the throttle changed`,
    scope: "driving",
    limit: fixed(REPEATS_SPEED, MOVING),
    lasting: 0,
    check: (seen) => seen.measured(seen.motion.sameSpeed).isAbove && seen.motion.isCommanded(0, THROTTLE_MOVES),
    noticed: `${REPEATS_SPEED} s`,
    remedy: CHECK_ENCODER,
  },
  {
    fault: Fault.frozenPlace,
    what: (value) => `the measured position was the same for ${value} s of a drive`,
    scope: "driving",
    limit: fixed(REPEATS_PLACE, MOVING),
    lasting: 0,
    check: (seen) => seen.measured(seen.motion.samePlace).isAbove,
    noticed: `${REPEATS_PLACE} s`,
    remedy: CHECK_PLACE,
  },
  {
    fault: Fault.speedJump,
    what: (value, limit) => `the measured speed changed by ${value} m/s at once (limit ${limit} m/s)`,
    scope: "driving",
    limit: said(`${SPEED_NOISE} m/s and twice the weight`),
    lasting: 0,
    check: (seen) => seen.exceeds(Math.abs(seen.motion.change), SPEED_NOISE + MOST_GRIP * seen.motion.between),
    noticed: "one reading",
    remedy: CHECK_ENCODER,
  },
  {
    fault: Fault.speedSign,
    what: (value) => `it was driven one way for ${BACK} s and measured ${value} m/s, the other way`,
    scope: "driving",
    limit: said(`${BACKWARDS} m/s under throttle beyond ${FORWARDS} of the range`),
    lasting: 0,
    check: (seen) => seen.motion.commandedBeyond(0, FORWARDS) * seen.measured(seen.motion.speed).value < -BACKWARDS,
    noticed: `${BACK} s`,
    remedy: "check the directions of throttle and encoder: --servo throttleReversed, the sign of wheel-travel",
  },
  {
    fault: Fault.speedModel,
    what: (value, limit) => `speed and throttle disagree by ${value} m/s (limit ${limit} m/s)`,
    scope: "driving",
    limit: said(`${SPEED_LEAST} m/s and ${OF_ERROR} errors of the fit, once there is one`),
    lasting: 0.1,
    check: (seen) => {
      const { speed, speedError } = seen.motion.response;
      return seen.exceeds(Math.abs(speed), SPEED_LEAST + OF_ERROR * Math.min(speedError, MOST_SPEED_ERROR));
    },
    noticed: "0.4 s",
    remedy: `${CHECK_ENCODER}; if it is right: motor, ESC, battery`,
  },
  {
    fault: Fault.turnSign,
    what: (value) => `it turned against its steering, at ${value} rad/s`,
    scope: "driving",
    limit: said(`${AGAINST} rad/s under steering beyond ${STEERED} of the range for ${BACK} s`),
    lasting: 0.1,
    check: (seen) =>
      seen.motion.isMoving &&
      seen.motion.commandedBeyond(1, STEERED) * seen.measured(seen.motion.rate).value < -AGAINST,
    noticed: `${BACK} s and 0.1 s`,
    remedy: "check the directions of steering and gyro: --servo steeringReversed, how the gyro is mounted",
  },
  {
    fault: Fault.noTurn,
    what: (value) => `it was steered hard for ${BACK} s and measured a curve of ${value} 1/m`,
    scope: "driving",
    limit: fixed(STRAIGHT, `1/m under steering beyond ${FULLY_STEERED} of the range`),
    lasting: 0.1,
    check: (seen) =>
      !seen.measured(Math.abs(seen.motion.rate / seen.motion.speed)).isAbove &&
      seen.motion.isMoving &&
      seen.motion.commandedBeyond(1, FULLY_STEERED) !== 0,
    noticed: `${BACK} s and 0.1 s`,
    remedy: `${CHECK_GYRO}; if it is right: the steering's servo`,
  },
  {
    fault: Fault.turnModel,
    what: (value, limit) => `yaw rate and steering disagree by ${value} rad/s (limit ${limit} rad/s)`,
    scope: "driving",
    limit: said(
      `${TURN_LEAST} rad/s, a fifth of the modelled yaw rate (half as much again where it slides) and ` +
        `${OF_ERROR} errors of the fit, once there is one`,
    ),
    lasting: 0.1,
    check: (seen) => {
      const { turn, turnRoom, turnError } = seen.motion.response;
      return seen.exceeds(Math.abs(turn), TURN_LEAST + turnRoom + OF_ERROR * Math.min(turnError, MOST_TURN_ERROR));
    },
    noticed: "0.4 s",
    remedy: `${CHECK_GYRO}; if it is right the car slides`,
  },
  {
    fault: Fault.curvature,
    what: (value, limit) => `the yaw rate was ${value} rad/s, more than speed and steering give (limit ${limit} rad/s)`,
    scope: "driving",
    limit: setting("steering-curvature", "1/m"),
    lasting: 0.2,
    check: (seen) => {
      const most = seen.limit * seen.motion.speed * seen.motion.mostCommanded(1);
      return most > 0 && seen.exceeds(Math.abs(seen.motion.rate), CURVATURE_LEAST + CURVATURE_PART * most);
    },
    noticed: "0.3 s, where it is configured",
    remedy: "check gyro, encoder, wheel-travel and steering-curvature: one of them is wrong by a factor",
  },
  {
    fault: Fault.lateral,
    what: (value, limit) =>
      `speed times yaw rate and the accelerometer disagree by ${value} m/s² (limit ${limit} m/s²)`,
    scope: "driving",
    limit: said(`${LATERAL_LEAST} m/s² and ${LATERAL_PART} of what it measures, where there is one`),
    lasting: 0.4, // a car that tilts is the board's affair
    check: (seen) =>
      seen.motion.isMoving &&
      seen.exceeds(Math.abs(seen.motion.lateral), LATERAL_LEAST + LATERAL_PART * seen.motion.lateralSize),
    noticed: "0.6 s",
    remedy: "check gyro, encoder, wheel-travel and accelerometer: one of them is wrong by a factor",
  },
  {
    fault: Fault.course,
    what: (value, limit) => `the position moved ${value} m beside what speed and heading say (limit ${limit} m)`,
    scope: "driving",
    limit: said(`${ASIDE_PART} of a displacement of 0.2 s, and ${ASIDE_LEAST} m`),
    lasting: 0.2,
    check: (seen) => seen.exceeds(seen.motion.aside, ASIDE_LEAST + ASIDE_PART * seen.motion.path),
    noticed: "0.4 s",
    remedy: CHECK_PLACE,
  },
  {
    fault: Fault.noProgress,
    what: (value, limit) => `it got no farther than ${value} m in ${PROGRESS_FOR} s (the track asks for ${limit} m)`,
    scope: "driving",
    limit: said(`${PROGRESS} of the track's least extent in ${PROGRESS_FOR} s`),
    lasting: 0,
    check: (seen) => {
      seen.limit = PROGRESS * seen.motion.leastExtent;
      return seen.measured(seen.motion.extent).value < seen.limit;
    },
    noticed: `${PROGRESS_FOR} s`,
    remedy: "look whether it spins or stands; less throttle, more grip, or a battery that is charged",
  },
] as const satisfies readonly Gate[];
