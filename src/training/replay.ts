/**
 * A recording gone through again: the core along its states, and how far controller, references and costs agree with
 * it.
 */
import { completeConfig, mergeConfigs, type PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { metricWords } from "../output.js";
import { openPolicy, type PolicySource } from "../policy-file.js";
import type { AuthorsFile } from "../recording/authors.js";
import { openRecording } from "../recording/open.js";
import { isHeardOnly, type Recording, RecordingError } from "../recording/recording.js";
import { setTiming } from "../recording/timing.js";
import { storeRecording, storeSetpoints } from "../recording/transfer.js";
import { coreFor } from "../session.js";
import { normOf } from "../statistics.js";
import { taskNamed } from "../tasks/tasks.js";
import { measure } from "./metrics.js";

/** On hardware the last segment index of a window is at most n - 3, n the number of network calls. */
const HARDWARE_MARGIN = 3;

/** How far one rollout agrees with its recording. */
export interface ReplayResult {
  readonly rollout: number;
  readonly steps: number;
  readonly seconds: number;
  /** largest and median difference of the controller's commands to the recorded inputs */
  readonly commandError: { readonly largest: number; readonly median: number; readonly compared: number };
  /**
   * largest difference of the references computed from the recorded setpoints to the recorded ones, and of the
   * setpoints if a network is given
   */
  readonly referenceError: number;
  readonly setpointError: number | null;
  readonly cost: number;
  readonly meanCost: number;
  readonly windowCost: number;
  readonly windows: number;
  /** relative difference of the cost to the recorded one, if there is one */
  readonly costError: number | null;
  /** norm of the gradient with respect to the network outputs (and to theta, if a network is given) */
  readonly outputGradientNorm: number;
  readonly gradientNorm: number | null;
  readonly note: string;
}

/** Replays every rollout of a file; `network` is the policy that drove, if its outputs are to be checked too. */
export async function replayRecordings(
  path: string,
  given: PartialConfig,
  network: string | undefined,
): Promise<ReplayResult[]> {
  const { recordings, authors } = await openRecording(path);
  const policy = network === undefined ? undefined : await openPolicy(network, "best");
  const results: ReplayResult[] = [];
  for (const [i, recording] of recordings.entries()) {
    if (isHeardOnly(recording))
      throw new RecordingError(
        `${path} was recorded while somebody else drove: there are no commands to compare with; lapgrad view shows ` +
          "it, lapgrad track from-drive makes a track of it, lapgrad identify fits a model to what was driven by radio",
      );
    const recordedCost = authors?.costs[i] ?? authors?.totalCosts[i];
    const ofWindow = authors?.costs[i] !== undefined;
    const hidden = policy ? { hidden: [...policy.hidden] } : {};
    const settings = configFor(recording, { ...given, ...hidden }, authors?.settings);
    checkRows(path, recording);
    const result = await replayOne(recording, settings, policy, authors !== undefined, recordedCost, ofWindow);
    checkResult(path, result);
    results.push(result);
  }
  return results;
}

/** Refuses rows that cannot be gone through: the core would compute on, with what is no number. */
function checkRows(path: string, { info, times, states, inputs, references, segmentStarts, ...rest }: Recording): void {
  const { segmentTimes, segmentStates, setpoints, gains } = rest;
  const refuse = (what: string): never => {
    throw new RecordingError(
      `${path}: rollout ${info.rollout} cannot be replayed: ${what}. Use another copy of it, or another recording`,
    );
  };
  const rows = { times, states, inputs, references, segmentTimes, segmentStates, setpoints, gains };
  for (const [name, values] of Object.entries(rows)) {
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) refuse(`number ${at + 1} of its ${name} is ${values[at]}`);
  }
  const later = times.findIndex((time, i) => i > 0 && !(time > times[i - 1]));
  if (later >= 0) refuse(`step ${later + 1} at ${times[later]} s is not later than the one before`);
  const starts = segmentStarts.findIndex((step, j) => !Number.isInteger(step) || step < (segmentStarts[j - 1] ?? 0));
  if (starts >= 0) refuse(`segment ${starts + 1} begins at step ${segmentStarts[starts]}`);
}

/** Refuses a recording of numbers from which none come out that mean anything. */
function checkResult(path: string, result: ReplayResult): void {
  const numbers = Object.entries({ ...result, ...result.commandError });
  const [name, value] = numbers.find(([, each]) => typeof each === "number" && !Number.isFinite(each)) ?? [];
  if (name === undefined) return;
  throw new RecordingError(
    `${path}: the ${metricWords(name)} of rollout ${result.rollout} is ${value}: numbers in it are far too large; ` +
      "use another copy of it",
  );
}

/** A core with one rollout, replayed from its recorded references: commands, costs and derivatives along it. */
export async function replayedCore(recording: Recording, config: RunConfig, gainsAreOffsets: boolean): Promise<Core> {
  const core = await coreFor(config, 1, recording.segmentTimes.length, recording.times.length);
  setTiming(core, recording.info.timing);
  if (recording.info.timing === "hardware") core.setOption("windowMargin", HARDWARE_MARGIN);
  storeRecording(core, 0, recording, gainsAreOffsets);
  core.replay(0, "recorded", false);
  return core;
}

async function replayOne(
  recording: Recording,
  config: RunConfig,
  policy: PolicySource | undefined,
  gainsAreOffsets: boolean,
  recordedCost: number | undefined,
  ofWindow: boolean,
): Promise<ReplayResult> {
  const core = await replayedCore(recording, config, gainsAreOffsets);
  const commandError = commandErrors(core, recording);
  const cost = ofWindow ? core.windowCost(0) : measure(core, 0, 1).cost;
  storeSetpoints(core, 0, recording);
  core.replay(0, "recorded", true);
  const referenceError = largest(
    core.view("references"),
    recording.references,
    firstStep(recording) * core.setup.task.columns.reference.length,
  );
  let setpointError: number | null = null;
  if (policy) {
    policy.install(core);
    core.replay(0, "called", true);
    setpointError = largest(core.view("setpoints"), recording.setpoints, 0);
  }
  core.gradient(0, 1);
  const metrics = measure(core, 0, recording.info.rollout);
  return {
    rollout: recording.info.rollout,
    steps: recording.times.length,
    seconds: metrics.seconds,
    commandError,
    referenceError,
    setpointError,
    cost: metrics.cost,
    meanCost: metrics.meanCost,
    windowCost: metrics.windowCost,
    windows: core.windowCount(0),
    costError: recordedCost === undefined ? null : Math.abs(cost - recordedCost) / Math.abs(recordedCost),
    outputGradientNorm: normOf(core.view("outputGradient")),
    gradientNorm: policy ? core.gradientNorm() : null,
    note: recording.info.note,
  };
}

/**
 * The settings given, with the recording's task and a window that fits it. A hardware recording is of the authors'
 * robot, whose lap and network period stand in the file, or in the task.
 */
export function configFor(
  recording: Recording,
  given: PartialConfig,
  recorded: AuthorsFile["settings"] | undefined,
): RunConfig {
  const segments = recording.segmentTimes.length;
  const { task } = recording.info;
  const { training, hardware: robot } = taskNamed(task);
  const hardware = recording.info.timing === "hardware" ? robot : undefined;
  const { start, length, stride } = hardware?.window ?? training.window;
  const window = start + Math.max(length, 1) <= segments ? `${start}:${length}:${stride}` : "0:0:0";
  const lapTime = recorded?.lapTime ?? hardware?.lapTime;
  const driven: PartialConfig = hardware
    ? {
        "network-period": recorded?.networkPeriod ?? hardware.networkPeriod,
        ...(lapTime === undefined ? {} : { parameters: { task: { lapTime }, reward: { lapTime } } }),
      }
    : {};
  const { track: path, features } = recording.info;
  const track = { ...(path !== undefined && { track: path }), ...(features && { features }) };
  const size = { "rollout-segments": Math.max(1, segments) }; // of a drive that was only heard there is no segment
  return completeConfig({ window, ...track, ...mergeConfigs(driven, given), task, ...size });
}

/** Steps before the first network call used stale references: they are left out. */
function firstStep(recording: Recording): number {
  return recording.segmentStarts.at(0) ?? recording.times.length;
}

function commandErrors(core: Core, recording: Recording): ReplayResult["commandError"] {
  const columns = core.setup.task.columns.input.length;
  const commands = core.view("commands");
  const errors: number[] = [];
  for (let i = firstStep(recording) * columns; i < recording.inputs.length; i++) {
    errors.push(Math.abs(commands[i] - recording.inputs[i]));
  }
  if (errors.length === 0)
    throw new UserError("the recording has no control step after its first network call: nothing to compare");
  errors.sort((a, b) => a - b);
  return { largest: errors[errors.length - 1], median: errors[errors.length >> 1], compared: errors.length };
}

function largest(ours: Float64Array, recorded: Float64Array, from: number): number {
  let difference = 0;
  for (let i = from; i < recorded.length; i++) difference = Math.max(difference, Math.abs(ours[i] - recorded[i]));
  return difference;
}
