/** The folder of a run: config.yaml, checkpoints/, rollouts/NNNN.mcap, metrics.jsonl, report.html. */
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { codeOf, createEmptyFolder, exists, problemOf, removeTemporaries, writeAtomically } from "../files.js";
import { drivenIn, type RolloutMetrics, type TrainedRollout, withNotices } from "./metrics.js";

export class RunFolder {
  readonly path: string;

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
    return join(this.path, "rollouts", `${String(index).padStart(4, "0")}.mcap`);
  }

  /** Makes a new run; an existing folder must be empty. */
  async create(config: string): Promise<void> {
    const remedy = `choose another with --out, or go on with it: lapgrad train --resume ${this.path}`;
    await createEmptyFolder(this.path, remedy);
    const made = [join(this.path, "checkpoints"), join(this.path, "rollouts"), this.metricsPath, this.configPath];
    try {
      for (const folder of made.slice(0, 2)) await mkdir(folder);
    } catch (error) {
      const problem = codeOf(error) === "EEXIST" ? "another process is making a run in it" : problemOf(error);
      throw new UserError(`cannot make a run in ${this.path}: ${problem}; choose another with --out`);
    }
    try {
      await writeAtomically(this.metricsPath, "");
      await writeAtomically(this.configPath, config);
    } catch (error) {
      for (const path of made) await rm(path, { recursive: true, force: true });
      throw error;
    }
  }

  /** Refuses a folder that is no run; removes what a killed process left half written. */
  async reopen(): Promise<void> {
    if (!(await exists(this.configPath)) || !(await exists(this.metricsPath))) throw this.notARun();
    for (const folder of [this.path, join(this.path, "checkpoints"), join(this.path, "rollouts")]) {
      if (!(await exists(folder))) throw this.notARun();
      await removeTemporaries(folder);
    }
  }

  private notARun(): UserError {
    return new UserError(`${this.path} is not a run of lapgrad; a run is the folder that \`lapgrad train\` made`);
  }

  /** Adds one rollout's line; flushed to disk before it returns. A number that is not finite becomes null. */
  async appendMetrics(metrics: TrainedRollout): Promise<void> {
    try {
      await appendFile(this.metricsPath, `${JSON.stringify(metrics)}\n`, { flush: true });
    } catch (error) {
      throw new UserError(`cannot write ${this.metricsPath}: ${problemOf(error)}`, 1);
    }
  }

  /** All complete lines; one that a crash cut off at the end is left out. */
  async readMetrics(): Promise<TrainedRollout[]> {
    let text: string;
    try {
      text = await readFile(this.metricsPath, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") throw this.notARun();
      throw new UserError(`cannot read ${this.metricsPath}: ${problemOf(error)}`);
    }
    const rollouts: TrainedRollout[] = [];
    for (const [i, line] of text.split("\n").slice(0, -1).entries())
      rollouts.push(this.parseMetrics(line, i + 1, drivenIn(rollouts)));
    return rollouts;
  }

  /** `before`: driving before it [s], for lines that do not say it. */
  private parseMetrics(line: string, index: number, before: number): TrainedRollout {
    const wrong = (what: string) =>
      new UserError(`${this.metricsPath}, line ${index} ${what}: put the line back, or remove it and all that follow`);
    let values: unknown;
    try {
      values = JSON.parse(line);
    } catch (error) {
      throw wrong(`is not JSON (${messageOf(error)})`);
    }
    const entries = Object.entries(values ?? {}).map(([key, value]) => [key, value === null ? Number.NaN : value]);
    // what lines of earlier versions lack; they do not say how long the robot settled either
    const { noticed = [], slowSeconds = 0, start = before, ...others } = Object.fromEntries(entries);
    const { index: own, seconds, cost, windowCost, meanCost } = others;
    const numbers = [seconds, cost, windowCost, meanCost, slowSeconds, start, ...Object.values(others)];
    const areTexts = Array.isArray(noticed) && noticed.every((text) => typeof text === "string");
    if (own !== index || !areTexts || !numbers.every((value) => typeof value === "number"))
      throw wrong(`is not the metrics of rollout ${index}`);
    const measured: RolloutMetrics = { ...Object.fromEntries(entries), slowSeconds, start };
    return withNotices(measured, noticed);
  }

  /** Forgets the lines after the first `rollouts`: those of rollouts that a crash cut off before their update. */
  async truncateMetrics(rollouts: number): Promise<TrainedRollout[]> {
    const kept = (await this.readMetrics()).slice(0, rollouts);
    await writeAtomically(this.metricsPath, kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join(""));
    return kept;
  }
}
