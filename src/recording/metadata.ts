import {
  type Columns,
  type Recording,
  RecordingError,
  type RecordingInfo,
  segmentCount,
  stepCount,
} from "./recording.js";

/**
 * Names of the metadata records: at the beginning of every recording, and at the end of a drive that was recorded as it
 * happened.
 */
export const METADATA = "lapgrad";
export const END_METADATA = "lapgrad-end";
/** The topics from which a recording is read back; all others are there to be looked at. */
export const TOPICS = {
  step: "/rl/step",
  segment: "/rl/segment",
  rollout: "/rl/rollout",
  event: "/events",
  begin: "/measured/begin",
  motion: "/measured/motion",
  outside: "/measured/pose",
} as const;

/**
 * What each step's and each segment's message holds beside its time: key in the message, array in {@link Recording}.
 */
export const STEP_FIELDS = [
  ["state", "states"],
  ["input", "inputs"],
  ["reference", "references"],
  ["residuals", "residuals"],
  ["cost", "costs"],
  ["pace", "paces"],
  ["body", "body"],
] as const;
export const SEGMENT_FIELDS = [
  ["state", "segmentStates"],
  ["outputs", "outputs"],
  ["setpoint", "setpoints"],
  ["gains", "gains"],
] as const;

export type StepArray = (typeof STEP_FIELDS)[number][1];
export type SegmentArray = (typeof SEGMENT_FIELDS)[number][1];
/** Columns of each array; 0 if it was not recorded. */
export type Widths = Readonly<Record<StepArray | SegmentArray, number>>;

/** The widths if every array is recorded, of a task that is driven at pace 1. */
export function widthsOf({ state, input, reference, residual, setpoint, gain }: Columns): Widths {
  return {
    states: state.length,
    inputs: input.length,
    references: reference.length,
    residuals: residual.length,
    costs: 1,
    paces: 0,
    body: 0,
    segmentStates: state.length,
    outputs: setpoint.length + gain.length,
    setpoints: setpoint.length,
    gains: gain.length,
  };
}

/** How much a file holds. */
export interface Extent {
  readonly steps: number;
  readonly segments: number;
  /** time of the last step [s]; NaN if there is none */
  readonly lastTime: number;
}

/** What a reader must know of a rollout before the first step: it tells from this what a file that ends early lacks. */
export interface RolloutMetadata extends Extent {
  readonly kind: "rollout";
  readonly info: RecordingInfo;
  readonly widths: Widths;
  /** number of `segmentStarts`: `segments` or one less */
  readonly starts: number;
  /** length of `finalState`: 0 if it was not recorded */
  readonly finalState: number;
}

/** What is known at the start of a drive that is recorded as it happens. */
export interface DriveMetadata {
  readonly kind: "drive";
  readonly info: RecordingInfo;
  readonly widths: Widths;
}

export type Metadata = RolloutMetadata | DriveMetadata;

/** What is known at the end of a drive. */
export interface DriveEnd extends Extent {
  /** whether all that was driven is in the file; if not, why not stands in `note` */
  readonly complete: boolean;
  readonly note: string;
}

function widthOf(recording: Recording, key: StepArray | SegmentArray, rows: number): number {
  const { length } = recording[key];
  const width = rows === 0 ? length : length / rows;
  const allowed = rows === 0 ? length === 0 : Number.isInteger(width);
  const isColumn = key === "costs" || key === "paces";
  if (!allowed || (isColumn && width > 1)) {
    const remedy = isColumn ? "one number a row" : "as many numbers in every row";
    const message = `cannot record: ${key} has ${length} numbers for ${rows} rows; give ${remedy}, or none at all`;
    throw new RecordingError(message, 1);
  }
  return width;
}

/**
 * The metadata of a recording.
 * @throws RecordingError if its arrays do not fit together, or there is no step.
 */
export function describe(recording: Recording): RolloutMetadata {
  const steps = stepCount(recording);
  const segments = segmentCount(recording);
  const starts = recording.segmentStarts.length;
  if (steps === 0) throw new RecordingError("cannot record a rollout without a control step", 1);
  if (starts !== segments && starts !== segments - 1)
    throw new RecordingError(
      `cannot record: ${starts} segmentStarts for ${segments} segments; give one for each segment, or one less`,
      1,
    );
  return {
    kind: "rollout",
    info: recording.info,
    steps,
    segments,
    starts,
    finalState: recording.finalState.length,
    lastTime: recording.times[steps - 1],
    widths: {
      states: widthOf(recording, "states", steps),
      inputs: widthOf(recording, "inputs", steps),
      references: widthOf(recording, "references", steps),
      residuals: widthOf(recording, "residuals", steps),
      costs: widthOf(recording, "costs", steps),
      paces: widthOf(recording, "paces", steps),
      body: widthOf(recording, "body", steps),
      segmentStates: widthOf(recording, "segmentStates", segments),
      outputs: widthOf(recording, "outputs", segments),
      setpoints: widthOf(recording, "setpoints", segments),
      gains: widthOf(recording, "gains", segments),
    },
  };
}
