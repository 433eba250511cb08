import { createHash } from "node:crypto";
import { writeAtomically } from "../files.js";
import { eventMessage } from "./events.js";
import { McapFile } from "./mcap-file.js";
import {
  type Pose,
  planMessage,
  type RecordedSegment,
  type RecordedStep,
  rolloutMessage,
  type Stamp,
  stampOf,
  trackMessage,
} from "./messages.js";
import { describe, METADATA, type RolloutMetadata, TOPICS } from "./metadata.js";
import { encodeMetadata } from "./metadata-text.js";
import { Motion } from "./motion.js";
import { referencePose } from "./poses.js";
import type { Recording } from "./recording.js";
import { VIEW_TOPICS } from "./topics.js";

/** /plan and each line of /track have at most this many points: every few centimetres of a track. */
const TRACK_POINTS = 512;
const DRIVEN = '{"r":0.9,"g":0.3,"b":0.1,"a":1}';
const REFERENCE = '{"r":0.5,"g":0.5,"b":0.5,"a":1}';

type PoseOf = (step: number) => Pose | undefined;

/** At most TRACK_POINTS poses, evenly over the steps from `from`, the last one included. */
function thinned(poseOf: PoseOf, from: number, steps: number): Pose[] {
  const stride = Math.ceil((steps - from) / TRACK_POINTS);
  const poses: Pose[] = [];
  for (let step = steps - 1; step >= from; step -= stride) {
    const pose = poseOf(step);
    if (pose) poses.push(pose);
  }
  return poses.reverse();
}

/** Row `i` of a row-major array. */
function rowAt(values: Float64Array, width: number, i: number): Float64Array {
  return values.subarray(i * width, (i + 1) * width);
}

/** Control step `i`, from 0. */
export function stepAt(recording: Recording, { widths }: RolloutMetadata, i: number): RecordedStep {
  const row = (values: Float64Array, width: number) => rowAt(values, width, i);
  return {
    time: recording.times[i],
    state: row(recording.states, widths.states),
    input: row(recording.inputs, widths.inputs),
    reference: row(recording.references, widths.references),
    residuals: row(recording.residuals, widths.residuals),
    cost: widths.costs === 0 ? undefined : recording.costs[i],
    pace: widths.paces === 0 ? undefined : recording.paces[i],
    body: widths.body === 0 ? undefined : row(recording.body, widths.body),
  };
}

/** Network call `j`, from 0. */
export function segmentAt(recording: Recording, { starts, widths }: RolloutMetadata, j: number): RecordedSegment {
  const row = (values: Float64Array, width: number) => rowAt(values, width, j);
  return {
    firstStep: j < starts ? recording.segmentStarts[j] : undefined,
    taskTime: recording.segmentTimes[j],
    state: row(recording.segmentStates, widths.segmentStates),
    outputs: row(recording.outputs, widths.outputs),
    setpoint: row(recording.setpoints, widths.setpoints),
    gains: row(recording.gains, widths.gains),
  };
}

/** What stands still for the whole rollout: the fixed frame, the plan, and both tracks. */
export function addScene(motion: Motion, stamp: Stamp, recording: Recording, metadata: RolloutMetadata): void {
  const { drivenPose, topics } = motion;
  if (!drivenPose) return;
  const { columns } = recording.info;
  const { states, references } = metadata.widths;
  motion.addFrames(stamp);
  const drivenAt = (i: number) => drivenPose(rowAt(recording.states, states, i));
  const tracks = [{ id: "driven", poses: thinned(drivenAt, 0, metadata.steps), color: DRIVEN }];
  const reference = referencePose(columns.reference, references);
  // What a real robot tracks before its first network call is left over from an earlier run.
  const start = recording.segmentStarts.at(0) ?? 0;
  if (reference && Number.isInteger(start) && start >= 0) {
    const plan = thinned((i) => reference(rowAt(recording.references, references, i)), start, metadata.steps);
    topics.add(VIEW_TOPICS.plan, stamp, planMessage(stamp, plan));
    tracks.push({ id: "reference", poses: plan, color: REFERENCE });
  }
  topics.add(VIEW_TOPICS.track, stamp, trackMessage(stamp, tracks));
}

/** All steps in order, each segment before its first step. */
function addRollout(motion: Motion, recording: Recording, metadata: RolloutMetadata): void {
  let segment = 0;
  for (let i = 0; i < metadata.steps; i++) {
    const step = stepAt(recording, metadata, i);
    const stamp = stampOf(step.time);
    for (; segment < metadata.starts && recording.segmentStarts[segment] <= i; segment++)
      motion.addSegment(stamp, segmentAt(recording, metadata, segment));
    motion.addStep(step);
  }
  const last = stampOf(metadata.lastTime);
  for (; segment < metadata.segments; segment++) motion.addSegment(last, segmentAt(recording, metadata, segment));
}

/**
 * Writes one rollout as a complete MCAP file (chunks of 64 KiB without compression, indexes, statistics), atomically: a
 * kill at any moment leaves the old file or the new one. The same recording always gives the same bytes: stamps are
 * times since the start of the rollout, never the wall clock.
 *
 * The metadata record `lapgrad`, at the beginning, says what the file holds. /rl/step, /rl/segment and /rl/rollout
 * carry every number exactly. If the state has columns "x [m]", "y [m]" and "phi [rad]" there are also, for Foxglove:
 * /tf (map → odom once, odom → base_link per step), /pose and /drive per step, /plan (the reference poses) and /track
 * (lines: driven and reference) once.
 *
 * @param summary numbers about the rollout for /rl/rollout, by name, e.g. cost and rmsRadialError
 * @returns the SHA-256 of the file, in hexadecimal
 * @throws RecordingError if the arrays do not fit together or there is no step; UserError if the file cannot be written
 */
export async function writeRecording(
  path: string,
  recording: Recording,
  summary: Readonly<Record<string, number>>,
): Promise<string> {
  const metadata = describe(recording);
  const { info, steps, segments, lastTime } = metadata;
  const parts: Uint8Array[] = [];
  const file = new McapFile((part) => parts.push(part));
  const motion = new Motion(file, info, metadata.widths);

  file.addMetadata({ name: METADATA, metadata: encodeMetadata(metadata) });
  addScene(motion, stampOf(0), recording, metadata);
  addRollout(motion, recording, metadata);
  for (const event of recording.events) {
    const stamp = stampOf(event.time);
    motion.topics.add(TOPICS.event, stamp, eventMessage(stamp, event));
  }
  const { task, rollout, timing, startTime } = info;
  const end = { task, rollout, timing, startTime, steps, segments, finalState: recording.finalState, summary };
  const stamp = stampOf(lastTime);
  motion.topics.add(TOPICS.rollout, stamp, rolloutMessage(stamp, end));
  file.end();
  const bytes = Buffer.concat(parts);
  await writeAtomically(path, bytes);
  return createHash("sha256").update(bytes).digest("hex");
}
