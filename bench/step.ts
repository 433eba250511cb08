/** What a step of an exported policy costs in onnxruntime-node, beside the core's own code. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Spread, spreadOf } from "./timing.js";

/** The core's code, or onnxruntime-node in a precision. */
export type StepSide = "wasm" | "float32" | "float64";

export interface StepTiming {
  readonly side: StepSide;
  readonly nanoseconds: Spread;
  /** to the core's of the same round */
  readonly ratio: Spread;
}

const SCRIPT = fileURLToPath(new URL("./step-side.js", import.meta.url));
const STEPS = 550;

/** Two laps a batch, in turn; without onnxruntime-node the core's side alone. */
export function measureSteps(rounds: number): StepTiming[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, `${rounds}`, `${STEPS}`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the steps of exported policies could not be timed: ${stderr.trim()}`);
  const taken = JSON.parse(stdout) as Readonly<Record<StepSide, readonly number[]>>;
  return Object.entries(taken).map(([side, times]) => ({
    side: side as StepSide,
    nanoseconds: spreadOf(times),
    ratio: spreadOf(times.map((time, i) => time / taken.wasm[i])),
  }));
}
