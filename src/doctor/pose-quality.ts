/** How good poses from outside are, by those that came for a while, without anything else to compare them with. */
import { DEGREE, wrapAngle } from "../angles.js";
import { DEVIATION_BY_MEDIAN, upperMedian } from "../statistics.js";
import { type Finding, named, note, ok, problem } from "./check.js";

/** One pose: when it was true, when it came [s], x, y [m], heading [rad]. */
export type PoseRow = readonly [seconds: number, arrived: number, x: number, y: number, heading: number];

/** Fewer poses than this tell nothing. */
const LEAST = 20;
/** An estimate between poses is good for about so many a second [1/s]; a drive without them for 2 s is stopped. */
const SLOW = 15;
const LONG = 1;
/** A gap is longer than this many usual intervals. */
const GAP = 1.6;
/** A place beside the middle of its neighbours by this many of the usual is wrong, and by at least [m]. */
const WRONG = 8;
const WRONG_LEAST = 0.03;
/** Parts of all poses that may be lost, or wrong. */
const MOST_LOST = 0.1;
const MOST_WRONG = 0.03;
/** Arrivals that scatter by more: bursts of a network [s]. */
const LATE = 0.15;
/** How far a pose lies from its neighbours' middle, as so many of its deviations. */
const OF_MIDDLE = Math.sqrt(1.5);

const median = (values: readonly number[]) => upperMedian(Float64Array.from(values));

/** What is to be known of the poses, and what to do about it. */
export function poseFindings(rows: readonly PoseRow[], listened: number): Finding[] {
  if (rows.length < LEAST)
    return [
      named(
        "poses",
        problem(`${rows.length} in ${listened} s: too few to tell anything`, "see that the source sees the car"),
      ),
    ];
  const sorted = [...rows].sort(([a], [b]) => a - b);
  const intervals = sorted.slice(1).map(([seconds], i) => seconds - sorted[i][0]);
  return [rateOf(intervals), lossOf(intervals), arrivalOf(rows), ...errorsOf(sorted)];
}

function rateOf(intervals: readonly number[]): Finding {
  const rate = 1 / median(intervals);
  const text = `${rate.toFixed(1)} a second`;
  if (rate >= SLOW) return named("rate", ok(text));
  return named("rate", note(`${text}: between them wheel and gyro are all there is`, "let the source send more often"));
}

function lossOf(intervals: readonly number[]): Finding {
  const usual = median(intervals);
  const lost = intervals.reduce((sum, one) => sum + (one > GAP * usual ? Math.round(one / usual) - 1 : 0), 0);
  const part = lost / (lost + intervals.length + 1);
  const longest = intervals.reduce((most, one) => Math.max(most, one));
  const text = `${(100 * part).toFixed(1)} % missing, the longest gap ${longest.toFixed(2)} s`;
  if (longest > LONG)
    return named("loss", problem(`${text}; a drive stops after 2 s`, "see where the car is out of sight"));
  return named("loss", part > MOST_LOST ? note(text, "a cable in place of Wi-Fi, or less light on the tag") : ok(text));
}

/** Arrivals less times: only how they scatter, since what even the fastest pose needs is not seen here. */
function arrivalOf(rows: readonly PoseRow[]): Finding {
  const late = rows.map(([seconds, arrived]) => arrived - seconds).sort((a, b) => a - b);
  const [first, middle, most] = [late[0], median(late), late[Math.floor(0.99 * late.length)]];
  if (most - first < 1e-6)
    return named(
      "times",
      note("dated by their arrival: they do not say when they were true", "--pose-jitter 0.03 over Wi-Fi, and see `t`"),
    );
  const text = `${ms(first)} to ${ms(most)} ms after they were true, in the middle ${ms(middle)} ms`;
  return named(
    "times",
    most - first > LATE ? note(text, "look for what holds datagrams up: Wi-Fi's power saving") : ok(text),
  );
}

/** Random errors, by how far each pose lies from the middle of its neighbours: a car changes its speed slowly. */
function errorsOf(sorted: readonly PoseRow[]): Finding[] {
  const beside: number[] = [];
  const turned: number[] = [];
  for (let i = 1; i + 1 < sorted.length; i++) {
    const [[t0, , x0, y0, h0], [t, , x, y, h], [t1, , x1, y1, h1]] = [sorted[i - 1], sorted[i], sorted[i + 1]];
    if (!(t1 > t0)) continue;
    const part = (t - t0) / (t1 - t0);
    beside.push(x - x0 - part * (x1 - x0), y - y0 - part * (y1 - y0));
    turned.push(wrapAngle(h - h0 - part * wrapAngle(h1 - h0)));
  }
  const size = (values: readonly number[]) => median(values.map(Math.abs));
  const position = (DEVIATION_BY_MEDIAN * size(beside)) / OF_MIDDLE;
  const heading = (DEVIATION_BY_MEDIAN * size(turned)) / OF_MIDDLE / DEGREE;
  const limit = Math.max(WRONG_LEAST, WRONG * position);
  // one wrong pose is beside its neighbours, which are beside it by half
  const wrong = beside.filter((one, i) => Math.abs(one) > limit && isPeak(beside, i)).length / (beside.length / 2);
  const flips = turned.filter((one) => Math.abs(one) > 0.5 * Math.PI).length;
  const text = `${(1000 * position).toFixed(1)} mm, ${heading.toFixed(2)}°`;
  const [most, mostHeading] = [Math.max(0.001, position).toFixed(4), Math.max(0.1, heading).toFixed(1)];
  const set = `--pose-noise ${most} --pose-heading-noise ${mostHeading}`;
  const found = [named("noise", note(text, set))];
  const outliers = `${(100 * wrong).toFixed(1)} % beside their neighbours by more than ${limit.toFixed(2)} m`;
  found.push(
    named(
      "outliers",
      wrong > MOST_WRONG
        ? problem(outliers, "look for mirrors, a second tag, markers that are mixed up")
        : ok(outliers),
    ),
  );
  if (flips > 0)
    found.push(named("headings", problem(`${flips} turned round at once`, "make the markers, or the tag, asymmetric")));
  return found;
}

/** Whether a deviation is larger than the same coordinate's of the pose before and after. */
function isPeak(values: readonly number[], i: number): boolean {
  const at = (k: number) => (k < 0 || k >= values.length ? 0 : Math.abs(values[k]));
  return at(i) > at(i - 2) && at(i) >= at(i + 2);
}

const ms = (seconds: number) => (1000 * seconds).toFixed(0);
