/** Metadata as MCAP's pairs of strings, and back; every value but the texts is JSON. */
import { shortened } from "../output.js";
import type { DriveEnd, Metadata, SegmentArray, StepArray, Widths } from "./metadata.js";
import { numberOf, numberText } from "./numbers.js";
import { type ColumnGroup, type Columns, RecordingError, type RecordingInfo } from "./recording.js";

/**
 * Version of topics and metadata by kind of file; a change that an older reader would misread counts it up. Readers of
 * format 1 know only rollouts, which begin with their counts; those of format 2 take every pace for 1.
 */
const FORMATS = { rollout: 1, drive: 2, paced: 3 } as const;
const NEWEST = Math.max(...Object.values(FORMATS));

type Pairs = ReadonlyMap<string, string>;

/** The metadata at the beginning of a file. */
export function encodeMetadata(metadata: Metadata): Map<string, string> {
  const { info, kind } = metadata;
  const { paces, body, ...widths } = metadata.widths;
  const pairs = new Map([
    ["format", `${FORMATS[paces > 0 ? "paced" : kind]}`],
    ["task", info.task],
    ["rollout", numberText(info.rollout)],
    ["timing", info.timing],
    ["startTime", numberText(info.startTime)],
    ["columns", JSON.stringify(info.columns)],
    ["complete", `${info.complete}`],
    ["note", info.note],
  ]);
  if (info.track !== undefined) pairs.set("track", info.track);
  if (info.features === "path") pairs.set("features", info.features);
  if (metadata.kind === "rollout")
    pairs
      .set("steps", `${metadata.steps}`)
      .set("segments", `${metadata.segments}`)
      .set("starts", `${metadata.starts}`)
      .set("finalState", `${metadata.finalState}`)
      .set("lastTime", numberText(metadata.lastTime));
  else pairs.set("kind", metadata.kind).set("began", info.began ?? "");
  return pairs.set("widths", JSON.stringify({ ...widths, ...(paces > 0 && { paces }), ...(body > 0 && { body }) }));
}

/** The metadata at the end of a drive. */
export function encodeEnd(end: DriveEnd): Map<string, string> {
  return new Map([
    ["steps", `${end.steps}`],
    ["segments", `${end.segments}`],
    ["lastTime", numberText(end.lastTime)],
    ["complete", `${end.complete}`],
    ["note", end.note],
  ]);
}

/** Takes values out of pairs; one that is missing or wrong is a RecordingError that names its key. */
class Values {
  readonly #pairs: Pairs;
  readonly #path: string;

  constructor(pairs: Pairs, path: string) {
    this.#pairs = pairs;
    this.#path = path;
  }

  fail(key: string, allowed: string): never {
    const value = this.#pairs.get(key);
    const got = value === undefined ? "missing" : shortened(JSON.stringify(value));
    throw new RecordingError(
      `${this.#path}: metadata "${key}" is ${got}; allowed is ${allowed}. ` +
        "Use another copy of it, or record the rollout again",
    );
  }

  text(key: string): string | undefined {
    return this.#pairs.get(key);
  }

  json(key: string): unknown {
    try {
      return JSON.parse(this.#pairs.get(key) ?? "");
    } catch {
      return undefined;
    }
  }

  count(key: string, value = this.json(key)): number {
    const isCount = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
    return isCount ? value : this.fail(key, "a whole number from 0");
  }

  number(key: string): number {
    return numberOf(this.json(key)) ?? this.fail(key, "a number");
  }

  record(key: string): Record<string, unknown> {
    const value = this.json(key);
    return typeof value === "object" && value !== null ? { ...value } : this.fail(key, "a JSON object");
  }
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

function columnsIn(values: Values): Columns {
  const columns = values.record("columns");
  const names = (group: ColumnGroup): string[] => {
    const value = columns[group];
    return isNames(value) ? value : values.fail("columns", `a list of names for "${group}"`);
  };
  return {
    state: names("state"),
    input: names("input"),
    reference: names("reference"),
    residual: names("residual"),
    setpoint: names("setpoint"),
    gain: names("gain"),
    ...(columns.body === undefined ? {} : { body: isNames(columns.body) ? columns.body : [] }),
  };
}

function widthsIn(values: Values): Widths {
  const widths = values.record("widths");
  const width = (key: StepArray | SegmentArray): number => values.count("widths", widths[key]);
  return {
    states: width("states"),
    inputs: width("inputs"),
    references: width("references"),
    residuals: width("residuals"),
    costs: width("costs"),
    paces: widths.paces === undefined ? 0 : width("paces"),
    body: widths.body === undefined ? 0 : width("body"),
    segmentStates: width("segmentStates"),
    outputs: width("outputs"),
    setpoints: width("setpoints"),
    gains: width("gains"),
  };
}

/**
 * The inverse of {@link encodeMetadata}.
 * @throws RecordingError if the format is newer than this program, or a value is missing or wrong.
 */
export function decodeMetadata(pairs: Pairs, path: string): Metadata {
  const values = new Values(pairs, path);
  const format = values.count("format");
  if (format > NEWEST)
    throw new RecordingError(
      `${path} has recording format ${format}; this lapgrad reads formats up to ${NEWEST}: update lapgrad`,
    );
  const [timing, track] = [values.text("timing"), values.text("track")];
  const info: RecordingInfo = {
    task: values.text("task") ?? values.fail("task", "the name of a task"),
    rollout: values.number("rollout"),
    timing: timing === "simulation" || timing === "hardware" ? timing : values.fail("timing", "simulation or hardware"),
    startTime: values.number("startTime"),
    columns: columnsIn(values),
    ...(track !== undefined && { track }),
    ...(values.text("features") === "path" && { features: "path" }),
    complete: values.text("complete") === "true",
    note: values.text("note") ?? "",
  };
  const kind = values.text("kind") ?? "rollout";
  if (kind === "drive") return { kind, info: { ...info, began: values.text("began") ?? "" }, widths: widthsIn(values) };
  if (kind !== "rollout") values.fail("kind", "rollout or drive");
  return {
    kind: "rollout",
    info,
    steps: values.count("steps"),
    segments: values.count("segments"),
    starts: values.count("starts"),
    finalState: values.count("finalState"),
    lastTime: values.number("lastTime"),
    widths: widthsIn(values),
  };
}

/**
 * The inverse of {@link encodeEnd}.
 * @throws RecordingError if a value is missing or wrong.
 */
export function decodeEnd(pairs: Pairs, path: string): DriveEnd {
  const values = new Values(pairs, path);
  return {
    steps: values.count("steps"),
    segments: values.count("segments"),
    lastTime: values.number("lastTime"),
    complete: values.text("complete") === "true",
    note: values.text("note") ?? "",
  };
}
