/**
 * The gates that find a sensor that lies, and a car that does not go where it drives: rows of gates.ts. Their bounds
 * are explained in docs/equations.md, section 27.
 */
import { Fault } from "../links/faults.js";
import { LATE } from "./answer-delay.js";
import { fixed, type Gate, type Limit } from "./gate.js";
import type { Observation } from "./observation.js";
import { PROGRESS_FOR } from "./places.js";
import { BACK, MOVES } from "./plausibility.js";

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
/** Throttle that is all beyond this, part of the range, and speed that is surely backwards [m/s]. */
const FORWARDS = 0.03;
const BACKWARDS = 0.15;
/** Distance of a displacement from what speed and heading give: parts of its length, and what is never wrong [m]. */
const ASIDE_PART = 0.7;
const ASIDE_LEAST = 0.08;
/** Part of the track's extent that a car must reach. */
const PROGRESS = 0.25;
/**
 * What the yaw rate may be by curvature, speed and steering: parts of it, where the curvature is configured and where
 * it is the one that was measured before; and [rad/s]. A car slides, and turns less, from about this on [m/s²].
 */
const CURVATURE_PART = 1.3;
const MEASURED_PART = 1.5;
const LEAST_PART = 0.75;
const CURVATURE_LEAST = 0.4;
const LEAST_NOISE = 0.1;
const SLIDES = 5;
/** What a residual may reach, besides errors of the fit: [rad/s], [m/s]. */
const TURN_LEAST = 0.3;
const SPEED_LEAST = 0.6;
const OF_ERROR = 5;
/** However bad the fit, and however much the car slides: the most that is allowed [rad/s], and of a fast turn [1]. */
const TURN_ROOM = 0.9;
const TURN_MOST = 0.42;
/** A fit that is worse than this [rad/s], [m/s] explains no car, and gives no more room. */
const MOST_TURN_ERROR = 0.15;
const MOST_SPEED_ERROR = 0.1;
/** What accelerometer and v w may differ by: [m/s²], parts of what is measured. */
const LATERAL_LEAST = 1.2;
const LATERAL_PART = 0.2;

/**
 * What a yaw rate may change by at once: [rad/s], and for the largest change of a command lately, at a curvature of
 * [1/m].
 */
const YAW_NOISE = 0.5;
const MOST_CURVATURE = 8;
/** An answer of the steering is late for this long [s]. */
const LATE_FOR = 0.1;

const CHECK_GYRO = "check the gyro: its range, how it is mounted, its cable";
const CHECK_ENCODER = "check the encoder and wheel-travel; a wheel that slips or is blocked lies too";
const CHECK_PLACE = "check what measures the position, its axes and its heading";
const said = (text: string): Limit => ({ of: () => Number.NaN, text: () => text });
const MOVING = `s faster than ${MOVES} m/s`;

/** Whether yaw rate and steering disagree by the fitted model. */
function isTurnWrong(seen: Observation): boolean {
  const { turn, turnRoom, turnSize, turnError } = seen.motion.response;
  const room = TURN_LEAST + turnRoom + OF_ERROR * Math.min(turnError, MOST_TURN_ERROR);
  return seen.exceeds(Math.abs(turn), Math.min(room, Math.max(TURN_ROOM, TURN_MOST * turnSize)));
}

/** Whether no tyre holds speed times yaw rate. */
function isGripWrong(seen: Observation): boolean {
  return seen.exceeds(Math.abs(seen.motion.speed * seen.motion.rate), MOST_GRIP);
}

/** Whether the yaw rate is more or less than a curvature at full steering [1/m] gives, to `part` of it. */
function isCurveWrong(seen: Observation, curvature: number, part: number): boolean {
  const { gain, speed, rate } = seen.motion;
  const most = CURVATURE_LEAST + part * curvature * gain.most;
  if (seen.exceeds(Math.abs(rate), most)) return true;
  const least = curvature * gain.least;
  const slides = Math.abs(speed * least) / SLIDES;
  const square = slides * slides;
  seen.limit = (LEAST_PART * least) / Math.sqrt(Math.sqrt(1 + square * square)) - LEAST_NOISE;
  return Math.abs(rate) < seen.limit;
}

export const plausibilityGates = [
  {
    // before all that it makes wrong too
    fault: Fault.delayed,
    what: (value) => `what is measured answers the steering as if it were ${value} s late`,
    scope: "driving",
    limit: said(`${LATE} s, by when the yaw rate answers the steering; a place and speed that come again`),
    lasting: 0,
    check: (seen) => {
      const { places, answer } = seen.motion;
      if (places.astray > seen.maxJump && seen.measured(places.repeated).value > 0) return true;
      const isOther = isTurnWrong(seen) || isGripWrong(seen);
      const lateFor = isOther ? answer.likelyFor : answer.sureFor;
      seen.measured(answer.delay);
      return lateFor > LATE_FOR;
    },
    noticed: "a place that jumps back: one reading; otherwise when it steers to the other side, 0.1 s later",
    remedy:
      "check what measures the state: its filter, its queue, a busy network, its time stamps; then the gyro's range",
  },
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
    check: isGripWrong,
    noticed: "0.15 s",
    remedy: CHECK_GYRO,
  },
  {
    fault: Fault.frozenYaw,
    what: (value) => `the gyro repeats the same value, or the heading does: for ${value} s of a steered drive`,
    scope: "driving",
    limit: fixed(REPEATS, MOVING),
    lasting: 0,
    check: (seen) => seen.measured(seen.motion.sameRate).isAbove && seen.motion.commands.moved(1, STEERING_MOVES),
    noticed: `${REPEATS} s`,
    remedy: CHECK_GYRO,
  },
  {
    fault: Fault.frozenSpeed,
    what: (value) => `encoder or speed stayed the same for ${value} s while the throttle changed`,
    scope: "driving",
    limit: fixed(REPEATS_SPEED, MOVING),
    lasting: 0,
    check: (seen) => seen.measured(seen.motion.sameSpeed).isAbove && seen.motion.commands.moved(0, THROTTLE_MOVES),
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
    fault: Fault.yawJump,
    what: (value, limit) =>
      `the yaw rate changed by ${value} rad/s at once (limit ${limit} rad/s), its steering did not`,
    scope: "driving",
    limit: said(`${YAW_NOISE} rad/s, and what steering gives at a curvature of ${MOST_CURVATURE} 1/m`),
    lasting: 0,
    check: (seen) => {
      const { rate, rateChange, speed, steered } = seen.motion;
      if (Math.abs(rate) > NEAR_RANGE * seen.reading.yawRange) return false; // the gate above says what it is
      return seen.exceeds(Math.abs(rateChange), YAW_NOISE + MOST_CURVATURE * Math.abs(speed) * steered);
    },
    noticed: "one reading, where a gyro measures it",
    remedy: `${CHECK_GYRO}; if it is right, the car hit something`,
  },
  {
    fault: Fault.speedSign,
    what: (value) => `it was driven forwards for ${BACK} s and measured ${value} m/s, backwards`,
    scope: "driving",
    limit: said(`${BACKWARDS} m/s under throttle beyond ${FORWARDS} of the range`),
    lasting: 0,
    // a car that brakes rolls on
    check: (seen) =>
      seen.measured(seen.motion.speed).value < -BACKWARDS && seen.motion.commands.beyond(0, FORWARDS) > 0,
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
      seen.motion.commands.beyond(1, STEERED) * seen.measured(seen.motion.rate).value < -AGAINST,
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
      seen.motion.commands.beyond(1, FULLY_STEERED) !== 0,
    noticed: `${BACK} s and 0.1 s`,
    remedy: `${CHECK_GYRO}; if it is right: the steering's servo`,
  },
  {
    fault: Fault.turnModel,
    what: (value, limit) => `yaw rate and steering disagree by ${value} rad/s (limit ${limit} rad/s)`,
    scope: "driving",
    limit: said(
      `${TURN_LEAST} rad/s, a fifth of the modelled yaw rate (half as much again where it slides) and ` +
        `${OF_ERROR} errors of the fit, once there is one; at most ${TURN_MOST} of it or ${TURN_ROOM} rad/s`,
    ),
    lasting: 0.1,
    check: isTurnWrong,
    noticed: "0.4 s",
    remedy: `${CHECK_GYRO}; if it is right the car slides`,
  },
  {
    fault: Fault.curvature,
    what: (value, limit) => `the yaw rate was ${value} rad/s, not what speed and steering give (limit ${limit} rad/s)`,
    scope: "driving",
    limit: {
      of: (settings) => settings["steering-curvature"],
      text: (settings) =>
        `${LEAST_PART} to ${CURVATURE_PART} of \`steering-curvature\` ${settings["steering-curvature"]} 1/m where it ` +
        `is not 0; before the fit ${LEAST_PART} to ${MEASURED_PART} of what it was; and ${CURVATURE_LEAST} rad/s`,
    },
    lasting: 0.2,
    check: (seen) => {
      const configured = seen.limit;
      if (configured > 0 && isCurveWrong(seen, configured, CURVATURE_PART)) return true;
      const { gain, response } = seen.motion;
      return !response.isFitted && isCurveWrong(seen, gain.value, MEASURED_PART);
    },
    noticed: "0.3 s, where it is configured; otherwise after 1 s of a drive",
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
    check: (seen) => seen.exceeds(seen.motion.places.aside, ASIDE_LEAST + ASIDE_PART * seen.motion.places.path),
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
      return seen.measured(seen.motion.places.extent).value < seen.limit;
    },
    noticed: `${PROGRESS_FOR} s`,
    remedy: "look whether it spins or stands; less throttle, more grip, or a battery that is charged",
  },
] as const satisfies readonly Gate[];
