import { type IWritable, McapWriter } from "@mcap/core";
import { writeAtomically } from "../files.js";
import {
  inputKeys,
  inputMessage,
  type Pose,
  planMessage,
  poseMessage,
  rolloutMessage,
  type Segment,
  type Stamp,
  type Step,
  segmentMessage,
  stampOf,
  stepMessage,
  trackMessage,
  transformMessage,
} from "./messages.js";
import { describe, encodeMetadata, METADATA, type Metadata, TOPICS } from "./metadata.js";
import type { Recording } from "./recording.js";
import { Topics, VIEW_TOPICS } from "./topics.js";

/** Small chunks: what a torn file loses is at most the one that was being written. */
const CHUNK_SIZE = 64 * 1024;
/** /plan and each line of /track have at most this many points: every few centimetres of a track. */
const TRACK_POINTS = 512;
const DRIVEN = '{"r":0.9,"g":0.3,"b":0.1,"a":1}';
const REFERENCE = '{"r":0.5,"g":0.5,"b":0.5,"a":1}';

/** Keeps the file in memory until it is whole. */
class Memory implements IWritable {
  readonly parts: Uint8Array[] = [];
  #length = 0;

  async write(bytes: Uint8Array): Promise<void> {
    this.parts.push(bytes);
    this.#length += bytes.length;
  }

  position(): bigint {
    return BigInt(this.#length);
  }
}

type PoseOf = (step: number) => Pose | undefined;

/** The pose of a step, if it can be seen: undefined where a number is not finite. */
function finite(x: number, y: number, phi: number): Pose | undefined {
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(phi) ? { x, y, phi } : undefined;
}

/** Where the named columns are; undefined unless all are there. */
function indexesOf(names: readonly string[], columns: readonly string[], width: number): number[] | undefined {
  const indexes = names.map((name) => columns.indexOf(name));
  return indexes.every((index) => index >= 0 && index < width) ? indexes : undefined;
}

/** The driven pose of each step; undefined if the state has no x, y and phi. */
function drivenPose({ info, states }: Recording, width: number): PoseOf | undefined {
  const indexes = indexesOf(["x [m]", "y [m]", "phi [rad]"], info.columns.state, width);
  if (!indexes) return undefined;
  const [x, y, phi] = indexes;
  return (step) => {
    const row = step * width;
    return finite(states[row + x], states[row + y], states[row + phi]);
  };
}

/**
 * The reference's pose at each step, heading along its velocity; undefined if the reference has no x, y, xdot and ydot.
 */
function referencePose({ info, references }: Recording, width: number): PoseOf | undefined {
  const indexes = indexesOf(["x [m]", "y [m]", "xdot [m/s]", "ydot [m/s]"], info.columns.reference, width);
  if (!indexes) return undefined;
  const [x, y, xdot, ydot] = indexes;
  return (step) => {
    const row = step * width;
    return finite(references[row + x], references[row + y], Math.atan2(references[row + ydot], references[row + xdot]));
  };
}

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

function stepAt(recording: Recording, { widths }: Metadata, i: number): Step {
  const row = (values: Float64Array, width: number): Float64Array => values.subarray(i * width, (i + 1) * width);
  return {
    time: recording.times[i],
    state: row(recording.states, widths.states),
    input: row(recording.inputs, widths.inputs),
    reference: row(recording.references, widths.references),
    residuals: row(recording.residuals, widths.residuals),
    cost: widths.costs === 0 ? undefined : recording.costs[i],
  };
}

function segmentAt(recording: Recording, { starts, widths }: Metadata, j: number): Segment {
  const row = (values: Float64Array, width: number): Float64Array => values.subarray(j * width, (j + 1) * width);
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
async function addScene(topics: Topics, stamp: Stamp, recording: Recording, metadata: Metadata): Promise<void> {
  const driven = drivenPose(recording, metadata.widths.states);
  if (!driven) return;
  await topics.add(VIEW_TOPICS.tf, stamp, transformMessage(stamp));
  const tracks = [{ id: "driven", poses: thinned(driven, 0, metadata.steps), color: DRIVEN }];
  const reference = referencePose(recording, metadata.widths.references);
  // What a real robot tracks before its first network call is left over from an earlier run.
  const start = recording.segmentStarts[0] ?? 0;
  if (reference && Number.isInteger(start) && start >= 0) {
    const plan = thinned(reference, start, metadata.steps);
    await topics.add(VIEW_TOPICS.plan, stamp, planMessage(stamp, plan));
    tracks.push({ id: "reference", poses: plan, color: REFERENCE });
  }
  await topics.add(VIEW_TOPICS.track, stamp, trackMessage(stamp, tracks));
}

/** All steps in order, each segment before its first step. */
async function addRollout(
  topics: Topics,
  keys: readonly string[],
  recording: Recording,
  metadata: Metadata,
): Promise<void> {
  const driven = drivenPose(recording, metadata.widths.states);
  let segment = 0;
  for (let i = 0; i < metadata.steps; i++) {
    const step = stepAt(recording, metadata, i);
    const stamp = stampOf(step.time);
    for (; segment < metadata.starts && recording.segmentStarts[segment] <= i; segment++)
      await topics.add(TOPICS.segment, stamp, segmentMessage(stamp, segmentAt(recording, metadata, segment)));
    await topics.add(TOPICS.step, stamp, stepMessage(stamp, step));
    if (!driven) continue;
    const pose = driven(i);
    if (pose) {
      await topics.add(VIEW_TOPICS.tf, stamp, transformMessage(stamp, pose));
      await topics.add(VIEW_TOPICS.pose, stamp, poseMessage(stamp, pose));
    }
    await topics.add(VIEW_TOPICS.drive, stamp, inputMessage(stamp, keys, step.input));
  }
  const last = stampOf(metadata.lastTime);
  for (; segment < metadata.segments; segment++)
    await topics.add(TOPICS.segment, last, segmentMessage(last, segmentAt(recording, metadata, segment)));
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
 * @throws RecordingError if the arrays do not fit together or there is no step; UserError if the file cannot be written
 */
export async function writeRecording(
  path: string,
  recording: Recording,
  summary: Readonly<Record<string, number>>,
): Promise<void> {
  const metadata = describe(recording);
  const { info, steps, segments, lastTime } = metadata;
  const keys = inputKeys(info.columns.input, metadata.widths.inputs);
  const memory = new Memory();
  const writer = new McapWriter({ writable: memory, chunkSize: CHUNK_SIZE });
  const topics = new Topics(writer, info, keys);

  await writer.start({ profile: "", library: "lapgrad" });
  await writer.addMetadata({ name: METADATA, metadata: encodeMetadata(metadata) });
  await addScene(topics, stampOf(0), recording, metadata);
  await addRollout(topics, keys, recording, metadata);
  const { task, rollout, timing, startTime } = info;
  const end = { task, rollout, timing, startTime, steps, segments, finalState: recording.finalState, summary };
  const stamp = stampOf(lastTime);
  await topics.add(TOPICS.rollout, stamp, rolloutMessage(stamp, end));
  await writer.end();
  await writeAtomically(path, Buffer.concat(memory.parts));
}
