/** What the program and a live page say to each other: JSON, a message per WebSocket frame. Free of the host. */
import type { Recording } from "../recording/recording.js";
import type { ReportFrame } from "../report/input.js";

/** The WebSocket's sub-protocol. */
export const PROTOCOL = "lapgrad.view.v1";

/** Metrics of a rollout; null is a number that is not finite. */
export type SentMetrics = Readonly<Record<string, number | null | readonly string[]>>;

/** A recording with plain arrays; null is a number that is not finite. */
export type SentRecording = {
  readonly [K in keyof Recording]: Recording[K] extends Float64Array ? readonly (number | null)[] : Recording[K];
};

/** A robot, or a plant, as it is now. */
export interface LiveState {
  /** when it was read, of its own clock [s] */
  readonly time: number;
  readonly state: readonly number[];
  /** what the control thread does, e.g. "driving" */
  readonly runtime?: string;
  /** age of the state that was measured last [s] */
  readonly age?: number;
  /** [V]; null: unknown */
  readonly battery?: number | null;
  /** of the position [m] */
  readonly uncertainty?: number | null;
  /** control steps, and those that came too late */
  readonly ticks?: number;
  readonly missed?: number;
}

/** Gates of the robot that a page compares its state with; those that are off are missing. */
export interface Limits {
  readonly corridor?: number;
  readonly maxSpeed?: number;
  readonly staleAfter?: number;
  readonly maxUncertainty?: number;
  /** [V]; 0: any */
  readonly leastBattery?: number;
}

/** To the page. */
export type Message =
  | { readonly kind: "hello"; readonly canStop: boolean; readonly runs: number; readonly limits: Limits }
  /** what a run is; its rollouts follow from the first one on */
  | { readonly kind: "run"; readonly run: number; readonly frame: ReportFrame }
  | { readonly kind: "metrics"; readonly run: number; readonly metrics: readonly SentMetrics[] }
  | { readonly kind: "state"; readonly run: number; readonly state: RunState; readonly note: string }
  /** the answer to an ask: a recording, or why there is none */
  | { readonly kind: "rollout"; readonly run: number; readonly index: number; readonly recording: SentRecording }
  | { readonly kind: "rollout"; readonly run: number; readonly index: number; readonly problem: string }
  | { readonly kind: "live"; readonly live: LiveState }
  | { readonly kind: "log"; readonly lines: readonly string[] };

/** waiting: nothing can be read yet. */
export type RunState = "waiting" | "running" | "stopping" | "ended";

/** From the page: nothing else is listened to. */
export type Ask = { readonly ask: "rollout"; readonly run: number; readonly index: number } | { readonly ask: "stop" };

/** What a JSON text holds, as an object; undefined if it is no JSON. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What a frame asks for; undefined: something else. */
export function askOf(text: string): Ask | undefined {
  const value = objectIn(text);
  if (!value) return undefined;
  const { ask, run, index } = value;
  if (ask === "stop" && Object.keys(value).length === 1) return { ask };
  const isCount = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 0;
  if (ask === "rollout" && isCount(run) && isCount(index)) return { ask, run, index };
  return undefined;
}
