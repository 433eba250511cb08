import { carFigure8 } from "../tasks/car-figure8.js";
import { quadrupedFigure8 } from "../tasks/quadruped-figure8.js";
import { at, listAt, matrixAt, numberAt, numbersAt, objectAt, type Place, readJson, reject } from "./json.js";
import type { Columns, Recording, RecordingInfo } from "./recording.js";

/** A file of recordings that the authors of the paper published (JSON, or JSON in gzip). */
export interface AuthorsFile {
  readonly robot: "jetracer" | "go1";
  /** one rollout with a policy, or all rollouts of a training run */
  readonly kind: "rollout" | "training";
  /**
   * `outputs` is empty, `setpoints` are as recorded, and `gains` are offsets from the nominal gains, which are not
   * recorded
   */
  readonly recordings: readonly Recording[];
  readonly gainsAreOffsets: true;
  /** per recording: total cost; undefined if it was not recorded */
  readonly totalCosts: readonly (number | undefined)[];
  /** per training iteration: cost; empty if it was not recorded */
  readonly costs: readonly number[];
  /** settings of the run, as far as they are recorded */
  readonly settings: {
    readonly learningRate?: number;
    /** [s] */
    readonly lapTime?: number;
    /** [s] */
    readonly networkPeriod?: number;
    /** factor of each network output */
    readonly scale?: readonly number[];
  };
}

const WIDTHS = { state: 4, input: 2, setpoint: 4, gain: 6, reference: 6 };
/** Control periods [s]: .02 on the car, .1 on the quadruped. */
const LONGEST_CAR_PERIOD = 0.05;
/** Measured control steps scatter by at least 10 µs; the simulator's are equal but for rounding. */
const LARGEST_ROUNDING = 1e-9;

const ROBOTS: Readonly<Record<AuthorsFile["robot"], { readonly task: string; readonly columns: Columns }>> = {
  jetracer: { task: carFigure8.name, columns: { ...carFigure8.columns } },
  go1: { task: quadrupedFigure8.name, columns: { ...quadrupedFigure8.columns } },
};

/** Lengths of the control steps [s], sorted. */
function periods(times: Float64Array): Float64Array {
  return Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1] - times[i]).sort();
}

function robotOf(times: Float64Array): AuthorsFile["robot"] {
  const sorted = periods(times);
  return (sorted.at(sorted.length >> 1) ?? 0) > LONGEST_CAR_PERIOD ? "go1" : "jetracer";
}

function timingOf(times: Float64Array): RecordingInfo["timing"] {
  const sorted = periods(times);
  const isEven = sorted.length > 0 && sorted[sorted.length - 1] - sorted[0] < LARGEST_ROUNDING;
  return isEven ? "simulation" : "hardware";
}

/** The network may have been called twice before one step: then a segment has none. */
function segmentStartsOf(place: Place, value: unknown, segments: number, steps: number): Float64Array {
  const starts = numbersAt(place, value);
  if (starts.length !== segments && starts.length !== segments - 1)
    reject(place, value, `a list of ${segments} (as segmentTimes), or one less`);
  for (const [j, start] of starts.entries()) {
    const isFit = Number.isInteger(start) && start <= steps && start >= (j === 0 ? 0 : starts[j - 1]);
    if (!isFit) reject(at(place, j), start, `the index of a step, 0 to ${steps}, not below the one before it`);
  }
  return starts;
}

function rolloutOf(
  place: Place,
  value: unknown,
  index: number,
): { recording: Recording; totalCost: number | undefined } {
  const values = objectAt(place, value);
  const numbers = (key: string, length?: number): Float64Array => numbersAt(at(place, key), values[key], length);
  const matrix = (key: string, columns: number, rows: number): Float64Array =>
    matrixAt(at(place, key), values[key], columns, rows);

  const times = numbers("ts");
  if (times.length === 0) reject(at(place, "ts"), values.ts, "one time per control step, at least one");
  const later = times.findIndex((time, i) => i > 0 && time <= times[i - 1]);
  if (later > 0)
    reject(at(at(place, "ts"), later), times[later], `a time after the one before it, ${times[later - 1]}`);
  const segmentTimes = numbers("segmentTimes");
  const [steps, segments] = [times.length, segmentTimes.length];
  // 0 stands for "not recorded" in both.
  const finalState = numbers("finalState", WIDTHS.state);
  const totalCost = numberAt(at(place, "loss"), values.loss);
  const recording: Recording = {
    info: {
      ...ROBOTS[robotOf(times)],
      rollout: index + 1,
      timing: timingOf(times),
      startTime: numberAt(at(place, "taskT0"), values.taskT0),
      complete: true,
      note: "",
    },
    times,
    states: matrix("xs", WIDTHS.state, steps),
    finalState: finalState.every((x) => x === 0) ? new Float64Array() : finalState,
    inputs: matrix("us", WIDTHS.input, steps),
    references: matrix("references", WIDTHS.reference, steps),
    costs: new Float64Array(),
    paces: new Float64Array(),
    body: new Float64Array(),
    residuals: new Float64Array(),
    segmentStarts: segmentStartsOf(at(place, "segmentStart"), values.segmentStart, segments, steps),
    segmentTimes,
    segmentStates: matrix("segmentStates", WIDTHS.state, segments),
    outputs: new Float64Array(),
    setpoints: matrix("setpoints", WIDTHS.setpoint, segments),
    gains: matrix("gainOffsets", WIDTHS.gain, segments),
    events: [],
  };
  return { recording, totalCost: totalCost === 0 ? undefined : totalCost };
}

/**
 * Reads one of the authors' rollouts or training runs. The robot and the timing follow from the recorded times.
 * @throws RecordingError naming the file and the key if something is missing, of a wrong length, or not a finite number
 */
export async function readAuthors(path: string): Promise<AuthorsFile> {
  const whole: Place = { path, key: "" };
  const file = objectAt(whole, await readJson(path));
  const isTraining = "rollouts" in file;
  if (!isTraining && !("ts" in file))
    reject(whole, file, "a rollout (with ts, xs, us, …) or a training run (with rollouts)");
  const list = isTraining ? listAt(at(whole, "rollouts"), file.rollouts) : [file];
  const rollouts = list.map((item, i) => rolloutOf(isTraining ? at(at(whole, "rollouts"), i) : whole, item, i));
  const first = rollouts.at(0) ?? reject(at(whole, "rollouts"), list, "a list of at least one rollout");

  const setting = (key: string): Record<string, number> =>
    file[key] === undefined ? {} : { [key]: numberAt(at(whole, key), file[key]) };
  return {
    robot: robotOf(first.recording.times),
    kind: isTraining ? "training" : "rollout",
    recordings: rollouts.map(({ recording }) => recording),
    gainsAreOffsets: true,
    totalCosts: rollouts.map(({ totalCost }) => totalCost),
    costs: file.losses === undefined ? [] : [...numbersAt(at(whole, "losses"), file.losses, rollouts.length)],
    settings: {
      ...setting("learningRate"),
      ...setting("lapTime"),
      ...setting("networkPeriod"),
      ...(file.scale === undefined ? {} : { scale: [...numbersAt(at(whole, "scale"), file.scale)] }),
    },
  };
}
