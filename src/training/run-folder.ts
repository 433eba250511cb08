/** The folder of a run: config.yaml, checkpoints/, rollouts/NNNN.mcap, metrics.jsonl, report.html. */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { createEmptyFolder, writeAtomically } from "../files.js";
import type { RolloutMetrics } from "./metrics.js";

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
    await createEmptyFolder(
      this.path,
      `choose another with --out, or go on with it: lapgrad train --resume ${this.path}`,
    );
    await mkdir(join(this.path, "checkpoints"));
    await mkdir(join(this.path, "rollouts"));
    await writeAtomically(this.configPath, config);
    await writeAtomically(this.metricsPath, "");
  }

  /** Adds one rollout's line; flushed to disk before it returns. */
  async appendMetrics(metrics: RolloutMetrics): Promise<void> {
    try {
      await appendFile(this.metricsPath, `${JSON.stringify(metrics)}\n`, { flush: true });
    } catch (error) {
      throw new UserError(`cannot write ${this.metricsPath}: ${messageOf(error)}`, 1);
    }
  }

  /** All complete lines; one that a crash cut off at the end is left out. */
  async readMetrics(): Promise<RolloutMetrics[]> {
    let text: string;
    try {
      text = await readFile(this.metricsPath, "utf8");
    } catch (error) {
      throw new UserError(
        `${this.path} is not a run of lapgrad (${messageOf(error)}); a run is the folder that \`lapgrad train\` made`,
      );
    }
    const lines = text.split("\n");
    return lines.slice(0, -1).map((line, i) => {
      try {
        return JSON.parse(line) as RolloutMetrics;
      } catch (error) {
        throw new UserError(
          `${this.metricsPath}, line ${i + 1} is not JSON (${messageOf(error)}): mend or remove the line`,
        );
      }
    });
  }

  /** Forgets the lines after the first `rollouts`: those of rollouts that a crash cut off before their update. */
  async truncateMetrics(rollouts: number): Promise<RolloutMetrics[]> {
    const kept = (await this.readMetrics()).slice(0, rollouts);
    await writeAtomically(this.metricsPath, kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join(""));
    return kept;
  }
}
