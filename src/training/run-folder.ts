/**
 * The folder of a run: config.yaml, checkpoints/, rollouts/NNNN.mcap, metrics.jsonl, updates.jsonl, report.html;
 * sometimes notes.txt, and of a robot that was stopped stopped.jsonl, stopped-updates.jsonl and drives/.
 */

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { KeptRecording } from "../checkpoint/checkpoint.js";
import { notARun } from "../checkpoint/not-a-run.js";
import { messageOf, UserError } from "../errors.js";
import {
  codeOf,
  exists,
  isTemporary,
  makeFolder,
  namesIn,
  problemOf,
  readText,
  removeTemporaries,
  setAside,
  writeAtomically,
} from "../files.js";
import type { DriveEvent } from "../recording/events.js";
import { readRecording } from "../recording/reader.js";
import type { Recording } from "../recording/recording.js";
import { writeRecording } from "../recording/writer.js";
import { quoted } from "../shell.js";
import { drivenIn, type RolloutMetrics, type TrainedRollout, withNotices } from "./metrics.js";
import { flattened, written } from "./model-numbers.js";
import { appendLines, completeLines, keepStopped, linesOf } from "./run-lines.js";

/** A recording that is looked for; without the checksum of what was written, any whole one. */
type KeptFile = Omit<KeptRecording, "sha256"> & Partial<KeptRecording>;

/** Numbers about a rollout, by name. */
type Summary = Readonly<Record<string, number>>;

const FOLDERS: readonly string[] = ["checkpoints", "rollouts"];
const LINES: readonly string[] = ["metrics.jsonl", "updates.jsonl"];
/** Temporary files of what a new run writes first. */
const BEGUN = /^(metrics\.jsonl|updates\.jsonl|config\.yaml)\./;

export class RunFolder {
  readonly path: string;
  readonly #files = new WeakMap<Recording, KeptRecording>();

  constructor(path: string) {
    this.path = path;
  }

  get configPath(): string {
    return join(this.path, "config.yaml");
  }
  get metricsPath(): string {
    return join(this.path, "metrics.jsonl");
  }
  get reportPath(): string {
    return join(this.path, "report.html");
  }

  /** Recording of rollout `index` (from 1). */
  rolloutPath(index: number): string {
    return join(this.path, "rollouts", rolloutName(index));
  }

  /** Refuses a folder that a new run cannot be made in: one with anything but what a run leaves that never began. */
  async refuseUnlessNew(): Promise<void> {
    try {
      if (await this.isUnbegun()) return;
    } catch (error) {
      throw new UserError(`cannot create the folder ${this.path}: ${problemOf(error)}`);
    }
    const remedy = (await exists(this.configPath).catch(() => false))
      ? `choose another with --out, or go on with it: lapgrad train --resume ${quoted(this.path)}`
      : "choose another with --out";
    throw new UserError(`the folder ${this.path} exists and is not empty: ${remedy}`);
  }

  /** Whether there is nothing in the folder, or only what was made before a process ended that was making a run. */
  private async isUnbegun(): Promise<boolean> {
    for (const name of await namesIn(this.path)) {
      const path = join(this.path, name);
      const isOurs = LINES.includes(name) ? (await stat(path)).size === 0 : FOLDERS.includes(name);
      if (!isOurs && !(isTemporary(name) && BEGUN.test(name))) return false;
      if (FOLDERS.includes(name) && (await namesIn(path)).length > 0) return false;
    }
    return true;
  }

  /**
   * Makes a new run in a folder that exists and that nobody else works in. What makes it a run, config.yaml, comes
   * last: until then it can be made again. `before`: makes what else belongs into it.
   */
  async create(config: string, before: () => Promise<void> = async () => {}): Promise<void> {
    await this.refuseUnlessNew();
    try {
      await removeTemporaries(this.path);
      for (const folder of FOLDERS) await makeFolder(join(this.path, folder));
    } catch (error) {
      throw new UserError(`cannot make a run in ${this.path}: ${problemOf(error)}`, 1);
    }
    for (const name of LINES) await writeAtomically(join(this.path, name), "");
    await before();
    await writeAtomically(this.configPath, config);
  }

  /** Refuses a folder that is no run. */
  async refuseUnlessRun(): Promise<void> {
    for (const path of [this.configPath, this.metricsPath, ...FOLDERS.map((name) => join(this.path, name))])
      if (!(await exists(path))) throw notARun(this.path);
  }

  /** Removes what a killed process left half written. */
  async removeTemporaries(): Promise<void> {
    try {
      for (const name of ["", ...FOLDERS]) await removeTemporaries(join(this.path, name));
    } catch (error) {
      throw new UserError(`cannot clear up ${this.path}: ${problemOf(error)}`, 1);
    }
  }

  /**
   * Puts a recording into `rollouts`, with what happened beside driving. In simulation the file of that name, driven
   * before a crash, is the same; what a robot drove stays: 0006.mcap becomes 0006-stopped.mcap.
   */
  async keepRecording(
    name: string,
    recording: Recording,
    events: readonly DriveEvent[],
    summary: Summary,
    replaces: boolean,
  ): Promise<void> {
    const path = join(this.path, "rollouts", name);
    if (!replaces) await setAside(path, "-stopped");
    this.#files.set(recording, { file: name, sha256: await writeRecording(path, { ...recording, events }, summary) });
  }

  /** The files that recordings were written to, or read from. */
  filesOf(recordings: readonly (Recording | undefined)[]): (KeptRecording | null)[] {
    return recordings.map((recording) => (recording && this.#files.get(recording)) ?? null);
  }

  /**
   * Reads a recording that a checkpoint names; why not, if it is not there as the run wrote it.
   * @throws UserError if the disk does not give it: then nothing is known of it
   */
  async readKept({ file, sha256 }: KeptFile): Promise<Recording | string> {
    const path = join(this.path, "rollouts", file);
    const bytes = await readFile(path).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "EISDIR") return problemOf(error);
      throw new UserError(`cannot read ${path}: ${problemOf(error)}. Without it: remove it`);
    });
    if (typeof bytes === "string") return `${path}: ${bytes.split(":", 1)[0]}`;
    const found = createHash("sha256").update(bytes).digest("hex");
    if (bytes.length === 0) return `${path} is empty`;
    if (sha256 !== undefined && found !== sha256)
      return `${path} (${bytes.length} bytes) is not the file that this run wrote: it was cut, changed or compressed`;
    try {
      const recording = await readRecording(path);
      const { info, states, inputs } = recording;
      if (!info.complete) return `${path} ${info.note}`;
      if (![states, inputs].every((values) => values.every(Number.isFinite)))
        return `${path} holds numbers that are not finite`;
      this.#files.set(recording, { file, sha256: found });
      return recording;
    } catch (error) {
      if (sha256 !== undefined) throw error; // it is what was written
      return messageOf(error);
    }
  }

  /** Writes into the run what people should know of it later; the same only once. */
  async addNote(note: string): Promise<void> {
    const path = join(this.path, "notes.txt");
    const text = (await exists(path)) ? await readText(path) : "";
    if (!text.split("\n").includes(note)) await writeAtomically(path, `${text}${note}\n`);
  }

  /** Adds one rollout's line; flushed to disk before it returns. A number that is not finite becomes null. */
  async appendMetrics(metrics: TrainedRollout): Promise<void> {
    await appendLines(this.metricsPath, [written(metrics)]);
  }

  /** All complete lines; one that a crash cut off at the end is left out. */
  async readMetrics(): Promise<TrainedRollout[]> {
    const lines = await completeLines(this.metricsPath);
    if (!lines) throw notARun(this.path);
    const rollouts: TrainedRollout[] = [];
    for (const [i, line] of lines.entries()) rollouts.push(this.parseMetrics(line, i + 1, drivenIn(rollouts)));
    return rollouts;
  }

  /** `before`: driving before it [s], for lines that do not say it. */
  private parseMetrics(line: string, index: number, before: number): TrainedRollout {
    const wrong = (what: string) =>
      new UserError(`${this.metricsPath}, line ${index} ${what}: put the line back, or remove it and all that follow`);
    let values: Record<string, unknown>;
    try {
      values = flattened(JSON.parse(line) ?? {});
    } catch (error) {
      throw wrong(`is not JSON (${messageOf(error)})`);
    }
    const entries = Object.entries(values).map(([key, value]) => [key, value ?? Number.NaN]);
    // what lines of earlier versions lack
    const { noticed = [], slowSeconds = 0, start = before, ...others } = Object.fromEntries(entries);
    const { index: own, seconds, cost, windowCost, meanCost } = others;
    const numbers = [seconds, cost, windowCost, meanCost, slowSeconds, start, ...Object.values(others)];
    const areTexts = Array.isArray(noticed) && noticed.every((text) => typeof text === "string");
    if (own !== index || !areTexts || !numbers.every((value) => typeof value === "number"))
      throw wrong(`is not the metrics of rollout ${index}`);
    const measured: RolloutMetrics = { ...Object.fromEntries(entries), slowSeconds, start };
    return withNotices(measured, noticed);
  }

  /**
   * Forgets the lines after the first `rollouts`: those of rollouts that a crash cut off before their update. Those of
   * a robot, which drives no rollout twice, are kept in stopped.jsonl.
   */
  async truncateMetrics(rollouts: number, keepsStopped: boolean): Promise<TrainedRollout[]> {
    const all = await this.readMetrics();
    const [kept, stopped] = [all.slice(0, rollouts), all.slice(rollouts)];
    if (keepsStopped) await keepStopped(join(this.path, "stopped.jsonl"), linesOf(stopped.map(written)));
    await writeAtomically(this.metricsPath, linesOf(kept.map(written)));
    return kept;
  }
}

/** Name of the recording of rollout `index` (from 1). */
export function rolloutName(index: number): string {
  return `${String(index).padStart(4, "0")}.mcap`;
}
