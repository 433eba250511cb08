/**
 * How the robot responds to its inputs within a moment, in parts of what the model expects (equation (PD8)): from what
 * laps deviate from their mean path, whatever made them deviate.
 */
import type { Core } from "../core/core.js";
import type { Recording } from "../recording/recording.js";
import { type Deviation, type MeanPath, meanAt } from "./alignment.js";

/** Steps over which a response is summed. */
const HORIZON = 15;
/** Delays of the robot's that are tried beside the model's [control steps]. */
const MOST_DELAY = 12;
/** Between two of them where there is no mean path, and each costs a pass over the laps. */
const DELAY_STEP = 2;

/** Of one input. */
export interface Response {
  /** robot's over model's; NaN if the model expects none */
  readonly ratio: number;
  readonly error: number;
  /** correlation of measured and expected */
  readonly correlation: number;
}

/** Sums of products of what was measured, y, and what the model expects, of one lap. */
export interface Sums {
  yy: number;
  ym: number;
  mm: number;
}

/** The model's Jacobian at every point of the mean path: per point, state rows x (state and input columns). */
function jacobiansAlong(core: Core, path: MeanPath): Float64Array[] {
  const n = core.setup.task.columns.state.length;
  const m = core.setup.task.columns.input.length;
  const rowLength = core.view("probe").length / 7;
  const probe = core.view("probe");
  const delays = core.view("inputDelays");
  const points = path.values.length / path.columns;
  const [mean, earlier] = [new Float64Array(path.columns), new Float64Array(path.columns)];
  return Array.from({ length: points }, (_, point) => {
    const time = path.origin + (point * path.lapTime) / points;
    meanAt(path, time, mean);
    probe.set(mean.subarray(0, n));
    for (let i = 0; i < m; i++) {
      meanAt(path, time - delays[i] * core.setup.task.timing.controlPeriod, earlier);
      probe[n + i] = earlier[path.columns - m + i];
    }
    core.evaluateLaw("model");
    const jacobian = new Float64Array(n * (n + m));
    for (let c = 0; c < n + m; c++) {
      probe.fill(0, rowLength, 2 * rowLength);
      probe[rowLength + c] = 1;
      core.tangentOfLaw("model");
      for (let i = 0; i < n; i++) jacobian[i * (n + m) + c] = probe[3 * rowLength + i];
    }
    return jacobian;
  });
}

/** Per input. `core` holds the model. */
export function responsesIn(core: Core, path: MeanPath, deviations: readonly Deviation[]): Response[] {
  const n = core.setup.task.columns.state.length;
  const m = core.setup.task.columns.input.length;
  const jacobians = jacobiansAlong(core, path);
  return core.setup.task.columns.input.map((_, input) => {
    const component = mostMoved(jacobians, n, m, input);
    const candidates = Array.from({ length: MOST_DELAY + 1 }, (_, delay) =>
      deviations.map((lap) => sumsOf(lap, path, jacobians, { n, m, input, component, delay })),
    );
    return candidates
      .map(responseFrom)
      .reduce((best, one) => (one.correlation ** 2 > best.correlation ** 2 ? one : best));
  });
}

/** The component of the state that an input moves most. */
function mostMoved(jacobians: readonly Float64Array[], n: number, m: number, input: number): number {
  const sums = Float64Array.from({ length: n }, (_, i) =>
    jacobians.reduce((sum, jacobian) => sum + jacobian[i * (n + m) + n + input], 0),
  );
  return placeOfLargest(sums);
}

function sumsOf(
  { phases, values }: Deviation,
  path: MeanPath,
  jacobians: readonly Float64Array[],
  { n, m, input, component, delay }: { n: number; m: number; input: number; component: number; delay: number },
): Sums {
  const { columns, lapTime } = path;
  const sums = { yy: 0, ym: 0, mm: 0 };
  for (let first = delay; first + HORIZON < phases.length; first += HORIZON) {
    let measured = 0;
    let expected = 0;
    for (let t = first; t < first + HORIZON; t++) {
      const point = Math.round(((phases[t] - path.origin) * jacobians.length) / lapTime);
      const jacobian = jacobians[((point % jacobians.length) + jacobians.length) % jacobians.length];
      const row = component * (n + m);
      measured += values[(t + 1) * columns + component];
      for (let i = 0; i < n; i++) measured -= jacobian[row + i] * values[t * columns + i];
      expected += jacobian[row + n + input] * values[(t - delay + 1) * columns - m + input];
    }
    sums.yy += measured ** 2;
    sums.ym += measured * expected;
    sums.mm += expected ** 2;
  }
  return sums;
}

/**
 * (PD13), of an input: changes of the component that it moves most, over {@link HORIZON} steps, measured and by the
 * model in `core`, of every lap, at the delay at which they agree best.
 */
export function changesIn(core: Core, laps: readonly Recording[], input: number): Sums[] {
  const n = core.setup.task.columns.state.length;
  const m = core.setup.task.columns.input.length;
  const component = movedIn(core, laps[0], input);
  const probe = core.view("probe");
  const row = probe.length / 7;
  const candidates = Array.from({ length: MOST_DELAY / DELAY_STEP + 1 }, (_, i) =>
    laps.map(({ states, inputs, times }) => {
      const sums = { yy: 0, ym: 0, mm: 0 };
      const delay = i * DELAY_STEP;
      for (let first = delay; first + HORIZON < times.length; first += HORIZON) {
        let expected = 0;
        for (let t = first; t < first + HORIZON; t++) {
          probe.set(states.subarray(t * n, (t + 1) * n));
          probe.set(inputs.subarray((t - delay) * m, (t - delay + 1) * m), n);
          core.evaluateLaw("model");
          expected += probe[2 * row + component] - probe[component];
        }
        const measured = states[(first + HORIZON) * n + component] - states[first * n + component];
        sums.yy += measured ** 2;
        sums.ym += measured * expected;
        sums.mm += expected ** 2;
      }
      return sums;
    }),
  );
  const strength = (sums: Sums[]) => Math.abs(responseFrom(sums).correlation);
  return candidates.reduce((best, one) => (strength(one) > strength(best) ? one : best));
}

/** The component of the state that an input moves most along a lap, by the model. */
function movedIn(core: Core, { states, inputs, times }: Recording, input: number): number {
  const n = core.setup.task.columns.state.length;
  const m = core.setup.task.columns.input.length;
  const probe = core.view("probe");
  const row = probe.length / 7;
  const moved = new Float64Array(n);
  for (let t = 0; t < times.length; t += HORIZON) {
    probe.set(states.subarray(t * n, (t + 1) * n));
    probe.set(inputs.subarray(t * m, (t + 1) * m), n);
    core.evaluateLaw("model");
    probe.fill(0, row, 2 * row);
    probe[row + n + input] = 1;
    core.tangentOfLaw("model");
    for (let i = 0; i < n; i++) moved[i] += probe[3 * row + i];
  }
  return placeOfLargest(moved);
}

/** Where the largest absolute value stands: what an input moves to and fro along a lap does not add up. */
function placeOfLargest(values: Float64Array): number {
  const sizes = values.map(Math.abs);
  return sizes.indexOf(Math.max(...sizes));
}

/** Slope through the origin over all laps; its error by leaving each lap out in turn. */
export function responseFrom(laps: readonly Sums[]): Response {
  const all = { yy: 0, ym: 0, mm: 0 };
  for (const { yy, ym, mm } of laps) {
    all.yy += yy;
    all.ym += ym;
    all.mm += mm;
  }
  const ratio = all.ym / all.mm;
  const squares = laps.reduce((sum, { ym, mm }) => sum + ((all.ym - ym) / (all.mm - mm) - ratio) ** 2, 0);
  return {
    ratio,
    error: Math.sqrt((squares * (laps.length - 1)) / laps.length),
    correlation: all.ym / Math.sqrt(all.yy * all.mm) || 0,
  };
}
