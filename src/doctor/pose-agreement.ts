/**
 * Whether poses from outside agree with wheel and gyro, by what was measured while somebody pushed the car: turns and
 * ways of both over the same durations, at the latency at which they fit best.
 */
import { DEGREE, wrapAngle } from "../angles.js";
import { type Measured, MotionColumn, PoseColumn, posesBy, Verdict } from "../estimation/measured.js";
import { solveSymmetric } from "../identification/least-squares.js";
import { rootMeanSquare } from "../statistics.js";
import { type Finding, named, note, ok, problem } from "./check.js";

/** Less than this tells nothing: way [m], turn there and back [rad], poses. */
const LEAST_WAY = 3;
const LEAST_TURN = 2 * Math.PI;
const LEAST_POSES = 60;
/** Pairs of poses by which a latency is judged. */
const LEAST_COMPARED = 20;
/** Latencies that are tried [s]: from, to, and between two. */
const [FIRST, LAST, BETWEEN] = [-0.1, 0.4, 0.005];
/** Ways and turns are compared over this duration [s]. */
const OVER = 0.5;
/** A gyro or wheel that is off by more is corrected, or wrong [parts]. */
const MOST_SCALE = 0.02;
const WRONG_SCALE = 0.3;
/** What may be left of a turn over the duration, and a direction from where the body points [rad]. */
const MOST_LEFT = 3 * DEGREE;
const MOST_ASIDE = 3 * DEGREE;
/** A latency that needs no setting [s]. */
const SMALL_LATENCY = 0.02;
/** A way that is shorter has no direction [m]. */
const SHORT = 0.1;

/** Wheel and gyro summed up at a time. */
interface Summed {
  readonly way: number;
  readonly turn: number;
}
/** What both say of one duration. */
interface Compared {
  readonly seconds: number;
  /** by wheel and gyro */
  readonly way: number;
  readonly turn: number;
  /** by the poses: along where the body points in the middle, to its left, turn */
  readonly along: number;
  readonly side: number;
  readonly turned: number;
}

export interface Agreement {
  readonly findings: readonly Finding[];
  /** by which poses are older than they say [s]; undefined if too little was measured to tell */
  readonly latency?: number;
}

/** What is to be known of the agreement, and what to do about it. `wheelTravel`: as configured [m]. */
export function poseAgreement(measured: Measured, wheelTravel: number): Agreement {
  const sums = new Sums(measured.motions);
  const { hasWheel, hasGyro } = sums;
  const missing = [...(hasWheel ? [] : ["wheel"]), ...(hasGyro ? [] : ["gyro"])];
  if (!hasGyro)
    return only("sensors", note(`the car has no ${missing.join(" and no ")}: nothing to compare with`, null));
  const poses = posesBy(PoseColumn.seconds, measured);
  const at = (latency: number) => compare(poses, sums, latency);
  const latencies = Array.from({ length: Math.round((LAST - FIRST) / BETWEEN) + 1 }, (_, i) => FIRST + i * BETWEEN);
  const turn = sums.wholeTurn;
  const way = sums.wholeWay;
  if (poses.length < LEAST_POSES || turn < LEAST_TURN || (hasWheel && way < LEAST_WAY))
    return only(
      "push",
      problem(
        `${poses.length} poses, ${way.toFixed(1)} m and ${Math.round(turn / DEGREE)}° of turning: too little to tell`,
        `push it for ${LEAST_WAY} m and more, in curves to both sides; a stand before and after helps`,
      ),
    );
  const best = latencies
    .map((latency) => ({ latency, fit: turnFit(at(latency)) }))
    .reduce((least, one) => (one.fit.left < least.fit.left ? one : least));
  if (!Number.isFinite(best.fit.left))
    return only(
      "times",
      problem(
        "hardly a pose is of the time in which wheel and gyro were measured",
        "see that the source's clock runs as this computer's does, and push it as long as it listens",
      ),
    );
  const compared = at(best.latency);
  const findings = [
    ...gyroFindings(best.fit),
    latencyFinding(best.latency),
    ...(hasWheel ? wheelFindings(compared, wheelTravel) : []),
    ...believedFinding(measured),
  ];
  return { findings, latency: best.latency };
}

const only = (name: string, finding: Finding): Agreement => ({ findings: [named(name, finding)] });

/** Wheel and gyro, summed up from the beginning. */
class Sums {
  readonly #times: number[] = [];
  readonly #ways: number[] = [];
  readonly #turns: number[] = [];
  /** without regard to direction */
  wholeWay = 0;
  wholeTurn = 0;
  /** whether any of it was measured */
  hasWheel = false;
  hasGyro = false;

  constructor(motions: Float64Array) {
    let [way, turn] = [0, 0];
    for (let at = 0; at < motions.length; at += MotionColumn.count) {
      const measured = (column: MotionColumn) => !Number.isNaN(motions[at + column]);
      this.hasWheel ||= measured(MotionColumn.distance);
      this.hasGyro ||= measured(MotionColumn.turn);
      // what was missed once goes on as if it had stood still
      const distance = measured(MotionColumn.distance) ? motions[at + MotionColumn.distance] : 0;
      const turned = measured(MotionColumn.turn) ? motions[at + MotionColumn.turn] : 0;
      way += distance;
      turn += turned;
      this.wholeWay += Math.abs(distance);
      this.wholeTurn += Math.abs(turned);
      this.#times.push(motions[at + MotionColumn.time]);
      this.#ways.push(way);
      this.#turns.push(turn);
    }
  }

  /** At a time between the first and the last; undefined beyond. */
  at(time: number): Summed | undefined {
    const times = this.#times;
    if (!(time >= times[0] && time <= times[times.length - 1])) return undefined;
    let [low, high] = [0, times.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle;
      else high = middle;
    }
    const part = high === low ? 0 : (time - times[low]) / (times[high] - times[low]);
    const between = (values: readonly number[]) => values[low] + part * (values[high] - values[low]);
    return { way: between(this.#ways), turn: between(this.#turns) };
  }
}

function compare(poses: readonly Float64Array[], sums: Sums, latency: number): Compared[] {
  const found: Compared[] = [];
  let from = 0;
  for (const to of poses) {
    const seconds = to[PoseColumn.seconds] - poses[from][PoseColumn.seconds];
    if (seconds < OVER) continue;
    const row = poses[from];
    const before = sums.at(row[PoseColumn.seconds] - latency);
    const after = sums.at(to[PoseColumn.seconds] - latency);
    from++;
    if (before === undefined || after === undefined || seconds > 2 * OVER) continue;
    const turned = wrapAngle(to[PoseColumn.heading] - row[PoseColumn.heading]);
    const half = 0.5 * turned;
    const middle = row[PoseColumn.heading] + half;
    const [dx, dy] = [to[PoseColumn.x] - row[PoseColumn.x], to[PoseColumn.y] - row[PoseColumn.y]];
    // the arc is longer than its chord
    const longer = half === 0 ? 1 : half / Math.sin(half);
    const [cos, sin] = [longer * Math.cos(middle), longer * Math.sin(middle)];
    found.push({
      seconds,
      way: after.way - before.way,
      turn: after.turn - before.turn,
      along: cos * dx + sin * dy,
      side: cos * dy - sin * dx,
      turned,
    });
  }
  return found;
}

interface TurnFit {
  /** turn of the poses per turn of the gyro, and what is left over without one [rad/s] */
  readonly scale: number;
  readonly bias: number;
  /** root mean square of what the two do not explain [rad] */
  readonly left: number;
}

/** Least squares of turned = scale · turn + bias · seconds. */
function turnFit(compared: readonly Compared[]): TurnFit {
  const sum = (of: (one: Compared) => number) => compared.reduce((total, one) => total + of(one), 0);
  const [aa, ab, bb] = [sum((c) => c.turn * c.turn), sum((c) => c.turn * c.seconds), sum((c) => c.seconds * c.seconds)];
  const [ay, by] = [sum((c) => c.turn * c.turned), sum((c) => c.seconds * c.turned)];
  const solved = solveSymmetric([aa, ab, ab, bb], [ay, by], [0, 0]);
  if (solved === undefined || compared.length < LEAST_COMPARED)
    return { scale: Number.NaN, bias: Number.NaN, left: Number.POSITIVE_INFINITY };
  const [scale, bias] = solved;
  return { scale, bias, left: rootMeanSquare(compared.map((c) => c.turned - scale * c.turn - bias * c.seconds)) };
}

const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
const degrees = (angle: number) => `${(angle / DEGREE).toFixed(1)}°`;

function gyroFindings({ scale, bias, left }: TurnFit): Finding[] {
  const found = `the poses turn by ${percent(scale)} of what the gyro does, ${degrees(left)} beside it over ${OVER} s`;
  if (scale < -WRONG_SCALE)
    return [
      named(
        "turns",
        problem(found, "one of the two counts turns to the right: the source's z axis points down, or gyro"),
      ),
    ];
  if (Math.abs(scale - 1) > WRONG_SCALE || left > 0.5)
    return [
      named("turns", problem(found, "another object's pose, a heading in other units, or a gyro of another range")),
    ];
  const rate = `${(bias / DEGREE).toFixed(2)} °/s`;
  const drift = Math.abs(bias) > DEGREE ? note(rate, "let the car stand still when it is switched on") : ok(rate);
  const isFine = Math.abs(scale - 1) < 2 * MOST_SCALE && left < MOST_LEFT;
  return [
    named(
      "turns",
      isFine ? ok(found) : note(found, "--pose-heading-noise larger; the estimator finds the gyro's scale"),
    ),
    named("gyro's bias", drift),
  ];
}

function latencyFinding(latency: number): Finding {
  const text = `poses are ${(1000 * latency).toFixed(0)} ms older than they say, by how they turn`;
  if (latency <= FIRST + BETWEEN || latency >= LAST - BETWEEN)
    return named("latency", problem(`${text}, or more`, "turn the car quicker; see that the source's clock is one"));
  const setting = `--pose-latency ${latency.toFixed(3)}`;
  return named("latency", Math.abs(latency) > SMALL_LATENCY ? note(text, setting) : ok(text));
}

/** Ways and directions, where the car went somewhere. */
function wheelFindings(compared: readonly Compared[], wheelTravel: number): Finding[] {
  const gone = compared.filter(({ way }) => Math.abs(way) > SHORT);
  if (gone.length === 0) return [named("ways", note("it never went 0.1 m within half a second", "push it faster"))];
  const sum = (of: (one: Compared) => number) => gone.reduce((total, one) => total + of(one), 0);
  const square = sum(({ way }) => way * way);
  const ahead = sum(({ way, along }) => way * along) / square;
  const beside = sum(({ way, side }) => way * side) / square;
  const scale = Math.hypot(ahead, beside);
  const aside = Math.atan2(beside, ahead);
  const found = `the poses go ${percent(scale)} of what the wheel does`;
  const travel = `--wheel-travel ${(wheelTravel * scale).toPrecision(3)}`;
  const isClose = Math.abs(scale - 1) < MOST_SCALE;
  const ways = isClose
    ? ok(found)
    : Math.abs(scale - 1) < WRONG_SCALE
      ? note(found, travel)
      : problem(found, wrongWay(scale, travel));
  const direction = `they go ${degrees(aside)} to the left of where they point`;
  const mount = `--pose-mount with ${degrees(-aside)} more as its angle: the heading of what is seen is not the car's`;
  if (Math.abs(aside) < MOST_ASIDE) return [named("ways", ways), named("direction", ok(direction))];
  const isBackward = Math.abs(aside) > 150 * DEGREE;
  const remedy = isBackward ? `its tag is turned round, or the wheel counts backwards: ${mount}` : mount;
  return [named("ways", ways), named("direction", problem(direction, remedy))];
}

function wrongWay(scale: number, travel: string): string {
  if (scale > 300) return "poses in millimetres, or wheel-travel a thousand times too small";
  return `${travel}, if the right object is followed and the poses are in metres`;
}

/** How many poses the estimator could believe. */
function believedFinding({ poses }: Measured): Finding[] {
  let [believed, compared] = [0, 0];
  for (let at = 0; at < poses.length; at += PoseColumn.count) {
    const verdict: Verdict = poses[at + PoseColumn.verdict];
    if (verdict === Verdict.believed) believed++;
    if (verdict === Verdict.believed || verdict === Verdict.contradicted) compared++;
  }
  if (compared === 0) return [];
  const part = believed / compared;
  const text = `${percent(part)} of the poses agreed with the estimate`;
  if (part > 0.95) return [named("estimate", ok(text))];
  return [
    named(
      "estimate",
      (part > 0.8 ? note : problem)(text, "first what is said above; then --pose-noise, --pose-jitter"),
    ),
  ];
}
