/** Whether driving says enough about a car to fit anything. */
import { UserError } from "../errors.js";
import { SLOWEST } from "./car-fit.js";
import { horizonSteps } from "./prediction.js";
import { type Span, secondsOf } from "./spans.js";

/** Driving that is needed [s]. */
const SHORTEST = 5;
/** How much throttle and steering must vary: standard deviation, the full range being -1 to 1. */
const LEAST_VARIATION = { throttle: 0.01, steering: 0.03 };
/** Share of the steps that must be faster than {@link SLOWEST}. */
const LEAST_MOVING = 0.5;

/** Refuses spans that determine no car. `what`: whose they are. */
export function refuseUnexcited(spans: readonly Span[], what: string): void {
  refuseShort(spans, what);
  const all = (of: (span: Span) => Float64Array) => spans.flatMap((span) => Array.from(of(span)));
  const inputs = all(({ inputs }) => inputs);
  const speeds = all(({ states }) => states).filter((_, i) => i % 4 === 2);
  const moving = speeds.filter((v) => v >= SLOWEST).length / speeds.length;
  if (moving < LEAST_MOVING) {
    throw new UserError(
      `${what}: the car moves at ${SLOWEST} m/s or more in ${percent(moving)} of the steps; ` +
        `at least ${percent(LEAST_MOVING)} are needed. ` +
        "Record it while it drives, or leave the standing part out with --skip-segments",
    );
  }
  Object.entries(LEAST_VARIATION).forEach(([name, least], column) => {
    const deviation = standardDeviation(inputs.filter((_, i) => i % 2 === column));
    if (deviation >= least) return;
    throw new UserError(
      `${what}: the ${name} varies by ${Number(deviation.toFixed(4))} (standard deviation), at least ${least} is ` +
        "needed: what does not vary shows no effect. Record laps with curves to both sides and changing speed, " +
        "e.g. the figure-8 under its controller",
    );
  });
}

/** Refuses spans that are too short to fit or to predict. */
export function refuseShort(spans: readonly Span[], what: string, shortest = SHORTEST): void {
  const ahead = horizonSteps(spans);
  const seconds = secondsOf(spans.filter(({ periods }) => periods.length >= ahead));
  if (seconds >= shortest) return;
  throw new UserError(
    `${what}: ${seconds.toFixed(1)} s of driving without interruption; at least ${shortest} s are needed. ` +
      "Record longer, or leave out less with --skip-segments",
  );
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
