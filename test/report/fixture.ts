import type { Recording } from "../../src/recording/recording.js";
import type { DrawnRollout, ReportInput } from "../../src/report/input.js";
import type { RolloutMetrics } from "../../src/training/metrics.js";

/** Lap time [s], control period [s] and radius [m] of the round track that all rollouts here drive. */
export const [LAP, PERIOD, RADIUS] = [4, 0.02, 1.5];

/** A rollout on the circle, off by so many metres. */
export function recordingOf(rollout: number, steps: number, offset: number): Recording {
  const times = Float64Array.from({ length: steps }, (_, step) => step * PERIOD);
  const segmentTimes = times.filter((_, step) => step % 7 === 0);
  const rows = (row: (time: number) => number[]): Float64Array => Float64Array.from([...times].flatMap(row));
  return {
    info: {
      task: "circle",
      rollout,
      timing: "simulation",
      startTime: 0,
      columns: {
        state: ["x [m]", "y [m]", "v [m/s]", "phi [rad]"],
        input: ["throttle", "steering"],
        reference: [],
        residual: ["radial error [m]", "speed error"],
        setpoint: ["x [m]"],
        gain: ["k_v"],
      },
      complete: true,
      note: "",
    },
    times,
    states: rows((time) => {
      const angle = (2 * Math.PI * time) / LAP;
      return [(RADIUS + offset) * Math.cos(angle), (RADIUS + offset) * Math.sin(angle), 2.3, angle];
    }),
    finalState: new Float64Array(0),
    inputs: rows(() => [0.1, 0.2]),
    references: new Float64Array(0),
    costs: rows(() => [offset * offset]),
    paces: new Float64Array(0),
    body: new Float64Array(0),
    residuals: rows((time) => [offset * Math.cos(time), 0]),
    segmentStarts: segmentTimes.map((_, segment) => 7 * segment),
    segmentTimes,
    segmentStates: new Float64Array(0),
    outputs: Float64Array.from([...segmentTimes].flatMap((time) => [0.1 * Math.sin(time), 0.02])),
    setpoints: new Float64Array(0),
    gains: new Float64Array(0),
    events: [],
  };
}

/** Metrics of rollout `index` in a training that halves the cost every time. */
export function metricsOf(index: number): RolloutMetrics {
  return {
    index,
    seconds: 21.84,
    cost: 1300.123456789 / 2 ** index,
    windowCost: 987.654321098 / 2 ** index,
    meanCost: 1.234567891 / 2 ** index,
    slowSeconds: 0,
    rmsRadialError: 0.4321987654 / index,
    meanSpeed: 2.3 + 0.0123456789 * index,
    gradientNorm: 54321.9876543 / index,
  };
}

/** A report of so many rollouts, the last of them the best. */
export function reportOf(count: number, steps = 1092): ReportInput {
  const drawn = (label: string, rollout: number): DrawnRollout => ({
    label,
    rollout,
    recording: recordingOf(rollout, steps, 0.3 / rollout),
  });
  return {
    title: "circle, run 7",
    unit: "rollout",
    isFirstUntrained: true,
    task: "circle",
    metrics: Array.from({ length: count }, (_, index) => metricsOf(index + 1)),
    noticed: {},
    best: count,
    rollouts: count === 1 ? [drawn("first and best", 1)] : [drawn("first", 1), drawn("best and last", count)],
    track: Array.from({ length: 100 }, (_, point) => [
      RADIUS * Math.cos((2 * Math.PI * point) / 100),
      RADIUS * Math.sin((2 * Math.PI * point) / 100),
    ]),
    columns: recordingOf(1, 1, 0).info.columns,
    lapTime: LAP,
    aims: [],
    modelErrors: {},
    configuration: "task: circle\nseed: 1\n",
    lengths: [],
    outputNames: ["setpoint x [m]", "k_v"],
    version: "1.2.3",
  };
}
