/**
 * Laps of one nominal policy beside each other by task time: what each deviates from their mean path at the sample's
 * own phase (equation (PD4)). So periods that vary, and laps that begin a little earlier or later, do not matter.
 */
import { isAngular, wrapAngle } from "../angles.js";
import { type Recording, taskTimes } from "../recording/recording.js";

/** The mean of laps on a grid over the phase, from 0 to the lap time, linear between its points and periodic. */
export interface MeanPath {
  /** state, residual and input columns of a point */
  readonly columns: number;
  /** of one lap [s] */
  readonly lapTime: number;
  /** task time of the first point [s]: where the first lap began, so that laps at the same times are not smoothed */
  readonly origin: number;
  readonly values: Float64Array;
  /** columns that are angles: they are compared on the circle */
  readonly angles: readonly boolean[];
}

/** A lap against the mean path. */
export interface Deviation {
  /** phase of every step: task time less that of the lap's nominal beginning [s] */
  readonly phases: Float64Array;
  /** how long every step is, in parts of the mean one */
  readonly durations: Float64Array;
  /** of every step, the columns of the mean path */
  readonly values: Float64Array;
}

/** A point is where a step is if it is no farther, in parts of their distance. */
const ROUNDING = 1e-6;

/** Groups of a recording that are compared, in the order of their columns. */
const COMPARED = ["state", "residual", "input"] as const;

export function meanPathOf(laps: readonly Recording[], lapTime: number, spacing: number): MeanPath {
  const names = COMPARED.flatMap((group) => laps[0].info.columns[group]);
  const columns = names.length;
  const angles = names.map(isAngular);
  const points = Math.ceil(lapTime / spacing);
  const values = new Float64Array(points * columns);
  const seen = new Float64Array(points);
  const [before, after] = [new Float64Array(columns), new Float64Array(columns)];
  const [origin] = taskTimes(laps[0]);
  const placeOf = (time: number) => ((time - origin) * points) / lapTime;
  for (const recording of laps) {
    const times = taskTimes(recording);
    for (let t = 0; t + 1 < times.length; t++) {
      const first = Math.ceil(placeOf(times[t]) - ROUNDING);
      const end = placeOf(times[t + 1]) - ROUNDING;
      // a point at a step belongs to the interval that begins there, that of the last step to the one that ends there
      const last = t + 2 < times.length ? Math.ceil(end) : Math.floor(end + 2 * ROUNDING) + 1;
      if (first >= last) continue;
      sampleAt(recording, t, before);
      sampleAt(recording, t + 1, after);
      for (let place = first; place < last; place++) {
        const point = ((place % points) + points) % points;
        const part = (origin + (place * lapTime) / points - times[t]) / (times[t + 1] - times[t]);
        seen[point]++;
        for (let i = 0; i < columns; i++) {
          const value = before[i] + part * difference(after[i], before[i], angles[i]);
          const mean = values[point * columns + i];
          const change = seen[point] === 1 ? value - mean : difference(value, mean, angles[i]);
          values[point * columns + i] = mean + change / seen[point];
        }
      }
    }
  }
  const path = { columns, lapTime, origin, values, angles };
  fillUnseen(path, seen);
  return path;
}

/** Points between the end of one lap and the beginning of another, where no lap has a step on either side. */
function fillUnseen({ columns, values, angles }: MeanPath, seen: Float64Array): void {
  const points = seen.length;
  const neighbour = (point: number, way: number) => {
    let distance = 1;
    while (distance < points && seen[(point + way * distance + 2 * points) % points] === 0) distance++;
    return { distance, at: ((point + way * distance + 2 * points) % points) * columns };
  };
  seen.forEach((count, point) => {
    if (count > 0) return;
    const [before, after] = [neighbour(point, -1), neighbour(point, 1)];
    const part = before.distance / (before.distance + after.distance);
    for (let i = 0; i < columns; i++) {
      const from = values[before.at + i];
      values[point * columns + i] = from + part * difference(values[after.at + i], from, angles[i]);
    }
  });
}

/**
 * What a lap deviates from the mean path at the phases of its own steps. `shift`: by how much its states lag behind
 * those of the other laps [s], by `shiftsOf` of time-shift.ts; its inputs do not.
 */
export function deviationOf(recording: Recording, path: MeanPath, shift = 0): Deviation {
  const { columns, lapTime, angles } = path;
  const inputs = columns - recording.info.columns.input.length;
  const times = taskTimes(recording);
  const begin = lapTime * Math.round(times[0] / lapTime);
  const values = new Float64Array(times.length * columns);
  const [sample, mean] = [new Float64Array(columns), new Float64Array(columns)];
  times.forEach((time, t) => {
    sampleAt(recording, t, sample);
    meanAt(path, time - shift, mean);
    for (let i = 0; i < columns; i++) {
      if (i === inputs && shift !== 0) meanAt(path, time, mean);
      values[t * columns + i] = difference(sample[i], mean[i], angles[i]);
    }
  });
  return { phases: times.map((time) => time - begin), durations: durationsOf(recording), values };
}

/** In parts of the mean one; nobody knows the last one's, which counts as that. */
function durationsOf({ times }: Recording): Float64Array {
  const mean = (times[times.length - 1] - times[0]) / (times.length - 1);
  return times.map((time, t) => (t + 1 < times.length ? (times[t + 1] - time) / mean : 1));
}

/** The mean path at a task time [s], into `into`. */
export function meanAt(path: MeanPath, time: number, into: Float64Array): void {
  const { columns, lapTime, origin, values, angles } = path;
  const points = values.length / columns;
  const place = (points * (time - origin)) / lapTime;
  const point = Math.floor(place);
  const from = (((point % points) + points) % points) * columns;
  const to = (from + columns) % values.length;
  for (let i = 0; i < columns; i++)
    into[i] = values[from + i] + (place - point) * difference(values[to + i], values[from + i], angles[i]);
}

function sampleAt({ info, states, residuals, inputs }: Recording, t: number, into: Float64Array): void {
  const { state, residual, input } = info.columns;
  into.set(states.subarray(t * state.length, (t + 1) * state.length));
  into.set(residuals.subarray(t * residual.length, (t + 1) * residual.length), state.length);
  into.set(inputs.subarray(t * input.length, (t + 1) * input.length), state.length + residual.length);
}

function difference(a: number, b: number, isAngle: boolean): number {
  return isAngle ? wrapAngle(a - b) : a - b;
}
