/**
 * The JSON text of every message, one function per topic. They know nothing of files: a finished rollout and a drive
 * as it happens are made of the same ones. Built as strings rather than by JSON.stringify: it is three
 * times as fast, and keeps -0.
 */
import { numberText, rowText } from "./numbers.js";

/** Frames: map → odom (the same place here) → base_link. */
export const FRAMES = { map: "map", odom: "odom", base: "base_link" } as const;

const NOT_SHOWN = '"arrows":[],"cubes":[],"spheres":[],"cylinders":[],"triangles":[],"texts":[],"models":[]';
const ORIGIN = '{"x":0,"y":0,"z":0}';
const NO_ROTATION = '{"x":0,"y":0,"z":0,"w":1}';
const LATEST = Number.MAX_SAFE_INTEGER;

/** A time within the rollout, as MCAP and as Foxglove want it. */
export interface Stamp {
  /** since the start of the rollout; never the wall clock, so the same rollout gives the same file */
  readonly nanoseconds: bigint;
  /** {"sec":…,"nsec":…} */
  readonly text: string;
}

/** The stamp of a time [s] since the start of the rollout; a time that is not finite or below 0 gets the stamp 0. */
export function stampOf(time: number): Stamp {
  const nanoseconds = time > 0 ? Math.min(Math.round(time * 1e9), LATEST) : 0;
  const seconds = Math.floor(nanoseconds / 1e9);
  return {
    nanoseconds: BigInt(nanoseconds),
    text: `{"sec":${seconds},"nsec":${nanoseconds - seconds * 1e9}}`,
  };
}

/** Position [m] and heading [rad] in the plane. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly phi: number;
}

/** Six decimals: short texts, and no trace of the last bit of sin and cos, which differs between processors. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

const positionText = ({ x, y }: Pose): string => `{"x":${x},"y":${y},"z":0}`;
const rotationText = ({ phi }: Pose): string =>
  `{"x":0,"y":0,"z":${rounded(Math.sin(phi / 2))},"w":${rounded(Math.cos(phi / 2))}}`;
const poseText = (pose: Pose): string => `{"position":${positionText(pose)},"orientation":${rotationText(pose)}}`;

/** /tf, foxglove.FrameTransform: where base_link is in odom, or, without a pose, that odom lies on map. */
export function transformMessage(stamp: Stamp, pose?: Pose): string {
  const [parent, child] = pose ? [FRAMES.odom, FRAMES.base] : [FRAMES.map, FRAMES.odom];
  const translation = pose ? positionText(pose) : ORIGIN;
  const rotation = pose ? rotationText(pose) : NO_ROTATION;
  const frames = `"parent_frame_id":"${parent}","child_frame_id":"${child}"`;
  return `{"timestamp":${stamp.text},${frames},"translation":${translation},"rotation":${rotation}}`;
}

/** /pose, foxglove.PoseInFrame. */
export function poseMessage(stamp: Stamp, pose: Pose): string {
  return `{"timestamp":${stamp.text},"frame_id":"${FRAMES.map}","pose":${poseText(pose)}}`;
}

/** /plan, foxglove.PosesInFrame. */
export function planMessage(stamp: Stamp, poses: readonly Pose[]): string {
  return `{"timestamp":${stamp.text},"frame_id":"${FRAMES.map}","poses":[${poses.map(poseText).join(",")}]}`;
}

/** One line of /track. */
export interface Track {
  readonly id: string;
  readonly poses: readonly Pose[];
  /** JSON of r, g, b, a, each 0 to 1 */
  readonly color: string;
}

function trackText(stamp: Stamp, track: Track): string {
  const points = track.poses.map(({ x, y }) => `{"x":${rounded(x)},"y":${rounded(y)},"z":0}`).join(",");
  const style = `"type":0,"thickness":2,"scale_invariant":true,"color":${track.color},"colors":[],"indices":[]`;
  const line = `{${style},"pose":{"position":${ORIGIN},"orientation":${NO_ROTATION}},"points":[${points}]}`;
  const life = '"lifetime":{"sec":0,"nsec":0},"frame_locked":false,"metadata":[]';
  const entity = `"timestamp":${stamp.text},"frame_id":"${FRAMES.map}","id":"${track.id}"`;
  return `{${entity},${life},${NOT_SHOWN},"lines":[${line}]}`;
}

/** /track, foxglove.SceneUpdate: one line strip (2 pixels wide, for ever) per track. */
export function trackMessage(stamp: Stamp, tracks: readonly Track[]): string {
  return `{"deletions":[],"entities":[${tracks.map((track) => trackText(stamp, track)).join(",")}]}`;
}

/** /drive, lapgrad.Input: each input under its own name; `keys` as {@link inputKeys} makes them. */
export function inputMessage(stamp: Stamp, keys: readonly string[], input: ArrayLike<number>): string {
  let text = `{"timestamp":${stamp.text}`;
  for (let i = 0; i < input.length; i++) text += `,${keys[i]}:${numberText(input[i])}`;
  return `${text}}`;
}

/**
 * JSON keys of the inputs: their column names without the unit; input_1, … where there is no name, or one occurs twice.
 */
export function inputKeys(columns: readonly string[], width: number): string[] {
  const names = Array.from({ length: width }, (_, i) => (columns.at(i) ?? "").replace(/\s*\[.*$/, "").trim());
  const isFit = (name: string): boolean =>
    name !== "" && name !== "timestamp" && names.indexOf(name) === names.lastIndexOf(name);
  return names.map((name, i) => JSON.stringify(isFit(name) ? name : `input_${i + 1}`));
}

/** What one control step leaves behind; an array is empty if it was not recorded. */
export interface RecordedStep {
  /** since the start of the rollout [s] */
  readonly time: number;
  readonly state: ArrayLike<number>;
  readonly input: ArrayLike<number>;
  readonly reference: ArrayLike<number>;
  readonly residuals: ArrayLike<number>;
  readonly cost: number | undefined;
  /** absent where it is 1 throughout */
  readonly pace?: number | undefined;
  /** absent where nothing says it */
  readonly body?: ArrayLike<number> | undefined;
}

/** /rl/step, lapgrad.Step. */
export function stepMessage(stamp: Stamp, step: RecordedStep): string {
  const cost = step.cost === undefined ? "null" : numberText(step.cost);
  const motion = `"state":${rowText(step.state)},"input":${rowText(step.input)},"reference":${rowText(step.reference)}`;
  const reward = `"residuals":${rowText(step.residuals)},"cost":${cost}`;
  const pace = step.pace === undefined ? "" : `,"pace":${numberText(step.pace)}`;
  const body = step.body === undefined ? "" : `,"body":${rowText(step.body)}`;
  return `{"timestamp":${stamp.text},"t":${numberText(step.time)},${motion},${reward}${pace}${body}}`;
}

/** What one network call leaves behind; an array is empty if it was not recorded. */
export interface RecordedSegment {
  /** index of the segment's first control step; undefined if no step followed */
  readonly firstStep: number | undefined;
  readonly taskTime: number;
  readonly state: ArrayLike<number>;
  readonly outputs: ArrayLike<number>;
  readonly setpoint: ArrayLike<number>;
  readonly gains: ArrayLike<number>;
}

/** /rl/segment, lapgrad.Segment. */
export function segmentMessage(stamp: Stamp, segment: RecordedSegment): string {
  const firstStep = segment.firstStep === undefined ? "null" : numberText(segment.firstStep);
  const call = `"firstStep":${firstStep},"taskTime":${numberText(segment.taskTime)},"state":${rowText(segment.state)}`;
  const [outputs, setpoint, gains] = [segment.outputs, segment.setpoint, segment.gains].map(rowText);
  return `{"timestamp":${stamp.text},${call},"outputs":${outputs},"setpoint":${setpoint},"gains":${gains}}`;
}

/** What is known once a rollout has ended. */
export interface RolloutEnd {
  readonly task: string;
  readonly rollout: number;
  readonly timing: string;
  readonly startTime: number;
  readonly steps: number;
  readonly segments: number;
  readonly finalState: ArrayLike<number>;
  readonly summary: Readonly<Record<string, number>>;
}

/** /rl/rollout, lapgrad.Rollout. */
export function rolloutMessage(stamp: Stamp, end: RolloutEnd): string {
  const summary = Object.entries(end.summary).map(([name, value]) => `${JSON.stringify(name)}:${numberText(value)}`);
  const which = `"task":${JSON.stringify(end.task)},"rollout":${numberText(end.rollout)},"timing":"${end.timing}"`;
  const extent = `"startTime":${numberText(end.startTime)},"steps":${end.steps},"segments":${end.segments}`;
  const result = `"finalState":${rowText(end.finalState)},"summary":{${summary.join(",")}}`;
  return `{"timestamp":${stamp.text},${which},${extent},${result}}`;
}
