/**
 * What the gradient along one rollout says of the next: the derivative of the cost by the network outputs, times the
 * change of the outputs that the next rollout's network made at the same lap phase. The network itself is not needed,
 * only its recorded outputs.
 */
import { UserError } from "../errors.js";
import { spansOf } from "../identification/spans.js";
import type { AuthorsFile } from "../recording/authors.js";
import type { Recording } from "../recording/recording.js";
import { storeSetpoints } from "../recording/transfer.js";
import { taskNamed } from "../tasks/tasks.js";
import type { FittedModel } from "../training/fits/contract.js";
import { fits } from "../training/fits/fits.js";
import { configFor, replayedCore } from "../training/replay.js";
import { inTurn } from "./in-turn.js";

/** Where the gradient comes from. */
export interface Variant {
  /** the task's raw model, or the one fitted to the last rollouts up to this one */
  readonly model: "raw" | "fitted";
  readonly truncation: "none" | "segment";
}

export const VARIANTS: readonly Variant[] = [
  { model: "raw", truncation: "none" },
  { model: "fitted", truncation: "none" },
  { model: "raw", truncation: "segment" },
  { model: "fitted", truncation: "segment" },
];

/** Rollouts that a model is fitted to, as in training. */
const FITTED = 3;

/** One rollout with its gradient. Rows are segments, columns the outputs: setpoint offsets, then gain offsets. */
export interface Replayed {
  /** [s] */
  readonly lapTime: number;
  /** columns that are setpoint offsets, and all columns */
  readonly setpoints: number;
  readonly width: number;
  /** outputs vary in segments [varies, end), the cost counts in [counted, end): whole laps */
  readonly varies: number;
  readonly counted: number;
  readonly end: number;
  /** task time of every network call [s] */
  readonly segmentTimes: Float64Array;
  readonly outputs: Float64Array;
  /** d(mean stage cost) / d(outputs) */
  readonly gradient: Float64Array;
  /** mean stage cost per control step */
  readonly cost: number;
  readonly model: FittedModel;
}

/** A change of the mean stage cost as predicted: by the change of setpoint offsets and of gain offsets. */
export interface Prediction {
  readonly bySetpoints: number;
  readonly byGains: number;
}

/** The model for every rollout of a training run: the task's raw one, or fitted to the last rollouts up to it. */
export function modelsFor(recordings: readonly Recording[], model: Variant["model"]): FittedModel[] {
  const { raw } = taskNamed(recordings[0].info.task).model;
  let prior: FittedModel = { parameters: raw, delays: [0, 0] };
  return recordings.map((_, k) => {
    if (model === "fitted") prior = fitted(recordings.slice(Math.max(0, k + 1 - FITTED), k + 1), prior);
    return prior;
  });
}

/** Replays all rollouts of a training run with their models, and with the settings of its file, if there are any. */
export async function replayRun(
  recordings: readonly Recording[],
  models: readonly FittedModel[],
  truncation: Variant["truncation"],
  settings?: AuthorsFile["settings"],
): Promise<Replayed[]> {
  return inTurn(recordings, (recording, k) => replayRollout(recording, models[k], truncation, settings));
}

/** Fitted to the settled driving; a part of the fit that is refused leaves the model as it is. */
function fitted(recordings: readonly Recording[], prior: FittedModel): FittedModel {
  const { model, training } = taskNamed(recordings[0].info.task);
  const drives = recordings.flatMap((recording) => spansOf(recording, training.window.start).spans);
  return fits[model.kind]?.fit(drives, prior, "all").model ?? prior;
}

async function replayRollout(
  recording: Recording,
  model: FittedModel,
  truncation: Variant["truncation"],
  settings: AuthorsFile["settings"] | undefined,
): Promise<Replayed> {
  const { task, timing } = recording.info;
  const varies = taskNamed(task).training.window.start;
  const config = configFor(recording, { truncation, model: "raw", window: `${varies}:0:0` }, settings);
  const core = await replayedCore(recording, config, timing === "hardware");
  if (recording.outputs.length === 0) storeSetpoints(core, 0, recording);
  core.setParameters("model", { kind: core.setup.task.model.kind, parameters: model.parameters });
  core.write("inputDelays", model.delays);
  core.linearise(0);
  const { lapTime } = core.setup.task.task.parameters;
  const { segmentTimes } = recording;
  const segments = segmentTimes.length;
  const end = timing === "hardware" ? segments - 2 : segments; // as the window's
  const counted = wholeLapsBefore(end, varies, segmentTimes, lapTime);
  core.setOption("windowStart", counted);
  core.setOption("windowBurnIn", counted - varies);
  const loss = core.gradient(0, 1);
  const starts = core.view("segmentStarts");
  const last = end < segments ? starts[end] : recording.times.length;
  const steps = last - starts[counted];
  const { setpoint, gain } = core.setup.task.columns;
  const width = setpoint.length + gain.length;
  return {
    lapTime,
    setpoints: setpoint.length,
    width,
    varies,
    counted,
    end,
    segmentTimes,
    outputs: core.view("outputs").slice(0, width * segments),
    gradient: core.view("outputGradient").map((value) => value / steps),
    cost: loss / steps,
    model,
  };
}

/** First segment of the last whole laps that fit into [from, end): other parts of the track cost other amounts. */
export function wholeLapsBefore(end: number, from: number, times: Float64Array, lapTime: number): number {
  const until = timeAt(times, end);
  const laps = Math.floor((until - times[from]) / lapTime + 1e-6);
  if (laps < 1)
    throw new UserError(
      `the recording has no whole lap of ${lapTime} s in segments ${from} to ${end}; give a longer one`,
    );
  return times.findIndex((time) => time >= until - laps * lapTime - 1e-6);
}

/** Task time of segment j; after the last one as far on as the last one was from the one before. */
function timeAt(times: Float64Array, j: number): number {
  const last = times.length - 1;
  return j <= last ? times[j] : 2 * times[last] - times[last - 1];
}

/**
 * Outputs at the lap phase of a task time, linear between network calls and averaged over the laps in which the cost
 * counts: what the network says there, without what single laps add. `outputs` receives one row.
 */
export function outputsAt(rollout: Replayed, taskTime: number, outputs: Float64Array): Float64Array {
  const { segmentTimes: times, counted, end, lapTime, width } = rollout;
  const first = times[counted];
  const laps = Math.max(1, Math.round((timeAt(times, end) - first) / lapTime));
  const phase = taskTime - first - lapTime * Math.floor((taskTime - first) / lapTime);
  outputs.fill(0);
  let j = counted;
  for (let lap = 0; lap < laps; lap++) {
    const time = first + phase + lap * lapTime;
    while (j + 2 < times.length && times[j + 1] <= time) j++;
    const part = (time - times[j]) / (times[j + 1] - times[j]);
    for (let i = 0; i < width; i++) {
      const [here, next] = [rollout.outputs[j * width + i], rollout.outputs[(j + 1) * width + i]];
      outputs[i] += ((1 - part) * here + part * next) / laps;
    }
  }
  return outputs;
}

/**
 * Change of the mean stage cost that the gradient along `earlier` predicts for the outputs of `later`. `shift` [laps]:
 * takes the change of the outputs from another place of the lap, which must destroy the prediction.
 */
export function predictedChange(earlier: Replayed, later: Replayed, shift = 0): Prediction {
  const { segmentTimes, width, setpoints, gradient, lapTime } = earlier;
  const before = new Float64Array(width);
  const after = new Float64Array(width);
  let [bySetpoints, byGains] = [0, 0];
  for (let j = earlier.varies; j < earlier.end; j++) {
    const time = segmentTimes[j] + shift * lapTime;
    outputsAt(earlier, time, before);
    outputsAt(later, time, after);
    for (let i = 0; i < width; i++) {
      const change = gradient[j * width + i] * (after[i] - before[i]);
      if (i < setpoints) bySetpoints += change;
      else byGains += change;
    }
  }
  return { bySetpoints, byGains };
}
