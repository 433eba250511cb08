import type { RecordSink } from "./mcap-file.js";
import {
  inputKeys,
  inputMessage,
  poseMessage,
  type RecordedSegment,
  type RecordedStep,
  type Stamp,
  segmentMessage,
  stampOf,
  stepMessage,
  transformMessage,
} from "./messages.js";
import { TOPICS, type Widths } from "./metadata.js";
import { drivenPose, type PoseIn } from "./poses.js";
import type { RecordingInfo } from "./recording.js";
import { Topics, VIEW_TOPICS } from "./topics.js";

/**
 * Control steps and network calls in a file that is being written: each number exactly on the /rl topics and, if the
 * state has columns "x [m]", "y [m]" and "phi [rad]", for viewers /tf, /pose and /drive.
 */
export class Motion {
  readonly topics: Topics;
  /** finds the driven pose in a state; undefined if it has none */
  readonly drivenPose: PoseIn | undefined;
  readonly #inputs: readonly string[];

  constructor(file: RecordSink, { columns }: Pick<RecordingInfo, "columns">, widths: Widths) {
    this.#inputs = inputKeys(columns.input, widths.inputs);
    this.topics = new Topics(file, columns, this.#inputs, widths.paces > 0);
    this.drivenPose = drivenPose(columns.state, widths.states);
  }

  /** The frame that stands still, once at the beginning: odom lies on map. */
  addFrames(stamp: Stamp): void {
    if (this.drivenPose) this.topics.add(VIEW_TOPICS.tf, stamp, transformMessage(stamp));
  }

  addStep(step: RecordedStep, stamp = stampOf(step.time)): void {
    this.topics.add(TOPICS.step, stamp, stepMessage(stamp, step));
    if (!this.drivenPose) return;
    this.addPose(stamp, step.state);
    this.topics.add(VIEW_TOPICS.drive, stamp, inputMessage(stamp, this.#inputs, step.input));
  }

  /** Where the robot is, for viewers, if its state says it. */
  addPose(stamp: Stamp, state: ArrayLike<number>): void {
    const pose = this.drivenPose?.(state);
    if (!pose) return;
    this.topics.add(VIEW_TOPICS.tf, stamp, transformMessage(stamp, pose));
    this.topics.add(VIEW_TOPICS.pose, stamp, poseMessage(stamp, pose));
  }

  addSegment(stamp: Stamp, segment: RecordedSegment): void {
    this.topics.add(TOPICS.segment, stamp, segmentMessage(stamp, segment));
  }
}
