/**
 * Fits the plant `identified` to recorded driving: least squares on open-loop predictions over half a second, delays
 * included, by Levenberg-Marquardt. Errors of a prediction add up over its time, so that noise of a single step counts
 * little. Not in paper.
 */
import type { CarParameterName, CarParameters } from "./car-fit.js";
import { LONGEST_DELAY } from "./fit-data.js";
import { inverse, solveSymmetric } from "./least-squares.js";
import { horizonSteps } from "./prediction.js";
import { PLANT_STEP, type PlantParameters, plantParameters, predict, type Response } from "./response.js";
import { periodOf, type Span } from "./spans.js";

export interface PlantFit {
  readonly parameters: PlantParameters;
  /** parameters that the driving does not determine: they are near what is usual */
  readonly undetermined: readonly PlantName[];
  /** transport delay of throttle and steering [s] */
  readonly delays: readonly [number, number];
}

/**
 * What is searched, in this order: usual size of a change, and where the fit is drawn to, with that size as standard
 * deviation, as far as the data leave it open. Offset and drags can hardly be told apart at the speeds of one task.
 */
const SEARCHED: readonly { readonly name: CarParameterName; readonly size: number; readonly usual?: number }[] = [
  { name: "steeringGain", size: 2 },
  { name: "steeringBias", size: 0.4, usual: 0 },
  { name: "inverseGrip", size: 0.15, usual: 0.1 },
  { name: "throttleGain", size: 3 },
  { name: "offset", size: 0.5, usual: 0 },
  { name: "linearDrag", size: 0.2, usual: 0 },
  { name: "drag", size: 0.1, usual: 0 },
  { name: "corneringDrag", size: 0.2, usual: 0 },
];
/** Usual size of a change of a delay [s]. */
const DELAY_SIZE = 0.05;
/** The same for all that is searched: the parameters, then the two delays. */
const CHANGES: readonly { readonly size: number; readonly usual?: number }[] = [
  ...SEARCHED,
  { size: DELAY_SIZE },
  { size: DELAY_SIZE },
];
const COUNT = CHANGES.length;
/** Weight of what is usual, per residual. */
const RIDGE = 1e-3;
/** A parameter whose standard error is more than this part of its usual size is not determined. */
const UNDETERMINED = 0.5;
/** Errors of x, y, v and phi that count 1 [m, m, m/s, rad]: what the plant's structure leaves on a real car. */
const ERROR_SIZES = [0.02, 0.02, 0.05, 0.03];
/** Errors beyond this many sizes count linearly. */
const HUBER = 2;
/** Predictions that are fitted, at most about. */
const MOST_PREDICTIONS = 1500;
/** Errors are taken so many times over the horizon. */
const SAMPLES = 5;
const MOST_ITERATIONS = 30;
const GRIP = SEARCHED.findIndex(({ name }) => name === "inverseGrip");
/** Added to a diagonal entry of the normal matrix, lets nothing move. */
const HOLDING = 1e12;
const { abs, ceil, min } = Math;

/**
 * The plant that predicts the spans best, searched from `start` on, whose delays are in seconds. A limit of grip that
 * no drive came near stays at what is usual: what the predictions like least of all is that there is one.
 */
export function fitPlant(spans: readonly Span[], start: Pick<Response, "parameters" | "delays">): PlantFit {
  const from = [...SEARCHED.map(({ name }) => start.parameters[name]), ...start.delays];
  let best = search(spans, from, undefined);
  let undetermined = undeterminedAt(best, spans);
  if (undetermined.includes("inverseGrip")) {
    best = search(spans, best, GRIP);
    undetermined = [...undeterminedAt(best, spans).filter((name) => name !== "inverseGrip"), "inverseGrip"];
  }
  return {
    parameters: plantParameters(responseOf(best).parameters),
    undetermined: undetermined.map((name) => PLANT_NAMES[name] ?? (name as PlantName)),
    delays: [best[COUNT - 2], best[COUNT - 1]],
  };
}

/** Levenberg-Marquardt; parameter `held` is held at what is usual. */
function search(spans: readonly Span[], from: readonly number[], held: number | undefined): readonly number[] {
  const longest = LONGEST_DELAY * periodOf(spans);
  const begin = from.map((value, i) => (i === held ? (CHANGES[i].usual ?? value) : value));
  let best = admissible(begin, longest);
  let cost = costOf(best, spans);
  let damping = 1e-3;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const { normal, gradient } = linearise(best, spans);
    const before = cost;
    for (let attempt = 0; attempt < 8 && cost === before; attempt++) {
      const ridge = Array.from({ length: COUNT }, (_, i) =>
        i === held ? HOLDING : damping * normal[i * COUNT + i] + 1e-9,
      );
      const step = solveSymmetric(normal, gradient, ridge);
      if (!step) break;
      const next = admissible(
        best.map((value, i) => value - step[i]),
        longest,
      );
      const reached = costOf(next, spans);
      if (reached < cost) {
        [best, cost] = [next, reached];
        damping /= 5;
      } else {
        damping *= 8;
      }
    }
    if (before - cost <= 1e-6 * before) break;
  }
  return best;
}

/**
 * Which parameters the predictions say little about. Residuals that overlap resemble each other; the weight of what is
 * usual says how much one of them counts, so with it the inverse of the normal matrix is a covariance.
 */
function undeterminedAt(p: readonly number[], spans: readonly Span[]): CarParameterName[] {
  const { normal, rows } = linearise(p, spans);
  const covariance = inverse(normal, COUNT);
  return SEARCHED.flatMap(({ name, size, usual }, i) => {
    const error = Math.sqrt(rows * RIDGE * (covariance?.[i * COUNT + i] ?? Number.POSITIVE_INFINITY));
    return usual !== undefined && !(error <= UNDETERMINED * size) ? [name] : [];
  });
}

type PlantName = keyof PlantParameters;
/** What the plant calls what is searched, where that is another name. */
const PLANT_NAMES: Partial<Record<CarParameterName, PlantName>> = {
  steeringBias: "steeringTrim",
  inverseGrip: "gripLimit",
};

/** Delays of 0 to `longest`, a grip that is not negative. */
function admissible(p: readonly number[], longest: number): number[] {
  return p.map((value, i) => {
    if (i >= SEARCHED.length) return Math.min(longest, Math.max(0, value));
    return SEARCHED[i].name === "inverseGrip" ? Math.max(0, value) : value;
  });
}

function responseOf(p: readonly number[]): Response {
  const searched = Object.fromEntries(SEARCHED.map(({ name }, i) => [name, p[i]])) as CarParameters;
  return {
    parameters: { ...searched, throttleGrip: 0 },
    delays: [p[COUNT - 2], p[COUNT - 1]],
    longestStep: PLANT_STEP,
  };
}

/** Calls `visit` with every prediction's errors in sizes, after {@link predict} by each of the responses. */
function visitErrors(
  responses: readonly Response[],
  spans: readonly Span[],
  visit: (errors: readonly Float64Array[]) => void,
): void {
  const ahead = horizonSteps(spans);
  const total = spans.reduce((sum, { periods }) => sum + periods.length, 0);
  const stride = Math.max(5, Math.round(total / MOST_PREDICTIONS));
  const predicted = new Float64Array(4 * ahead);
  const errors = responses.map(() => new Float64Array(4 * SAMPLES));
  for (const span of spans) {
    for (let from = 0; from + ahead <= span.periods.length; from += stride) {
      responses.forEach((response, r) => {
        predict(response, span, from, ahead, predicted);
        for (let i = 0; i < 4 * SAMPLES; i++) {
          const t = ceil(((1 + (i >> 2)) * ahead) / SAMPLES);
          errors[r][i] =
            (predicted[4 * (t - 1) + (i % 4)] - span.states[4 * (from + t) + (i % 4)]) / ERROR_SIZES[i % 4];
        }
      });
      visit(errors);
    }
  }
}

/** Sum of Huber's losses of all errors, with the pull to what is usual. */
function costOf(p: readonly number[], spans: readonly Span[]): number {
  let cost = 0;
  let rows = 0;
  visitErrors([responseOf(p)], spans, ([errors]) => {
    for (const error of errors) {
      const size = abs(error);
      cost += size <= HUBER ? 0.5 * size * size : HUBER * (size - 0.5 * HUBER);
    }
    rows += errors.length;
  });
  return cost + pulls(p).reduce((sum, { pull, weight }) => sum + 0.5 * rows * weight * pull * pull, 0);
}

/** Distance of every parameter to what is usual, and its weight per residual; 0 where nothing is. */
function pulls(p: readonly number[]): { readonly pull: number; readonly weight: number }[] {
  return p.map((value, i) => {
    const { usual, size } = CHANGES[i];
    return usual === undefined ? { pull: 0, weight: 0 } : { pull: value - usual, weight: RIDGE / (size * size) };
  });
}

/** J^T J (COUNT x COUNT, row-major) and J^T e of the weighted errors; J by differences. */
function linearise(p: readonly number[], spans: readonly Span[]) {
  const steps = CHANGES.map(({ size }) => 1e-4 * size);
  const moved = steps.map((step, i) => responseOf(p.map((value, k) => (k === i ? value + step : value))));
  const normal = new Array<number>(COUNT * COUNT).fill(0);
  const gradient = new Array<number>(COUNT).fill(0);
  const slope = new Float64Array(COUNT);
  let rows = 0;
  visitErrors([responseOf(p), ...moved], spans, ([errors, ...others]) => {
    for (let r = 0; r < errors.length; r++) {
      const weight = min(1, HUBER / abs(errors[r]));
      for (let i = 0; i < COUNT; i++) slope[i] = (others[i][r] - errors[r]) / steps[i];
      for (let i = 0; i < COUNT; i++) {
        gradient[i] += weight * slope[i] * errors[r];
        for (let k = 0; k <= i; k++) normal[i * COUNT + k] += weight * slope[i] * slope[k];
      }
    }
    rows += errors.length;
  });
  pulls(p).forEach(({ pull, weight }, i) => {
    gradient[i] += rows * weight * pull;
    normal[i * COUNT + i] += rows * weight;
  });
  return { normal, gradient, rows };
}
