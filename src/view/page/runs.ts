/** What the page knows of its runs. */
import type { Recording } from "../../recording/recording.js";
import type { DrawnRollout, ReportFrame, ReportInput } from "../../report/input.js";
import { isBetter } from "../../training/better.js";
import type { RolloutMetrics } from "../../training/metrics.js";
import type { RunState, SentMetrics, SentRecording } from "../messages.js";

/** Recordings that are kept at the same time. */
const KEPT = 12;

export class Run {
  frame: ReportFrame | undefined;
  readonly metrics: RolloutMetrics[] = [];
  noticed: Record<number, readonly string[]> = {};
  /** index of the best rollout; 0: none was driven to its end */
  best = 0;
  state: RunState = "waiting";
  note = "";
  readonly #recordings = new Map<number, Recording>();
  /** rollouts whose recordings cannot be had */
  readonly #missing = new Set<number>();

  begin(frame: ReportFrame): void {
    this.frame = frame;
    this.metrics.length = 0;
    this.noticed = {};
    this.best = 0;
    this.#recordings.clear();
    this.#missing.clear();
  }

  add(sent: readonly SentMetrics[]): void {
    for (const { noticed, ...numbers } of sent) {
      const entries = Object.entries(numbers).map(([name, value]) => [name, value ?? Number.NaN]);
      const metrics = Object.fromEntries(entries) as RolloutMetrics;
      this.metrics.push(metrics);
      if (Array.isArray(noticed) && noticed.length > 0) this.noticed[metrics.index] = noticed;
      if (isBetter(metrics, this.metrics[this.best - 1])) this.best = metrics.index;
    }
  }

  keep(index: number, recording: SentRecording): void {
    this.#recordings.delete(index);
    this.#recordings.set(index, numbersOf(recording));
    if (this.#recordings.size > KEPT) this.#recordings.delete([...this.#recordings.keys()][0]);
  }

  miss(index: number): void {
    this.#missing.add(index);
  }

  recording(index: number): Recording | undefined {
    return this.#recordings.get(index);
  }

  /** Whether a recording is there, or will never be. */
  isSettled(index: number): boolean {
    return this.#recordings.has(index) || this.#missing.has(index);
  }

  /** What the report's charts draw of it: the first, the best and the shown rollout. */
  report(shown: number): ReportInput | undefined {
    if (!this.frame || this.metrics.length === 0) return undefined;
    const marks = Object.entries({ first: 1, best: this.best, shown });
    const rollouts: DrawnRollout[] = [];
    for (const index of new Set(marks.map(([, index]) => index))) {
      const recording = this.#recordings.get(index);
      const names = marks.filter(([, at]) => at === index).map(([name]) => name);
      if (recording) rollouts.push({ label: names.join(" and "), rollout: index, recording });
    }
    return { ...this.frame, metrics: this.metrics, noticed: this.noticed, best: this.best || 1, rollouts };
  }
}

/** A recording as the report's code wants it. */
function numbersOf(sent: SentRecording): Recording {
  const isNumbers = (value: unknown): value is (number | null)[] =>
    Array.isArray(value) && (value.length === 0 || typeof value[0] !== "object" || value[0] === null);
  const entries = Object.entries(sent).map(([key, value]) => [
    key,
    key !== "events" && isNumbers(value) ? Float64Array.from(value, (x) => x ?? Number.NaN) : value,
  ]);
  return Object.fromEntries(entries) as Recording;
}
