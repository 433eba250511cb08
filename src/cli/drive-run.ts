/** `lapgrad drive`: laps with a fixed policy, recorded and measured. */
import { access, constants, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { completeConfig, mergeConfigs, type PartialConfig, readCompleteConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { exists, problemOf, unusedPath } from "../files.js";
import type { DriveResult } from "../links/link.js";
import { digits, formatTable, metricWords, type Output, timestamp } from "../output.js";
import { openPolicy, type PolicySource } from "../policy-file.js";
import { setTiming, timingOf } from "../recording/timing.js";
import { recordingFrom } from "../recording/transfer.js";
import { writeRecording } from "../recording/writer.js";
import { coreFor } from "../session.js";
import { roomFor } from "../training/collect.js";
import { measure, measureSteps, type RolloutMetrics } from "../training/metrics.js";
import { connect, NOT_ALLOWED, type Permission } from "./connect.js";
import { watchInterrupts } from "./interrupt.js";
import { parseNumber, wholeNumber } from "./options.js";

/** One day [s]: beyond it the task's phase loses digits. */
const LATEST_START = 86400;

export interface DriveOptions {
  readonly given: PartialConfig;
  readonly laps: string;
  readonly withoutNetwork: boolean;
  readonly startTime: string;
  readonly checkpoint: string;
  readonly permission?: Permission;
  policy?: string;
  initialState?: string;
  out?: string;
}

export async function driveCommand(options: DriveOptions, output: Output): Promise<void> {
  const laps = wholeNumber(options.laps, "--laps");
  if (options.policy === undefined && !options.withoutNetwork) {
    throw new UserError(
      "drive needs a policy: a run's folder or a network as JSON; or --without-network for the controller alone",
    );
  }
  const policy = options.policy === undefined ? undefined : await openPolicy(options.policy, options.checkpoint);
  const ofRun = policy?.run ? await readCompleteConfig(join(policy.run, "config.yaml")) : {};
  const hidden = policy ? { hidden: [...policy.hidden] } : {};
  const config = completeConfig({
    ...mergeConfigs(ofRun, options.given),
    ...hidden,
    rollouts: 1,
    batch: 1,
    window: "0:0:0",
  });
  const { timing } = resolveTask(config).task;
  if (!isSimulated(config) && (options.initialState !== undefined || options.startTime !== "0"))
    throw new UserError("a robot starts where it is put: --initial-state and --start-time are for simulations");
  const perLap = Math.round(
    (timing.lapTime ?? config["rollout-segments"] * timing.networkPeriod) / timing.networkPeriod,
  );
  const segments = laps * perLap;
  const room = roomFor(config, 1, segments);
  const core = await coreFor(config, 1, segments, "strict", room.steps);
  setTiming(core, timingOf(config));
  if (!options.withoutNetwork) policy?.install(core);
  placeAtStart(core, options);
  const path = await recordingPath(options.out);
  const drive = await driveLaps(config, options.permission ?? NOT_ALLOWED, core, segments, path, output);
  if (drive.steps === 0) throw new UserError(`nothing was driven: ${drive.stopped}`, 1);
  const metrics = measure(core, 0, 1);
  const recording = recordingFrom(core, 0, 1);
  await writeRecording(path, recording, metrics);
  const perLapMetrics: RolloutMetrics[] = [];
  for (let lap = 0; lap < laps && firstStep(core, lap * perLap) < drive.steps; lap++) {
    const [from, to] = [lap, lap + 1].map((i) => firstStep(core, i * perLap));
    perLapMetrics.push(measureSteps(core, 0, from ?? 0, to ?? 0, lap + 1));
  }
  const names = Object.entries(core.setup.task.metrics);
  const row = (label: string, m: RolloutMetrics) => [
    label,
    ...[m.seconds, m.cost, m.meanCost, ...names.map(([name]) => m[name])].map((value) => digits(value)),
  ];
  output.say(describePolicy(options, policy));
  output.say(
    formatTable([
      ["lap", "driven [s]", "cost", "cost/step", ...names.map(([name, { unit }]) => `${metricWords(name)} [${unit}]`)],
      ...perLapMetrics.map((m) => row(`${m.index}`, m)),
      row("all", metrics),
    ]),
  );
  output.say(`recording: ${path}`);
  if (drive.stopped) throw new UserError(`the drive was stopped: ${drive.stopped}; up to there it is in ${path}`, 1);
  const { index: _, ...whole } = metrics;
  output.result({
    task: config.task,
    policy: options.withoutNetwork ? null : options.policy,
    updates: options.withoutNetwork ? null : (policy?.updates ?? null),
    laps: perLapMetrics,
    ...whole,
    finalState: Array.from(recording.finalState),
    recording: path,
  });
}

function describePolicy(options: DriveOptions, policy: PolicySource | undefined): string {
  if (options.withoutNetwork || !policy) return "without network: the controller alone";
  const updates = policy.updates === undefined ? "" : ` after ${policy.updates} updates`;
  return `policy: ${options.policy}${updates}`;
}

/** First step of a segment; one past the last step if it was not driven. */
function firstStep(core: Core, segment: number): number {
  const [steps = 0, segments = 0] = core.view("counts");
  return segment < segments ? (core.view("segmentStarts")[segment] ?? steps) : steps;
}

async function driveLaps(
  config: RunConfig,
  permission: Permission,
  core: Core,
  segments: number,
  recording: string,
  output: Output,
): Promise<DriveResult> {
  const { signal, stop, release } = watchInterrupts();
  const parameters = core.exports.parameterCount();
  const drives = recording.replace(/\.mcap$/, "-drives");
  try {
    const link = await connect(config, { permission, output, signal, stop, drives, parameters });
    await link.open();
    try {
      return await link.drive(core, 0, segments, false);
    } finally {
      await link.stop().finally(() => link.close());
    }
  } finally {
    release();
  }
}

function placeAtStart(core: Core, options: DriveOptions): void {
  const { task } = core.setup;
  const startTime = parseNumber(options.startTime);
  if (typeof startTime !== "number" || !(startTime >= 0 && startTime <= LATEST_START)) {
    throw new UserError(`--start-time is ${options.startTime}; allowed is a time from 0 to ${LATEST_START} s`);
  }
  const state =
    options.initialState === undefined ? task.initialState : options.initialState.split(",").map(parseNumber);
  const numbers = state.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (numbers.length !== task.columns.state.length || numbers.length !== state.length) {
    throw new UserError(
      `--initial-state is ${options.initialState}; allowed are ${task.columns.state.length} numbers: ${task.columns.state.join(", ")}`,
    );
  }
  core.view("states").set(numbers);
  core.view("counts").set([startTime], 2);
}

/** Where the recording will be written, found out before the robot moves; nothing is overwritten. */
async function recordingPath(out: string | undefined): Promise<string> {
  try {
    if (out === undefined) {
      await mkdir("runs", { recursive: true });
      return await unusedPath(join("runs", `drive-${timestamp(new Date())}`), ".mcap");
    }
    await readdir(dirname(out)); // a file in place of the folder is refused too
    await access(dirname(out), constants.W_OK);
  } catch (error) {
    throw new UserError(`cannot write the recording ${out ?? "into runs"}: ${problemOf(error)}; or use --out`);
  }
  if (await exists(out)) throw new UserError(`${out} exists already: choose another file with --out, or remove it`);
  return out;
}
