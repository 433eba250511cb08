import { numberOf, numberText } from "./numbers.js";
import { type Recording, RecordingError, type RecordingInfo, segmentCount, stepCount } from "./recording.js";

/** Name of the metadata record at the beginning of every recording. */
export const METADATA = "lapgrad";
/** Version of the topics and of the metadata; a change that an older reader would misread counts it up. */
export const FORMAT = 1;
/** The topics from which a recording is read back; all others are there to be looked at. */
export const TOPICS = { step: "/rl/step", segment: "/rl/segment", rollout: "/rl/rollout" } as const;

/**
 * What each step's and each segment's message holds beside its time: key in the message, array in {@link Recording}.
 */
export const STEP_FIELDS = [
  ["state", "states"],
  ["input", "inputs"],
  ["reference", "references"],
  ["residuals", "residuals"],
  ["cost", "costs"],
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

/** What a reader must know before the first step: it tells from this what a file that ends early lacks. */
export interface Metadata {
  readonly info: RecordingInfo;
  readonly steps: number;
  readonly segments: number;
  /** number of `segmentStarts`: `segments` or one less */
  readonly starts: number;
  /** length of `finalState`: 0 if it was not recorded */
  readonly finalState: number;
  /** time of the last step [s] */
  readonly lastTime: number;
  readonly widths: Widths;
}

function widthOf(recording: Recording, key: StepArray | SegmentArray, rows: number): number {
  const { length } = recording[key];
  const width = rows === 0 ? length : length / rows;
  const allowed = rows === 0 ? length === 0 : Number.isInteger(width);
  if (!allowed || (key === "costs" && width > 1)) {
    const remedy = key === "costs" ? "one number a row" : "as many numbers in every row";
    const message = `cannot record: ${key} has ${length} numbers for ${rows} rows; give ${remedy}, or none at all`;
    throw new RecordingError(message, 1);
  }
  return width;
}

/**
 * The metadata of a recording.
 * @throws RecordingError if its arrays do not fit together, or there is no step.
 */
export function describe(recording: Recording): Metadata {
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
      segmentStates: widthOf(recording, "segmentStates", segments),
      outputs: widthOf(recording, "outputs", segments),
      setpoints: widthOf(recording, "setpoints", segments),
      gains: widthOf(recording, "gains", segments),
    },
  };
}

/** The metadata as MCAP's pairs of strings; every value but the texts is JSON. */
export function encodeMetadata(metadata: Metadata): Map<string, string> {
  const { info } = metadata;
  return new Map([
    ["format", `${FORMAT}`],
    ["task", info.task],
    ["rollout", numberText(info.rollout)],
    ["timing", info.timing],
    ["startTime", numberText(info.startTime)],
    ["columns", JSON.stringify(info.columns)],
    ["complete", `${info.complete}`],
    ["note", info.note],
    ["steps", `${metadata.steps}`],
    ["segments", `${metadata.segments}`],
    ["starts", `${metadata.starts}`],
    ["finalState", `${metadata.finalState}`],
    ["lastTime", numberText(metadata.lastTime)],
    ["widths", JSON.stringify(metadata.widths)],
  ]);
}

const STRINGS = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/**
 * The inverse of {@link encodeMetadata}.
 * @throws RecordingError if the format is newer than this program, or a value is missing or wrong.
 */
export function decodeMetadata(pairs: ReadonlyMap<string, string>, path: string): Metadata {
  const fail = (key: string, allowed: string): never => {
    const got = JSON.stringify(pairs.get(key)) ?? "missing";
    throw new RecordingError(
      `${path}: metadata "${key}" is ${got}; allowed is ${allowed}. Use another copy of it, or record the rollout again`,
    );
  };
  const json = (key: string): unknown => {
    try {
      return JSON.parse(pairs.get(key) ?? "");
    } catch {
      return undefined;
    }
  };
  const count = (key: string, value = json(key)): number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : fail(key, "a whole number from 0");
  const number = (key: string): number => numberOf(json(key)) ?? fail(key, "a number");
  const record = (key: string): Record<string, unknown> => {
    const value = json(key);
    return typeof value === "object" && value !== null ? { ...value } : fail(key, "a JSON object");
  };

  const format = count("format");
  if (format > FORMAT)
    throw new RecordingError(
      `${path} has recording format ${format}; this lapgrad reads formats up to ${FORMAT}: update lapgrad`,
    );
  const columns = record("columns");
  const names = (group: string): string[] => {
    const value = columns[group];
    return STRINGS(value) ? value : fail("columns", `a list of names for "${group}"`);
  };
  const widths = record("widths");
  const width = (key: StepArray | SegmentArray): number => count("widths", widths[key]);
  const timing = pairs.get("timing");
  return {
    info: {
      task: pairs.get("task") ?? fail("task", "the name of a task"),
      rollout: number("rollout"),
      timing: timing === "simulation" || timing === "hardware" ? timing : fail("timing", "simulation or hardware"),
      startTime: number("startTime"),
      columns: {
        state: names("state"),
        input: names("input"),
        reference: names("reference"),
        residual: names("residual"),
        setpoint: names("setpoint"),
        gain: names("gain"),
      },
      complete: pairs.get("complete") === "true",
      note: pairs.get("note") ?? "",
    },
    steps: count("steps"),
    segments: count("segments"),
    starts: count("starts"),
    finalState: count("finalState"),
    lastTime: number("lastTime"),
    widths: {
      states: width("states"),
      inputs: width("inputs"),
      references: width("references"),
      residuals: width("residuals"),
      costs: width("costs"),
      segmentStates: width("segmentStates"),
      outputs: width("outputs"),
      setpoints: width("setpoints"),
      gains: width("gains"),
    },
  };
}
