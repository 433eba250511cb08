/** `lapgrad drive`: laps with a fixed policy, recorded and measured. */
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { completeConfig, type PartialConfig, readConfig } from "../config/config.js";
import type { Core } from "../core/core.js";
import { messageOf, UserError } from "../errors.js";
import { linkFor } from "../links/links.js";
import { digits, formatTable, type Output, timestamp } from "../output.js";
import { openPolicy } from "../policy-file.js";
import { recordingFrom } from "../recording/transfer.js";
import { writeRecording } from "../recording/writer.js";
import { measure, measureSteps, type RolloutMetrics } from "../training/metrics.js";
import { coreFor } from "../training/session.js";
import { parseNumber } from "./options.js";

export interface DriveOptions {
  readonly given: PartialConfig;
  readonly laps: string;
  readonly withoutNetwork: boolean;
  readonly startTime: string;
  readonly checkpoint: string;
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
  const ofRun = policy?.run ? await readConfig(join(policy.run, "config.yaml")) : {};
  const hidden = policy ? { hidden: [...policy.hidden] } : {};
  const config = completeConfig({ ...ofRun, ...options.given, ...hidden, window: "0:0:0" });
  const { timing } = (await coreFor(config, 1, 1)).setup.task;
  const perLap = Math.round(
    (timing.lapTime ?? config["rollout-segments"] * timing.networkPeriod) / timing.networkPeriod,
  );
  const segments = laps * perLap;
  const core = await coreFor(config, 1, segments);
  if (!options.withoutNetwork) policy?.install(core);
  placeAtStart(core, options);
  const link = linkFor(config);
  await link.open();
  const drive = await link.drive(core, 0, segments);
  await link.stop();
  await link.close();
  const metrics = measure(core, 0, 1);
  const recording = await writeDrive(core, metrics, options.out);
  const stepsPerLap = perLap * config["steps-per-segment"];
  const perLapMetrics: RolloutMetrics[] = [];
  for (let lap = 0; lap < laps && lap * stepsPerLap < drive.steps; lap++) {
    perLapMetrics.push(
      measureSteps(core, 0, lap * stepsPerLap, Math.min((lap + 1) * stepsPerLap, drive.steps), lap + 1),
    );
  }
  const names = Object.keys(core.setup.task.metrics);
  const row = (label: string, m: RolloutMetrics) => [
    label,
    digits(m.seconds),
    digits(m.cost),
    digits(m.meanCost),
    ...names.map((name) => digits(m[name])),
  ];
  output.say(
    formatTable([
      ["lap", "seconds", "cost", "cost/step", ...names],
      ...perLapMetrics.map((m) => row(`${m.index}`, m)),
      row("all", metrics),
    ]),
  );
  output.say(`recording: ${recording}`);
  output.result({
    task: config.task,
    policy: options.withoutNetwork ? null : options.policy,
    laps: perLapMetrics,
    ...metrics,
    finalState: Array.from(recordingFrom(core, 0, { rollout: 1 }).finalState),
    recording,
    stopped: drive.stopped ?? null,
  });
  if (drive.stopped) throw new UserError(`the drive was stopped: ${drive.stopped}`, 1);
}

function placeAtStart(core: Core, options: DriveOptions): void {
  const { task } = core.setup;
  const startTime = parseNumber(options.startTime);
  if (typeof startTime !== "number" || !(startTime >= 0) || !Number.isFinite(startTime)) {
    throw new UserError(`--start-time is ${options.startTime}; allowed is a time of 0 s or more`);
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

async function writeDrive(core: Core, metrics: RolloutMetrics, out: string | undefined): Promise<string> {
  const path = out ?? join("runs", `drive-${timestamp(new Date())}.mcap`);
  try {
    if (out === undefined) await mkdir("runs", { recursive: true });
    else await stat(dirname(path));
  } catch (error) {
    throw new UserError(`cannot write the recording ${path}: ${messageOf(error)}; choose another file with --out`);
  }
  await writeRecording(path, recordingFrom(core, 0, { rollout: 1 }), metrics);
  return path;
}

function wholeNumber(text: string, option: string): number {
  const value = parseNumber(text);
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new UserError(`${option} is ${text}; allowed is a whole number of 1 or more`);
}
