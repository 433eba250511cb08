/** The batch script of an array: each task does a block of jobs of the plan. */
import { quoted } from "../../shell.js";
import type { EngineOptions } from "../engine.js";

/** An array to be submitted. */
export interface ArrayScript {
  readonly name: string;
  /** tasks of the array */
  readonly tasks: number;
  /** file with a line of job numbers for each task */
  readonly blocks: string;
  /** folder for what the tasks print */
  readonly logs: string;
  readonly plan: string;
  readonly hash: string;
  /** words that call lapgrad */
  readonly program: readonly string[];
}

/** The script; the same command can be typed by hand with it. */
export function batchScript(array: ArrayScript, options: EngineOptions): string {
  const { name, tasks, blocks, logs, plan, hash, program } = array;
  const { account, partition, time, memory, throttle } = options;
  const given = { account, partition, time, mem: memory };
  const asked = Object.entries(given).flatMap(([option, value]) =>
    value ? [`#SBATCH --${option}=${quoted(value)}`] : [],
  );
  const words = [...program, "job", "--plan", plan, "--expect", hash].map(quoted).join(" ");
  return [
    "#!/bin/bash",
    `#SBATCH --job-name=${name}`,
    `#SBATCH --array=0-${tasks - 1}${throttle ? `%${throttle}` : ""}`,
    "#SBATCH --ntasks=1",
    "#SBATCH --cpus-per-task=1",
    "#SBATCH --requeue",
    `#SBATCH --output=${quoted(`${logs.replaceAll("%", "%%")}/%x-%a.log`)}`,
    "#SBATCH --open-mode=append",
    ...asked,
    `exec ${words} --index "$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${quoted(blocks)})"`,
    "",
  ].join("\n");
}
