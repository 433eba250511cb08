/** What an estimator was given during a drive: its messages, and back; every number as it was. */

import { ENTRIES } from "../estimation/entries.js";
import {
  BeginColumn,
  ESTIMATE_SIZE,
  type Measured,
  MotionColumn,
  PoseColumn,
  Verdict,
} from "../estimation/measured.js";
import type { Stamp } from "./messages.js";
import { TOPICS } from "./metadata.js";
import { numberText, rowText } from "./numbers.js";
import { type Ordered, takeRows } from "./rows.js";

type Names = readonly string[];
const namesOf = (columns: Record<number, string>, count: number): Names =>
  Array.from({ length: count }, (_, i) => columns[i]);

const BEGIN_NAMES = namesOf(BeginColumn, BeginColumn.count);
const MOTION_NAMES = namesOf(MotionColumn, MotionColumn.count);
const POSE_NAMES = namesOf(PoseColumn, PoseColumn.count);

/** Each number under its name. */
function namedText(names: Names, row: ArrayLike<number>): string {
  return names.map((name, i) => `"${name}":${numberText(row[i])}`).join(",");
}

/** /measured/begin, lapgrad.MeasuredBegin; `row`: BeginColumn, state, covariance. */
export function beginMessage(stamp: Stamp, clock: number, row: Float64Array): string {
  const state = row.subarray(BeginColumn.count, BeginColumn.count + ENTRIES);
  const covariance = row.subarray(BeginColumn.count + ENTRIES, BeginColumn.count + ESTIMATE_SIZE);
  const known = `"state":${rowText(state)},"covariance":${rowText(covariance)}`;
  return `{"timestamp":${stamp.text},"clock":${numberText(clock)},${namedText(BEGIN_NAMES, row)},${known}}`;
}

/** /measured/motion, lapgrad.MeasuredMotion; `row`: MotionColumn. */
export function motionMessage(stamp: Stamp, row: Float64Array): string {
  return `{"timestamp":${stamp.text},${namedText(MOTION_NAMES, row)}}`;
}

/** /measured/pose, lapgrad.MeasuredPose; `row`: PoseColumn. */
export function outsideMessage(stamp: Stamp, row: Float64Array): string {
  return `{"timestamp":${stamp.text},${namedText(POSE_NAMES, row)}}`;
}

const VERDICTS = [Verdict.believed, Verdict.contradicted, Verdict.late, Verdict.begin]
  .map((verdict) => `${verdict} ${Verdict[verdict]}`)
  .join(", ");
/** What the numbers of these messages are, for their schemas; times are by the clock of the control thread. */
const MEANINGS: Readonly<Record<string, string>> = {
  time: "end of the movement [s]",
  seconds: "motion: duration [s]; pose: when it was true, as it says [s]",
  distance: "forward, by the wheel [m]",
  turn: "to the left, by the gyro [rad]",
  speed: "at the end, by the wheel [m/s]",
  rate: "at the end, by the gyro [rad/s]",
  steering: "that acted [part of the range]",
  uncertainty: "standard deviation of the estimated position [m]",
  arrived: "[s]",
  verdict: VERDICTS,
  surprise: "chi square with three degrees of freedom",
  after: "movements that were known when it came",
};

/** JSON schemas of the numbers of a topic; undefined if it is none of these. */
export function measuredSchema(topic: string): readonly [name: string, properties: object] | undefined {
  const numbers = (names: Names) =>
    Object.fromEntries(
      names.map((name) => [name, { type: "number", ...(MEANINGS[name] && { description: MEANINGS[name] }) }]),
    );
  const rows = { type: "array", items: { type: "number" } };
  if (topic === TOPICS.motion) return ["lapgrad.MeasuredMotion", numbers(MOTION_NAMES)];
  if (topic === TOPICS.outside) return ["lapgrad.MeasuredPose", numbers(POSE_NAMES)];
  if (topic !== TOPICS.begin) return undefined;
  return ["lapgrad.MeasuredBegin", { ...numbers(["clock", ...BEGIN_NAMES]), state: rows, covariance: rows }];
}

/** What the messages of a drive hold of this; undefined if there is no movement. */
export function measuredIn(ordered: (topic: string) => Ordered): Measured | undefined {
  const lists = { clock: [] as number[], begin: [] as number[], motions: [] as number[], poses: [] as number[] };
  const each = (names: Names, list: number[]) => names.map((name) => ({ name, width: 1, list }));
  takeRows(ordered(TOPICS.motion), "movement", each(MOTION_NAMES, lists.motions));
  if (lists.motions.length === 0) return undefined;
  takeRows(ordered(TOPICS.begin), "beginning", [
    { name: "clock", width: 1, list: lists.clock },
    ...each(BEGIN_NAMES, lists.begin),
    { name: "state", width: ENTRIES, list: lists.begin },
    { name: "covariance", width: ENTRIES * ENTRIES, list: lists.begin },
  ]);
  takeRows(ordered(TOPICS.outside), "pose", each(POSE_NAMES, lists.poses));
  return {
    clock: lists.clock.at(0) ?? lists.motions[MotionColumn.time],
    begin: Float64Array.from(lists.begin).subarray(0, BeginColumn.count + ESTIMATE_SIZE),
    motions: Float64Array.from(lists.motions),
    poses: Float64Array.from(lists.poses),
  };
}
