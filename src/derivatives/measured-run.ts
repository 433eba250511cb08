/**
 * `train --gradient measured`: learns the adjustment of the untrained policy by shaking it, lap by lap, with everything
 * on disk before the next lap: recording, metrics and what it was driven with, and a checkpoint after every update.
 */
import { join } from "node:path";
import * as v from "valibot";
import { type Checkpoint, checkpointPath, latestCheckpoint, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { layersOf, restorePolicy } from "../checkpoint/policy.js";
import { completeConfig, formatConfig, type PartialConfig, readCompleteConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { setWindows } from "../core/windows.js";
import { UserError } from "../errors.js";
import { createFolder, exists, readText, writeAtomically } from "../files.js";
import type { Link } from "../links/link.js";
import { readRecording } from "../recording/reader.js";
import { initialisePolicy } from "../session.js";
import { measure, summaryOf, type TrainedRollout, withNotices } from "../training/metrics.js";
import { lastingSettings, resumedConfig } from "../training/resumed-config.js";
import { RunFolder, rolloutName } from "../training/run-folder.js";
import { appendLines, completeLines, linesOf } from "../training/run-lines.js";
import { whileLocked } from "../training/run-lock.js";
import { AdjustmentSpace, GROUPS } from "./adjustment.js";
import { cellsIn } from "./cells.js";
import type { ShakenLap } from "./estimate.js";
import { LapDrive } from "./lap-drive.js";
import { KEPT, MeasuredLearner, type MeasuredRule, type PriorOf, RATES, SIZE } from "./measured.js";
import { fitModel, modelJacobian } from "./model-estimate.js";
import { PASSAGE } from "./shake.js";
import { shakeCore } from "./shake-core.js";
import { parsed } from "./shake-folder.js";

const GRADIENT = v.object({ source: v.picklist(["measured", "both"]) });
export type GradientSource = v.InferOutput<typeof GRADIENT>["source"];

/** Knots of the setpoint offsets: 12 of them, with gains and trims 20 parameters of the car. */
const OFFSET_KNOTS = 3;
/** Laps along which the model's Jacobian is taken. */
const MODEL_LAPS = 10;
const LINES = "perturbations.jsonl";
const SOURCE = "gradient.json";

/** What a lap was driven with; a passage is learned nothing from. */
const LAP = v.object({ index: v.number(), drive: v.number(), isPassage: v.boolean(), values: v.array(v.number()) });
type LapLine = v.InferOutput<typeof LAP>;

export interface MeasuredRun {
  readonly config: RunConfig;
  readonly core: Core;
  readonly folder: RunFolder;
  readonly space: AdjustmentSpace;
  readonly learner: MeasuredLearner;
  readonly lines: LapLine[];
  readonly rollouts: TrainedRollout[];
  readonly unlock: () => void;
}

/** Whether a folder is a run of this kind. */
export function isMeasuredRun(path: string): Promise<boolean> {
  return exists(join(path, LINES));
}

export function measuredConfig(given: PartialConfig): RunConfig {
  const rule = given.update ?? "gauss-newton";
  if (rule !== "sgd" && rule !== "gauss-newton")
    throw new UserError(`update is ${rule}; with a measured gradient allowed is sgd or gauss-newton`);
  const own = { "update-every": "lap", reflex: false, batch: 1, window: "0:0:0", "learning-rate": RATES[rule] };
  if (given.race)
    throw new UserError("laps of a measured gradient are compared at one speed: leave --race out, or --gradient");
  return completeConfig({ rollouts: 108, ...own, ...given, "update-every": "lap", reflex: false });
}

/** A run in a new folder, once `prepare` has let it. */
export async function newMeasuredRun(
  given: PartialConfig,
  source: GradientSource,
  path: string,
  prepare: (run: Pick<MeasuredRun, "config" | "core" | "folder">) => Promise<void>,
): Promise<MeasuredRun> {
  const config = measuredConfig(given);
  const folder = new RunFolder(path);
  await folder.refuseUnlessNew();
  const parts = await partsOf(config, source);
  await prepare({ ...parts, config, folder });
  await createFolder(path);
  return whileLocked(path, async () => {
    await folder.create(formatConfig(config));
    await writeAtomically(join(path, SOURCE), `${JSON.stringify({ source })}\n`);
    await writeAtomically(join(path, LINES), "");
    const run = { ...parts, config, folder, lines: [], rollouts: [] };
    await keep(run, 0);
    return run;
  });
}

/** Goes on with a run: its learner as it was after the last lap that is on disk. */
export function resumedMeasuredRun(path: string, given: PartialConfig): Promise<MeasuredRun> {
  return whileLocked(path, () => reopen(path, given));
}

async function reopen(path: string, given: PartialConfig): Promise<Omit<MeasuredRun, "unlock">> {
  const folder = new RunFolder(path);
  const before = await readCompleteConfig(folder.configPath);
  const config = resumedConfig(before, given);
  const sourcePath = join(path, SOURCE);
  const { source } = parsed(GRADIENT, await readText(sourcePath), sourcePath, "train");
  const parts = await partsOf(config, source);
  const texts = (await completeLines(join(path, LINES))) ?? [];
  const metrics = await folder.readMetrics();
  const lines = texts.map((text) => parsed(LAP, text, join(path, LINES), "train")).slice(0, metrics.length);
  const rollouts = metrics.slice(0, lines.length);
  await folder.truncateMetrics(lines.length, false);
  await writeAtomically(join(path, LINES), linesOf(lines));
  const { checkpoint } = await latestCheckpoint(path, lines.length);
  if (!checkpoint) throw new UserError(`${path} has no checkpoint: train anew`);
  restorePolicy(parts.core, checkpoint, checkpointPath(path, checkpoint.rollouts));
  const laps = await lapsOf(folder, lines);
  const taken = laps.filter(({ index }) => index <= checkpoint.rollouts);
  const { base, bestBase } = checkpoint.arrays;
  parts.learner.restore({ numbers: { ...checkpoint.optimiser }, arrays: { base, bestBase } }, taken);
  for (const lap of laps) if (lap.index > checkpoint.rollouts) parts.learner.take(lap);
  return { ...parts, config, folder, lines, rollouts };
}

/** The last laps that were learned from. */
async function lapsOf(folder: RunFolder, lines: readonly LapLine[]): Promise<(ShakenLap & { index: number })[]> {
  const counted = lines.filter(({ isPassage }) => !isPassage).slice(-2 * KEPT);
  return Promise.all(
    counted.map(async ({ index, values }) => ({
      index,
      values: Float64Array.from(values),
      recording: await readRecording(folder.rolloutPath(index)),
      before: await readRecording(folder.rolloutPath(index - 1)),
    })),
  );
}

/** What learns, and what it learns on: the untrained policy in a core. */
export async function partsOf(config: RunConfig, source: GradientSource) {
  const core = await shakeCore(config);
  initialisePolicy(core, config.seed);
  setWindows(core, { start: 0, length: 0, stride: 0 });
  const { task } = core.setup;
  const space = new AdjustmentSpace(task, GROUPS, OFFSET_KNOTS);
  const prior = source === "both" ? await modelPrior(config, space) : undefined;
  const rule = config.update as MeasuredRule;
  const options = { rule, rate: config["learning-rate"], size: SIZE, seed: config.seed };
  return { core, space, learner: new MeasuredLearner(space, task, options, prior) };
}

/** The model's Jacobian around a base, in a core of its own, after the model was fitted to the same laps. */
async function modelPrior(config: RunConfig, space: AdjustmentSpace): Promise<PriorOf> {
  const core = await shakeCore(config);
  initialisePolicy(core, config.seed);
  const cells = cellsIn(core.setup.task.timing.lapTime as number);
  return (laps, base) => {
    const newest = laps.slice(-MODEL_LAPS);
    fitModel(
      core,
      newest.map(({ recording }) => recording),
      config,
    );
    space.apply(core, base);
    return modelJacobian(core, space, newest, cells);
  };
}

export interface MeasuredDriving {
  readonly link: Link;
  readonly signal: AbortSignal;
  onLap(metrics: TrainedRollout): void;
}

/** Drives to the configured number of laps, or until the signal aborts; what stopped the robot, if something did. */
export async function driveMeasured(
  run: MeasuredRun,
  { link, signal, onLap }: MeasuredDriving,
): Promise<string | undefined> {
  const { config, core, folder, space, learner, lines, rollouts } = run;
  const drive = new LapDrive(config, core, link, space);
  const number = (lines.at(-1)?.drive ?? 0) + 1;
  const nominal = new Float64Array(space.size);
  let passage = PASSAGE;
  let before: ShakenLap["before"];
  while (lines.length < config.rollouts && !signal.aborted) {
    const isPassage = passage-- > 0;
    const isUntrained = isPassage && lines.every((line) => line.isPassage);
    const values = isUntrained ? nominal : isPassage ? learner.base : learner.next();
    const index = lines.length + 1;
    const next = isPassage && passage > 0 ? values : learner.nextAfter(isPassage ? 0 : 1);
    const { recording, slot, stopped } = await drive.lap(values, next, index);
    if (recording.times.length === 0) return stopped;
    const last = rollouts.at(-1);
    const metrics = withNotices({ ...measure(core, slot, index), start: last ? last.start + last.seconds : 0 }, []);
    await folder.keepRecording(rolloutName(index), recording, [], summaryOf(metrics), isSimulated(config));
    if (stopped !== undefined) return stopped;
    const line = { index, drive: number, isPassage, values: [...values] };
    await folder.appendMetrics(metrics);
    await appendLines(join(folder.path, LINES), [line]);
    lines.push(line);
    rollouts.push(metrics);
    onLap(metrics);
    const updates = !isPassage && learner.take({ values, recording, before });
    before = recording;
    if (updates) await keep(run, index);
  }
  await keep(run, lines.length);
  return undefined;
}

/** A checkpoint after `laps` laps. The best policy is that of the round with the lowest mean cost. */
async function keep({ config, core, folder, space, learner, rollouts }: Omit<MeasuredRun, "unlock">, laps: number) {
  const { numbers, arrays } = learner.state();
  space.apply(core, learner.best);
  const checkpoint: Checkpoint = {
    task: core.setup.task.name,
    layers: layersOf(core),
    update: config.update,
    updates: Math.floor(numbers.driven),
    rollouts: laps,
    best: { rollout: laps + 1, windowCost: numbers.bestCost, updates: 0 },
    firstWindowCost: rollouts.at(0)?.windowCost ?? 0,
    optimiser: numbers,
    config: lastingSettings(config),
    arrays: {
      parameters: core.view("parameters").slice(),
      adjustment: core.view("adjustment").slice(),
      base: arrays.base,
      bestBase: arrays.bestBase,
    },
  };
  await writeCheckpoint(checkpointPath(folder.path, laps), checkpoint);
}
